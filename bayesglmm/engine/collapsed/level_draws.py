"""Draws of the effects of levels given all else, in compiled code.

The log density of an effect is tabulated on an even grid and joined by straight lines, whose
exponentials have sums and quantiles in closed form. A draw comes with its own log density under
this table, so that the table need not be exact: its error goes into the weight of the draw.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.compiled import compiled, compiled_sums
from bayesglmm.engine.kernel.pointers import call_likelihood
from bayesglmm.engine.likelihoods.arithmetic import exp
from bayesglmm.families.links import Array

FLAT = 1e-4
"""Rise of the log density over a step of the grid below which its mass is a series."""
NEWTON_STEPS = 50
SETTLED = 1e-10
"""Newton step, in units of an effect, after which the mode is found."""
HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)


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
def _add_columns(eta: Array, X: Array, first: int, coefficients: Array) -> None:
    """Add columns times coefficients, from a first cell on."""
    for p in range(len(coefficients)):
        coefficient, column = coefficients[p], X[p, first : first + len(eta)]
        for i in range(len(eta)):
            eta[i] += coefficient * column[i]


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
            _add_columns(own, X, first, heads[c])
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


def draw_by_nodes(
    X: Array,
    offset: Array,
    statistics: Array,
    rows: int,
    scalars: Array,
    starts: Any,
    heads: Array,
    precisions: Array,
    centers: Array,
    sds: Array,
    nodes: Array,
    lines: Array,
    grid: Array,
    shares: Array,
    effects: Array,
    weights: Array,
) -> None:
    """Draw effects of levels under any likelihood of rows.

    The log density of an effect, less that of a normal around its expected place, is evaluated at
    a few nodes; the polynomial through them fills the table.

    Parameters
    ----------
    X, starts, heads, precisions, shares, effects, weights
        As in `draw_counts`; `weights` has the whole likelihood of the cells.
    offset : array of shape (m,)
    statistics : array of shape (k, m)
    rows : int
        Address of the likelihood of rows.
    scalars : array of shape (C,)
        The parameter beside the mean.
    centers, sds : arrays of shape (C, G)
        Of the normals.
    nodes : array of shape (K,)
        In sds from the center.
    lines : array of shape (J, K)
        From values at the nodes to those of the polynomial on the grid.
    grid : array of shape (J,)
        In sds from the center.
    """
    C, G, K, J = len(heads), len(starts) - 1, len(nodes), len(grid)
    m, longest = len(offset), 0
    for g in range(G):
        longest = max(longest, starts[g + 1] - starts[g])
    base, eta, score = np.empty(longest), np.empty(longest), np.empty(longest)
    values, logs, ends = np.empty(K), np.empty(J), np.empty(J)
    masses, change = np.empty(J + 1), np.empty(1)
    step = grid[1] - grid[0]
    weights[:] = 0.0
    for g in range(G):
        first, size = starts[g], starts[g + 1] - starts[g]
        address = statistics.ctypes.data + 8 * first
        for c in range(C):
            own, moved = base[:size], eta[:size]
            own[:] = offset[first : first + size]
            _add_columns(own, X, first, heads[c])
            center, sd, precision = centers[c, g], sds[c, g], precisions[c]
            for k in range(K):
                u = center + sd * nodes[k]
                for i in range(size):
                    moved[i] = own[i] + u
                value = call_likelihood(
                    rows,
                    size,
                    eta.ctypes.data,
                    score.ctypes.data,
                    longest,
                    address,
                    m,
                    scalars[c],
                    change.ctypes.data,
                )
                values[k] = value - 0.5 * precision * u * u + 0.5 * nodes[k] * nodes[k]
            middle = values[K // 2]
            top = -np.inf
            for j in range(J):
                log = -0.5 * grid[j] * grid[j]
                for k in range(K):
                    log += lines[j, k] * (values[k] - middle)
                logs[j] = log
                top = max(top, log)
            for j in range(J):
                logs[j] -= top
            place, log_density = draw_from_table(logs, ends, masses, shares[c, g])
            u = center + sd * (grid[0] + step * place)
            effects[c, g] = u
            for i in range(size):
                moved[i] = own[i] + u
            density = call_likelihood(
                rows,
                size,
                eta.ctypes.data,
                score.ctypes.data,
                longest,
                address,
                m,
                scalars[c],
                change.ctypes.data,
            )
            density -= 0.5 * precision * u * u
            weights[c] += density - log_density + math.log(sd * step)
    for c in range(C):
        weights[c] += G * (0.5 * math.log(precisions[c]) - HALF_LOG_TWO_PI)
