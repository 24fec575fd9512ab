"""Columns of Python objects: what pandas and readers give for values with a missing one among them.

pandas gives truth values with a missing one as objects, pyreadstat and pyreadr integers with one,
databases Decimals. What a column holds decides how it is read, not the type that it came in.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError, first_rows


def read_objects(column: pd.Series) -> pd.Series:
    """A column of objects that are all numbers or all truth values, as such; others as they are.

    Parameters
    ----------
    column : pandas.Series
        Missing values are kept.

    Returns
    -------
    pandas.Series
        Whole numbers where all are and none is missing, else floats; ``bool``, or ``boolean``
        where one is missing. Text, also text that looks like numbers, stays as it is.
    """
    if column.dtype != object:
        return column
    known = column.dropna()
    if len(known) and all(_is_truth(value) for value in known):
        return column.astype("boolean" if len(known) < len(column) else bool)
    if not len(known) or not all(_is_number(value) for value in known):
        return column
    whole = len(known) == len(column) and all(isinstance(value, Integral) for value in known)
    if whole and all(abs(int(value)) <= np.iinfo(np.int64).max for value in known):
        return column.astype(np.int64)
    return column.where(column.notna(), np.nan).map(float)


def check_one_kind(name: str, column: pd.Series) -> None:
    """Refuse a column of numbers and other things, such as text: neither a number nor a factor.

    Parameters
    ----------
    name : str
    column : pandas.Series

    Raises
    ------
    DataError
        With the rows of the rarer kind.
    """
    if column.dtype != object:
        return
    number = column.map(_is_number).to_numpy(dtype=bool) & column.notna().to_numpy()
    others = ~number & column.notna().to_numpy()
    if not number.any() or not others.any():
        return
    what = _kind(column[others])
    few = others.sum() <= number.sum()
    rare, kind, other = (others, what, "numbers") if few else (number, "numbers", what)
    rows = np.flatnonzero(rare)
    verb = "is" if len(rows) == 1 else "are"
    raise DataError(
        f"'{name}' mixes numbers and {what}: {first_rows(rows)} {verb} {kind} "
        f"({column.iloc[rows[0]]!r}), the rest {other}. Write pandas.to_numeric(data['{name}'], "
        f"errors='coerce') for numbers, or data['{name}'].astype(str) for a factor."
    )


def _kind(values: pd.Series) -> str:
    """What values that are no numbers are, in a sentence."""
    if values.map(lambda value: isinstance(value, str)).all():
        return "text"
    return "truth values" if values.map(_is_truth).all() else "something else"


def is_truth(column: pd.Series) -> bool:
    """Whether a column holds truth values, whatever its type.

    Parameters
    ----------
    column : pandas.Series

    Returns
    -------
    bool
        False for a categorical, which is a factor.
    """
    return pd.api.types.is_bool_dtype(read_objects(column)) and not isinstance(
        column.dtype, pd.CategoricalDtype
    )


def _is_truth(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


def _is_number(value: Any) -> bool:
    return isinstance(value, (Real, Decimal)) and not _is_truth(value)
