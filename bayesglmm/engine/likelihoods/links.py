"""Inverse links in compiled code: what families ask of a mean, made of the linear predictor."""

from __future__ import annotations

import math
from typing import NamedTuple

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import (
    LOG_2,
    exp,
    log,
    log_ndtr_and_ratio,
    logistic,
)


class Mean(NamedTuple):
    """A mean, and its derivative with respect to the linear predictor."""

    value: float
    slope: float


class Rate(NamedTuple):
    """A rate, its derivative, its log, and the derivative of that."""

    value: float
    slope: float
    log: float
    log_slope: float


class Chances(NamedTuple):
    """Logs of the probabilities of a success and of a failure, and their derivatives.

    Both come straight from the linear predictor, so that they are exact where a probability rounds
    to 0 or 1.
    """

    log_success: float
    success_slope: float
    log_failure: float
    failure_slope: float


@inlined
def mean_identity(eta: float) -> Mean:
    """Of the identity link."""
    return Mean(eta, 1.0)


@inlined
def mean_log(eta: float) -> Mean:
    """Of the log link."""
    mean = exp(eta)
    return Mean(mean, mean)


@inlined
def rate_log(eta: float) -> Rate:
    """Of the log link."""
    rate = exp(eta)
    return Rate(rate, rate, eta, 1.0)


@inlined
def rate_identity(eta: float) -> Rate:
    """Of the identity link; the log is -inf, and its derivative 0, where there is none."""
    inside = eta > 0.0
    at = eta if inside else 1.0
    return Rate(eta, 1.0, log(at) if inside else -math.inf, 1.0 / at if inside else 0.0)


@inlined
def rate_sqrt(eta: float) -> Rate:
    """Of the square-root link; the log is -inf, and its derivative 0, at a rate of 0."""
    inside = eta != 0.0
    at = eta if inside else 1.0
    log_rate, log_slope = 2.0 * log(abs(at)), 2.0 / at
    return Rate(
        eta * eta, 2.0 * eta, log_rate if inside else -math.inf, log_slope if inside else 0.0
    )


@inlined
def chances_logit(eta: float) -> Chances:
    """Of the logit link."""
    softplus, softplus_of_minus, success, failure = logistic(eta)
    return Chances(-softplus_of_minus, failure, -softplus, -success)


@inlined
def success_probit(eta: float) -> tuple[float, float]:
    """Log of the probability of a success with the probit link, and its derivative."""
    log_success, slope = log_ndtr_and_ratio(eta)
    return log_success, slope


@inlined
def failure_probit(eta: float) -> tuple[float, float]:
    """The same of a failure."""
    log_failure, slope = log_ndtr_and_ratio(-eta)
    return log_failure, -slope


@inlined
def success_cloglog(eta: float) -> tuple[float, float]:
    """The same of a success where `eta` is the log of the cumulative hazard."""
    hazard = exp(eta)
    if hazard > LOG_2:
        log_success = math.log1p(-math.exp(-hazard))
    else:
        log_success = eta + math.log(-math.expm1(-hazard) / hazard)
    return log_success, hazard / math.expm1(hazard)


@inlined
def failure_cloglog(eta: float) -> tuple[float, float]:
    """The same of a failure."""
    hazard = exp(eta)
    return -hazard, -hazard


@inlined
def chances_probit(eta: float) -> Chances:
    """Of the probit link."""
    log_success, success_slope = log_ndtr_and_ratio(eta)
    log_failure, failure_slope = log_ndtr_and_ratio(-eta)
    return Chances(log_success, success_slope, log_failure, -failure_slope)


@inlined
def chances_cloglog(eta: float) -> Chances:
    """Of the complementary log-log link."""
    log_success, success_slope = success_cloglog(eta)
    log_failure, failure_slope = failure_cloglog(eta)
    return Chances(log_success, success_slope, log_failure, failure_slope)


CHANCES = {"logit": chances_logit, "probit": chances_probit, "cloglog": chances_cloglog}
RATES = {"log": rate_log, "identity": rate_identity, "sqrt": rate_sqrt}
MEANS = {"identity": mean_identity, "log": mean_log}
SIDES = {
    "probit": (success_probit, failure_probit),
    "cloglog": (success_cloglog, failure_cloglog),
}
"""Links of which each side of a probability costs much: they are asked for one by one."""
