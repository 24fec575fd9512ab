"""Digits of estimates and of the intervals beside them: one rule for all rows of a table.

Of numbers that cannot be 0, such as ratios, a bound has two significant digits and an estimate
three; of differences, which may be 0, all have decimals by the width of the interval. Where the
Monte Carlo error supports less, there is less: estimates of a column have two significant digits as
soon as one of them lacks the third, and the bounds of a row lose digits together. A row that lacks
more loses it alone: digits that it has not are not printed for the sake of its column, nor taken
from the others, and the note below a table says which run gives them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.tables.numbers import (
    MOST_DECIMALS,
    probability_text,
    signed_text,
    supported_decimals,
)

type Three = tuple[float, float, float]
"""An estimate, its lower and its upper bound; or their Monte Carlo errors."""

OF_BOUND, OF_ESTIMATE = 2, 3
"""Significant digits of the bounds and of the estimates of a column that cannot be 0."""

UNITS = {"positive": 5, "estimate": 10, "probability": 10}
"""Units of the last digit that an interval is wide at least, by kind."""

DECADES = 100.0
"""A lower bound further below the upper one than this is near 0: one digit of it is enough."""

ALONE, MOST = 3, 6
"""Significant digits where an interval has no width, and of the largest of its numbers at most."""

NONE = -300
"""Decimals of a number that asks for none."""

TEXT: dict[str, Callable[[float, int], str]] = {
    "estimate": signed_text,
    "positive": partial(signed_text, positive=True),
    "probability": probability_text,
}
"""How a number with so many decimals is printed, by kind."""


def format_intervals(
    values: NDArray[Any], errors: NDArray[Any], kind: str
) -> list[tuple[str, str, str]]:
    """Print the estimates of a column and the bounds beside them.

    Parameters
    ----------
    values : array of shape (n, 3)
        Estimate, lower, upper of each row.
    errors : array of shape (n, 3)
        Their Monte Carlo standard errors; NaN where not known.
    kind : str
        ``"positive"``, for numbers that cannot be 0: estimates with three significant digits, or
        all with two; bounds with two. ``"estimate"``: the same decimals in a row, by the width of
        the interval, and by the bound nearest to 0 where that is outside; rows that differ by one
        decimal are printed alike where the errors support it. ``"probability"``: likewise, three
        decimals at most, and never 0 or 1. A tight interval takes more decimals, so that it is
        `UNITS` units wide at least.

    Returns
    -------
    list of tuple of str
        What is not finite is printed by itself.

    Examples
    --------
    >>> values = np.array([[0.3812, 0.2044, 0.7013], [7.23, 1.04, 69.8]])
    >>> format_intervals(values, np.zeros((2, 3)), "positive")
    [('0.381', '0.20', '0.70'), ('7.23', '1.0', '70')]
    >>> format_intervals(values, values / 30, "positive")
    [('0.38', '0.2', '0.7'), ('7', '1', '70')]
    """
    text = TEXT[kind]
    decimals = printed_decimals(values, errors, kind)
    rows = zip(values.tolist(), decimals.tolist(), strict=True)
    return [
        (text(value, d[0]), text(low, d[1]), text(high, d[2])) for (value, low, high), d in rows
    ]


def format_interval(values: Three, errors: Three, kind: str) -> tuple[str, str, str]:
    """Print an estimate and its bounds that stand alone; see `format_intervals`."""
    (row,) = format_intervals(np.array([values], float), np.array([errors], float), kind)
    return row


def printed_decimals(values: NDArray[Any], errors: NDArray[Any], kind: str) -> NDArray[np.int64]:
    """Decimals, shape (n, 3), with which `format_intervals` prints."""
    if not len(values):
        return np.empty((0, 3), dtype=np.int64)
    known = np.array([[supported_decimals(e) for e in row] for row in errors], int)
    wanted = wanted_decimals(values, kind)
    if kind == "positive":
        fewer = wanted_decimals(values, kind, OF_BOUND)
        if np.any((known[:, 0] < wanted[:, 0]) & (fewer[:, 0] < wanted[:, 0])):
            wanted = fewer
        rows = zip(values.tolist(), wanted, fewer, known, strict=True)
        return np.array([_supported((v, low, high), *rest) for (v, low, high), *rest in rows])
    finite = _has_width(values)
    wanted[finite] -= np.max(wanted - known, axis=1).clip(0)[finite, np.newaxis]
    wanted[~finite] = np.minimum(wanted, known)[~finite]
    return _alike(values, wanted, known, finite)


def _supported(
    values: Three, wanted: NDArray[np.int64], least: NDArray[np.int64], known: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Decimals of a row of numbers that cannot be 0.

    What lacks a digit takes it from both bounds, but for the last one of each; a lower bound near 0
    takes none. `least` are the decimals that are wanted where estimates have no third digit.
    """
    _, low, high = values
    if not np.isfinite(high - low) or high <= low:
        return np.minimum(wanted, known)
    lacking = known < least
    lacking[1] &= not _is_far(values)
    most = known[lacking].min(initial=-NONE)
    one = [_significant(value, 1) for value in values]
    found = np.minimum(wanted, np.where([False, True, True], np.maximum(most, one), -NONE))
    tight = _significant(values[0], OF_BOUND) < least[0]
    if tight:
        found[0] = max(min(found[0], *found[1:]), _significant(values[0], OF_BOUND))
    return np.minimum(found, known)


