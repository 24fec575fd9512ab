"""Negative binomial cells whose variance is linear in the mean: of a shape ``mean / alpha``."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.general import general, of_cells
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.engine.likelihoods.links import RATES, Rate, rate_log
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class EqualCounts(NamedTuple):
    """Rows of each cell, the count that they share, and the log of their exposure."""

    rows: Array
    y: Array
    log_exposure: Array


@inlined
def nbinom1_cell(
    parameters: tuple[Rate, Rate], cells: EqualCounts, i: int
) -> tuple[float, tuple[float, float]]:
    """A cell of a rate and an overdispersion; see `general`."""
    rate, alpha = parameters
    rows, y = cells.rows[i], cells.y[i]
    if rate.value < 0.0 or (rate.value == 0.0 and y > 0.0):
        return -math.inf, (0.0, 0.0)
    softplus, softplus_of_minus, success, failure = logistic(alpha.log)
    if rate.value == 0.0:  # certain: the slope is that of the log of the chance of no event
        slope = -softplus / alpha.value * exp(cells.log_exposure[i])
        return 0.0, (rows * slope * rate.slope, 0.0)
    shape = exp(rate.log + cells.log_exposure[i] - alpha.log)
    log_gamma, digamma = gamma_ratio(shape, y)
    value = log_gamma - shape * softplus - y * softplus_of_minus
    by_log_shape = shape * (digamma - softplus)
    by_log_alpha = y * failure - shape * success - by_log_shape
    return rows * value, (
        rows * by_log_shape * rate.log_slope,
        rows * by_log_alpha * alpha.log_slope,
    )


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    cells = EqualCounts(
        totals(1.0, cell, count),
        of_cells(y, cell, count),
        of_cells(np.log(rows.exposure), cell, count),
    )
    return Statistics(cells, (), -log_factorials(y))


NBINOM1 = general(
    "nbinom1",
    (RATES, {"log": rate_log}),
    nbinom1_cell,
    EqualCounts,
    _summarise,
    keys=("y", "exposure"),
)
