"""A figure with its description, to look at in a notebook, to save, or to stand in a page."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure as SVG.

    Attributes
    ----------
    svg : str
        An ``<svg>`` element that takes the text colour of where it stands.
    description : str
        What it shows, for readers who cannot see it; plain text.
    """

    svg: str
    description: str

    def save(self, path: str | Path) -> Path:
        """Write the figure to an SVG file.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        start, rest = self.svg.split(">", 1)
        described = f"{start}><desc>{escape(self.description)}</desc>{rest}"
        path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{described}', encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        label = escape(self.description, quote=True)
        return (
            f'<div role="img" aria-label="{label}" style="max-width: 44rem">{self.svg}</div>'
            f"<p><small>{escape(self.description)}</small></p>"
        )

    def __repr__(self) -> str:
        return f"Picture: {self.description}"
