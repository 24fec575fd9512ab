"""From the user's data frame to the rows and columns a model uses; what was lost is counted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError, first_rows, nearest, unknown
from bayesglmm.spec.formula import variables
from bayesglmm.spec.model import ModelSpec

UNPRINTABLE = ("Cc", "Zl", "Zp")
"""Unicode categories of control characters and line breaks."""

LONGEST_LABEL = 120
"""Characters of a level name beyond which no table could show it."""


TIMES = ("date", "datetime", "datetime64", "period", "time", "timedelta", "timedelta64")
"""Kinds of column, in pandas' words, that are neither numbers nor categories."""


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
    """

    read: int
    used: int
    dropped: tuple[Dropped, ...] = ()
    groups_lost: Mapping[str, tuple[str, ...]] | None = None

    def sentences(self) -> list[str]:
        """The flow in words, one sentence for each fact."""
        lost = self.read - self.used
        text = [f"{self.read:,} rows read, {lost:,} dropped, {self.used:,} used."]
        text += [
            f"'{item.column}' is missing in {len(item.rows):,}: {first_rows(item.rows)}."
            for item in self.dropped
        ]
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
        For unknown or repeated columns, missing or infinite values, unlabelled values, a factor
        with one level, or no rows.
    """
    uses = column_uses(spec)
    picked = _pick(uses, data)
    for name in spec.labels:
        if name not in data.columns:
            raise DataError(unknown("column in labels=", name, map(str, data.columns)))
    missing = _missing(picked)
    if missing and spec.missing == "error":
        raise DataError(_missing_message(missing, uses))
    keep = ~picked.isna().any(axis=1).to_numpy()
    if not keep.any():
        raise DataError(f"No row is left: each of {len(data)} has a missing value.")
    labelled = {name: _labelled(spec, name, picked[name]) for name in uses}
    used = pd.DataFrame(
        {name: _without_empty(column[keep], name, spec) for name, column in labelled.items()}
    ).reset_index(drop=True)
    lost = _groups_lost(spec, labelled, keep)
    levels = {
        str(name): tuple(used[name].cat.categories)
        for name in used
        if isinstance(used[name].dtype, pd.CategoricalDtype)
    }
    flow = RowFlow(len(data), int(keep.sum()), tuple(missing), lost)
    return Frame(used, levels, np.flatnonzero(keep), flow)


def apply_frame(
    spec: ModelSpec, levels: Mapping[str, tuple[str, ...]], data: pd.DataFrame
) -> Frame:
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
    Frame

    Raises
    ------
    DataError
        For unknown columns, missing values, or a level of a fixed effect that was never seen.
    """
    uses = {
        name: use
        for name, use in column_uses(spec).items()
        if use not in ("the response", "the number of trials")
    }
    trials = spec.formula.trials
    if trials is not None and trials in data and not _is_number(trials):
        uses[trials] = "the number of trials"
    picked = _pick(uses, data)
    missing = _missing(picked)
    if missing:
        raise DataError(_missing_message(missing, uses, advice="Fill them before predicting."))
    fixed = set(spec.formula.fixed_variables)
    as_found = replace(spec, reference={})  # new rows need not hold the reference level
    columns = {}
    for name in uses:
        column = _labelled(as_found, name, picked[name])
        if name in levels and name in fixed:
            column = _known_levels(name, picked[name], column, levels[name])
        elif name in fixed and isinstance(column.dtype, pd.CategoricalDtype):
            raise DataError(f"'{name}' is a number in the model, but text in the new data.")
        columns[name] = column
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return Frame(frame, levels, np.arange(len(data)), RowFlow(len(data), len(data)))


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
    formula = spec.formula
    uses: dict[str, str] = {}
    for name in formula.group_variables:
        uses[name] = "a grouping factor"
    for name in formula.fixed_variables:
        uses[name] = "the fixed part"
    if spec.exposure is not None:
        uses[spec.exposure] = "the exposure"
    if formula.trials is not None and not _is_number(formula.trials):
        uses[formula.trials] = "the number of trials"
    for name in [formula.successes] if formula.successes else variables(formula.response):
        uses[str(name)] = "the response"
    return uses


def label_of(value: Any) -> str:
    """The one way a value becomes a level name: ``3``, ``3.0`` and ``"3"`` are all ``"3"``.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def natural_order(labels: Iterable[str]) -> list[str]:
    """Sort level names, as numbers where all of them are.

    Parameters
    ----------
    labels : iterable of str

    Returns
    -------
    list of str
    """
    names = list(labels)
    if all(_is_number(name) for name in names):
        return sorted(names, key=float)
    return sorted(names)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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


def _labelled(spec: ModelSpec, name: str, column: pd.Series) -> pd.Series:
    """A column as an ordered categorical (factors) or floats (numbers)."""
    if name in spec.labels:
        return _factor(spec, name, *_mapped(name, column, spec.labels[name]))
    _check_infinite(name, column)
    is_group = name in spec.formula.group_variables and name not in spec.formula.fixed_variables
    if isinstance(column.dtype, pd.CategoricalDtype):
        order = [label_of(value) for value in column.cat.categories]
        return _factor(spec, name, _names(column), order)
    if is_group or name in spec.reference or not pd.api.types.is_numeric_dtype(column):
        return _textual(spec, name, column)
    if pd.api.types.is_integer_dtype(column) and not column.isna().any():
        return pd.Series(column.to_numpy(dtype=np.int64), name=name)
    return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), name=name)


