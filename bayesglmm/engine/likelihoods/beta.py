"""Proportions with a beta distribution, and successes whose chances have one."""

# ruff: noqa: ARG001 (functions of one shape, whether or not a response has a size)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_excess, gamma_ratio
from bayesglmm.engine.likelihoods.general import TRIALS, of_responses
from bayesglmm.engine.likelihoods.links import CHANCES, Chances, Rate, rate_log
from bayesglmm.families import Rows


@inlined
def beta_density(
    parameters: tuple[Chances, Rate], y: float, size: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a precision; see `of_responses`.

    With shapes a and b of sum phi, what is large in the log gammas goes into ``a log(y / mu)`` and
    ``b log((1 - y) / (1 - mu))``, so that no digits are lost as phi grows.
    """
    mu, phi = parameters
    first, second = phi.value * exp(mu.log_success), phi.value * exp(mu.log_failure)
    if first < 1e-300 or second < 1e-300:
        return -math.inf, (0.0, 0.0)
    excess, slope = gamma_excess(phi.value)
    first_excess, first_slope = gamma_excess(first)
    second_excess, second_slope = gamma_excess(second)
    over = math.log(y) - mu.log_success
    under = math.log1p(-y) - mu.log_failure
    value = first * over + second * under + first_excess + second_excess - excess
    by_first, by_second = first * (over + first_slope), second * (under + second_slope)
    by_mu = by_first * mu.success_slope + by_second * mu.failure_slope
    by_phi = by_first + by_second - phi.value * slope
    if not abs(by_mu) + abs(by_phi) < math.inf:
        return -math.inf, (0.0, 0.0)
    return value, (by_mu, by_phi * phi.log_slope)


@inlined
def beta_binomial_density(
    parameters: tuple[Chances, Rate], y: float, trials: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a precision; see `of_responses`."""
    mu, phi = parameters
    first, second = phi.value * exp(mu.log_success), phi.value * exp(mu.log_failure)
    if first < 1e-300 or second < 1e-300:
        return -math.inf, (0.0, 0.0)
    successes, by_first = gamma_ratio(first, y)
    failures, by_second = gamma_ratio(second, trials - y)
    every, by_every = gamma_ratio(phi.value, trials)
    by_first *= first
    by_second *= second
    by_mu = by_first * mu.success_slope + by_second * mu.failure_slope
    by_phi = by_first + by_second - phi.value * by_every
    return successes + failures - every, (by_mu, by_phi * phi.log_slope)


def _beta_constant(rows: Rows) -> float:
    y = np.asarray(rows.y, dtype=float)
    return -float(np.sum(np.log(y) + np.log1p(-y)))


def _binomial_constant(rows: Rows) -> float:
    """Sum of the logs of the binomial coefficients."""
    from scipy.special import gammaln

    y, n = np.asarray(rows.y, dtype=float), np.asarray(rows.trials, dtype=float)
    return float(np.sum(gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)))


BETA = of_responses("beta", (CHANCES, {"log": rate_log}), beta_density, _beta_constant)
BETA_BINOMIAL = of_responses(
    "beta_binomial",
    (CHANCES, {"log": rate_log}),
    beta_binomial_density,
    _binomial_constant,
    TRIALS,
)
