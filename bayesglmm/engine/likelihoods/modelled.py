"""Likelihoods whose parameter beside the mean has a linear predictor, on the log scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI, gamma_ratio
from bayesglmm.engine.likelihoods.compose import Beside, above_zero_modelled, everywhere_modelled
from bayesglmm.engine.likelihoods.gaussian import means_of_cells
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.engine.likelihoods.links import MEANS, RATES, Mean, Rate
from bayesglmm.engine.likelihoods.negative_binomial import (
    mixed_counts,
    negative_binomial_edge,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class SpreadCells(NamedTuple):
    """Rows of each cell, the mean of their responses, and their squared deviations from it."""

    rows: Array
    mean: Array
    squares: Array


class EqualCounts(NamedTuple):
    """Rows of each cell with one count y, that count, their sum, and the log of their exposure."""

    rows: Array
    y: Array
    total: Array
    log_exposure: Array


@inlined
def spread_cell(
    mean: Mean, beside: Beside, cells: SpreadCells, i: int
) -> tuple[float, float, float]:
    """A Gaussian cell; see `compose`."""
    rows, residual = cells.rows[i], cells.mean[i] - mean.value
    precision = 1.0 / (beside.value * beside.value)
    squares = (cells.squares[i] + rows * residual * residual) * precision
    slope = rows * residual * precision * mean.slope
    return -rows * beside.log - 0.5 * squares, slope, squares - rows


@inlined
def equal_counts_cell(
    rate: Rate, beside: Beside, cells: EqualCounts, i: int
) -> tuple[float, float, float]:
    """A negative binomial cell; see `compose`."""
    alpha, rows = beside.value, cells.rows[i]
    log_odds = rate.log + cells.log_exposure[i] - beside.log
    value, slope, change = mixed_counts(log_odds, cells.total[i], rows * alpha)
    rise, rise_slope = gamma_ratio(alpha, beside.log, cells.y[i])
    return value + rows * rise, slope * rate.log_slope, change + rows * rise_slope


def _spread(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    sizes, means, residuals, left = means_of_cells(rows, cell, count)
    squares = totals(rows.weights * np.square(residuals), cell, count) - sizes * np.square(left)
    constant = -float(sizes.sum()) * HALF_LOG_TWO_PI
    return Statistics(SpreadCells(sizes, means, np.maximum(squares, 0.0)), (), constant)


def _equal_counts(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    counts, log_exposure = np.zeros(count), np.zeros(count)
    counts[cell], log_exposure[cell] = y, np.log(rows.exposure)
    sizes, constant = totals(rows.weights, cell, count), -log_factorials(y, rows.weights)
    return Statistics(EqualCounts(sizes, counts, sizes * counts, log_exposure), (), constant)


MODELLED = tuple(
    Likelihood(
        family="gaussian",
        link=link,
        cells=SpreadCells,
        rows=everywhere_modelled(f"gaussian_{link}_sigma", inverse, spread_cell),
        folds_offset=False,
        keys=(),
        summarise=_spread,
        predictors=2,
    )
    for link, inverse in MEANS.items()
) + tuple(
    Likelihood(
        family="negative_binomial",
        link=link,
        cells=EqualCounts,
        rows=(
            everywhere_modelled(f"negative_binomial_{link}_alpha", inverse, equal_counts_cell)
            if link == "log"
            else above_zero_modelled(
                f"negative_binomial_{link}_alpha",
                inverse,
                equal_counts_cell,
                negative_binomial_edge,
            )
        ),
        folds_offset=False,
        keys=("exposure", "y"),
        summarise=_equal_counts,
        predictors=2,
    )
    for link, inverse in RATES.items()
)
