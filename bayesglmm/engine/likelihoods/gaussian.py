"""Gaussian cells: `a` is the number of rows and `b` the mean of their responses.

The squared distance of the rows of a cell from any mean is that of `b`, `a` times, and a part that
depends on the responses alone; the latter goes to the table: the number of rows and its sum.
"""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI, exp
from bayesglmm.engine.likelihoods.likelihood import Indices, Likelihood, Statistics, totals
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


def gaussian_identity(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Gaussian cells whose mean is `eta`; see `Likelihood.rows`."""
    precision_root = 1.0 / auxiliary
    squares = 0.0
    for i in range(eta.size):
        residual = (b[i] - eta[i]) * precision_root
        score[i] = a[i] * residual * precision_root
        squares += a[i] * residual * residual
    return -0.5 * squares, squares


def gaussian_log(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Gaussian cells whose mean is ``exp(eta)``; see `Likelihood.rows`."""
    precision_root = 1.0 / auxiliary
    squares = 0.0
    for i in range(eta.size):
        mean = exp(eta[i])
        residual = (b[i] - mean) * precision_root
        score[i] = a[i] * residual * (mean * precision_root)
        squares += a[i] * residual * residual
    return -0.5 * squares, squares


def gaussian_auxiliary(table: Array, auxiliary: float) -> tuple[float, float]:
    """The part of the residual standard deviation; see `Likelihood.auxiliary`."""
    rows, squares = table[0, 0], table[1, 0]
    if squares > 0.0:  # 0 / 0 otherwise, where the square of a tiny deviation is 0
        squares /= auxiliary * auxiliary
    return -rows * (math.log(auxiliary) + HALF_LOG_TWO_PI) - 0.5 * squares, squares - rows


def means_of_cells(rows: Rows, cell: Indices, count: int) -> tuple[Array, Array, Array, Array]:
    """Rows of each cell, their mean, each row's deviation from it, and what rounding left in that.

    What is left in the mean of the deviations belongs to the mean, which has it.
    """
    y = np.asarray(rows.y, dtype=float)
    sizes = totals(1.0, cell, count)
    means = totals(y, cell, count) / sizes
    residuals = y - means[cell]
    left = totals(residuals, cell, count) / sizes
    return sizes, means + left, residuals, left


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
    sizes, means, residuals, left = means_of_cells(rows, cell, count)
    squares = residuals @ residuals - sizes @ np.square(left)
    table = np.array([[float(residuals.size)], [max(squares, 0.0)]])
    return Statistics(sizes, means, np.zeros(count), table, 0.0)


GAUSSIAN = tuple(
    Likelihood(
        family="gaussian",
        link=link,
        rows=function,
        auxiliary=gaussian_auxiliary,
        folds_offset=False,
        keys=(),
        summarise=_summarise,
    )
    for link, function in (("identity", gaussian_identity), ("log", gaussian_log))
)
