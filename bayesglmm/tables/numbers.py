"""Numbers as text: never more digits than their error supports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

MOST_DIGITS = 4
"""Significant digits beyond which no number by itself is shown."""

MOST_DECIMALS = 3
"""Decimals beyond which no probability is shown."""

GIVEN_DIGITS = 6
"""Significant digits of a number of the user's data, such as a covariate beside its prediction."""

ALL = 300
"""Decimals that an error of 0, or one that is not known, supports."""


def format_estimate(value: float, error: float, positive: bool = False) -> str:
    """Print a number with no more digits than its Monte Carlo error supports.

    A unit of the last digit shown is at least the error.

    Parameters
    ----------
    value : float
    error : float
        Monte Carlo standard error; where not known, three significant digits are shown.
    positive : bool
        Whether 0 is impossible, so that what rounds to it is shown as below the last digit.

    Returns
    -------
    str
        Empty for a missing value.

    Examples
    --------
    >>> format_estimate(3.14159, 0.02)
    '3.1'
    >>> format_estimate(273.4, 0.8)
    '273'
    >>> format_estimate(0.0003, 0.0004, positive=True)
    '<0.001'
    """
    if not np.isfinite(value):
        return signed_text(value, 0, positive)
    supported = supported_decimals(error)
    decimals = 2 - size_of(value) if supported == ALL else supported
    most = MOST_DIGITS - 1 - size_of(value, MOST_DIGITS)
    return signed_text(value, min(decimals, most), positive)


def supported_decimals(error: float) -> int:
    """Decimals of which a unit of the last is at least the Monte Carlo error.

    Parameters
    ----------
    error : float

    Returns
    -------
    int
        `ALL` where the error is 0 or not known.
    """
    return int(np.floor(-np.log10(error))) if np.isfinite(error) and error > 0 else ALL


def size_of(value: float, digits: int = 3) -> int:
    """Power of ten of the first digit of a number that is printed with so many."""
    return int(f"{value:.{digits - 1}e}".partition("e")[2])


def signed_text(value: float, decimals: int, positive: bool = False) -> str:
    """Print a number with so many decimals.

    Parameters
    ----------
    value : float
    decimals : int
        Below 0 for zeros left of the point.
    positive : bool
        Whether 0 is impossible, so that what rounds to it is shown as below the last digit.

    Returns
    -------
    str
        Empty for a missing value.
    """
    if not np.isfinite(value):
        return "" if np.isnan(value) else ("∞" if value > 0 else "-∞")
    shown, places = round(float(value), decimals), max(0, decimals)
    if shown == 0:
        unit = 10.0**-decimals
        below = f"<{unit:.0e}" if places > MOST_DIGITS else f"<{unit:,.{places}f}"
        return below if positive and value > 0 else f"{0:.{places}f}"
    size = size_of(value)
    if size >= 6 or size < -4:
        return f"{shown:.{max(size + decimals + 1, 1)}g}"
    return f"{shown:,.{places}f}"


def format_probability(value: float, error: float) -> str:
    """Print a probability with at most three decimals, fewer where its error is larger.

    Parameters
    ----------
    value : float
    error : float
        Monte Carlo standard error; three decimals where not known.

    Returns
    -------
    str
        Never 0 or 1: ``"<0.001"``, ``">0.99"``. Empty for a missing value.
    """
    return probability_text(value, min(supported_decimals(error), MOST_DECIMALS))


def probability_text(value: float, decimals: int) -> str:
    """Print a probability with so many decimals, one at least; see `format_probability`."""
    if np.isnan(value):
        return ""
    decimals = max(decimals, 1)
    shown = round(float(value), decimals)
    if 0 < shown < 1:
        return f"{shown:.{decimals}f}"
    unit = 10.0**-decimals
    return f"<{unit:.{decimals}f}" if shown == 0 else f">{1 - unit:.{decimals}f}"


def _count(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:,.0f}"


def _r_hat(value: Any) -> str:
    return "" if pd.isna(value) else f"{value:.3f}"


def _diagnostic(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.4f}"


def format_number(value: Any) -> str:
    """Print a number by itself with three significant digits, and thousands in full.

    Examples
    --------
    >>> format_number(2484.3), format_number(110.2), format_number(0.00234)
    ('2,484', '110', '0.00234')
    """
    if pd.isna(value):
        return ""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def _decimal(value: Any) -> str:
    if pd.isna(value):
        return ""
    return "<0.001" if 0 < value < 0.0005 else f"{value:.3f}"


def whole(column: pd.Series) -> pd.Series:
    """A column of floats that are all whole, such as keys, as integers; any other as it is."""
    if not pd.api.types.is_float_dtype(column) or not len(column):
        return column
    values = column.to_numpy(dtype=float, na_value=np.nan)
    is_whole = (np.abs(values) < 2**53).all() and (values == np.trunc(values)).all()
    return column.astype(np.int64) if is_whole else column


def _key(value: Any) -> str:
    return "" if value is None or (_is_float(value) and np.isnan(value)) else str(value)


def _text(value: Any) -> str:
    return _given(float(value)) if _is_float(value) and np.isfinite(value) else _key(value)


def _is_float(value: Any) -> bool:
    return isinstance(value, float | np.floating)


def _given(value: float) -> str:
    """A number of the user's data: six significant digits, and all before the decimal point."""
    if value == 0 or not 1e-4 <= abs(value) < 1e15:
        return f"{value:.6g}"
    decimals = max(GIVEN_DIGITS - 1 - size_of(value), 0)
    shown = f"{value:.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if decimals else shown


BY_ERROR: dict[str, Callable[[float, float], str]] = {
    "estimate": format_estimate,
    "positive": partial(format_estimate, positive=True),
    "probability": format_probability,
}
"""How a column is printed whose numbers have an error, by kind."""

FORMATS: dict[str, Callable[[Any], str]] = {
    "count": _count,
    "decimal": _decimal,
    "diagnostic": _diagnostic,
    "r_hat": _r_hat,
    "number": format_number,
    "key": _key,
    "text": _text,
}
"""How other columns are printed, by kind."""
