"""Responses above 0: exponential, Weibull, lognormal and inverse Gaussian ones."""

# ruff: noqa: ARG001 (functions of one shape, whether or not a response has a size)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI, exp, log, log1p, log_gamma
from bayesglmm.engine.likelihoods.general import of_responses
from bayesglmm.engine.likelihoods.intervals import gaussian_interval, hazard_interval
from bayesglmm.engine.likelihoods.links import RATES, Rate, rate_log
from bayesglmm.families import Rows


@inlined
def exponential_density(
    parameters: tuple[Rate], y: float, size: float
) -> tuple[float, tuple[float]]:
    """Of a mean; see `of_responses`."""
    (mu,) = parameters
    if not mu.value > 0.0:
        return -math.inf, (0.0,)
    ratio = y / mu.value
    return -mu.log - ratio, ((ratio - 1.0) * mu.log_slope,)


@inlined
def exponential_between(
    parameters: tuple[Rate], lower: float, upper: float, size: float
) -> tuple[float, tuple[float]]:
    """The same of an interval; see `partial`."""
    (mu,) = parameters
    if not mu.value > 0.0:
        return -math.inf, (0.0,)
    low, high = max(lower, 0.0) / mu.value, upper / mu.value
    value, by_low, by_high = hazard_interval(low, high)
    by_log_mu = -low * by_low - (high * by_high if by_high > 0.0 else 0.0)
    return value, (by_log_mu * mu.log_slope,)


@inlined
def _log_hazard(mu: Rate, shape: Rate, log_y: float) -> tuple[float, float]:
    """Log of the cumulative hazard of a Weibull response, and its slope by the log shape."""
    inverse = 1.0 / shape.value
    of_mean, digamma = log_gamma(1.0 + inverse, log1p(inverse))
    log_hazard = shape.value * (log_y - mu.log + of_mean)
    return log_hazard, log_hazard - digamma


@inlined
def weibull_density(
    parameters: tuple[Rate, Rate], y: float, size: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a shape; see `of_responses`."""
    mu, shape = parameters
    if not mu.value > 0.0:
        return -math.inf, (0.0, 0.0)
    log_hazard, by_log_shape = _log_hazard(mu, shape, log(y))
    rest = 1.0 - exp(log_hazard)
    return shape.log + log_hazard + rest - 1.0, (
        -shape.value * rest * mu.log_slope,
        (1.0 + rest * by_log_shape) * shape.log_slope,
    )


@inlined
def weibull_between(
    parameters: tuple[Rate, Rate], lower: float, upper: float, size: float
) -> tuple[float, tuple[float, float]]:
    """The same of an interval; see `partial`."""
    mu, shape = parameters
    if not mu.value > 0.0:
        return -math.inf, (0.0, 0.0)
    low, high, low_slope, high_slope = 0.0, math.inf, 0.0, 0.0
    if lower > 0.0:
        log_hazard, slope = _log_hazard(mu, shape, math.log(lower))
        low = exp(log_hazard)
        low_slope = low * slope
    if upper < math.inf:
        log_hazard, slope = _log_hazard(mu, shape, math.log(upper))
        high = exp(log_hazard)
        high_slope = high * slope
    value, by_low, by_high = hazard_interval(low, high)
    by_log = low * by_low + (high * by_high if by_high > 0.0 else 0.0)
    by_log_shape = low_slope * by_low + (high_slope * by_high if by_high > 0.0 else 0.0)
    by_mu = -shape.value * by_log
    if not abs(by_mu) + abs(by_log_shape) < math.inf:
        return -math.inf, (0.0, 0.0)
    return value, (by_mu * mu.log_slope, by_log_shape * shape.log_slope)


@inlined
def lognormal_density(
    parameters: tuple[Rate, Rate], y: float, size: float
) -> tuple[float, tuple[float, float]]:
    """Of a median and the standard deviation of the log; see `of_responses`."""
    mu, sigma = parameters
    z = (log(y) - mu.log) / sigma.value
    return -0.5 * z * z - sigma.log, (
        z / sigma.value * mu.log_slope,
        (z * z - 1.0) * sigma.log_slope,
    )


@inlined
def lognormal_between(
    parameters: tuple[Rate, Rate], lower: float, upper: float, size: float
) -> tuple[float, tuple[float, float]]:
    """The same of an interval; see `partial`."""
    mu, sigma = parameters
    low = math.log(lower) if lower > 0.0 else -math.inf
    high = math.log(upper) if upper < math.inf else math.inf
    value, slope, by_log_sd = gaussian_interval(mu.log, low, high, sigma.value)
    return value, (slope * mu.log_slope, by_log_sd * sigma.log_slope)


@inlined
def inverse_gaussian_density(
    parameters: tuple[Rate, Rate], y: float, size: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a shape; see `of_responses`."""
    mu, shape = parameters
    if not mu.value > 0.0:
        return -math.inf, (0.0, 0.0)
    ratio = y / mu.value
    lost = 0.5 * shape.value * (ratio - 1.0) * (ratio - 1.0) / y
    if not lost < math.inf:
        return -math.inf, (0.0, 0.0)
    return 0.5 * shape.log - lost, (
        shape.value / mu.value * (ratio - 1.0) * mu.log_slope,
        (0.5 - lost) * shape.log_slope,
    )


def _log_sum(rows: Rows) -> float:
    return float(np.sum(np.log(rows.y)))


LOG = {"log": rate_log}
ABOVE_ZERO = {name: RATES[name] for name in ("log", "identity")}

EXPONENTIAL = of_responses("exponential", (ABOVE_ZERO,), exponential_density, lambda rows: 0.0)  # noqa: ARG005
WEIBULL = of_responses("weibull", (ABOVE_ZERO, LOG), weibull_density, lambda rows: -_log_sum(rows))
LOGNORMAL = of_responses(
    "lognormal",
    (LOG, LOG),
    lognormal_density,
    lambda rows: -_log_sum(rows) - HALF_LOG_TWO_PI * np.size(rows.y),
)
INVERSE_GAUSSIAN = of_responses(
    "inverse_gaussian",
    (ABOVE_ZERO, LOG),
    inverse_gaussian_density,
    lambda rows: -1.5 * _log_sum(rows) - HALF_LOG_TWO_PI * np.size(rows.y),
)
