"""A figure with its description, to look at in a notebook, to save, or to stand in a page."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from bayesglmm.errors import SpecError, brief
from bayesglmm.pictures.canvas import STYLE, to_svg
from bayesglmm.posterior.arguments import is_real
from bayesglmm.tables.files import output_path, path_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS = 300
"""Of an inch of a PNG, as journals ask for."""

MOST_DOTS = 2400


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure, how to read it, and what it shows.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
        May be edited; what is shown and saved is the figure as it is then.
    caption : str
        How to read it; plain text.
    shows : str
        What is to be seen in it, with numbers, for readers who cannot see it; plain text. Where
        it is empty, the caption says that too.
    narrow : bool
        Whether it can be read on a narrow screen as it is.
    """

    figure: Figure
    caption: str
    shows: str = ""
    narrow: bool = False

    @property
    def description(self) -> str:
        """How to read it, and what it shows."""
        return f"{self.caption} {self.shows}".rstrip()

    @property
    def svg(self) -> str:
        """An ``<svg>`` element that takes the text colour of where it stands."""
        return to_svg(self.figure)

    def save(self, path: str | Path, dpi: int = DOTS) -> Path:
        """Write the figure to a file, described inside it.

        Parameters
        ----------
        path : str or Path
            Its ending names the format: ``.svg``, ``.pdf``, or ``.png`` on white.
        dpi : int
            Dots an inch of a PNG, 300 as journals ask for where left out.

        Returns
        -------
        Path

        Raises
        ------
        SpecError
            If the ending names none of them, or `dpi` is no number of dots.
        """
        name = path_of(path)
        write = WRITERS.get(name.suffix.lower())
        if write is None:
            endings = ", ".join(WRITERS)
            raise SpecError(
                f"'{name.name}' names no format of pictures. End it in one of: {endings}."
            )
        if not is_real(dpi) or not 1 <= dpi <= MOST_DOTS:
            raise SpecError(f"dpi={brief(dpi)} is no number of dots an inch. Write dpi=300, say.")
        found = output_path(name)
        write(self, found, dpi)
        return found

    def png(self, dpi: float) -> bytes:
        """The figure as a PNG on white.

        Parameters
        ----------
        dpi : float
            Dots an inch.

        Returns
        -------
        bytes
        """
        import matplotlib as mpl

        content = io.BytesIO()
        facts = {"Description": self.description, "Software": None}
        with mpl.rc_context(STYLE):
            self.figure.savefig(content, format="png", metadata=facts, facecolor="white", dpi=dpi)
        return content.getvalue()

    def _repr_html_(self) -> str:
        label = escape(self.shows or self.caption, quote=True)
        return (
            f'<div role="img" aria-label="{label}" style="max-width: 44rem">{self.svg}</div>'
            f"<p><small>{escape(self.caption)}</small></p>"
        )

    def __repr__(self) -> str:
        return f"Picture: {self.description}"


def _svg(picture: Picture, path: Path, _: float) -> None:
    start, rest = picture.svg.split(">", 1)
    described = f"{start}><desc>{escape(picture.description)}</desc>{rest}"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{described}', encoding="utf-8")


def _pdf(picture: Picture, path: Path, _: float) -> None:
    import matplotlib as mpl

    facts = {"Subject": picture.description, "CreationDate": None}
    with mpl.rc_context(STYLE):
        picture.figure.savefig(path, format="pdf", metadata=facts, transparent=True)


def _png(picture: Picture, path: Path, dpi: float) -> None:
    path.write_bytes(picture.png(dpi))


WRITERS: dict[str, Callable[[Picture, Path, float], None]] = {
    ".svg": _svg,
    ".png": _png,
    ".pdf": _pdf,
}
"""Ending of a file's name to what writes it."""
