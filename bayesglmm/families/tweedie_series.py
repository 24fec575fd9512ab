"""Sums over the counts of a Tweedie response, about their largest term."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesglmm.families.gamma import excess
from bayesglmm.families.graph_tweedie import SPARSE
from bayesglmm.families.rows import Array

NEGLIGIBLE = 1e-17
"""Share of a sum at which its terms end."""
MOST = 2000
"""Terms on one side of the largest."""


def fall(peak: Any, k: Any) -> Array:
    """``peak - k - k log(peak / k)``: what a Poisson log probability loses against its mean.

    Near the mean by the small difference itself, so that no digits are lost.
    """
    with np.errstate(divide="ignore"):
        x = (peak - k) / k
        near = k * (x - np.log1p(np.maximum(x, -0.5)))
        far = peak - k - k * (np.log(peak) - np.log(k))
        return np.asarray(np.where(np.abs(x) < 0.5, near, far))


def summed(term: Callable[[Any], Array], peak: Any, step: Any, least: float) -> Array:
    """Sum over k of a smooth function of k, every `step` of which stand for all between.

    Parameters
    ----------
    term : callable
        k, of the shape of `peak`, to terms of 0 or more that rise to one largest and fall again.
    peak : array
        Where to begin, at or above the largest.
    step : array
        Whole numbers.
    least : float
        The first k.

    Returns
    -------
    array
        As any trapezoidal rule exact for a function that is smooth over a step and vanishes at
        both ends.
    """
    start = np.maximum(np.floor(peak), least)
    total = term(start)
    for side in (1.0, -1.0):
        k = start
        for _ in range(MOST):
            k = k + side * step
            inside = k >= least
            more = np.where(inside, term(np.maximum(k, least)), 0.0)
            total = total + more
            over = (more <= NEGLIGIBLE * total) & ((total > 0) | (side > 0))
            if np.all(over | ~inside):
                break
    return np.asarray(step * total)


def steps(sd: Any) -> Array:
    """Whole steps that are no longer than a third of a standard deviation, but 1 at least."""
    return np.asarray(np.maximum(np.floor(sd / SPARSE), 1.0))


def log_series(peak: Any, shape: Any) -> Array:
    """Log of the series of `families.tweedie`, by its lambda and the shape of an amount."""
    peak, shape = np.broadcast_arrays(peak, shape)

    def log_term(k: Any) -> Array:
        lost = (1.0 + shape) * fall(peak, k)
        return np.asarray(excess(k) + excess(shape * k) - np.log(k) - lost)

    first = log_term(np.maximum(np.floor(peak), 1.0))
    sd = np.sqrt(peak / (1 + shape))
    total = summed(lambda k: np.exp(log_term(k) - first), peak, steps(sd), 1.0)
    return np.asarray(first + np.log(total))
