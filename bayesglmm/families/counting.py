"""Whole numbers: Poisson draws of any mean, and quantiles from a distribution function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesglmm.families.rows import Array

LARGEST_MEAN = 1e18
"""Poisson mean that NumPy can still draw from; a fit that predicts more has failed anyway."""


def draw_counts(rng: np.random.Generator, mean: Any) -> Array:
    """Poisson counts; infinite beyond `LARGEST_MEAN`, NaN where the mean is below 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    mean : array

    Returns
    -------
    array
        Of the shape of `mean`.
    """
    mean = np.asarray(mean, dtype=float)
    drawn = rng.poisson(np.clip(np.nan_to_num(mean), 0.0, LARGEST_MEAN)).astype(float)
    drawn = np.where(mean > LARGEST_MEAN, np.inf, drawn)
    return np.where(mean >= 0, drawn, np.nan)


def log_ratio(count: Any, mean: Any) -> Array:
    """``count log(count / mean)``, 0 where the count is.

    Parameters
    ----------
    count, mean : array
        Of shapes that broadcast.

    Returns
    -------
    array
    """
    count, mean = np.broadcast_arrays(np.asarray(count, dtype=float), mean)
    some = count > 0
    ratio = np.divide(count, mean, out=np.ones(mean.shape), where=some)
    return np.asarray(count * np.log(ratio))


def whole_quantile(cumulative: Callable[[Any], Array], share: Any) -> Array:
    """Quantiles of a distribution on 0, 1, 2, ..., by bisection.

    Parameters
    ----------
    cumulative : callable
        Whole numbers to the probability of these and smaller ones, of a shape that `share`
        broadcasts against.
    share : array
        Between 0 and 1.

    Returns
    -------
    array
        The smallest whole number whose probability with all smaller ones is at least `share`;
        infinite where none up to 2^1000 has.
    """
    shape = np.broadcast_shapes(np.shape(share), np.shape(cumulative(0.0)))
    low, high = np.full(shape, -1.0), np.zeros(shape)
    for _ in range(1000):
        short = cumulative(high) < share
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2 * high + 1, high)
    while True:
        middle = np.floor(low + (high - low) / 2)
        between = (middle > low) & (middle < high)
        if not between.any():
            break
        enough = cumulative(middle) >= share
        high = np.where(between & enough, middle, high)
        low = np.where(between & ~enough, middle, low)
    return np.where(cumulative(high) >= share, high, np.inf)


def summed_below(log_mass: Callable[[Any], Array], y: Any) -> Array:
    """Probability of a count of at most `y`, as a sum.

    Parameters
    ----------
    log_mass : callable
        A whole number to its log probability in each place, of a shape that `y` broadcasts against.
    y : array

    Returns
    -------
    array
        0 below 0.
    """
    whole = np.floor(np.asarray(y, dtype=float))
    shape = np.broadcast_shapes(whole.shape, np.shape(log_mass(np.zeros(()))))
    total = np.zeros(shape)
    for count in range(int(np.max(whole, initial=-1.0)) + 1):
        here = np.minimum(float(count), np.maximum(whole, 0.0))
        total = total + np.where(count <= whole, np.exp(log_mass(here)), 0.0)
    return np.minimum(total, 1.0)
