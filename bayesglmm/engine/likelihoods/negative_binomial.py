"""Negative binomial cells.

With ``t = log(mean / alpha)`` the likelihood of a cell is that of its total as successes and of
alpha failures a row at log odds `t`, times a function of the counts and alpha alone. That function
depends on a row through its count only.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.compose import Beside, above_zero, everywhere
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    multiplicities,
    totals,
)
from bayesglmm.engine.likelihoods.links import RATES, Rate
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class CountCells(NamedTuple):
    """Sum of the counts of each cell, how many rows it has, and the log of their exposure."""

    total: Array
    rows: Array
    log_exposure: Array


class Counts(NamedTuple):
    """Distinct counts y, and how many rows have each."""

    y: Array
    rows: Array


@inlined
def mixed_counts(log_odds: float, successes: float, failures: float) -> tuple[float, float, float]:
    """Log likelihood of counts but for that function of alpha, and its derivatives.

    Parameters
    ----------
    log_odds : float
        Log of the mean over alpha.
    successes, failures : float
        Sum of the counts; alpha times their number.

    Returns
    -------
    value, slope, alpha_slope : float
        The second by the log mean, the third by log alpha.
    """
    softplus, softplus_of_minus, success, failure = logistic(log_odds)
    slope = successes * failure - failures * success
    spread = failures * softplus
    return -successes * softplus_of_minus - spread, slope, -slope - spread


@inlined
def negative_binomial_cell(
    rate: Rate, beside: Beside, cells: CountCells, i: int
) -> tuple[float, float, float]:
    """A cell; see `compose`."""
    log_odds = rate.log + cells.log_exposure[i] - beside.log
    value, slope, change = mixed_counts(log_odds, cells.total[i], cells.rows[i] * beside.value)
    return value, slope * rate.log_slope, change


@inlined
def negative_binomial_edge(rate: Rate, cells: CountCells, i: int) -> tuple[float, float]:
    """A cell at a rate of 0."""
    if cells.total[i] > 0.0:
        return -math.inf, 0.0
    return 0.0, -cells.rows[i] * exp(cells.log_exposure[i]) * rate.slope


def negative_binomial_rest(counts: Counts, alpha: float) -> tuple[float, float]:
    """The function of the counts and alpha; see `Likelihood.rest`."""
    total, slope, log_alpha = 0.0, 0.0, math.log(alpha)
    for i in range(counts.y.size):
        rise, change = gamma_ratio(alpha, log_alpha, counts.y[i])
        total += counts.rows[i] * rise
        slope += counts.rows[i] * change
    return total, slope


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    log_exposure = np.zeros(count)
    log_exposure[cell] = np.log(rows.exposure)
    total, sizes = totals(rows.weights * y, cell, count), totals(rows.weights, cell, count)
    cells = CountCells(total, sizes, log_exposure)
    counts = Counts(*multiplicities(y, rows.weights))
    return Statistics(cells, counts, -log_factorials(y, rows.weights))


NEGATIVE_BINOMIAL = tuple(
    Likelihood(
        family="negative_binomial",
        link=link,
        cells=CountCells,
        rows=(
            everywhere(f"negative_binomial_{link}", inverse, negative_binomial_cell)
            if link == "log"
            else above_zero(
                f"negative_binomial_{link}",
                inverse,
                negative_binomial_cell,
                negative_binomial_edge,
            )
        ),
        folds_offset=False,
        keys=("exposure",),
        summarise=_summarise,
        rest=negative_binomial_rest,
        rest_statistics=Counts,
    )
    for link, inverse in RATES.items()
)