def wanted_decimals(
    values: NDArray[Any], kind: str, of_estimate: int = OF_ESTIMATE
) -> NDArray[np.int64]:
    """Decimals that estimates and their bounds would have without Monte Carlo error.

    Parameters
    ----------
    values : array of shape (n, 3)
        Estimate, lower, upper.
    kind : str
        As for `format_intervals`.
    of_estimate : int
        Significant digits of the estimates of a ``"positive"`` column.

    Returns
    -------
    array of int, shape (n, 3)
        Below 0 where digits left of the point tell nothing.
    """
    rows = [_wanted((v, low, high), kind, of_estimate) for v, low, high in values.tolist()]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _wanted(values: Three, kind: str, of_estimate: int) -> list[int]:
    """Decimals of a row without Monte Carlo error."""
    _, low, high = values
    width = high - low
    if not np.isfinite(width) or width <= 0:
        return [_significant(value, ALONE) for value in values]
    largest = max(abs(value) for value in values)
    shared = min(_significant(width / UNITS[kind], 1), _significant(largest, MOST))
    if kind == "positive":
        of_low = 1 if _is_far(values) else OF_BOUND
        digits = zip(values, (of_estimate, of_low, OF_BOUND), strict=True)
        return [max(shared, _significant(value, many)) for value, many in digits]
    if kind == "probability":
        return [min(max(shared, 1), MOST_DECIMALS)] * 3
    nearest = min(abs(low), abs(high)) if low * high > 0 else 0.0
    return [max(shared, min(shared + 1, _significant(nearest, OF_BOUND)))] * 3


def _alike(
    values: NDArray[Any],
    decimals: NDArray[np.int64],
    known: NDArray[np.int64],
    finite: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Give rows one more decimal where others have it and their errors support it."""
    if not finite.any():
        return decimals
    finest = decimals[finite].max()
    most = [_significant(largest, MOST) for largest in np.abs(values).max(axis=1)]
    can = finite & (known.min(axis=1) >= finest) & (np.array(most) >= finest)
    return np.where((can & (decimals[:, 0] == finest - 1))[:, np.newaxis], finest, decimals)


def _has_width(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows have an interval."""
    with np.errstate(invalid="ignore"):  # infinite bounds
        width = values[:, 2] - values[:, 1]
    return np.asarray(np.isfinite(width) & (width > 0))


def _is_far(values: Three) -> bool:
    """Whether the lower bound is near 0, as the upper one goes."""
    _, low, high = values
    return 0 < low * DECADES < high


def _significant(value: float, digits: int) -> int:
    """Decimals that show so many significant digits of a number; the fewest where it is none."""
    if not np.isfinite(value) or value == 0:
        return NONE
    return digits - 1 - int(f"{abs(value):.{digits - 1}e}".partition("e")[2])
