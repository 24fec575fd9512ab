"""Counts of which some are suppressed: known to lie between two bounds.

A cell of known counts is that of its family; a suppressed count has a cell of its own, which is one
of no rows to the family. Its likelihood is ``log sum_k p(k)`` over the counts between, and its
derivatives are the expectations, given that the count lies there, of those of ``log p(k)``. The sum
is taken by the ratio of one probability to the next from the most probable count, so that no term
is larger than the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import compiled_sums, inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.compose import Inverse, named
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


@inlined
def _most_probable(mode: float, lower: float, upper: float) -> float:
    """The count between the bounds nearest to a mode."""
    if mode >= upper:
        return upper
    return float(math.floor(mode)) if mode > lower else lower


@inlined
def poisson_interval(
    log_mean: float,
    lower: float,
    upper: float,
    parameter: float,  # noqa: ARG001
) -> tuple[float, float, float]:
    """Log probability that a Poisson count lies between two bounds.

    Parameters
    ----------
    log_mean : float
        -inf for a mean of 0.
    lower, upper : float
        Whole numbers, both included, the first below the second.
    parameter : float
        Not used: there is none beside the mean.

    Returns
    -------
    value, slope : float
        The second by the log mean.
    parameter_slope : float
        0.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    mean = exp(log_mean)
    first = _most_probable(mean, lower, upper)
    total, moment = 1.0, 0.0
    count, weight = first, 1.0
    while count < upper:
        count += 1.0
        weight *= mean / count
        total += weight
        moment += weight * (count - first)
    count, weight = first, 1.0
    while count > lower:
        weight *= count / mean
        count -= 1.0
        total += weight
        moment += weight * (count - first)
    value = first * log_mean - mean - math.lgamma(first + 1.0) + math.log(total)
    return value, first + moment / total - mean, 0.0


@inlined
def negative_binomial_interval(
    log_mean: float, lower: float, upper: float, alpha: float
) -> tuple[float, float, float]:
    """Log probability that a negative binomial count lies between two bounds.

    Parameters
    ----------
    log_mean, lower, upper : float
        As for `poisson_interval`.
    alpha : float
        The shape.

    Returns
    -------
    value, slope, alpha_slope : float
        The second by the log mean, the third by log alpha.
    """
    if log_mean == -math.inf:
        return (0.0 if lower == 0.0 else -math.inf), 0.0, 0.0
    softplus, softplus_of_minus, success, failure = logistic(log_mean - math.log(alpha))
    mean = exp(log_mean)
    first = _most_probable(mean - mean / alpha, lower, upper)
    rise, steps = gamma_ratio(alpha, first)
    total, moment, digamma = 1.0, 0.0, 0.0
    count, weight, change = first, 1.0, 0.0
    while count < upper:
        weight *= (count + alpha) / (count + 1.0) * success
        change += 1.0 / (count + alpha)
        count += 1.0
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    count, weight, change = first, 1.0, 0.0
    while count > lower:
        weight *= count / ((count - 1.0 + alpha) * success)
        count -= 1.0
        change -= 1.0 / (count + alpha)
        total += weight
        moment += weight * (count - first)
        digamma += weight * change
    expected = first + moment / total
    spread = alpha * softplus
    value = rise - math.lgamma(first + 1.0) - first * softplus_of_minus - spread + math.log(total)
    slope = expected * failure - alpha * success
    return value, slope, alpha * (steps + digamma / total) - slope - spread


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
    )
    for ordinary in (*POISSON, *NEGATIVE_BINOMIAL)
)
