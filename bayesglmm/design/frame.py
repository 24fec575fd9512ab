"""From the user's data frame to the rows and columns a model uses; what was lost is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.copies import copies_of_rows
from bayesglmm.design.labels import is_factor, labelled, level_names
from bayesglmm.design.new_rows import observations
from bayesglmm.design.objects import check_one_kind
from bayesglmm.design.response_bounds import censored_sides
from bayesglmm.design.row_flow import Censored, Masked, RowFlow
from bayesglmm.design.uses import column_uses, missing_message, missing_values, pick_columns
from bayesglmm.errors import DataError, unknown
from bayesglmm.files.coded import MISSING_CODES, told
from bayesglmm.spec.bars import OBSERVATIONS
from bayesglmm.spec.model import ModelSpec

FILL = 'Drop them with missing="drop", or fill them before the call.'
"""What to do about missing values."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The rows and columns a model uses.

    Attributes
    ----------
    data : pandas.DataFrame
        Used columns and rows: factors as ordered categoricals, numbers as floats.
    levels : mapping
        Factor of the fixed part to its levels, the reference first.
    rows : array of int, shape (n,)
        Positions of the used rows in the user's data frame.
    flow : RowFlow
    """

    data: pd.DataFrame
    levels: Mapping[str, tuple[str, ...]]
    rows: Any
    flow: RowFlow


def make_frame(spec: ModelSpec, data: pd.DataFrame) -> Frame:
    """Pick, check and clean what a model needs of a data frame.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
        One row an observation. Not altered.

    Returns
    -------
    Frame

    Raises
    ------
    DataError
        For unknown or repeated columns, missing or infinite values, numbers mixed with text,
        unlabelled values, a factor with one level, or no rows.
    """
    uses = column_uses(spec)
    picked = pick_columns(uses, data)
    _check_labels(spec, data)
    needed = _needed(spec, picked)
    missing = missing_values(needed)
    if missing and spec.missing == "error":
        raise DataError(missing_message(missing, uses, FILL))
    keep = ~needed.isna().any(axis=1).to_numpy()
    if not keep.any():
        raise DataError(f"No row is left: each of {len(data)} has a missing value.")
    for name in uses:
        if not is_factor(spec, name):
            check_one_kind(name, picked[name])
    cleaned = {name: labelled(spec, name, picked[name]) for name in uses}
    copies, weighted = copies_of_rows(spec, picked, keep)
    rows = np.repeat(np.arange(len(data)), copies)
    used = pd.DataFrame(
        {name: _without_empty(column.iloc[rows], name, spec) for name, column in cleaned.items()}
    ).reset_index(drop=True)
    lost = _groups_lost(spec, cleaned, copies > 0)
    if OBSERVATIONS in spec.group_variables:
        used[OBSERVATIONS] = observations(rows)
    levels = {
        str(name): tuple(used[name].cat.categories)
        for name in used
        if isinstance(used[name].dtype, pd.CategoricalDtype)
    }
    flow = RowFlow(
        read=len(data),
        used=int((copies > 0).sum()),
        dropped=tuple(missing),
        groups_lost=lost,
        masked=_masked(spec, used, rows),
        coded=told(data, uses)[MISSING_CODES],
        weighted=weighted,
        censored=_censored(spec, used, rows),
    )
    return Frame(used, levels, rows, flow)


def _check_labels(spec: ModelSpec, data: pd.DataFrame) -> None:
    """Labels speak of columns of the data; a name may also be that of a nested factor."""
    columns = [str(name) for name in data.columns]
    bars = [bar for formula in spec.formulas.values() for bar in formula.bars]
    nested = [bar.factor for bar in bars if bar.factor not in columns]
    for given, known in ((spec.labels, columns), (spec.names, [*columns, *dict.fromkeys(nested)])):
        for name in given:
            if name not in known:
                raise DataError(unknown("column", name, known, "labels="))


def _needed(spec: ModelSpec, picked: pd.DataFrame) -> pd.DataFrame:
    """The columns that a row must have: all but a response of which bounds may be known."""
    suppression, censoring = spec.formula.suppression, spec.formula.censoring
    if suppression is not None:
        return picked.drop(columns=suppression.column)
    if censoring is not None and censoring.between:
        return picked.drop(columns=[censoring.column, *censoring.bound_columns])
    return picked


def _masked(spec: ModelSpec, used: pd.DataFrame, rows: Any) -> Masked | None:
    """Which counts of the rows used are suppressed."""
    suppression = spec.formula.suppression
    if suppression is None:
        return None
    column = used[suppression.column]
    if not pd.api.types.is_numeric_dtype(column):
        raise DataError(
            f"'{suppression.column}' is a column of text or labels, not of counts. "
            "Leave suppressed counts empty: pandas.to_numeric(column, errors='coerce')."
        )
    hidden = rows[column.isna().to_numpy()]
    shown = column.between(suppression.lower, suppression.upper).sum()
    return Masked(
        suppression.column, suppression.words, tuple(int(row) for row in hidden), int(shown)
    )


def _censored(spec: ModelSpec, used: pd.DataFrame, rows: Any) -> Censored | None:
    """How many responses of the rows used are censored, and how."""
    how = spec.formula.censoring
    if how is None:
        return None
    kinds, counts = np.unique(censored_sides(how, used, rows), return_counts=True)
    return Censored(how.column, dict(zip(kinds.tolist(), counts.tolist(), strict=True)))


def _without_empty(column: pd.Series, name: str, spec: ModelSpec) -> pd.Series:
    """Drop levels without rows; a factor of the fixed part needs two."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    kept = column.cat.remove_unused_categories()
    if len(kept.cat.categories) < 2 and name in spec.fixed_variables:
        raise DataError(
            f"'{name}' has one level only ('{kept.cat.categories[0]}') in the rows used, so it "
            "cannot be compared. Take it out of the formula."
        )
    return kept


def _groups_lost(
    spec: ModelSpec, columns: Mapping[str, pd.Series], keep: Any
) -> dict[str, tuple[str, ...]]:
    lost = {}
    for name in spec.group_variables:
        if name == OBSERVATIONS:
            continue
        column = columns[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = pd.Series(pd.Categorical(level_names(column)))
        left = set(column[keep].dropna())
        gone = tuple(level for level in column.cat.categories if level not in left)
        if gone:
            lost[name] = gone
    return lost
