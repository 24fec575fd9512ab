"""From the user's data frame to the rows and columns a model uses; what was lost is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.labels import is_factor, is_number, labelled, level_names
from bayesglmm.design.objects import check_one_kind
from bayesglmm.errors import DataError, first_rows, nearest, unknown
from bayesglmm.spec.formula import variables
from bayesglmm.spec.model import ModelSpec


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows left out because a column has no value there.

    Attributes
    ----------
    column : str
    rows : tuple of int
        Positions in the user's data frame, counted from 0.
    """

    column: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """Counts that are missing because of their size, and kept.

    Attributes
    ----------
    column : str
    interval : str
        In words, such as ``"from 1 to 9"``.
    rows : tuple of int
        Positions in the user's data frame of the rows used whose count is masked.
    shown : int
        Counts within the interval that are not masked.
    """

    column: str
    interval: str
    rows: tuple[int, ...]
    shown: int

    def sentences(self) -> list[str]:
        """What is masked, in words."""
        many = len(self.rows) != 1
        text = [
            f"'{self.column}' is suppressed in {len(self.rows):,}, which "
            f"{'are' if many else 'is'} kept as {'counts' if many else 'a count'} {self.interval}"
            + (f": {first_rows(self.rows)}." if self.rows else ".")
        ]
        if self.shown:
            are = "counts are" if self.shown > 1 else "count is"
            text.append(f"{self.shown:,} {are} {self.interval} and yet not suppressed.")
        return text


@dataclass(frozen=True, slots=True)
class RowFlow:
    """How many rows came in, how many are used, and what was lost on the way.

    Attributes
    ----------
    read, used : int
        Number of rows.
    dropped : tuple of Dropped
        By column; a row that misses two values is counted under both.
    groups_lost : mapping
        Grouping factor to the levels that are declared or present in the data but have no row left.
    masked : Masked or None
        Where the response is ``suppressed(...)``.
    """

    read: int
    used: int
    dropped: tuple[Dropped, ...] = ()
    groups_lost: Mapping[str, tuple[str, ...]] | None = None
    masked: Masked | None = None

    def sentences(self) -> list[str]:
        """The flow in words, one sentence for each fact."""
        lost = self.read - self.used
        text = [f"{self.read:,} rows read, {lost:,} dropped, {self.used:,} used."]
        text += [
            f"'{item.column}' is missing in {len(item.rows):,}: {first_rows(item.rows)}."
            for item in self.dropped
        ]
        text += self.masked.sentences() if self.masked else []
        for factor, levels in (self.groups_lost or {}).items():
            shown = ", ".join(levels[:8]) + (", ..." if len(levels) > 8 else "")
            verb = "level has" if len(levels) == 1 else "levels have"
            text.append(f"{len(levels)} {factor} {verb} no rows: {shown}.")
        return text


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
    picked = _pick(uses, data)
    _check_labels(spec, data)
    needed = _needed(spec, picked)
    missing = _missing(needed)
    if missing and spec.missing == "error":
        raise DataError(_missing_message(missing, uses))
    keep = ~needed.isna().any(axis=1).to_numpy()
    if not keep.any():
        raise DataError(f"No row is left: each of {len(data)} has a missing value.")
    for name in uses:
        if not is_factor(spec, name):
            check_one_kind(name, picked[name])
    cleaned = {name: labelled(spec, name, picked[name]) for name in uses}
    used = pd.DataFrame(
        {name: _without_empty(column[keep], name, spec) for name, column in cleaned.items()}
    ).reset_index(drop=True)
    lost = _groups_lost(spec, cleaned, keep)
    levels = {
        str(name): tuple(used[name].cat.categories)
        for name in used
        if isinstance(used[name].dtype, pd.CategoricalDtype)
    }
    rows = np.flatnonzero(keep)
    flow = RowFlow(len(data), len(rows), tuple(missing), lost, _masked(spec, used, rows))
    return Frame(used, levels, rows, flow)


