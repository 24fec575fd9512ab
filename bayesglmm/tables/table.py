"""A table that carries its meaning: numbers, caption, scale, estimand and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import TYPE_CHECKING

import pandas as pd

from bayesglmm.errors import SpecError, unknown
from bayesglmm.tables.draws import TEXTS, RowDraws, labelled_draws
from bayesglmm.tables.exports import Exports
from bayesglmm.tables.formatting import Kind, format_column, format_columns, shown_columns
from bayesglmm.tables.intervals import LOWER, intervals, join_intervals
from bayesglmm.tables.printed import PrintedTable

if TYPE_CHECKING:
    import xarray as xr
    from great_tables import GT

MOST_ROWS = 100
"""Rows beyond which a table is cut when it is looked at (not in reports)."""

DIAGNOSTICS = ("ess_bulk", "ess_tail", "r_hat")
"""Columns that a publication does not print."""

WIDTH = 100
"""Letters of a line of notes where a table is looked at as text."""


@dataclass(frozen=True, slots=True, eq=False)
class Table(Exports):
    """A table of results.

    Attributes
    ----------
    frame : pandas.DataFrame
        Full numbers. A column ``mcse_x`` holds the Monte Carlo standard errors of the column
        ``x`` and is not shown.
    caption : str
        What the table is.
    scale : str
        The scale its numbers are on.
    estimand : str
        What they estimate: of whom, averaged over what, at which exposure.
    notes : tuple of str
        Interval kind and mass, reference levels, rows and groups lost.
    kinds : mapping
        Column to how it is printed: ``"estimate"`` (digits by Monte Carlo error), ``"positive"``
        (the same, for numbers that cannot be 0), ``"probability"`` (likewise; each beside the
        bounds of an interval as `format_intervals` says), ``"count"``,
        ``"r_hat"``, ``"diagnostic"``, ``"number"``, ``"decimal"`` (three),
        ``"key"`` (whole floats as integers) or ``"text"`` (floats, which are of the user's data,
        with six significant digits). Where the rows of a column differ, a mapping of the names in
        the first column to these.
    called : mapping
        Column to what is printed for the names in it; the frame keeps its own.
    headings : mapping
        Column to what is printed above it; the frame keeps its own.
    source : RowDraws, optional
        What `draws` are made from.
    """

    frame: pd.DataFrame
    caption: str
    scale: str = ""
    estimand: str = ""
    notes: tuple[str, ...] = ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    called: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    source: RowDraws | None = None

    @property
    def draws(self) -> xr.DataArray:
        """The posterior draws that the rows sum up.

        They are made when they are asked for; keep them in a variable. Medians and intervals of
        the table are their quantiles.

        Returns
        -------
        xarray.DataArray
            Dimensions (chain, draw, row), on the scale of the table. The coordinate ``row`` names
            the rows, and so does each column that says what they are for.

        Raises
        ------
        SpecError
            If the rows of the table sum up no draws.
        """
        if self.source is None:
            raise SpecError(
                f"The rows of '{self.caption}' sum up no draws of their own. fit.idata has those "
                "of the parameters."
            )
        return labelled_draws(self.source, self.frame, self.kinds, self.called)

    def formatted(self) -> pd.DataFrame:
        """The frame as text, with no more digits than the Monte Carlo error supports.

        Returns
        -------
        pandas.DataFrame
            Strings; the columns of Monte Carlo errors left out.
        """
        return format_columns(self.frame, self.kinds)

    def printed(self) -> pd.DataFrame:
        """The frame as every printed form shows it.

        Returns
        -------
        pandas.DataFrame
            As `formatted`; intervals that bear the name of their estimate, as where a row holds
            several, stand in its cell: ``"7.2 (1.0 to 70)"``. Rows and columns bear the names that
            readers see.
        """
        found, shown = intervals(self._shown()), self._named(self.formatted())
        plain = all(low == LOWER for low, _ in found.values())
        shown = shown if plain else join_intervals(shown, found)
        return shown.rename(columns=self._headings())

    def rows(self, column: str) -> list[str]:
        """What readers see the names in a column called.

        Parameters
        ----------
        column : str

        Returns
        -------
        list of str
            One for each row.
        """
        names = self.called.get(column, {})
        return [names.get(str(name), str(name)) for name in self.frame[column]]

    def _named(self, cells: pd.DataFrame) -> pd.DataFrame:
        """Cells whose rows bear the names that readers see."""
        shown = {
            column: [names.get(name, name) for name in cells[column]]
            for column, names in self.called.items()
            if column in cells
        }
        return cells.assign(**shown)

    def _headings(self) -> dict[str, str]:
        """What is printed above the columns; a heading that another column has is left out."""
        own = self._shown()
        return {name: shown for name, shown in self.headings.items() if shown not in own}

    def _shown(self) -> list[str]:
        return shown_columns(self.frame)

    @property
    def numeric(self) -> tuple[str, ...]:
        """Columns of numbers."""
        return tuple(n for n in self._shown() if self.kinds.get(n, "text") not in TEXTS)

    @property
    def numeric_headings(self) -> tuple[str, ...]:
        """Columns of numbers, as they are printed."""
        headings = self._headings()
        return tuple(headings.get(name, name) for name in self.numeric)

    def about(self) -> tuple[str, ...]:
        """What stands below the table: scale, estimand, notes; a line each. Says it has no rows."""
        facts = [("Scale", self.scale), ("Estimand", self.estimand)]
        none = ("No rows.",) if self.frame.empty else ()
        return (*none, *(f"{name}: {text}" for name, text in facts if text), *self.notes)

    def head(self) -> Table:
        """The table without its middle rows where it is too long to look at; says so in a note.

        Returns
        -------
        Table
        """
        if len(self.frame) <= MOST_ROWS:
            return self
        half = MOST_ROWS // 2
        frame = pd.concat([self.frame.iloc[:half], self.frame.iloc[-half:]])
        note = f"The first and last {half} of {len(self.frame):,} rows; all are in .frame."
        return replace(self, frame=frame, notes=(*self.notes, note))

    def where(self, column: str, value: object) -> Table:
        """The rows in which a column has a value; says so in a note.

        Parameters
        ----------
        column : str
        value : object

        Returns
        -------
        Table

        Raises
        ------
        SpecError
            If there is no such column, or no such row.
        """
        if column not in self._shown():
            raise SpecError(unknown("column", column, self._shown()))
        is_it = self.frame[column] == value
        if not is_it.any():  # a key may be asked for as it is printed
            texts = pd.Series(format_column(self.frame, column, self.kinds), self.frame.index)
            is_it = texts == str(value)
        found = self.frame[is_it]
        if not len(found):
            known = dict.fromkeys(str(other) for other in self.frame[column])
            raise SpecError(unknown(f"value of {column}", str(value), known))
        note = f"The {len(found):,} of {len(self.frame):,} rows with {column} {value}."
        return replace(self, frame=found, notes=(*self.notes, note))

    def extremes(self, column: str, rows: int = 5) -> Table:
        """The rows with the largest and smallest values of a column, largest first.

        Parameters
        ----------
        column : str
            Holds numbers.
        rows : int
            At either end.

        Returns
        -------
        Table

        Raises
        ------
        SpecError
            If there is no such column.
        """
        if column not in self.numeric:
            raise SpecError(unknown("column of numbers", column, self.numeric))
        ordered = self.frame.sort_values(column, ascending=False, kind="stable")
        if len(ordered) <= 2 * rows:
            return replace(self, frame=ordered)
        frame = pd.concat([ordered.iloc[:rows], ordered.iloc[-rows:]])
        note = f"The {rows} largest and {rows} smallest by {column}, of {len(ordered):,} rows."
        return replace(self, frame=frame, notes=(*self.notes, note))

    def published(self, diagnostics: bool = False) -> Table:
        """The table as a publication prints it.

        Parameters
        ----------
        diagnostics : bool
            Whether effective sample sizes and R-hat stay.

        Returns
        -------
        Table
        """
        if diagnostics:
            return self
        return replace(self, frame=self.frame.drop(columns=list(DIAGNOSTICS), errors="ignore"))

    def _publications(self, diagnostics: bool = False) -> list[PrintedTable]:
        """What every printed form of the table is made from; see `Exports._publications`."""
        table = self.published(diagnostics)
        return [PrintedTable(table.caption, table.printed(), table.numeric_headings, table.about())]

    def __repr__(self) -> str:
        shown = self.head()
        body = [] if shown.frame.empty else [shown.printed().to_string(index=False), ""]
        return "\n".join([shown.caption, "", *body, *map(_wrapped, shown.about())])

    def to_gt(self, diagnostics: bool = False) -> GT:
        """The table for great_tables, to be styled further and saved as a picture or a page.

        Parameters
        ----------
        diagnostics : bool
            As for `published`.

        Returns
        -------
        great_tables.GT
            All rows, cells as they are printed; what the numbers mean stands in its source notes.
        """
        from bayesglmm.tables.html import great_table

        (printed,) = self._publications(diagnostics)
        return great_table(printed)

    def to_csv(self, diagnostics: bool = False) -> str:
        """The whole table as comma-separated values, digits as they are printed.

        Parameters
        ----------
        diagnostics : bool
            As for `published`.

        Returns
        -------
        str
            Estimates and the ends of their intervals in columns of their own; numbers without
            thousands separators. Rows and columns bear the names that readers see; ``frame`` has
            their own, and full numbers.
        """
        cells = self._named(self.published(diagnostics).formatted())
        for name in self.numeric:
            if name in cells:
                cells[name] = cells[name].str.replace(",", "")
        cells = cells.rename(columns=self._headings())
        return cells.to_csv(index=False, lineterminator="\n")

    def _repr_html_(self) -> str:
        return self.head().to_html(diagnostics=True)


def _wrapped(note: str) -> str:
    """A note in lines that a screen can hold, those after the first indented."""
    lines = [
        wrap(line, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        for line in note.splitlines()
    ]
    return "\n".join(line for found in lines for line in found)
