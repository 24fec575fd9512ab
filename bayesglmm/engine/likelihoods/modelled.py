"""Likelihoods whose second parameter has a linear predictor of its own.

The two predictors of a cell stand side by side in `eta`: that of the mean, then that of the other
parameter on the log scale. So the pass over the cells, its map and its pilot are those of one
predictor with twice the rows; only these functions know of pairs.
"""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI, compiled, exp, gamma_ratio
from bayesglmm.engine.likelihoods.gaussian import means_of_cells
from bayesglmm.engine.likelihoods.likelihood import Indices, Likelihood, Statistics, totals
from bayesglmm.engine.likelihoods.negative_binomial import nb_cell
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


@compiled
def _normal(
    mean: float, log_sigma: float, rows: float, y: float, within: float
) -> tuple[float, float, float]:
    """Log likelihood of rows of one mean, and its derivatives by that mean and by log sigma."""
    precision, residual = exp(-2.0 * log_sigma), y - mean
    squares = (within + rows * residual * residual) * precision
    return -rows * log_sigma - 0.5 * squares, rows * residual * precision, squares - rows


def gaussian_identity_sigma(
    eta: Array,
    score: Array,
    a: Array,
    b: Array,
    c: Array,
    auxiliary: float,  # noqa: ARG001
) -> tuple[float, float]:
    """Gaussian cells of mean ``eta[0]`` and sigma ``exp(eta[1])``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(0, eta.size, 2):
        value, score[i], score[i + 1] = _normal(eta[i], eta[i + 1], a[i], b[i], c[i])
        total += value
    return total, 0.0


def gaussian_log_sigma(
    eta: Array,
    score: Array,
    a: Array,
    b: Array,
    c: Array,
    auxiliary: float,  # noqa: ARG001
) -> tuple[float, float]:
    """Gaussian cells of mean ``exp(eta[0])`` and sigma ``exp(eta[1])``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(0, eta.size, 2):
        mean = exp(eta[i])
        value, slope, of_sigma = _normal(mean, eta[i + 1], a[i], b[i], c[i])
        score[i], score[i + 1] = slope * mean, of_sigma
        total += value
    return total, 0.0


@compiled
def _counts(log_mean: float, log_alpha: float, rows: float, y: float) -> tuple[float, float, float]:
    """Log likelihood of equal counts, and its derivatives by the log mean and by log alpha."""
    alpha = exp(log_alpha)
    value, slope, of_alpha = nb_cell(log_mean - log_alpha, rows * y, rows * alpha)
    log_gamma, digamma = gamma_ratio(alpha, y)
    return value + rows * log_gamma, slope, of_alpha + rows * digamma * alpha


def negative_binomial_log_alpha(
    eta: Array,
    score: Array,
    a: Array,
    b: Array,
    c: Array,
    auxiliary: float,  # noqa: ARG001
) -> tuple[float, float]:
    """Counts of rate ``exp(eta[0])`` and shape ``exp(eta[1])``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(0, eta.size, 2):
        value, slope, of_alpha = _counts(eta[i] + c[i], eta[i + 1], a[i], b[i])
        score[i], score[i + 1] = slope, of_alpha
        total += value
    return total, 0.0


def negative_binomial_identity_alpha(
    eta: Array,
    score: Array,
    a: Array,
    b: Array,
    c: Array,
    auxiliary: float,  # noqa: ARG001
) -> tuple[float, float]:
    """Counts of rate `eta[0]` and shape ``exp(eta[1])``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(0, eta.size, 2):
        score[i], score[i + 1] = 0.0, 0.0
        if eta[i] > 0.0:
            log_mean = math.log(eta[i]) + c[i]
            value, slope, of_alpha = _counts(log_mean, eta[i + 1], a[i], b[i])
            score[i], score[i + 1] = slope / eta[i], of_alpha
            total += value
        elif eta[i] == 0.0 and b[i] == 0.0:
            score[i] = -a[i] * exp(c[i])
        else:
            total -= math.inf
    return total, 0.0


def negative_binomial_sqrt_alpha(
    eta: Array,
    score: Array,
    a: Array,
    b: Array,
    c: Array,
    auxiliary: float,  # noqa: ARG001
) -> tuple[float, float]:
    """Counts of rate ``eta[0]^2`` and shape ``exp(eta[1])``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(0, eta.size, 2):
        score[i], score[i + 1] = 0.0, 0.0
        if eta[i] != 0.0:
            log_mean = 2.0 * math.log(abs(eta[i])) + c[i]
            value, slope, of_alpha = _counts(log_mean, eta[i + 1], a[i], b[i])
            score[i], score[i + 1] = 2.0 * slope / eta[i], of_alpha
            total += value
        elif b[i] > 0.0:
            total -= math.inf
    return total, 0.0


def _gaussian_cells(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    """Rows of a cell, their mean, and their squares about it."""
    sizes, means, residuals, left = means_of_cells(rows, cell, count)
    squares = totals(np.square(residuals), cell, count) - sizes * np.square(left)
    constant = -float(residuals.size) * HALF_LOG_TWO_PI
    within = np.maximum(squares, 0.0)
    return Statistics(sizes, means, within, np.zeros((2, 0)), constant)


def _count_cells(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    """Rows of a cell, their count, and the log of their exposure."""
    from scipy.special import gammaln

    y = np.asarray(rows.y, dtype=float)
    counts, log_exposure = np.zeros(count), np.zeros(count)
    counts[cell], log_exposure[cell] = y, np.log(rows.exposure)
    constant = -float(gammaln(y + 1.0).sum())
    return Statistics(totals(1.0, cell, count), counts, log_exposure, np.zeros((2, 0)), constant)


MODELLED = tuple(
    Likelihood(
        family="gaussian",
        link=link,
        rows=function,
        auxiliary=None,
        folds_offset=False,
        keys=(),
        summarise=_gaussian_cells,
        predictors=2,
    )
    for link, function in (("identity", gaussian_identity_sigma), ("log", gaussian_log_sigma))
) + tuple(
    Likelihood(
        family="negative_binomial",
        link=link,
        rows=function,
        auxiliary=None,
        folds_offset=False,
        keys=("exposure", "y"),
        summarise=_count_cells,
        predictors=2,
    )
    for link, function in (
        ("log", negative_binomial_log_alpha),
        ("identity", negative_binomial_identity_alpha),
        ("sqrt", negative_binomial_sqrt_alpha),
    )
)
