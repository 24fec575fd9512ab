"""New rows, cleaned the way that the model's own were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.labels import is_number, labelled, level_names
from bayesglmm.design.uses import missing_message, missing_values, pick_columns, right_uses
from bayesglmm.errors import DataError, first_rows
from bayesglmm.spec.bars import OBSERVATIONS
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.model import ModelSpec


def clean_new_rows(
    spec: ModelSpec,
    formulas: Sequence[Formula],
    levels: Mapping[str, tuple[str, ...]],
    data: pd.DataFrame,
) -> pd.DataFrame:
    """Pick, check and clean what some formulas need of new rows.

    Parameters
    ----------
    spec : ModelSpec
    formulas : sequence of Formula
        Some of the spec's.
    levels : mapping
        Levels of each factor in the model's data.
    data : pandas.DataFrame

    Returns
    -------
    DataFrame
        Their columns and of the exposure, factors as ordered categoricals.

    Raises
    ------
    DataError
        For unknown columns, missing values, or a level of a fixed effect that was never seen.
    """
    uses = right_uses(formulas, spec.exposure)
    trials = spec.formula.trials
    if trials is not None and trials in data and not is_number(trials):
        uses[trials] = "the number of trials"
    if spec.se is not None and spec.se in data:
        uses[spec.se] = "the standard errors"
    picked = pick_columns(uses, data)
    missing = missing_values(picked)
    if missing:
        raise DataError(missing_message(missing, uses, "Fill them before predicting."))
    fixed = {name for formula in formulas for name in formula.fixed_variables}
    as_found = replace(spec, reference={})  # new rows need not hold the reference level
    columns = {}
    for name in uses:
        column = labelled(as_found, name, picked[name])
        if name in levels and name in fixed:
            column = _known_levels(name, picked[name], column, levels[name])
        elif name in fixed and isinstance(column.dtype, pd.CategoricalDtype):
            raise DataError(f"'{name}' is a number in the model, but text in the new data.")
        columns[name] = column
    if any(OBSERVATIONS in formula.group_variables for formula in formulas):
        columns[OBSERVATIONS] = observations(np.arange(len(picked)), "new ")
    return pd.DataFrame(columns, index=picked.index)  # rows count, even without a column


def observations(rows: Any, prefix: str = "") -> pd.Series:
    """The grouping factor that has a level for each row.

    Parameters
    ----------
    rows : array of int, shape (n,)
        Positions in the user's data frame, equal ones side by side where a row stands for several.
    prefix : str
        Before each level: new rows are none of the model's own.

    Returns
    -------
    pandas.Series
        Ordered categories such as ``"12"``; ``"12 (2)"`` is the second of the rows that row 12
        stands for.
    """
    place = np.arange(len(rows)) - np.searchsorted(rows, rows)
    names = [
        f"{prefix}{row}" + (f" ({copy + 1})" if copy else "")
        for row, copy in zip(rows, place, strict=True)
    ]
    return pd.Series(pd.Categorical(names, categories=names, ordered=True), name=OBSERVATIONS)


def _known_levels(
    name: str, original: pd.Series, column: pd.Series, levels: tuple[str, ...]
) -> pd.Series:
    values = column.astype(object) if hasattr(column, "cat") else level_names(original)
    strange = [value for value in values.unique() if value not in levels]
    if strange:
        rows = np.flatnonzero(values.isin(strange).to_numpy())
        raise DataError(
            f"'{name}' has the level '{strange[0]}' ({first_rows(rows)}), which the model has "
            f"never seen. Its levels: {', '.join(levels)}."
        )
    return pd.Series(pd.Categorical(values, categories=list(levels), ordered=True), name=name)
