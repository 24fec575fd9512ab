"""Figures as inline SVG that takes the page's own text colour, light or dark."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK = "#010203"
"""Stands for the page's text colour; replaced in the SVG."""

ACCENT = "#3b82c4"
SECOND = "#d9822b"

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
    "font.size": 9,
    "svg.hashsalt": "bayesglmm",
}


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
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue().decode("utf-8")
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return re.sub(
        r'(<svg[^>]*?) width="[^"]*"', r"\1", re.sub(r' height="[\d.]+pt"', "", text, count=1)
    )
