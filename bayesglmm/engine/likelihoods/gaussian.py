"""Gaussian cells.

The squared distance of the rows of a cell from any mean is that of their own mean, once for each
row, and a part that depends on the responses alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI
from bayesglmm.engine.likelihoods.compose import Beside, everywhere
from bayesglmm.engine.likelihoods.likelihood import Indices, Likelihood, Statistics, totals
from bayesglmm.engine.likelihoods.links import MEANS, Mean
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class GaussianCells(NamedTuple):
    """How many rows each cell has, and the mean of their responses."""

    rows: Array
    mean: Array


class Deviations(NamedTuple):
    """How many rows there are, and the sum of their squared deviations from their cells' means."""

    rows: Array
    squares: Array


@inlined
def gaussian_cell(
    mean: Mean, beside: Beside, cells: GaussianCells, i: int
) -> tuple[float, float, float]:
    """A cell; see `compose`."""
    precision_root = 1.0 / beside.value
    residual = (cells.mean[i] - mean.value) * precision_root
    squares = cells.rows[i] * residual * residual
    slope = cells.rows[i] * residual * (mean.slope * precision_root)
    return -0.5 * squares, slope, squares


def gaussian_rest(deviations: Deviations, sigma: float) -> tuple[float, float]:
    """The part of the deviations within cells; see `Likelihood.rest`."""
    rows, squares = deviations.rows[0], deviations.squares[0]
    if squares > 0.0:  # 0 / 0 otherwise, where the square of a tiny deviation is 0
        squares /= sigma * sigma
    return -rows * (math.log(sigma) + HALF_LOG_TWO_PI) - 0.5 * squares, squares - rows


def means_of_cells(rows: Rows, cell: Indices, count: int) -> tuple[Array, Array, Array, Array]:
    """Rows of each cell, their mean, each row's deviation from it, and what rounding left in that.

    What is left in the mean of the deviations belongs to the mean, which has it.
    """
    y = np.asarray(rows.y, dtype=float)
    sizes = totals(rows.weights, cell, count)
    means = totals(rows.weights * y, cell, count) / sizes
    residuals = y - means[cell]
    left = totals(rows.weights * residuals, cell, count) / sizes
    return sizes, means + left, residuals, left


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    sizes, means, residuals, left = means_of_cells(rows, cell, count)
    squares = (rows.weights * residuals) @ residuals - sizes @ np.square(left)
    rest = Deviations(np.array([sizes.sum()]), np.array([max(squares, 0.0)]))
    return Statistics(GaussianCells(sizes, means), rest, 0.0)


GAUSSIAN = tuple(
    Likelihood(
        family="gaussian",
        link=link,
        cells=GaussianCells,
        rows=everywhere(f"gaussian_{link}", inverse, gaussian_cell),
        folds_offset=False,
        keys=(),
        summarise=_summarise,
        rest=gaussian_rest,
        rest_statistics=Deviations,
        error=link == "identity",
    )
    for link, inverse in MEANS.items()
)
