"""Coefficients that are a parameter's natural number behind its link, for the sake of its prior."""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import compiled
from bayesglmm.families import Link

ITSELF, EXPONENTIAL, LOGISTIC, ONE_AND_LOGISTIC = range(4)
"""What makes the number, whose prior is given, of the coefficient."""

LARGEST = 1.0 - 2.0**-53
"""The largest number below 1."""
LARGEST_SHARE = 1.0 - 2.0**-52
"""The largest that stays below 1 more when 1 is added."""


def carrier(link: Link | None) -> int:
    """The code of what makes a parameter's natural number of a coefficient.

    Parameters
    ----------
    link : Link or None
        None where the prior is that of the coefficient itself.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If there is none for the link.
    """
    if link is None or link.linear:
        return ITSELF
    if link.multiplicative:
        return EXPONENTIAL
    if link.odds:
        return LOGISTIC
    if link.least == 1.0:
        return ONE_AND_LOGISTIC
    raise ValueError(f"The kernel has no prior of a number behind the {link.name} link.")


def carried(code: int, c: float) -> tuple[float, float, float, float]:
    """The natural number of a coefficient.

    Parameters
    ----------
    code : int
        See `carrier`.
    c : float

    Returns
    -------
    number, change : float
        The second its derivative.
    log_change, log_change_slope : float
        The log of that, and its derivative.
    """
    if code == EXPONENTIAL:
        number = math.exp(c)
        return number, number, c, 1.0
    if code in (LOGISTIC, ONE_AND_LOGISTIC):
        small = math.exp(-abs(c))
        near = 1.0 / (1.0 + small)
        far = small * near
        share, rest = (near, far) if c > 0.0 else (far, near)
        number = share if code == LOGISTIC else 1.0 + max(share, 2.0**-52)
        number = min(number, LARGEST if code == LOGISTIC else 1.0 + LARGEST_SHARE)
        return number, share * rest, -abs(c) - 2.0 * math.log1p(small), rest - share
    return c, 1.0, 0.0, 0.0


compiled_carried = compiled(carried)
"""`carried` for compiled code."""
