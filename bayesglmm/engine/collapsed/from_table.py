"""Draws of the effects of levels given all else, in compiled code.

The log density of an effect is tabulated on an even grid and joined by straight lines, whose
exponentials have sums and quantiles in closed form. A draw comes with its own log density under
this table, so that the table need not be exact: its error goes into the weight of the draw.
"""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import compiled, compiled_sums
from bayesglmm.engine.likelihoods.arithmetic import exp
from bayesglmm.families.links import Array

FLAT = 1e-4
"""Rise of the log density over a step of the grid below which its mass is a series."""


@compiled_sums
def _tabulate(logs: Array, ends: Array, masses: Array) -> float:
    """Fill in densities at the points of a table and the masses between them, and sum these."""
    total = 0.0
    for j in range(len(logs)):
        ends[j] = exp(logs[j])
    for j in range(len(logs) - 1):
        rise = logs[j + 1] - logs[j]
        flat = abs(rise) < FLAT
        steep = (ends[j + 1] - ends[j]) / (1.0 if flat else rise)
        masses[j + 1] = ends[j] * (1.0 + 0.5 * rise) if flat else steep
        total += masses[j + 1]
    return total


@compiled
def draw_from_table(logs: Array, ends: Array, masses: Array, share: float) -> tuple[float, float]:
    """A draw from straight lines through a table of the log density, and beyond its ends.

    Parameters
    ----------
    logs : array of shape (J,)
        Log densities a step of length 1 apart, the largest about 0.
    ends : array of shape (J,)
    masses : array of shape (J + 1,)
        Work: densities, and the masses before the first point, between points, after the last one.
    share : float
        Probability below the draw, uniform between 0 and 1.

    Returns
    -------
    place : float
        Of the draw, in steps from the first point of the table.
    log_density : float
        Of it, for steps of length 1; NaN where the table has no mass of its own.
    """
    J = len(logs)
    first, last = logs[1] - logs[0], logs[J - 1] - logs[J - 2]
    if not (first > 0.0 and last < 0.0):
        return np.nan, np.nan
    total = _tabulate(logs, ends, masses)
    masses[0], masses[J] = ends[0] / first, ends[J - 1] / -last
    total += masses[0] + masses[J]
    left = share * total
    log_total = math.log(total)
    if left < masses[0]:
        place = math.log(left / masses[0]) / first
        return place, logs[0] + first * place - log_total
    left -= masses[0]
    for j in range(J - 1):
        if left < masses[j + 1]:
            rise = logs[j + 1] - logs[j]
            part = left / ends[j]
            place = part * (1.0 - 0.5 * part * rise)
            if abs(rise) >= FLAT:
                place = math.log1p(part * rise) / rise
            return j + place, logs[j] + rise * place - log_total
        left -= masses[j + 1]
    rest = max(1.0 - left / masses[J], 1e-300)
    place = math.log(rest) / last
    return J - 1 + place, logs[J - 1] + last * place - log_total
