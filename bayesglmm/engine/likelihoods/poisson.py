"""Poisson cells: `a` is the sum of the counts and `b` that of the exposures.

With the log link an offset multiplies the exposure, so that rows of any offset share a cell.
"""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.likelihoods.arithmetic import exp
from bayesglmm.engine.likelihoods.likelihood import (
    Indices,
    Likelihood,
    Statistics,
    log_factorials,
    totals,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array


def poisson_log(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Poisson cells whose rate is ``exp(eta)``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        mean = b[i] * exp(eta[i])
        score[i] = a[i] - mean
        total += a[i] * eta[i] - mean
    return total, 0.0


def poisson_identity(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Poisson cells whose rate is `eta`; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        slope = -b[i]
        total -= b[i] * eta[i]
        if eta[i] < 0.0 or (eta[i] == 0.0 and a[i] > 0.0):
            slope = 0.0
            total -= math.inf
        elif a[i] > 0.0:
            slope += a[i] / eta[i]
            total += a[i] * math.log(eta[i])
        score[i] = slope
    return total, 0.0


def poisson_sqrt(
    eta: Array, score: Array, a: Array, b: Array, c: Array, auxiliary: float
) -> tuple[float, float]:
    """Poisson cells whose rate is ``eta^2``; see `Likelihood.rows`."""
    total = 0.0
    for i in range(eta.size):
        slope = -2.0 * b[i] * eta[i]
        total -= b[i] * eta[i] * eta[i]
        if a[i] > 0.0:
            if eta[i] == 0.0:
                total -= math.inf
            else:
                slope += 2.0 * a[i] / eta[i]
                total += 2.0 * a[i] * math.log(abs(eta[i]))
        score[i] = slope
    return total, 0.0


def _statistics(rows: Rows, log_factor: Array | float, cell: Indices, count: int) -> Statistics:
    """Of exposures times the exponential of `log_factor`."""
    y = np.asarray(rows.y, dtype=float)
    log_exposure = np.broadcast_to(np.log(rows.exposure) + log_factor, y.shape)
    return Statistics(
        totals(y, cell, count),
        totals(rows.exposure * np.exp(log_factor), cell, count),
        np.zeros(count),
        np.zeros((2, 0)),
        float(y @ log_exposure) - log_factorials(y),
    )


def _summarise_with_offset(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
    return _statistics(rows, offset, cell, count)


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:
    return _statistics(rows, 0.0, cell, count)


POISSON = tuple(
    Likelihood(
        family="poisson",
        link=link,
        rows=function,
        auxiliary=None,
        folds_offset=folds_offset,
        keys=(),
        summarise=_summarise_with_offset if folds_offset else _summarise,
    )
    for link, function, folds_offset in (
        ("log", poisson_log, True),
        ("identity", poisson_identity, False),
        ("sqrt", poisson_sqrt, False),
    )
)
