"""Figures as inline SVG that takes the page's own text colour, light or dark."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#010203"
"""Stands for the page's text colour; replaced in the SVG, as good as black in other formats."""

ACCENT = "#3b82c4"
SECOND = "#d9822b"
PALETTE = (ACCENT, SECOND, "#4f9a5b", "#9467bd", "#c4504c", "#7d8790", "#b8a02c", "#2fa3a3")
"""Colours that can be told apart, on light and dark."""

STYLE: dict[Any, Any] = {
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "font.size": 9,
    "axes.titlesize": 9,
    "svg.hashsalt": "bayesglmm",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}
"""Text stays text: it can be found, read aloud and copied, and costs few bytes."""

FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
"""In place of the fonts that matplotlib measures with, which are wider."""


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """A figure with the report's style.

    Parameters
    ----------
    width, height : float
        Inches.

    Yields
    ------
    matplotlib.figure.Figure
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        yield Figure(figsize=(width, height), layout="constrained")


def brief(label: str, most: int = 40) -> str:
    """A text that leaves room for the figure; tables beside it show it whole.

    Parameters
    ----------
    label : str
    most : int
        Letters.

    Returns
    -------
    str
        Its middle left out where it is longer.
    """
    if len(label) <= most:
        return label
    half = (most - 1) // 2
    return f"{label[:half]}…{label[-half:]}"


def to_svg(drawn: Figure) -> str:
    """The figure as SVG to stand inside a page.

    Parameters
    ----------
    drawn : matplotlib.figure.Figure

    Returns
    -------
    str
        An ``<svg>`` element; scales with the page; holds no metadata and no outside reference.
    """
    import matplotlib as mpl

    buffer = io.BytesIO()
    facts = {"Date": None, "Creator": None}
    with mpl.rc_context(STYLE):
        drawn.savefig(buffer, format="svg", transparent=True, metadata=facts)
    text = buffer.getvalue().decode("utf-8")
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    text = re.sub(r"<svg[^>]*>", _root, text, count=1)
    return _distinct(re.sub(r"<[^<>]*>", _small, re.sub(r">\s*\n\s*<", "><", text)))


def _root(found: re.Match[str]) -> str:
    """The outermost element: no size, so that it scales, and what matplotlib says in a style."""
    tag = re.sub(r' (?:width|height)="[^"]*"', "", found[0].removesuffix(">"))
    return f'{tag} font-family="{FONT}" stroke-linejoin="round">'


def _small(found: re.Match[str]) -> str:
    """A tag without what a browser does not need and digits that nobody sees."""
    tag = re.sub(r'(?<=^<g) id="[^"]*"', "", found[0])
    tag = re.sub(
        r" transform=\"rotate\(-?0 [^\"]*\"|font-family: 'DejaVu Sans'[^;\"]*;? ?", "", tag
    )
    return re.sub(r' (?:d|x|y)="[^"]*"', _short, tag)


def _short(found: re.Match[str]) -> str:
    return re.sub(r"(\.\d\d)\d+", r"\1", re.sub(r"\s*\n", "", found[0]))


def _distinct(text: str) -> str:
    """With identifiers that no other figure of the page has."""
    own = hashlib.sha256(text.encode()).hexdigest()[:8]

    def rename(found: re.Match[str]) -> str:
        tag = re.sub(r' id="([^"]+)"', rf' id="f{own}-\1"', found[0])
        return re.sub(r'(href="|url\()#', rf"\1#f{own}-", tag)

    return re.sub(r"<[^<>]*>", rename, text)
