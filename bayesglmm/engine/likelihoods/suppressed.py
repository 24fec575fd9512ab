"""Counts of which some are suppressed: known to lie between two bounds.

A cell of known counts is that of its family. A suppressed count has a cell of its own, told by `b`
below 0: `a` is the smallest and ``-b`` the largest count, `c` the log exposure. Its likelihood is
``log sum_k p(k)`` over the counts between, and its derivatives are the expectations, given that
the count lies there, of those of ``log p(k)``. The sum is taken by the ratio of one probability to
the next from the most probable count, so that no term is larger than the first.
"""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bayesglmm.engine.kernel.compiled import compiled_sums
from bayesglmm.engine.likelihoods.arithmetic import compiled, exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    RowFunction,
    Statistics,
)
from bayesglmm.engine.likelihoods.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.engine.likelihoods.poisson import POISSON
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Interval = Callable[[float, float, float, float], tuple[float, float, float]]
type LogRate = Callable[[float], tuple[float, float]]


@compiled
def _most_probable(mode: float, lower: float, upper: float) -> float:
    """The count between the bounds nearest to a mode."""
    if mode >= upper:
        return upper
    return float(math.floor(mode)) if mode > lower else lower


@compiled
def poisson_interval(
    log_mean: float, lower: float, upper: float, auxiliary: float
) -> tuple[float, float, float]:
    """Log probability that a Poisson count lies between two bounds.

    Parameters
    ----------
    log_mean : float
        -inf for a mean of 0.
    lower, upper : float
        Whole numbers, both included, the first below the second.
    auxiliary : float
        Not used.

    Returns
    -------
    value, slope : float
        The second by the log mean.
    slope_of_auxiliary : float
        0.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    mean = exp(log_mean)
    first = _most_probable(mean, lower, upper)
    total, moment = 1.0, 0.0
    count, weight = first, 1.0
    while count < upper:
        count += 1.0
        weight *= mean / count
        total += weight
        moment += weight * (count - first)
    count, weight = first, 1.0
    while count > lower:
        weight *= count / mean
        count -= 1.0
        total += weight
        moment += weight * (count - first)
    value = first * log_mean - mean - math.lgamma(first + 1.0) + math.log(total)
    return value, first + moment / total - mean, 0.0


@compiled
def negative_binomial_interval(
    log_mean: float, lower: float, upper: float, auxiliary: float
) -> tuple[float, float, float]:
    """Log probability that a negative binomial count lies between two bounds.

    Parameters
    ----------
    log_mean, lower, upper : float
        As for `poisson_interval`.
    auxiliary : float
        The shape, alpha.

    Returns
    -------
    value, slope, slope_of_auxiliary : float
        The second by the log mean, the third by log alpha.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    softplus, softplus_of_minus, success, failure = logistic(log_mean - math.log(auxiliary))
    mean = exp(log_mean)
    first = _most_probable(mean - mean / auxiliary, lower, upper)
    rise, steps = gamma_ratio(auxiliary, first)
    total, moment, digamma = 1.0, 0.0, 0.0
    count, weight, change = first, 1.0, 0.0
    while count < upper:
        weight *= (count + auxiliary) / (count + 1.0) * success
        change += 1.0 / (count + auxiliary)
        count += 1.0
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    count, weight, change = first, 1.0, 0.0
    while count > lower:
        weight *= count / ((count - 1.0 + auxiliary) * success)
        count -= 1.0
        change -= 1.0 / (count + auxiliary)
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    expected = first + moment / total
    spread = auxiliary * softplus
    value = rise - math.lgamma(first + 1.0) - first * softplus_of_minus - spread + math.log(total)
    slope = expected * failure - auxiliary * success
    return value, slope, auxiliary * (steps + digamma / total) - slope - spread


@compiled
def log_rate_log(eta: float) -> tuple[float, float]:
    """Log of the rate with the log link, and its derivative."""
    return eta, 1.0


@compiled
def log_rate_identity(eta: float) -> tuple[float, float]:
    """Log of the rate with the identity link, and its derivative; -inf and 0 where it has none."""
    if eta > 0.0:
        return math.log(eta), 1.0 / eta
    return -math.inf, 0.0


@compiled
def log_rate_sqrt(eta: float) -> tuple[float, float]:
    """Log of the rate with the square-root link, and its derivative; -inf and 0 at a rate of 0."""
    if eta != 0.0:
        return 2.0 * math.log(abs(eta)), 2.0 / eta
    return -math.inf, 0.0


LOG_RATES = {"log": log_rate_log, "identity": log_rate_identity, "sqrt": log_rate_sqrt}
INTERVALS = {"poisson": poisson_interval, "negative_binomial": negative_binomial_interval}


def _rows(ordinary: RowFunction, interval: Interval, log_rate: LogRate) -> RowFunction:
    """The function of cells of which some are of known counts, and the others suppressed."""
    of_known = compiled_sums(ordinary)

    def rows(
        eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
    ) -> tuple[float, float]:
        """Cells of which some are suppressed; see `Likelihood.rows`."""
        counts, sizes = np.empty(eta.size), np.empty(eta.size)
        for i in range(eta.size):  # a suppressed cell is one of no rows here
            counts[i] = a[i] if b[i] >= 0.0 else 0.0
            sizes[i] = b[i] if b[i] >= 0.0 else 0.0
        total, total_slope = of_known(eta, score, counts, sizes, c, auxiliary)
        for i in range(eta.size):
            if b[i] < 0.0:
                rate, rate_slope = log_rate(eta[i])
                value, slope, slope_of_auxiliary = interval(rate + c[i], a[i], -b[i], auxiliary)
                score[i] = slope * rate_slope
                total += value
                total_slope += slope_of_auxiliary
        return total, total_slope

    rows.__name__ = rows.__qualname__ = f"{ordinary.__name__}_suppressed"
    return rows


def _summarise(ordinary: Likelihood) -> Callable[[Rows, Array, Indices, int], Statistics]:
    def summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
        known = rows.known
        statistics = ordinary.summarise(rows.take(known), offset[known], cell[known], count)
        hidden, place = rows.take(~known), cell[~known]
        statistics.a[place] = hidden.y
        statistics.b[place] = -hidden.upper
        statistics.c[place] = np.log(hidden.exposure)
        if ordinary.folds_offset:
            statistics.c[place] += offset[~known]
        return statistics

    return summarise


SUPPRESSED = tuple(
    replace(
        ordinary,
        rows=_rows(ordinary.rows, INTERVALS[ordinary.family], LOG_RATES[ordinary.link]),
        summarise=_summarise(ordinary),
        suppressed=True,
    )
    for ordinary in (*POISSON, *NEGATIVE_BINOMIAL)
)
