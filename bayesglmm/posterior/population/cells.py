"""The cells of a population whose make-up is known: their weights, and the levels they lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.errors import DataError, SpecError, first_rows, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.column_arguments import read_weights
from bayesglmm.posterior.quantities import DIAGNOSTICS, ESTIMATES

WHOLE = "population"
"""Name of the one row where the cells are not split."""

RESULTS = ("", "cells", "rows", "raw", *ESTIMATES, *DIAGNOSTICS)
"""Columns of the answers here and in `strata`."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The cells of a population.

    Attributes
    ----------
    weight : array of shape (n,)
    place : array of int, shape (n,)
        Which level each belongs to.
    levels : pandas.DataFrame
        The levels that get an estimate each, in order.
    """

    weight: Array
    place: NDArray[np.int64]
    levels: pd.DataFrame

    @property
    def used(self) -> NDArray[np.int64]:
        """Those with weight."""
        return np.flatnonzero(self.weight)

    @property
    def count(self) -> int:
        """Number of levels."""
        return len(self.levels)


def read_cells(frame: pd.DataFrame, names: list[str], weights: str, response: str) -> Cells:
    """The cells of a population.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a cell.
    names : list of str
        Columns whose levels get an estimate each.
    weights : str
        Column of weights.
    response : str
        Column of the answer where the response has categories.

    Returns
    -------
    Cells

    Raises
    ------
    DataError
        If columns are missing or named like one of the answer, or weights cannot be used.
    SpecError
        If the weights are one of the columns.
    """
    _check_columns(frame, names, weights, response)
    weight = read_weights(frame[weights])
    if not weight.any():
        raise DataError(f"All weights '{weights}' are 0: there is no population to average over.")
    return Cells(weight, *_levels(frame, names))


def _check_columns(frame: pd.DataFrame, names: list[str], weights: str, response: str) -> None:
    if weights in names:
        raise SpecError(f"by= and weights= both name '{weights}'. Average within other columns.")
    for name in [*names, weights]:
        if name not in frame:
            raise DataError(unknown("column of the population", name, map(str, frame.columns)))
        if name in (*RESULTS, response) or name.startswith("mcse_"):
            raise DataError(
                f"'{name}' is also the name of a column of the answer. Rename the column: "
                f"frame.rename(columns={{'{name}': '{name} of cells'}}), say."
            )


def _levels(frame: pd.DataFrame, names: list[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Which level each cell belongs to, and the levels in order."""
    if not names:
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame({"": [WHOLE]})
    for name in names:
        if frame[name].isna().any():
            rows = first_rows(np.flatnonzero(frame[name].isna()))
            raise DataError(f"'{name}' is missing in {rows} of the population. Fill it in.")
    grouped = frame.groupby(names, sort=True, observed=True)
    levels = grouped.size().index.to_frame(index=False)
    return np.asarray(grouped.ngroup(), dtype=np.int64), levels
