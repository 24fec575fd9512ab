"""Binomial and Bernoulli cells: `a` is the number of successes and `b` that of failures.

The logs of both probabilities come straight from the linear predictor, so that the likelihood is
exact where a probability rounds to 0 or 1.
"""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.likelihoods.arithmetic import (
    LOG_2,
    compiled,
    exp,
    log_ndtr_and_ratio,
    logistic,
)
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


def binomial_logit(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Binomial cells whose log odds are `eta`; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        softplus, softplus_of_minus, success, failure = logistic(eta[i])
        score[i] = a[i] * failure - b[i] * success
        total -= a[i] * softplus_of_minus + b[i] * softplus
    return total, 0.0


def binomial_probit(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Binomial cells whose normal quantile is `eta`; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        slope = 0.0
        if a[i] > 0.0:
            log_success, ratio = log_ndtr_and_ratio(eta[i])
            total += a[i] * log_success
            slope += a[i] * ratio
        if b[i] > 0.0:
            log_failure, ratio = log_ndtr_and_ratio(-eta[i])
            total += b[i] * log_failure
            slope -= b[i] * ratio
        score[i] = slope
    return total, 0.0


@compiled
def _log_success_by_hazard(log_hazard: float, hazard: float) -> tuple[float, float]:
    """Log probability of a success, and its derivative by the log cumulative hazard."""
    if hazard > LOG_2:
        log_success = math.log1p(-math.exp(-hazard))
    else:
        log_success = log_hazard + math.log(-math.expm1(-hazard) / hazard)
    return log_success, hazard / math.expm1(hazard)


def binomial_cloglog(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Binomial cells whose log cumulative hazard is `eta`; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        hazard = exp(eta[i])
        slope = -b[i] * hazard
        total -= b[i] * hazard
        if a[i] > 0.0:
            log_success, success_slope = _log_success_by_hazard(eta[i], hazard)
            slope += a[i] * success_slope
            total += a[i] * log_success
        score[i] = slope
    return total, 0.0


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
    successes = np.asarray(rows.y, dtype=float)
    trials = np.broadcast_to(np.asarray(rows.trials, dtype=float), successes.shape)
    failures = trials - successes
    constant = log_factorials(trials) - log_factorials(successes) - log_factorials(failures)
    return Statistics(
        totals(successes, cell, count),
        totals(failures, cell, count),
        np.zeros(count),
        np.zeros((2, 0)),
        constant,
    )


BINOMIAL = tuple(
    Likelihood(
        family=family,
        link=link,
        rows=function,
        auxiliary=None,
        folds_offset=False,
        keys=(),
        summarise=_summarise,
    )
    for family in ("bernoulli", "binomial")
    for link, function in (
        ("logit", binomial_logit),
        ("probit", binomial_probit),
        ("cloglog", binomial_cloglog),
    )
)
