"""Digits of an estimate and of the interval beside it: one rule for the three numbers.

The width of the interval says how many decimals tell something, the Monte Carlo error how many of
them are known.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from bayesglmm.tables.numbers import (
    MOST_DECIMALS,
    probability_text,
    signed_text,
    supported_decimals,
)

type Three = tuple[float, float, float]
"""An estimate, its lower and its upper bound; or their Monte Carlo errors."""

OF_WIDTH = 2
"""Digits of the interval's width that are worth showing."""

OF_RATIO = 2
"""Significant digits that a number that cannot be 0 has at least, however wide the interval."""

DECADES = 100.0
"""A lower bound further below the upper one than this may have fewer digits than its row."""

ALONE, MOST = 3, 6
"""Significant digits where an interval has no width, and of the largest of its numbers at most."""

TEXT: dict[str, Callable[[float, int], str]] = {
    "estimate": signed_text,
    "positive": partial(signed_text, positive=True),
    "probability": probability_text,
}
"""How a number with so many decimals is printed, by kind."""


def format_interval(values: Three, errors: Three, kind: str) -> tuple[str, str, str]:
    """Print an estimate and its bounds by one rule.

    Parameters
    ----------
    values : tuple of float
        Estimate, lower, upper.
    errors : tuple of float
        Their Monte Carlo standard errors; NaN where not known.
    kind : str
        ``"estimate"``: the same decimals, two digits of the interval's width. ``"positive"``, for
        numbers that cannot be 0: besides, each has two significant digits, so that a wide interval
        of a ratio reads ``7.2 (1.0 to 70)``. ``"probability"``: the same decimals, three at most,
        and never 0 or 1.

    Returns
    -------
    tuple of str
        Where an error supports fewer digits, all three have that many fewer; what is not finite is
        printed by itself.

    Examples
    --------
    >>> format_interval((0.3812, 0.2044, 0.7013), (0.002, 0.002, 0.004), "positive")
    ('0.38', '0.20', '0.70')
    >>> format_interval((7.23, 1.04, 69.8), (0.3, 0.1, 6.4), "positive")
    ('7', '1', '70')
    """
    decimals = printed_decimals(values, errors, kind)
    text = TEXT[kind]
    first, low, high = (text(x, d) for x, d in zip(values, decimals, strict=True))
    return first, low, high


def printed_decimals(values: Three, errors: Three, kind: str) -> list[int]:
    """Decimals of an estimate and its bounds, as `format_interval` prints them."""
    wanted = wanted_decimals(values, kind)
    known = [supported_decimals(error) for error in errors]
    short = max(0, *(w - k for w, k in zip(wanted, known, strict=True)))
    _, low, high = values
    if kind == "positive" and 0 < low * DECADES < high:
        least = min(wanted)
        wanted[1] = min(wanted[1], max(known[1], least))
        short = max(0, *(w - k for w, k in zip(wanted, known, strict=True)))
    return [decimals - short for decimals in wanted]


def wanted_decimals(values: Three, kind: str) -> list[int]:
    """Decimals that an estimate and its bounds would have without Monte Carlo error.

    Parameters
    ----------
    values : tuple of float
        Estimate, lower, upper.
    kind : str
        As for `format_interval`.

    Returns
    -------
    list of int
        Below 0 where digits left of the point tell nothing.
    """
    width = values[2] - values[1]
    if not np.isfinite(width) or width <= 0:
        return [_significant(value, ALONE) for value in values]
    largest = max(abs(value) for value in values)
    shared = min(_significant(width, OF_WIDTH), _significant(largest, MOST))
    if kind == "positive":
        return [max(shared, _significant(value, OF_RATIO)) for value in values]
    if kind == "probability":
        shared = min(max(shared, 1), MOST_DECIMALS)
    return [shared] * 3


def _significant(value: float, digits: int) -> int:
    """Decimals that show so many significant digits of a number; the fewest where it is none."""
    if not np.isfinite(value) or value == 0:
        return -300
    return digits - 1 - int(f"{abs(value):.{digits - 1}e}".partition("e")[2])
