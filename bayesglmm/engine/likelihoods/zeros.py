"""Densities with zeros added, taken away or put in their place, on top of one that is compiled.

Each takes a density of one response (see `of_responses`) and gives another, with a last parameter
more where zeros have a probability of their own. Terms without a parameter may be left out of the
one beneath only where they are 0 for a response of 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import (
    HALF_LOG_TWO_PI,
    exp,
    expm1,
    gamma_ratio,
    log,
    logistic,
)
from bayesglmm.engine.likelihoods.durations import lognormal_density
from bayesglmm.engine.likelihoods.gamma import gamma_density
from bayesglmm.engine.likelihoods.general import (
    LOG_EXPOSURE,
    TRIALS,
    Density,
    adding,
    of_responses,
    scaling,
)
from bayesglmm.engine.likelihoods.likelihood import log_factorials
from bayesglmm.engine.likelihoods.links import Chances, Rate, chances_logit, rate_log
from bayesglmm.engine.likelihoods.negative_binomial import mixed_counts
from bayesglmm.families import Rows

LOGS = {"log": rate_log}
LOGITS = {"logit": chances_logit}


@inlined
def poisson_density(
    parameters: tuple[Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float]]:
    """Of a rate; see `of_responses`."""
    (rate,) = parameters
    mean = rate.value * exp(log_exposure)
    return y * rate.log - mean, ((y - mean) * rate.log_slope,)


@inlined
def negative_binomial_density(
    parameters: tuple[Rate, Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float, float]]:
    """Of a rate and a shape; see `of_responses`."""
    rate, alpha = parameters
    log_odds = rate.log + log_exposure - alpha.log
    value, slope, change = mixed_counts(log_odds, y, alpha.value)
    rise, rise_slope = gamma_ratio(alpha.value, alpha.log, y)
    by_alpha = (change + rise_slope) * alpha.log_slope
    return value + rise, (slope * rate.log_slope, by_alpha)


@inlined
def binomial_density(
    parameters: tuple[Chances], y: float, trials: float
) -> tuple[float, tuple[float]]:
    """Of a probability; see `of_responses`."""
    (chances,) = parameters
    failures = trials - y
    value = y * chances.log_success + failures * chances.log_failure
    return value, (y * chances.success_slope + failures * chances.failure_slope,)


def inflated(density: Density, count: int) -> Density:
    """A density with structural zeros.

    Parameters
    ----------
    density : callable
        Compiled, of `count` parameters.
    count : int

    Returns
    -------
    callable
        Of one parameter more, the probability of a structural zero.
    """
    scale = scaling(count)

    @inlined
    def zero_inflated(parameters: Any, y: float, size: float) -> tuple[float, Any]:
        zero = parameters[-1]
        inner, slopes = density(parameters[:-1], y, size)
        rest = zero.log_failure + inner
        softplus, softplus_of_minus, inner_share, zero_share = logistic(rest - zero.log_success)
        both = max(rest, zero.log_success) + min(softplus, softplus_of_minus)
        value = rest if y > 0.0 else both
        share = 1.0 if y > 0.0 else inner_share
        structural = 0.0 if y > 0.0 else zero_share
        slope = share * zero.failure_slope + structural * zero.success_slope
        return value, (*scale(share, slopes), slope)

    return zero_inflated


def truncated(density: Density, count: int) -> Density:
    """A density of whole numbers, given that they are not 0.

    Parameters
    ----------
    density, count
        As for `inflated`.

    Returns
    -------
    callable
        Of the same parameters.
    """
    add = adding(count)

    @inlined
    def zero_truncated(parameters: Any, y: float, size: float) -> tuple[float, Any]:
        value, slopes = density(parameters, y, size)
        none, none_slopes = density(parameters, 0.0, size)
        # log P(0) of the order of rounding: the chance of more is minus that.
        none = none if none < -1e-300 else -1e-300
        return value - log(-expm1(none)), add(slopes, 1.0 / expm1(-none), none_slopes)

    return zero_truncated


def hurdle(density: Density, count: int) -> Density:
    """A density of responses above 0 behind a hurdle.

    Parameters
    ----------
    density, count
        As for `inflated`, of responses above 0.

    Returns
    -------
    callable
        Of one parameter more, the probability of a zero.
    """
    scale = scaling(count)

    @inlined
    def behind(parameters: Any, y: float, size: float) -> tuple[float, Any]:
        zero = parameters[-1]
        inner, slopes = density(parameters[:-1], y if y > 0.0 else 1.0, size)
        share = 1.0 if y > 0.0 else 0.0
        value = zero.log_failure + inner if y > 0.0 else zero.log_success
        slope = zero.failure_slope if y > 0.0 else zero.success_slope
        return value, (*scale(share, slopes), slope)

    return behind


def _count_constant(rows: Rows) -> float:
    y = np.asarray(rows.y, dtype=float)
    return float(np.sum(y * np.log(rows.exposure))) - log_factorials(y)


def _mixed_constant(rows: Rows) -> float:
    return -log_factorials(rows.y)


def _trials_constant(rows: Rows) -> float:
    y, n = np.asarray(rows.y, dtype=float), np.asarray(rows.trials, dtype=float)
    n = np.broadcast_to(n, y.shape)
    return log_factorials(n) - log_factorials(y) - log_factorials(n - y)


def _above_constant(rows: Rows) -> float:
    y = np.asarray(rows.y, dtype=float)
    return -float(np.sum(np.log(y[y > 0])))


def _normal_constant(rows: Rows) -> float:
    return _above_constant(rows) - HALF_LOG_TWO_PI * np.count_nonzero(rows.y)


TRUNCATED_POISSON = truncated(poisson_density, 1)
TRUNCATED_NEGATIVE_BINOMIAL = truncated(negative_binomial_density, 2)

ZERO_INFLATED_POISSON = of_responses(
    "zero_inflated_poisson",
    (LOGS, LOGITS),
    inflated(poisson_density, 1),
    _count_constant,
    LOG_EXPOSURE,
)
ZERO_INFLATED_NEGATIVE_BINOMIAL = of_responses(
    "zero_inflated_negative_binomial",
    (LOGS, LOGS, LOGITS),
    inflated(negative_binomial_density, 2),
    _mixed_constant,
    LOG_EXPOSURE,
)
ZERO_INFLATED_BINOMIAL = of_responses(
    "zero_inflated_binomial",
    (LOGITS, LOGITS),
    inflated(binomial_density, 1),
    _trials_constant,
    TRIALS,
)
ZERO_TRUNCATED_POISSON = of_responses(
    "zero_truncated_poisson", (LOGS,), TRUNCATED_POISSON, _count_constant, LOG_EXPOSURE
)
ZERO_TRUNCATED_NEGATIVE_BINOMIAL = of_responses(
    "zero_truncated_negative_binomial",
    (LOGS, LOGS),
    TRUNCATED_NEGATIVE_BINOMIAL,
    _mixed_constant,
    LOG_EXPOSURE,
)
HURDLE_POISSON = of_responses(
    "hurdle_poisson", (LOGS, LOGITS), hurdle(TRUNCATED_POISSON, 1), _count_constant, LOG_EXPOSURE
)
HURDLE_NEGATIVE_BINOMIAL = of_responses(
    "hurdle_negative_binomial",
    (LOGS, LOGS, LOGITS),
    hurdle(TRUNCATED_NEGATIVE_BINOMIAL, 2),
    _mixed_constant,
    LOG_EXPOSURE,
)
HURDLE_GAMMA = of_responses(
    "hurdle_gamma", (LOGS, LOGS, LOGITS), hurdle(gamma_density, 2), _above_constant
)
HURDLE_LOGNORMAL = of_responses(
    "hurdle_lognormal", (LOGS, LOGS, LOGITS), hurdle(lognormal_density, 2), _normal_constant
)
