"""The draws that the rows of a table sum up, and what the rows are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.tables.formatting import Kind, format_column, shown_columns
from bayesglmm.tables.intervals import intervals

if TYPE_CHECKING:
    import xarray as xr

TEXTS = ("text", "key")
"""Kinds of columns that hold no numbers of the answer."""

TAKEN = ("", "chain", "draw", "row")
"""Columns that give the draws no coordinate of their own name."""


@dataclass(frozen=True, slots=True, eq=False)
class RowDraws:
    """Draws behind a table, made whenever they are asked for.

    A table of very many rows is summed up a stretch of rows at a time: all of its draws at once may
    need much more memory than the table, and few want them. Pickled, they are made and kept.

    Attributes
    ----------
    make : callable
        Gives an array of shape (chains, draws, lines); the index of the table's frame says which
        line is a row's.
    mass : float
        Posterior probability inside the table's intervals.
    no_effect : float or None
        The value that means no effect, such as 0 for differences and 1 for ratios; None where none
        does.
    beside : tuple of str
        Notes of the table that speak of other columns than the estimates and their interval.
    """

    make: Callable[[], NDArray[Any]]
    mass: float
    no_effect: float | None = None
    beside: tuple[str, ...] = ()

    def made(self) -> NDArray[Any]:
        """The draws; infinite, or no numbers, where these are beyond double precision."""
        with np.errstate(all="ignore"):
            return self.make()

    def __reduce__(self) -> tuple[Any, ...]:
        return RowDraws, (_Kept(self.made()), self.mass, self.no_effect, self.beside)

    def __deepcopy__(self, _: Any) -> RowDraws:
        return self


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """Draws that were made."""

    values: NDArray[Any]

    def __call__(self) -> NDArray[Any]:
        return self.values


def naming_columns(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> list[str]:
    """The columns that say what a row is for: those before the first column of numbers."""
    found = []
    for name in shown_columns(frame):
        if kinds.get(name, "text") not in TEXTS:
            break
        found.append(name)
    return found


def row_names(
    frame: pd.DataFrame, kinds: Mapping[str, Kind], called: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """What the rows of a table are called: the values that tell them apart, as they are printed.

    Parameters
    ----------
    frame : pandas.DataFrame
    kinds, called : mapping
        As of `Table`.

    Returns
    -------
    list of str
        Such as ``"active, first"``; ``"row 1"`` and so on in a table that names none.
    """
    columns = naming_columns(frame, kinds)
    if not columns:
        return [f"row {place}" for place in range(1, len(frame) + 1)]
    varied = [n for n in columns if len(frame[n].drop_duplicates()) > 1] or columns[:1]
    cells = []
    for name in varied:
        shown = called.get(name, {})
        cells.append([shown.get(text, text) for text in format_column(frame, name, kinds)])
    return [", ".join(row) for row in zip(*cells, strict=True)]


def estimate_column(frame: pd.DataFrame) -> str:
    """The column of the estimates that draws are of: the first one that has an interval."""
    return next(iter(intervals(shown_columns(frame))))


def labelled_draws(
    source: RowDraws,
    frame: pd.DataFrame,
    kinds: Mapping[str, Kind],
    called: Mapping[str, Mapping[str, str]],
) -> xr.DataArray:
    """The draws of the rows of a table, with their names.

    Parameters
    ----------
    source : RowDraws
    frame : pandas.DataFrame
    kinds, called : mapping
        As of `Table`.

    Returns
    -------
    xarray.DataArray
        Dimensions (chain, draw, row). Coordinate ``row`` is `row_names`; the columns that name the
        rows are coordinates too. Not a number where the table is empty.
    """
    import xarray as xr

    values = source.made()[..., frame.index.to_numpy()]
    empty = frame[estimate_column(frame)].isna().to_numpy()
    if empty.any():
        values[..., empty] = np.nan
    chains, draws, _ = values.shape
    coords: dict[str, Any] = {"chain": np.arange(chains), "draw": np.arange(draws)}
    coords["row"] = row_names(frame, kinds, called)
    naming = naming_columns(frame, kinds)
    coords |= {name: ("row", frame[name].to_numpy()) for name in naming if name not in TAKEN}
    return xr.DataArray(values, coords, ("chain", "draw", "row"))
