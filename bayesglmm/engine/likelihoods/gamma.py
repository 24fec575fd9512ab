"""Gamma cells.

With y a cell's mean response and ``u = log(y / mean)`` its log likelihood is that many rows of
``alpha (1 + u - exp(u))``, less alpha times how far the mean log response lies below log y, and a
function of alpha alone: no term grows with alpha beyond what the likelihood does.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import expm1, gamma_excess, log
from bayesglmm.engine.likelihoods.general import general
from bayesglmm.engine.likelihoods.likelihood import Indices, Statistics, totals
from bayesglmm.engine.likelihoods.links import RATES, Rate, rate_log
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


class GammaCells(NamedTuple):
    """Rows of each cell, the log of their mean, and how far the mean of their logs is below it."""

    rows: Array
    log_mean: Array
    spread: Array


@inlined
def gamma_cell(
    parameters: tuple[Rate, Rate], cells: GammaCells, i: int
) -> tuple[float, tuple[float, float]]:
    """A cell of a mean and a shape; see `general`."""
    mean, shape = parameters
    if not mean.value > 0.0:
        return -math.inf, (0.0, 0.0)
    weight = cells.rows[i] * shape.value
    apart = cells.log_mean[i] - mean.log
    beyond = expm1(apart)
    lost = beyond - apart + cells.spread[i]
    excess, slope = gamma_excess(shape.value, shape.log)
    value = cells.rows[i] * excess - weight * lost
    by_shape = (cells.rows[i] * slope - weight * lost) * shape.log_slope
    return value, (weight * beyond * mean.log_slope, by_shape)


@inlined
def gamma_density(
    parameters: tuple[Rate, Rate],
    y: float,
    size: float,  # noqa: ARG001
) -> tuple[float, tuple[float, float]]:
    """One response of a mean and a shape, less the log of the response; see `of_responses`."""
    mean, shape = parameters
    if not mean.value > 0.0:
        return -math.inf, (0.0, 0.0)
    apart = log(y) - mean.log
    beyond = expm1(apart)
    lost = beyond - apart
    excess, slope = gamma_excess(shape.value, shape.log)
    by_mean = shape.value * beyond * mean.log_slope
    return excess - shape.value * lost, (by_mean, (slope - shape.value * lost) * shape.log_slope)


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = np.asarray(rows.y, dtype=float)
    sizes = totals(1.0, cell, count)
    means = totals(y, cell, count) / sizes
    spread = -totals(np.log(y / means[cell]), cell, count) / sizes
    constant = -float(np.log(y).sum())
    return Statistics(GammaCells(sizes, np.log(means), np.maximum(spread, 0.0)), (), constant)


SHAPES = {"log": rate_log}

GAMMA = general("gamma", (RATES, SHAPES), gamma_cell, GammaCells, _summarise)
