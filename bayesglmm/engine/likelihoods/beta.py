"""Proportions with a beta distribution, and successes whose chances have one."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_excess, gamma_ratio
from bayesglmm.engine.likelihoods.general import TRIALS, general, of_responses
from bayesglmm.engine.likelihoods.likelihood import Indices, Statistics, totals
from bayesglmm.engine.likelihoods.links import CHANCES, Chances, Rate, rate_log
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class BetaCells(NamedTuple):
    """Rows of each cell, and the means of the logs of their responses and of what 1 has beyond."""

    rows: Array
    log_share: Array
    log_rest: Array


@inlined
def beta_cell(
    parameters: tuple[Chances, Rate], cells: BetaCells, i: int
) -> tuple[float, tuple[float, float]]:
    """A cell of a mean and a precision; see `general`.

    With shapes a and b of sum phi, what is large in the log gammas goes into ``a log(y / mu)`` and
    ``b log((1 - y) / (1 - mu))``, so that no digits are lost as phi grows.
    """
    mu, phi = parameters
    first, second = phi.value * exp(mu.log_success), phi.value * exp(mu.log_failure)
    excess, slope = gamma_excess(phi.value, phi.log)
    first_excess, first_slope = gamma_excess(first, phi.log + mu.log_success)
    second_excess, second_slope = gamma_excess(second, phi.log + mu.log_failure)
    over, under = cells.log_share[i] - mu.log_success, cells.log_rest[i] - mu.log_failure
    value = first * over + second * under + first_excess + second_excess - excess
    by_first, by_second = first * over + first_slope, second * under + second_slope
    by_mu = by_first * mu.success_slope + by_second * mu.failure_slope
    by_phi = (by_first + by_second - slope) * phi.log_slope
    inside = min(first, second) >= 1e-300 and abs(by_mu) + abs(by_phi) < math.inf
    rows = cells.rows[i]
    return rows * value if inside else -math.inf, (
        rows * by_mu if inside else 0.0,
        rows * by_phi if inside else 0.0,
    )


@inlined
def beta_binomial_density(
    parameters: tuple[Chances, Rate], y: float, trials: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a precision; see `of_responses`."""
    mu, phi = parameters
    first, second = phi.value * exp(mu.log_success), phi.value * exp(mu.log_failure)
    successes, by_first = gamma_ratio(first, phi.log + mu.log_success, y)
    failures, by_second = gamma_ratio(second, phi.log + mu.log_failure, trials - y)
    every, by_every = gamma_ratio(phi.value, phi.log, trials)
    by_mu = by_first * mu.success_slope + by_second * mu.failure_slope
    by_phi = (by_first + by_second - by_every) * phi.log_slope
    inside = min(first, second) >= 1e-300
    value = successes + failures - every
    return value if inside else -math.inf, (by_mu if inside else 0.0, by_phi if inside else 0.0)


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    log_share, log_rest = np.log(y), np.log1p(-y)
    sizes = totals(1.0, cell, count)
    shares, rests = totals(log_share, cell, count) / sizes, totals(log_rest, cell, count) / sizes
    return Statistics(BetaCells(sizes, shares, rests), (), -float(np.sum(log_share + log_rest)))


def _binomial_constant(rows: Rows) -> float:
    """Sum of the logs of the binomial coefficients."""
    from scipy.special import gammaln

    y, n = np.asarray(rows.y, dtype=float), np.asarray(rows.trials, dtype=float)
    return float(np.sum(gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)))


BETA = general("beta", (CHANCES, {"log": rate_log}), beta_cell, BetaCells, _summarise)
BETA_BINOMIAL = of_responses(
    "beta_binomial",
    (CHANCES, {"log": rate_log}),
    beta_binomial_density,
    _binomial_constant,
    TRIALS,
)
