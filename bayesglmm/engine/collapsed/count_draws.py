"""Draws of the effects of levels whose cells have Poisson counts, in compiled code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.collapsed.fixed_part import add_columns
from bayesglmm.engine.collapsed.from_table import draw_from_table
from bayesglmm.engine.compiled import compiled, compiled_sums
from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI, exp
from bayesglmm.families.links import Array

NEWTON_STEPS = 50
SETTLED = 1e-10
"""Newton step, in units of an effect, after which the mode is found."""


@compiled
def mode_of_counts(total: float, exposure: float, precision: float, start: float) -> float:
    """Where ``total u - exposure e^u - precision u^2 / 2`` is largest, by Newton's method.

    The function is concave; a step is at most 1, so that no exponential runs away.
    """
    u = start
    for _ in range(NEWTON_STEPS):
        rate = exposure * math.exp(u)
        step = (total - rate - precision * u) / (rate + precision)
        step = min(max(step, -1.0), 1.0)
        u += step
        if abs(step) < SETTLED:
            break
    return u


@compiled_sums
def _sum_of_rates(eta: Array, exposure: Array) -> float:
    """Exposures times exponentials of linear predictors."""
    total = 0.0
    for i in range(len(eta)):
        total += exposure[i] * exp(eta[i])
    return total


@compiled_sums
def _log_densities_of_counts(
    logs: Array,
    mode: float,
    sd: float,
    step: float,
    reach: float,
    total: float,
    rate: float,
    precision: float,
    peak: float,
) -> None:
    """Fill in the table of a level whose cells have counts."""
    for j in range(len(logs)):
        u = mode + sd * (step * j - reach)
        logs[j] = total * u - rate * exp(u) - 0.5 * precision * u * u - peak


def draw_counts(
    X: Array,
    exposure: Array,
    starts: Any,
    totals: Array,
    heads: Array,
    precisions: Array,
    near: Array,
    reach: float,
    points: int,
    shares: Array,
    effects: Array,
    weights: Array,
) -> None:
    """Draw effects of levels whose cells have Poisson counts with a log link.

    The cells of a level enter through the sum of their counts and that of their exposures times
    the exponential of the rest of the linear predictor. Arrays of C parallel chains.

    Parameters
    ----------
    X : array of shape (P, m)
    exposure : array of shape (m,)
    starts : array of int, shape (G + 1,)
        First cell of each level.
    totals : array of shape (G,)
        Sums of counts.
    heads : array of shape (C, P)
        Fixed effects.
    precisions : array of shape (C,)
        Of the effects under their prior.
    near : array of shape (C, G)
        Where the search for the modes starts.
    reach, points
        The table is of so many conditional sds to each side of the mode, and so many points.
    shares : array of shape (C, G)
        Uniform numbers.
    effects : array of shape (C, G)
        Written.
    weights : array of shape (C,)
        Written: the log of the levels' likelihood and prior over the density of the draws, the
        part ``sum of counts * fixed part`` left out.
    """
    C, G = len(heads), len(totals)
    longest = 0
    for g in range(G):
        longest = max(longest, starts[g + 1] - starts[g])
    eta, logs, ends = np.empty(longest), np.empty(points), np.empty(points)
    masses = np.empty(points + 1)
    step = 2.0 * reach / (points - 1)
    weights[:] = 0.0
    for g in range(G):
        first, last = starts[g], starts[g + 1]
        for c in range(C):
            own = eta[: last - first]
            own[:] = 0.0
            add_columns(own, X, first, heads[c])
            rate = _sum_of_rates(own, exposure[first:last])
            precision, total = precisions[c], totals[g]
            mode = mode_of_counts(total, rate, precision, near[c, g])
            top = rate * math.exp(mode)
            sd = 1.0 / math.sqrt(top + precision)
            peak = total * mode - top - 0.5 * precision * mode * mode
            _log_densities_of_counts(logs, mode, sd, step, reach, total, rate, precision, peak)
            place, log_density = draw_from_table(logs, ends, masses, shares[c, g])
            u = mode + sd * (step * place - reach)
            effects[c, g] = u
            density = total * u - rate * math.exp(u) - 0.5 * precision * u * u
            weights[c] += density - log_density + math.log(sd * step)
    for c in range(C):
        weights[c] += G * (0.5 * math.log(precisions[c]) - HALF_LOG_TWO_PI)
