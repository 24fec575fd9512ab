"""Columns of Python objects: what some readers of files give for numbers with a missing value.

pyreadstat and pyreadr give integers with a missing value as objects, databases give Decimals.
"""

from __future__ import annotations

from decimal import Decimal
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError, first_rows


def read_objects(column: pd.Series) -> pd.Series:
    """A column of objects that are all numbers, as numbers; any other column as it is.

    Parameters
    ----------
    column : pandas.Series
        Missing values are kept.

    Returns
    -------
    pandas.Series
        Whole numbers where all are and none is missing, else floats. Truth values and text, also
        text that looks like numbers, stay as they are.
    """
    if column.dtype != object:
        return column
    known = column.dropna()
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
    truth = values.map(lambda value: isinstance(value, (bool, np.bool_))).all()
    return "truth values" if truth else "something else"


def _is_number(value: Any) -> bool:
    return isinstance(value, (Real, Decimal)) and not isinstance(value, (bool, np.bool_))
