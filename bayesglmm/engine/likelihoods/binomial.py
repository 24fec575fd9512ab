"""Binomial and Bernoulli cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.compose import Beside, Cell, everywhere
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.engine.likelihoods.links import SIDES, Chances, chances_logit
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Side = Callable[[float], tuple[float, float]]


class BinomialCells(NamedTuple):
    """Successes and failures of each cell."""

    successes: Array
    failures: Array


@inlined
def binomial_cell(
    chances: Chances,
    beside: Beside,  # noqa: ARG001
    cells: BinomialCells,
    i: int,
) -> tuple[float, float, float]:
    """A cell of a link whose logs are never -inf: without a branch, so that loops vectorise."""
    successes, failures = cells.successes[i], cells.failures[i]
    value = successes * chances.log_success + failures * chances.log_failure
    slope = successes * chances.success_slope + failures * chances.failure_slope
    return value, slope, 0.0


@inlined
def _itself(eta: float) -> float:
    return eta


def _by_sides(success: Side, failure: Side) -> Cell:
    """The cell of a link that is asked only for the sides that a cell has."""

    @inlined
    def cell(
        eta: float,
        beside: Beside,  # noqa: ARG001
        cells: BinomialCells,
        i: int,
    ) -> tuple[float, float, float]:
        value, slope = 0.0, 0.0
        if cells.successes[i] > 0.0:  # 0 times -inf otherwise
            log_success, change = success(eta)
            value += cells.successes[i] * log_success
            slope += cells.successes[i] * change
        if cells.failures[i] > 0.0:
            log_failure, change = failure(eta)
            value += cells.failures[i] * log_failure
            slope += cells.failures[i] * change
        return value, slope, 0.0

    return cell


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    successes = np.asarray(rows.y, dtype=float)
    trials = np.broadcast_to(np.asarray(rows.trials, dtype=float), successes.shape)
    failures = trials - successes
    constant = (
        log_factorials(trials, rows.weights)
        - log_factorials(successes, rows.weights)
        - log_factorials(failures, rows.weights)
    )
    cells = BinomialCells(
        totals(rows.weights * successes, cell, count), totals(rows.weights * failures, cell, count)
    )
    return Statistics(cells, (), constant)


ROWS = {"logit": everywhere("binomial_logit", chances_logit, binomial_cell)} | {
    link: everywhere(f"binomial_{link}", _itself, _by_sides(*sides))
    for link, sides in SIDES.items()
}

BINOMIAL = tuple(
    Likelihood(
        family=family,
        link=link,
        cells=BinomialCells,
        rows=rows,
        folds_offset=False,
        keys=(),
        summarise=_summarise,
    )
    for family in ("bernoulli", "binomial")
    for link, rows in ROWS.items()
)
