"""A table as it is printed: what LaTeX, Markdown, HTML and Word are made from."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class PrintedTable:
    """A table as text.

    Attributes
    ----------
    caption : str
        Stands above it.
    cells : pandas.DataFrame
        Strings; its columns are the headings.
    numeric : tuple of str
        Columns that are set flush right.
    about : tuple of str
        Lines below it: scale, estimand, notes.
    """

    caption: str
    cells: pd.DataFrame
    numeric: tuple[str, ...]
    about: tuple[str, ...]

    @property
    def flush_right(self) -> list[bool]:
        """Whether each column is set flush right."""
        return [name in self.numeric for name in self.cells]
