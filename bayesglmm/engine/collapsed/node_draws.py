"""Draws of the effects of levels under any likelihood of rows, in compiled code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.collapsed.fixed_part import add_columns
from bayesglmm.engine.collapsed.from_table import draw_from_table
from bayesglmm.engine.compiled import compiled_sums
from bayesglmm.engine.kernel.pointers import call_likelihood
from bayesglmm.engine.likelihoods.arithmetic import HALF_LOG_TWO_PI
from bayesglmm.families.links import Array

WIDER = 2.0
"""Of the normal that takes the place of a table, in conditional sds."""


@compiled_sums
def _sum(values: Array) -> float:
    """Sum of numbers."""
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total


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
    a few nodes, and its slope; the polynomial that has both fills the table.

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
    lines : array of shape (J, 2 K)
        From values and slopes at the nodes to values of the polynomial on the grid.
    grid : array of shape (J,)
        In sds from the center.
    """
    C, G, K, J = len(heads), len(starts) - 1, len(nodes), len(grid)
    m, longest = len(offset), 0
    for g in range(G):
        longest = max(longest, starts[g + 1] - starts[g])
    base, eta, score = np.empty(longest), np.empty(longest), np.empty(longest)
    values, logs, ends = np.empty(2 * K), np.empty(J), np.empty(J)
    masses, change = np.empty(J + 1), np.empty(1)
    step = grid[1] - grid[0]
    weights[:] = 0.0
    for g in range(G):
        first, size = starts[g], starts[g + 1] - starts[g]
        address = statistics.ctypes.data + 8 * first
        for c in range(C):
            own, moved = base[:size], eta[:size]
            own[:] = offset[first : first + size]
            add_columns(own, X, first, heads[c])
            center, sd, precision = centers[c, g], sds[c, g], precisions[c]
            for k in range(K):
                u = center + sd * nodes[k]
                for i in range(size):
                    moved[i] = own[i] + u
                values[k] = call_likelihood(
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
                values[k] += 0.5 * (nodes[k] * nodes[k] - precision * u * u)
                values[K + k] = sd * (_sum(score[:size]) - precision * u) + nodes[k]
            middle = values[K // 2]
            top = -np.inf
            for j in range(J):
                log = -0.5 * grid[j] * grid[j]
                for k in range(K):
                    log += lines[j, k] * (values[k] - middle) + lines[j, K + k] * values[K + k]
                logs[j] = log
                top = max(top, log)
            for j in range(J):
                logs[j] -= top
            if not (logs[1] > logs[0] and logs[J - 1] < logs[J - 2]):
                # The polynomial runs away, as where a level has few events: its normal, wider,
                # has a density everywhere, and the weight says what it is off by.
                for j in range(J):
                    logs[j] = -0.5 * (grid[j] / WIDER) ** 2
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
