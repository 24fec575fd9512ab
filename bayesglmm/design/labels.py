"""Labels: how values become level names, and which names a reader could not use."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.objects import read_objects
from bayesglmm.errors import DataError, first_rows, nearest
from bayesglmm.spec.coded import coded_variables
from bayesglmm.spec.model import ModelSpec

UNPRINTABLE = ("Cc", "Zl", "Zp")
"""Unicode categories of control characters and line breaks."""

LONGEST_LABEL = 120
"""Characters of a level name beyond which no table could show it."""

TIMES = ("date", "datetime", "datetime64", "period", "time", "timedelta", "timedelta64")
"""Kinds of column, in pandas' words, that are neither numbers nor categories."""


def labelled(spec: ModelSpec, name: str, column: pd.Series) -> pd.Series:
    """A column as an ordered categorical (factors) or as numbers.

    Parameters
    ----------
    spec : ModelSpec
        Its labels, reference levels and grouping factors decide what is a factor.
    name : str
    column : pandas.Series
        Missing values are kept.

    Returns
    -------
    pandas.Series

    Raises
    ------
    DataError
        For infinite numbers, dates, values without a label, or level
        names that a reader could not tell apart or a table not show.
    """
    if name in spec.labels:
        return _factor(spec, name, *_mapped(name, column, spec.labels[name]))
    column = read_objects(column)
    _check_infinite(name, column)
    if isinstance(column.dtype, pd.CategoricalDtype):
        order = [label_of(value) for value in column.cat.categories]
        return _factor(spec, name, level_names(column), order)
    if is_factor(spec, name) or not pd.api.types.is_numeric_dtype(column):
        return _textual(spec, name, column)
    whole = pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column)
    if whole and not column.isna().any():
        return pd.Series(column.to_numpy(dtype=np.int64), name=name)
    return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), name=name)


def is_factor(spec: ModelSpec, name: str) -> bool:
    """Whether a spec makes a column a factor, whatever its values are.

    Parameters
    ----------
    spec : ModelSpec
    name : str

    Returns
    -------
    bool
    """
    is_group = name in spec.group_variables and name not in spec.fixed_variables
    coded = coded_variables(spec.formulas.values())
    said = name in spec.labels or name in spec.reference or name in coded
    return is_group or said


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
    """Sort level names: as numbers where all of them are, else as a dictionary does.

    Case and accents do not count, as in R's ``levels()`` in a language's locale: ``"placebo"``
    stands before ``"Progabide"``. They only tell names apart that are alike without them, small
    letters first.

    Parameters
    ----------
    labels : iterable of str

    Returns
    -------
    list of str
    """
    names = list(labels)
    if all(is_number(name) for name in names):
        return sorted(names, key=float)
    return sorted(names, key=_in_a_dictionary)


def _in_a_dictionary(name: str) -> tuple[str, str]:
    """What a name is sorted by: its letters without case and accents, then as they are."""
    if not name.isascii():
        apart = unicodedata.normalize("NFKD", name)
        bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
        return bare.casefold(), name.swapcase()
    return name.casefold(), name.swapcase()


def is_number(text: str) -> bool:
    """Whether a text reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def level_names(column: pd.Series) -> pd.Series:
    """Level names of a column, missing values kept."""
    values = column.astype(object)
    try:
        distinct = {value: label_of(value) for value in values.dropna().unique()}
    except TypeError as error:
        raise DataError(f"'{column.name}' holds values that name no level: {error}.") from error
    return values.map(distinct)


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
    names = level_names(column)
    return _factor(spec, name, names, natural_order(names.dropna().unique()))


def _mapped(name: str, column: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, list[str]]:
    """Replace values by their labels; values that are labels already stay."""
    order = list(dict.fromkeys(str(label) for label in labels.values()))
    table = {label: label for label in order}
    table |= {label_of(value): str(label) for value, label in labels.items()}
    names = level_names(column)
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