def _check_infinite(name: str, column: pd.Series) -> None:
    if pd.api.types.is_complex_dtype(column):
        raise DataError(f"'{name}' holds complex numbers. Take their real part, say.")
    if not pd.api.types.is_float_dtype(column):
        return
    infinite = np.flatnonzero(np.isinf(column.to_numpy(dtype=float, na_value=np.nan)))
    if len(infinite):
        raise DataError(
            f"'{name}' is infinite in {first_rows(infinite)}. Mend or drop these values."
        )


def _textual(spec: ModelSpec, name: str, column: pd.Series) -> pd.Series:
    if pd.api.types.infer_dtype(column, skipna=True) in TIMES:
        raise DataError(
            f"'{name}' holds dates or times. Turn them into a number (days since a start) or text."
        )
    names = _names(column)
    return _factor(spec, name, names, natural_order(names.dropna().unique()))


def _names(column: pd.Series) -> pd.Series:
    """Level names of a column, missing values kept."""
    values = column.astype(object)
    try:
        distinct = {value: label_of(value) for value in values.dropna().unique()}
    except TypeError as error:
        raise DataError(f"'{column.name}' holds values that name no level: {error}.") from error
    return values.map(distinct)


def _mapped(name: str, column: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[str]]:
    """Replace values by their labels; values that are labels already stay."""
    order = list(dict.fromkeys(str(label) for label in labels.values()))
    table = {label: label for label in order}
    table |= {label_of(value): str(label) for value, label in labels.items()}
    names = _names(column)
    strange = [value for value in names.dropna().unique() if value not in table]
    if strange:
        rows = np.flatnonzero(names.isin(strange).to_numpy())
        raise DataError(
            f"'{name}' has the value{'s' * (len(strange) > 1)} {', '.join(strange[:5])} "
            f"({first_rows(rows)}), for which labels={{'{name}': ...}} has no label."
        )
    return names.map(table), order


def _factor(spec: ModelSpec, name: str, names: pd.Series, order: list[str]) -> pd.Series:
    _check_labels(name, order)
    if name in spec.reference:
        first = label_of(spec.reference[name])
        if first not in order:
            raise DataError(
                f"reference={{'{name}': '{first}'}} names no level of '{name}'. "
                f"{nearest(first, order)}"
            )
        order = [first, *(label for label in order if label != first)]
    return pd.Series(pd.Categorical(names, categories=order, ordered=True), name=name)


def _check_labels(name: str, labels: Sequence[str]) -> None:
    """Refuse level names that a reader could not tell apart or a table could not show."""
    seen: dict[str, str] = {}
    for label in labels:
        shown = label if len(label) <= 40 else label[:37] + "..."
        if len(label) > LONGEST_LABEL:
            raise DataError(
                f"'{name}' has a level name of {len(label)} characters ('{shown}'), more than the "
                f"{LONGEST_LABEL} a table can show. "
                f"Shorten it with labels={{'{name}': {{'...': '...'}}}}."
            )
        if not label.strip() or any(unicodedata.category(c) in UNPRINTABLE for c in label):
            raise DataError(
                f"'{name}' has a blank or unprintable level name ({label!r}). "
                f"Name it with labels={{'{name}': ...}}."
            )
        folded = _as_seen(label)
        if seen.setdefault(folded, label) != label:
            raise DataError(
                f"'{name}' has two levels that look the same, {seen[folded]!r} and {label!r}: "
                "they differ only in blanks or in how a letter is encoded. Make them one before "
                "the call."
            )


def _as_seen(label: str) -> str:
    """What a reader sees of a level name: letters in one encoding, single blanks."""
    visible = "".join(sign for sign in label if unicodedata.category(sign) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", visible).split())


def _without_empty(column: pd.Series, name: str, spec: ModelSpec) -> pd.Series:
    """Drop levels without rows; a factor of the fixed part needs two."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    kept = column.cat.remove_unused_categories()
    if len(kept.cat.categories) < 2 and name in spec.formula.fixed_variables:
        raise DataError(
            f"'{name}' has one level only ('{kept.cat.categories[0]}') in the rows used, so it "
            "cannot be compared. Take it out of the formula."
        )
    return kept


def _groups_lost(
    spec: ModelSpec, labelled: Mapping[str, pd.Series], keep: Any
) -> dict[str, tuple[str, ...]]:
    lost = {}
    for name in spec.formula.group_variables:
        column = labelled[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            column = pd.Series(pd.Categorical(_names(column)))
        left = set(column[keep].dropna())
        gone = tuple(level for level in column.cat.categories if level not in left)
        if gone:
            lost[name] = gone
    return lost


def _known_levels(
    name: str, original: pd.Series, column: pd.Series, levels: tuple[str, ...]
) -> pd.Series:
    values = column.astype(object) if hasattr(column, "cat") else _names(original)
    strange = [value for value in values.unique() if value not in levels]
    if strange:
        rows = np.flatnonzero(values.isin(strange).to_numpy())
        raise DataError(
            f"'{name}' has the level '{strange[0]}' ({first_rows(rows)}), which the model has "
            f"never seen. Its levels: {', '.join(levels)}."
        )
    return pd.Series(pd.Categorical(values, categories=list(levels), ordered=True), name=name)