def apply_frame(
    spec: ModelSpec, levels: Mapping[str, tuple[str, ...]], data: pd.DataFrame
) -> pd.DataFrame:
    """Clean new data the way the model's own data were cleaned.

    Parameters
    ----------
    spec : ModelSpec
    levels : mapping
        Levels of each factor in the model's data.
    data : pandas.DataFrame
        Needs the columns of the right-hand side only.

    Returns
    -------
    DataFrame
        The columns of the right-hand side, factors as ordered categoricals.

    Raises
    ------
    DataError
        For unknown columns, missing values, or a level of a fixed effect that was never seen.
    """
    uses = _right_uses(spec)
    trials = spec.formula.trials
    if trials is not None and trials in data and not is_number(trials):
        uses[trials] = "the number of trials"
    picked = _pick(uses, data)
    missing = _missing(picked)
    if missing:
        raise DataError(_missing_message(missing, uses, advice="Fill them before predicting."))
    fixed = set(spec.fixed_variables)
    as_found = replace(spec, reference={})  # new rows need not hold the reference level
    columns = {}
    for name in uses:
        column = labelled(as_found, name, picked[name])
        if name in levels and name in fixed:
            column = _known_levels(name, picked[name], column, levels[name])
        elif name in fixed and isinstance(column.dtype, pd.CategoricalDtype):
            raise DataError(f"'{name}' is a number in the model, but text in the new data.")
        columns[name] = column
    return pd.DataFrame(columns, index=picked.index)  # rows count, even without a column


def column_uses(spec: ModelSpec) -> dict[str, str]:
    """The data columns a spec names, each with what it is used for.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    dict
        Column to ``"the response"``, ``"the number of trials"``, ``"the exposure"``,
        ``"the fixed part"`` or ``"a grouping factor"``.
    """
    formula, uses = spec.formula, _right_uses(spec)
    if formula.trials is not None and not is_number(formula.trials):
        uses[formula.trials] = "the number of trials"
    for name in [formula.successes] if formula.successes else variables(formula.response):
        uses[str(name)] = "the response"
    return uses


def _right_uses(spec: ModelSpec) -> dict[str, str]:
    """The columns that the linear predictor and the exposure are made of.

    One of them may be used for the response too, as in ``I(y - base) ~ base``.
    """
    uses = dict.fromkeys(spec.group_variables, "a grouping factor")
    uses |= dict.fromkeys(spec.fixed_variables, "the fixed part")
    return uses if spec.exposure is None else uses | {spec.exposure: "the exposure"}


def _pick(uses: Mapping[str, str], data: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(data, pd.DataFrame):
        raise DataError(f"The data are a {type(data).__name__}. Pass a pandas DataFrame.")
    if len(data) == 0:
        raise DataError("The data frame has no rows.")
    if data.columns.nlevels > 1:
        raise DataError("The column names have several levels. Flatten them to one name each.")
    names = [str(column) for column in data.columns]
    for name, use in uses.items():
        if name not in data.columns:
            raise DataError(f"There is no column '{name}' (used for {use}). {nearest(name, names)}")
        if names.count(name) > 1:
            raise DataError(
                f"The data frame has {names.count(name)} columns named '{name}'. "
                "Rename or drop all but one."
            )
    return data.loc[:, list(uses)].reset_index(drop=True)


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
    """The columns that a row must have: all but a count that may be suppressed."""
    suppression = spec.formula.suppression
    return picked if suppression is None else picked.drop(columns=suppression.column)


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


def _missing(picked: pd.DataFrame) -> list[Dropped]:
    found = []
    for name in picked:
        rows = np.flatnonzero(picked[name].isna().to_numpy())
        if len(rows):
            found.append(Dropped(str(name), tuple(int(row) for row in rows)))
    return found


def _missing_message(missing: Sequence[Dropped], uses: Mapping[str, str], advice: str = "") -> str:
    lines = [
        f"'{item.column}' has {len(item.rows)} missing value{'s' * (len(item.rows) > 1)} "
        f"({first_rows(item.rows)}) and is used for {uses[item.column]}."
        for item in missing
    ]
    lines.append(advice or 'Drop them with missing="drop", or fill them before the call.')
    return "\n".join(lines)


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
        column = columns[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = pd.Series(pd.Categorical(level_names(column)))
        left = set(column[keep].dropna())
        gone = tuple(level for level in column.cat.categories if level not in left)
        if gone:
            lost[name] = gone
    return lost


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
