"""Counts of which some are suppressed or censored: known to lie between two bounds.

A cell of known counts is that of its family; another count has a cell of its own, which is one of
no rows to the family: its likelihood is that of its interval (`intervals`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import compiled_sums
from bayesglmm.engine.likelihoods.compose import Inverse, named
from bayesglmm.engine.likelihoods.intervals import (
    negative_binomial_interval,
    poisson_interval,
)
from bayesglmm.engine.likelihoods.likelihood import (
    Columns,
    Indices,
    Likelihood,
    RowFunction,
    Statistics,
)
from bayesglmm.engine.likelihoods.links import RATES
from bayesglmm.engine.likelihoods.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.engine.likelihoods.poisson import POISSON
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Interval = Callable[[float, float, float, float], tuple[float, float, float]]


class SuppressedPoisson(NamedTuple):
    """Cells as `PoissonCells` has them, and those of one count between two bounds.

    These have no counts and no exposure, and an upper bound above 0; the others have 0 there.
    """

    total: Array
    exposure: Array
    log_exposure: Array
    lower: Array
    upper: Array


class SuppressedCounts(NamedTuple):
    """Cells as `CountCells` has them, and those of one count between two bounds.

    These have no counts and no rows, and an upper bound above 0; the others have 0 there.
    """

    total: Array
    rows: Array
    log_exposure: Array
    lower: Array
    upper: Array


INTERVALS = {"poisson": poisson_interval, "negative_binomial": negative_binomial_interval}


def _rows(ordinary: RowFunction, interval: Interval, inverse: Inverse) -> RowFunction:
    """The function of cells of which some are of known counts, and the others suppressed."""
    of_known = compiled_sums(ordinary)

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:
        """Cells of which some are suppressed; see `Likelihood.rows`."""
        total, total_slope = of_known(eta, score, cells, parameter)
        predictor, slopes = eta[0], score[0]
        for i in range(predictor.size):
            if cells.upper[i] > 0.0:
                rate = inverse(predictor[i])
                log_mean = rate.log + cells.log_exposure[i]
                value, slope, change = interval(log_mean, cells.lower[i], cells.upper[i], parameter)
                slopes[i] = slope * rate.log_slope
                total += value
                total_slope += change
        return total, total_slope

    return named(rows, f"{ordinary.__name__}_suppressed")


def _summarise(ordinary: Likelihood) -> Callable[[Rows, Array, Indices, int], Statistics]:
    kind = CELLS[ordinary.family]

    def summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
        known = rows.known
        statistics = ordinary.summarise(rows.take(known), offset[known], cell[known], count)
        hidden, place = rows.take(~known), cell[~known]
        log_exposure, lower, upper = np.zeros(count), np.zeros(count), np.zeros(count)
        of_known = statistics.cells._asdict()
        log_exposure += of_known.get("log_exposure", 0.0)
        log_exposure[place] = np.log(hidden.exposure)
        if ordinary.folds_offset:
            log_exposure[place] += offset[~known]
        lower[place], upper[place] = hidden.y, hidden.upper
        bounds = {"log_exposure": log_exposure, "lower": lower, "upper": upper}
        return replace(statistics, cells=kind(**(of_known | bounds)))

    return summarise


CELLS: dict[str, type] = {"poisson": SuppressedPoisson, "negative_binomial": SuppressedCounts}

SUPPRESSED = tuple(
    replace(
        ordinary,
        cells=CELLS[ordinary.family],
        rows=_rows(ordinary.rows, INTERVALS[ordinary.family], RATES[ordinary.link]),
        summarise=_summarise(ordinary),
        suppressed=True,
        summed=False,  # a count between bounds is no sum
    )
    for ordinary in (*POISSON, *NEGATIVE_BINOMIAL)
)
