"""Log probabilities that responses lie between two bounds, with their derivatives.

That of counts is ``log sum_k p(k)`` over the counts between, and its derivatives are the
expectations, given that the count lies there, of those of ``log p(k)``. The sum is taken by the
ratio of one probability to the next from the most probable count, so that no term is larger than
the first, and goes on until terms are nothing beside it.
"""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import (
    exp,
    expm1,
    gamma_ratio,
    log1mexp,
    log_ndtr_and_ratio,
    logistic,
)

NOTHING = 1e-20
"""Of a sum of probabilities, the share of a term that ends it."""


@inlined
def _most_probable(mode: float, lower: float, upper: float) -> float:
    """The count between the bounds nearest to a mode."""
    if mode >= upper:
        return upper
    return float(math.floor(mode)) if mode > lower else lower


@inlined
def poisson_interval(
    log_mean: float,
    lower: float,
    upper: float,
    parameter: float,  # noqa: ARG001
) -> tuple[float, float, float]:
    """Log probability that a Poisson count lies between two bounds.

    Parameters
    ----------
    log_mean : float
        -inf for a mean of 0.
    lower, upper : float
        Whole numbers, both included, the first below the second, which may be infinite.
    parameter : float
        Not used: there is none beside the mean.

    Returns
    -------
    value, slope : float
        The second by the log mean.
    parameter_slope : float
        0.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    mean = exp(log_mean)
    first = _most_probable(mean, lower, upper)
    total, moment = 1.0, 0.0
    count, weight = first, 1.0
    while count < upper and weight > NOTHING * total:
        count += 1.0
        weight *= mean / count
        total += weight
        moment += weight * (count - first)
    count, weight = first, 1.0
    while count > lower and weight > NOTHING * total:
        weight *= count / mean
        count -= 1.0
        total += weight
        moment += weight * (count - first)
    value = first * log_mean - mean - math.lgamma(first + 1.0) + math.log(total)
    return value, first + moment / total - mean, 0.0


@inlined
def negative_binomial_interval(
    log_mean: float, lower: float, upper: float, alpha: float
) -> tuple[float, float, float]:
    """Log probability that a negative binomial count lies between two bounds.

    Parameters
    ----------
    log_mean, lower, upper : float
        As for `poisson_interval`.
    alpha : float
        The shape.

    Returns
    -------
    value, slope, alpha_slope : float
        The second by the log mean, the third by log alpha.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    log_alpha = math.log(alpha)
    softplus, softplus_of_minus, success, failure = logistic(log_mean - log_alpha)
    mean = exp(log_mean)
    first = _most_probable(mean - mean / alpha, lower, upper)
    rise, rise_slope = gamma_ratio(alpha, log_alpha, first)
    total, moment, digamma = 1.0, 0.0, 0.0
    count, weight, change = first, 1.0, 0.0
    while count < upper and weight > NOTHING * total:
        weight *= (count + alpha) / (count + 1.0) * success
        change += 1.0 / (count + alpha)
        count += 1.0
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    count, weight, change = first, 1.0, 0.0
    while count > lower and weight > NOTHING * total:
        weight *= count / ((count - 1.0 + alpha) * success)
        count -= 1.0
        change -= 1.0 / (count + alpha)
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    expected = first + moment / total
    spread = alpha * softplus
    value = rise - math.lgamma(first + 1.0) - first * softplus_of_minus - spread + math.log(total)
    slope = expected * failure - alpha * success
    return value, slope, rise_slope + alpha * digamma / total - slope - spread


@inlined
def gaussian_interval(
    mean: float, lower: float, upper: float, sd: float
) -> tuple[float, float, float]:
    """Log probability that a normal response lies between two bounds.

    Parameters
    ----------
    mean : float
    lower, upper : float
        The first below the second; either may be infinite.
    sd : float

    Returns
    -------
    value, slope, sd_slope : float
        The second by the mean, the third by the log of the sd. Taken on the side of the mean where
        less lies beyond the interval's near end.
    """
    low, high, sign = (lower - mean) / sd, (upper - mean) / sd, 1.0
    if low + high > 0.0:
        low, high, sign = -high, -low, -1.0
    if high == math.inf:  # both ends are, which the smaller side is not: nothing is known
        return 0.0, 0.0, 0.0
    value, dense_high = log_ndtr_and_ratio(high)
    by_low, by_high = 0.0, dense_high * high
    dense_low = 0.0
    if low != -math.inf:
        log_low, ratio = log_ndtr_and_ratio(low)
        share = math.exp(log_low - value)
        left = -math.expm1(log_low - value)
        value += math.log(left) if left > 0.0 else -math.inf
        if left == 0.0:
            return -math.inf, 0.0, 0.0
        dense_low, dense_high = ratio * share / left, dense_high / left
        by_low, by_high = dense_low * low, dense_high * high
    slope = (dense_low - dense_high) / sd
    return value, sign * slope, by_low - by_high


@inlined
def hazard_interval(low: float, high: float) -> tuple[float, float, float]:
    """Log probability that an event comes between two times, by its cumulative hazard there.

    Parameters
    ----------
    low, high : float
        The cumulative hazard at either time, 0 or more; the second may be infinite.

    Returns
    -------
    value, by_low, by_high : float
        ``log(exp(-low) - exp(-high))`` and its slopes.
    """
    apart = high - low
    if not apart < 700.0:  # nothing is left of the far end
        return -low, -1.0, 0.0
    if apart <= 0.0:
        return -math.inf, 0.0, 0.0
    between = 1.0 / expm1(apart)
    return log1mexp(apart) - low, -1.0 - between, between
