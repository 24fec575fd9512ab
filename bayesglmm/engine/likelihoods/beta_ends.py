"""Cells of proportions of which some are exactly 0 or 1: beta ones between two probabilities."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import expm1, log, logistic
from bayesglmm.engine.likelihoods.beta import beta_cell
from bayesglmm.engine.likelihoods.general import general
from bayesglmm.engine.likelihoods.likelihood import Indices, Statistics, totals
from bayesglmm.engine.likelihoods.links import (
    CHANCES,
    Chances,
    Mean,
    Rate,
    chances_logit,
    mean_identity,
    rate_log,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Four = tuple[float, float, float, float]


class EndsCells(NamedTuple):
    """Rows of each cell at 0 and at 1; those between, with the means of their logs.

    The last three are named as `beta_cell` reads them.
    """

    zeros: Array
    ones: Array
    rows: Array
    log_share: Array
    log_rest: Array


@inlined
def _between(mu: Chances, phi: Rate, cells: Any, i: int) -> tuple[float, tuple[float, float]]:
    """The beta part of a cell; nothing where no row is between."""
    if cells.rows[i] == 0.0:
        return 0.0, (0.0, 0.0)
    value, (by_mu, by_phi) = beta_cell((mu, phi), cells, i)
    return value, (by_mu, by_phi)


@inlined
def zero_one_inflated_beta_cell(
    parameters: tuple[Chances, Rate, Chances, Chances], cells: EndsCells, i: int
) -> tuple[float, Four]:
    """Of a mean, a precision, and the chances of 0 or 1, and of 1 among these; see `general`."""
    mu, phi, ends, which = parameters
    zeros, ones, rows = cells.zeros[i], cells.ones[i], cells.rows[i]
    value, (by_mu, by_phi) = _between(mu, phi, cells, i)
    value += (zeros + ones) * ends.log_success + rows * ends.log_failure
    value += ones * which.log_success + zeros * which.log_failure
    by_ends = (zeros + ones) * ends.success_slope + rows * ends.failure_slope
    by_which = ones * which.success_slope + zeros * which.failure_slope
    return value, (by_mu, by_phi, by_ends, by_which)


@inlined
def ordered_beta_cell(
    parameters: tuple[Chances, Rate, Mean, Rate], cells: EndsCells, i: int
) -> tuple[float, Four]:
    """Of a mean, a precision, the threshold of 0 and how far that of 1 lies above; see `general`.

    What is between has ``F(b) (1 - F(a)) (1 - exp(a - b))``, with F the logistic function and b and
    a the linear predictor less the two thresholds.
    """
    mu, phi, cut, gap = parameters
    zeros, ones, rows = cells.zeros[i], cells.ones[i], cells.rows[i]
    value, (by_mu, by_phi) = _between(mu, phi, cells, i)
    log_odds = mu.log_success - mu.log_failure
    zero, some, above, below = logistic(log_odds - cut.value)
    rest, one, at_one, below_one = logistic(log_odds - cut.value - gap.value)
    value -= zeros * zero + ones * one + rows * (some + rest)
    by_first = (rows * below) - zeros * above
    by_second = ones * below_one - rows * at_one
    by_gap = -by_second * gap.slope
    if rows > 0.0:
        value += rows * log(-expm1(-gap.value))
        by_gap += rows * gap.slope / expm1(gap.value)
    by_odds = (by_first + by_second) * (mu.success_slope - mu.failure_slope)
    by_cut = -(by_first + by_second) * cut.slope
    if not abs(value) + abs(by_gap) < math.inf:
        return -math.inf, (0.0, 0.0, 0.0, 0.0)
    return value, (by_mu + by_odds, by_phi, by_cut, by_gap)


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    within = (y > 0) & (y < 1)
    inside = np.where(within, y, 0.5)
    sizes = totals(within, cell, count)
    log_share, log_rest = within * np.log(inside), within * np.log1p(-inside)
    some = np.maximum(sizes, 1.0)
    cells = EndsCells(
        zeros=totals(y == 0, cell, count),
        ones=totals(y == 1, cell, count),
        rows=sizes,
        log_share=totals(log_share, cell, count) / some,
        log_rest=totals(log_rest, cell, count) / some,
    )
    return Statistics(cells, (), -float(np.sum(log_share + log_rest)))


LOGS, LOGITS = {"log": rate_log}, {"logit": chances_logit}

ZERO_ONE_INFLATED_BETA = general(
    "zero_one_inflated_beta",
    (CHANCES, LOGS, LOGITS, LOGITS),
    zero_one_inflated_beta_cell,
    EndsCells,
    _summarise,
)
ORDERED_BETA = general(
    "ordered_beta",
    (LOGITS, LOGS, {"identity": mean_identity}, LOGS),
    ordered_beta_cell,
    EndsCells,
    _summarise,
)
