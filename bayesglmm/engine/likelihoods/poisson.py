"""Poisson cells.

With the log link an offset multiplies the exposure, so that rows of any offset share a cell.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.compose import Beside, above_zero, everywhere
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.engine.likelihoods.links import RATES, Rate
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class PoissonCells(NamedTuple):
    """Sums of the counts and of the exposures of each cell."""

    total: Array
    exposure: Array


@inlined
def poisson_cell(
    rate: Rate,
    beside: Beside,  # noqa: ARG001
    cells: PoissonCells,
    i: int,
) -> tuple[float, float, float]:
    """A cell; see `compose`."""
    total, exposure = cells.total[i], cells.exposure[i]
    value = total * rate.log - exposure * rate.value
    return value, total * rate.log_slope - exposure * rate.slope, 0.0


@inlined
def poisson_edge(rate: Rate, cells: PoissonCells, i: int) -> tuple[float, float]:
    """A cell at a rate of 0."""
    if cells.total[i] > 0.0:
        return -math.inf, 0.0
    return 0.0, -cells.exposure[i] * rate.slope


def _statistics(rows: Rows, log_factor: Array | float, cell: Indices, count: int) -> Statistics:
    """Of exposures times the exponential of `log_factor`."""
    y = np.asarray(rows.y, dtype=float)
    log_exposure = np.broadcast_to(np.log(rows.exposure) + log_factor, y.shape)
    exposure = totals(rows.weights * rows.exposure * np.exp(log_factor), cell, count)
    total = rows.weights * y
    constant = float(total @ log_exposure) - log_factorials(y, rows.weights)
    return Statistics(PoissonCells(totals(total, cell, count), exposure), (), constant)


def _summarise_with_offset(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
    return _statistics(rows, offset, cell, count)


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    return _statistics(rows, 0.0, cell, count)


POISSON = tuple(
    Likelihood(
        family="poisson",
        link=link,
        cells=PoissonCells,
        rows=(
            everywhere(f"poisson_{link}", inverse, poisson_cell)
            if link == "log"
            else above_zero(f"poisson_{link}", inverse, poisson_cell, poisson_edge)
        ),
        folds_offset=link == "log",
        keys=(),
        summarise=_summarise_with_offset if link == "log" else _summarise,
        summed=link == "log",
    )
    for link, inverse in RATES.items()
)
