"""Binomial and Bernoulli cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.compose import Beside, everywhere
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.engine.likelihoods.links import CHANCES, Chances
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


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
    """A cell; see `compose`."""
    value, slope = 0.0, 0.0
    if cells.successes[i] > 0.0:  # 0 times -inf otherwise
        value += cells.successes[i] * chances.log_success
        slope += cells.successes[i] * chances.success_slope
    if cells.failures[i] > 0.0:
        value += cells.failures[i] * chances.log_failure
        slope += cells.failures[i] * chances.failure_slope
    return value, slope, 0.0


@inlined
def binomial_cell_by_odds(
    chances: Chances,
    beside: Beside,  # noqa: ARG001
    cells: BinomialCells,
    i: int,
) -> tuple[float, float, float]:
    """A cell where neither log is ever -inf: without a branch, so that loops vectorise."""
    successes, failures = cells.successes[i], cells.failures[i]
    value = successes * chances.log_success + failures * chances.log_failure
    slope = successes * chances.success_slope + failures * chances.failure_slope
    return value, slope, 0.0


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    successes = np.asarray(rows.y, dtype=float)
    trials = np.broadcast_to(np.asarray(rows.trials, dtype=float), successes.shape)
    failures = trials - successes
    constant = log_factorials(trials) - log_factorials(successes) - log_factorials(failures)
    cells = BinomialCells(totals(successes, cell, count), totals(failures, cell, count))
    return Statistics(cells, (), constant)


BINOMIAL = tuple(
    Likelihood(
        family=family,
        link=link,
        cells=BinomialCells,
        rows=everywhere(
            f"binomial_{link}",
            inverse,
            binomial_cell_by_odds if link == "logit" else binomial_cell,
        ),
        folds_offset=False,
        keys=(),
        summarise=_summarise,
    )
    for family in ("bernoulli", "binomial")
    for link, inverse in CHANCES.items()
)
