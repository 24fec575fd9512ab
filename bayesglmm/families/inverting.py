"""Quantiles of distributions that tell no formula for them, by bisection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesglmm.families.rows import Array

STEPS = 90
"""Halvings of a bracket of logarithms, which is 1,400 wide at most."""


def positive_quantile(cumulative: Callable[[Any], Array], share: Any, scale: Any) -> Array:
    """Quantiles of a distribution above 0, by bisection of the logarithm.

    Parameters
    ----------
    cumulative : callable
        Numbers above 0 to the probability of these and smaller ones, of a shape that `share`
        broadcasts against.
    share : array
        Between 0 and 1.
    scale : array
        A number of the size of the quantiles, about, to begin with.

    Returns
    -------
    array
        0 and infinity where the share is 0 and 1.
    """
    start = np.log(np.clip(scale, 1e-300, 1e300))
    shape = np.broadcast_shapes(np.shape(share), np.shape(cumulative(np.exp(start))))
    low, high = (np.broadcast_to(start + side, shape).copy() for side in (-1.0, 1.0))
    for step in 2.0 ** np.arange(1, 11):
        low = np.where(cumulative(np.exp(low)) > share, np.maximum(low - step, -708.0), low)
        high = np.where(cumulative(np.exp(high)) < share, np.minimum(high + step, 709.0), high)
    for _ in range(STEPS):
        middle = (low + high) / 2
        short = cumulative(np.exp(middle)) < share
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    found = np.exp((low + high) / 2)
    return np.where(np.asarray(share) <= 0, 0.0, np.where(np.asarray(share) >= 1, np.inf, found))
