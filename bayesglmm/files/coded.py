"""Columns of codes: labels become levels, missing codes become missing, and both are told.

What a file says of its columns beside their values stands in ``attrs`` of the frame, where the
design finds it: `MISSING_CODES`, `PARTLY_LABELLED` and the caveats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from bayesglmm.errors import DataError, unknown

MISSING_CODES = "missing_codes"
"""In ``attrs``: column to ``{"99 (refused)": 12}``, values that were read as missing."""

PARTLY_LABELLED = "partly_labelled"
"""In ``attrs``: column of numbers to the labels of some of its codes, ``{"97": "97 or more"}``."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file, and what the file says of it.

    Attributes
    ----------
    values : pandas.Series
    labels : mapping
        Code to label.
    is_missing : callable
        Whether a code stands for a missing value.
    """

    values: pd.Series
    labels: Mapping[Any, str] = field(default_factory=dict)
    is_missing: Callable[[Any], bool] = lambda _: False


def decoded(columns: Mapping[str, Column]) -> pd.DataFrame:
    """The frame of a file.

    Parameters
    ----------
    columns : mapping

    Returns
    -------
    pandas.DataFrame
        A column whose codes all have labels is a categorical with the levels in the order of the
        codes, those without rows included. One with labels for some of its codes stays as it is.
    """
    frame, missing, partly = {}, {}, {}
    for name, column in columns.items():
        codes, gone = _without_missing(column)
        labels = {code: text for code, text in column.labels.items() if not column.is_missing(code)}
        unlabelled = set(codes.dropna()) - set(labels)
        if gone:
            missing[name] = gone
        if labels and not unlabelled:
            frame[name] = _factor(codes, labels)
            continue
        frame[name] = codes.infer_objects()
        if labels:
            partly[name] = {_word(code): text for code, text in labels.items()}
    made = pd.DataFrame(frame)
    said = {MISSING_CODES: missing, PARTLY_LABELLED: partly}
    made.attrs |= {key: value for key, value in said.items() if value}
    return made


def without_codes(frame: pd.DataFrame, missing: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """A frame without the codes that stand for no answer in it.

    Parameters
    ----------
    frame : pandas.DataFrame
    missing : mapping
        Column to its codes.

    Returns
    -------
    pandas.DataFrame
        With their numbers in ``attrs``.

    Raises
    ------
    DataError
        If there is no such column.
    """
    known, attrs = [str(name) for name in frame], dict(frame.attrs)
    gone = dict(attrs.get(MISSING_CODES, {}))
    for name, codes in missing.items():
        if name not in known:
            raise DataError(unknown("column", name, known, "missing="))
        values, found = _without_missing(Column(frame[name], {}, list(codes).__contains__))
        frame = frame.assign(**{name: values})
        gone |= {name: gone.get(name, {}) | found} if found else {}
    frame.attrs = attrs | ({MISSING_CODES: gone} if gone else {})
    return frame


def told(frame: pd.DataFrame, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What its file said of some columns of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
    names : iterable of str

    Returns
    -------
    dict
        Such as belongs into ``attrs``.
    """
    kept = [str(name) for name in names]
    known = {key: frame.attrs.get(key, {}) for key in (MISSING_CODES, PARTLY_LABELLED)}
    return {key: {k: v for k, v in said.items() if k in kept} for key, said in known.items()}


def _without_missing(column: Column) -> tuple[pd.Series, dict[str, int]]:
    """Values with None for missing codes, and how often each of these occurs."""
    which = column.values.map(column.is_missing, na_action="ignore").eq(True)
    if not which.any():
        return column.values, {}
    counts = column.values[which].value_counts(sort=False)
    words = {_word(code): int(count) for code, count in counts.items()}
    told = {
        f"{_word(code)} ({column.labels[code]})" if code in column.labels else _word(code): count
        for code, count in zip(counts.index, words.values(), strict=True)
    }
    kept = column.values.astype(object).where(~which, None)
    numbers = all(isinstance(value, (int, float)) for value in kept.dropna())
    return (kept.astype(float) if numbers else kept), told


def _factor(codes: pd.Series, labels: Mapping[Any, str]) -> pd.Series:
    """Labels in the order of their codes; codes with one label are one level."""
    ordered = sorted(labels, key=lambda code: (isinstance(code, str), code))
    levels = list(dict.fromkeys(labels[code] for code in ordered))
    return pd.Series(pd.Categorical(codes.map(labels, na_action="ignore"), levels), codes.index)


def _word(code: Any) -> str:
    """A code as it is read aloud: 99, not 99.0."""
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)
