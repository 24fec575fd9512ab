"""Negative binomial cells: `a` sums the counts, `b` is the number of rows, `c` the log exposure.

With ``t = log(mean / alpha)`` the likelihood of a cell is that of `a` successes and `b` alpha
failures at log odds `t`, times a function of the counts and alpha alone. That function depends on
a row through its count only: the table holds the distinct counts above their multiplicities.
"""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.likelihoods.arithmetic import compiled, exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    multiplicities,
    totals,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


@compiled
def nb_cell(log_odds: float, successes: float, failures: float) -> tuple[float, float, float]:
    """Log likelihood of a cell, and its derivatives by the log mean and by log alpha."""
    softplus, softplus_of_minus, success, failure = logistic(log_odds)
    slope = successes * failure - failures * success
    spread = failures * softplus
    return -successes * softplus_of_minus - spread, slope, -slope - spread


def negative_binomial_log(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Negative binomial cells whose rate is ``exp(eta)``; see `Likelihood.rows`."""
    log_alpha = math.log(auxiliary)
    total, total_slope = 0.0, 0.0
    for i in range(eta.size):
        value, slope, slope_of_alpha = nb_cell(eta[i] + c[i] - log_alpha, a[i], b[i] * auxiliary)
        score[i] = slope
        total += value
        total_slope += slope_of_alpha
    return total, total_slope


def negative_binomial_identity(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Negative binomial cells whose rate is `eta`; see `Likelihood.rows`."""
    log_alpha = math.log(auxiliary)
    total, total_slope = 0.0, 0.0
    for i in range(eta.size):
        if eta[i] > 0.0:
            log_odds = math.log(eta[i]) + c[i] - log_alpha
            value, slope, slope_of_alpha = nb_cell(log_odds, a[i], b[i] * auxiliary)
            score[i] = slope / eta[i]
            total += value
            total_slope += slope_of_alpha
        elif eta[i] == 0.0 and a[i] == 0.0:
            score[i] = -b[i] * exp(c[i])
        else:
            score[i] = 0.0
            total -= math.inf
    return total, total_slope


def negative_binomial_sqrt(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Negative binomial cells whose rate is ``eta^2``; see `Likelihood.rows`."""
    log_alpha = math.log(auxiliary)
    total, total_slope = 0.0, 0.0
    for i in range(eta.size):
        if eta[i] != 0.0:
            log_odds = 2.0 * math.log(abs(eta[i])) + c[i] - log_alpha
            value, slope, slope_of_alpha = nb_cell(log_odds, a[i], b[i] * auxiliary)
            score[i] = 2.0 * slope / eta[i]
            total += value
            total_slope += slope_of_alpha
        else:
            score[i] = 0.0
            total -= math.inf if a[i] > 0.0 else 0.0
    return total, total_slope


def negative_binomial_auxiliary(table: Array, auxiliary: float) -> tuple[float, float]:
    """The part of the shape; see `Likelihood.auxiliary`."""
    total, slope = 0.0, 0.0
    for i in range(table.shape[1]):
        log_gamma, digamma = gamma_ratio(auxiliary, table[0, i])
        total += table[1, i] * log_gamma
        slope += table[1, i] * digamma
    return total, slope * auxiliary


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    log_exposure = np.zeros(count)
    log_exposure[cell] = np.log(rows.exposure)
    return Statistics(
        totals(y, cell, count),
        totals(1.0, cell, count),
        log_exposure,
        multiplicities(y),
        -log_factorials(y),
    )


NEGATIVE_BINOMIAL = tuple(
    Likelihood(
        family="negative_binomial",
        link=link,
        rows=function,
        auxiliary=negative_binomial_auxiliary,
        folds_offset=False,
        keys=("exposure",),
        summarise=_summarise,
    )
    for link, function in (
        ("log", negative_binomial_log),
        ("identity", negative_binomial_identity),
        ("sqrt", negative_binomial_sqrt),
    )
)
