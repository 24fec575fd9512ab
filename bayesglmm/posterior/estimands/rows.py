"""Which rows an estimand is for, and how they are averaged."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.design import Design
from bayesglmm.design.given import as_given
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError, SpecError, first_rows, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.averaging import Averaging, make_averaging
from bayesglmm.posterior.column_arguments import (
    check_column,
    names_of,
    read_weights,
    unlike_results,
)
from bayesglmm.posterior.distinct import distinct
from bayesglmm.posterior.profiles import row_sizes, size_column
from bayesglmm.spec.bars import OBSERVATIONS

RESULTS = ("comparison", "slope", "median", "lower", "upper")
"""Columns of the answers."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The rows an estimand is for.

    Attributes
    ----------
    design : Design
        The u distinct rows.
    lines : pandas.DataFrame
        One row a line of the answer: what it is for, in the columns that tables show.
    cell : array of int
        Cell of each line.
    averaging : Averaging or None
        Of the distinct rows within the cells; None where each distinct row is a cell.
    words : str
        Which rows, and how they are averaged.
    """

    design: Design
    lines: pd.DataFrame
    cell: NDArray[np.int64]
    averaging: Averaging | None
    words: str

    @property
    def row_of_line(self) -> NDArray[np.int64] | None:
        """Distinct row of each line of the answer; None where lines are averages of several."""
        return self.cell if self.averaging is None else None


def make_target(
    design: Design,
    newdata: pd.DataFrame | None,
    by: str | Sequence[str] | None,
    weights: str | None,
    own_groups: bool,
) -> Target:
    """Find the rows an estimand is for, and what of them is averaged.

    Parameters
    ----------
    design : Design
        The model's own, with the linear predictors that the estimand is made of.
    newdata : pandas.DataFrame or None
        Rows with the columns of the right-hand side; the model's own where None. Neither exposure
        nor, unless `own_groups`, grouping factors are needed.
    by : str, sequence of str or None
        Columns whose combinations are averaged within; all rows where empty; none where None.
    weights : str or None
        Column of weights of the average. Where None, rows weigh as their exposure or number of
        trials, so that it makes no difference how the data were cut into rows; new rows without
        such a column count alike.
    own_groups : bool
        Whether the estimand depends on the groups that rows name.

    Returns
    -------
    Target

    Raises
    ------
    SpecError, DataError
        If a column is not there, or the rows do not fit the model.
    """
    if weights is not None:
        check_column("weights", weights)
    rows, beside = _rows(design, newdata, own_groups, sized=by is not None and weights is None)
    words = f"{rows.n:,} {'rows of the data' if newdata is None else 'new rows'}"
    words = words.replace("rows", "row", 1) if rows.n == 1 else words
    keys = rows.data[_used(design, rows, own_groups)]
    if by is None:
        if weights is not None:
            raise SpecError("weights= weigh an average: use an avg_... call, or give by=.")
        given = list(rows.data) if newdata is None else [n for n in rows.data if n in newdata]
        code, first = distinct(keys, rows.n)
        which = f"for each of the {words}" if rows.n > 1 else f"for {words}"
        return Target(_taken(rows, first), _shown(rows, given), code, None, which)
    by, called = names_of("by", by), printed_names(design)
    columns = pd.DataFrame(
        {name: _by_column(name, rows.data, beside) for name in by}, index=range(rows.n)
    )
    weight, how = _row_weights(design, rows, weights, beside)
    cell, place = distinct(columns, rows.n, sort=True)
    code, first = distinct(keys.assign(**{" cell": cell}), rows.n)
    total = np.bincount(code, weight)
    if not np.bincount(cell[first], total, minlength=len(place)).all():
        raise DataError(f"The weights '{how}' are all 0 in a cell of by=. Drop its rows.")
    which = f"averaged over the {words}" if rows.n > 1 else f"for {words}"
    which += f" within each {' x '.join(called[name] for name in by)}" if by else ""
    if how and rows.n > 1:
        which += f", weighted by {called[how]}"
    elif size_column(design) and rows.n > 1:
        which += f", rows counting alike: they have no column '{size_column(design)}'"
    own = as_given(rows, [name for name in by if name in rows.data])
    lines = unlike_results(columns.assign(**own).iloc[place], RESULTS)
    averaging = make_averaging(cell[first], total, len(place))
    return Target(_taken(rows, first), lines, np.arange(len(place)), averaging, which)


def with_groups(design: Design, newdata: pd.DataFrame) -> pd.DataFrame:
    """New rows with a label, all the same one, for each grouping factor that they leave out.

    Parameters
    ----------
    design : Design
        The model's own.
    newdata : pandas.DataFrame

    Returns
    -------
    pandas.DataFrame
        For estimands that do not depend on which groups rows name.
    """
    fixed = {name for formula in design.formulas for name in formula.fixed_variables}
    factors = {name for formula in design.formulas for name in formula.group_variables}
    some = design.given.iloc[design.positions[0]]
    absent = sorted(factors - fixed - {*newdata, OBSERVATIONS})
    return newdata.assign(**{name: some[name] for name in absent})


def _rows(
    design: Design, newdata: pd.DataFrame | None, own_groups: bool, sized: bool
) -> tuple[Design, pd.DataFrame]:
    """The rows meant, with their exposure if `sized`, and the frame that has all columns."""
    if newdata is None:
        return design, design.given.iloc[design.positions].reset_index(drop=True)
    newdata = as_pandas("newdata", newdata, "Pass rows as one; grid() makes one.")
    filled = newdata if own_groups else with_groups(design, newdata)
    exposure = design.spec.exposure
    alone = exposure is not None and not (sized and exposure in newdata)
    return design.apply(filled, 1.0 if alone else None), newdata.reset_index(drop=True)


def _row_weights(
    design: Design, rows: Design, weights: str | None, beside: pd.DataFrame
) -> tuple[Array, str]:
    """Weights of the rows of an average, and what they are; empty where rows count alike."""
    if weights is not None:
        return _weight(weights, beside), weights
    sizes = size_column(design)
    return (row_sizes(rows), sizes) if sizes in beside else (np.ones(rows.n), "")


def _used(design: Design, rows: Design, own_groups: bool) -> list[str]:
    """Columns that tell rows apart."""
    names = dict.fromkeys(
        name
        for formula in design.formulas
        for name in (*formula.fixed_variables, *(formula.group_variables if own_groups else ()))
    )
    return [name for name in names if name in rows.data]


def _taken(rows: Design, first: NDArray[np.int64]) -> Design:
    """Some of the rows as a design; all of them as they are."""
    if len(first) == rows.n:
        return rows
    return rows.take(first)


def _by_column(name: str, data: pd.DataFrame, beside: pd.DataFrame) -> pd.Series:
    frame = data if name in data else beside
    if name not in frame:
        raise SpecError(unknown("column", name, {*map(str, data), *map(str, beside)}, "by="))
    column = frame[name].reset_index(drop=True)
    missing = np.flatnonzero(column.isna().to_numpy())
    if len(missing):
        raise DataError(
            f"'{name}' in by= is missing in {first_rows(missing)}. Fill or drop these rows."
        )
    return column


def _weight(name: str, beside: pd.DataFrame) -> Array:
    if name not in beside:
        raise SpecError(unknown("column", name, map(str, beside), "weights="))
    return read_weights(beside[name])


def _shown(rows: Design, names: Iterable[Hashable]) -> pd.DataFrame:
    """The columns of the right-hand side, exposure left out: no mean here depends on a row's."""
    spec = rows.spec
    right = {*spec.fixed_variables, *spec.group_variables}
    return unlike_results(as_given(rows, [str(name) for name in names if name in right]), RESULTS)
