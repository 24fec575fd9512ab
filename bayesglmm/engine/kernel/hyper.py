"""The map of theta in compiled code: bent coordinates, their Gaussian, slopes' columns centred.

    theta' = center + factor b(z)       b: a cubic spline of each coordinate, linear beyond its ends
    theta  = theta' with each correlated block carried from centred columns to the user's

An intercept's effect where a column x is at its mean m is ``u0' = u0 + m u1``. Far from 0 the sd
of u0 and its correlation with u1 say next to the same, those of u0' do not. With B the matrix of
``u = B u'`` the covariance is ``B S B'``. B is unit triangular and the density of a covariance
matrix in theta is a power of its determinant times that in its elements (both Jacobians are powers
of the Cholesky factor's diagonal that add up to ``q + 1``), so the step has the determinant 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.kernel import record as field
from bayesglmm.engine.kernel.access import float_matrix, floats, long_matrix
from bayesglmm.engine.kernel.blocks import NONCENTRED, SOLVED
from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.families.links import Array

FIRST_KNOT, KNOT_STEP = -5.0, 0.5
"""Where the splines of theta's coordinates begin, and the width of their pieces."""


@compiled
def bend(shape: Array, place: int, z: float) -> tuple[float, float, float]:
    """A bent coordinate and its first two derivatives.

    Parameters
    ----------
    shape : array of shape (T, 4 * pieces)
        Coefficients of each piece from its left knot, constant first; see `bend.Bend`.
    place : int
        Row of `shape`.
    z : float
    """
    pieces = shape.shape[1] // 4
    at = (z - FIRST_KNOT) / KNOT_STEP
    piece = int(min(max(math.floor(at), 0.0), pieces - 1.0))
    c0, c1 = shape[place, 4 * piece], shape[place, 4 * piece + 1]
    c2, c3 = shape[place, 4 * piece + 2], shape[place, 4 * piece + 3]
    d = z - (FIRST_KNOT + piece * KNOT_STEP)
    inside = min(max(d, 0.0), KNOT_STEP)
    value = c0 + inside * (c1 + inside * (c2 + inside * c3))
    slope = c1 + inside * (2.0 * c2 + 3.0 * inside * c3)
    if d == inside:
        return value, slope, 2.0 * c2 + 6.0 * inside * c3
    return value + slope * (d - inside), slope, 0.0


@compiled
def theta_forward(record: Any, z: Array, natural: Array, work: Array) -> float:
    """Write theta; what `theta_backward` needs goes to the first rows of `work`.

    Returns
    -------
    float
        Log determinant.
    """
    center, factor = floats(record, field.THETA_CENTER), float_matrix(record, field.THETA_FACTOR)
    shape = float_matrix(record, field.THETA_SHAPE)
    T = len(center)
    log_determinant = 0.0
    bent = np.empty(T)
    for i in range(T):
        bent[i] = z[i]
        if shape.shape[1]:
            bent[i], slope, curvature = bend(shape, i, z[i])
            work[i, NONCENTRED], work[i, SOLVED] = slope, curvature / slope
            log_determinant += math.log(slope)
    for i in range(T):
        natural[i] = center[i]
        for j in range(i + 1):
            natural[i] += factor[i, j] * bent[j]
    carry_blocks(record, natural, 1.0)
    return log_determinant


@compiled
def theta_backward(record: Any, natural: Array, work: Array, slope: Array, gradient: Array) -> None:
    """Carry slopes of theta, which are overwritten, back to the coordinates."""
    factor, shape = (
        float_matrix(record, field.THETA_FACTOR),
        float_matrix(record, field.THETA_SHAPE),
    )
    T = len(factor)
    carry_blocks_backward(record, natural, slope)
    for j in range(T):
        total = 0.0
        for i in range(j, T):
            total += factor[i, j] * slope[i]
        gradient[j] = total
        if shape.shape[1]:
            gradient[j] = total * work[j, NONCENTRED] + work[j, SOLVED]


@compiled
def covariance_row(record: Any, effect: int, natural: Array, row: Array) -> None:
    """Row of the Cholesky factor of its block's covariance, from the block's first effect on.

    It is ``sd (y, 1) / sqrt(1 + |y|^2)``, y the effect's correlation coordinates in theta.
    """
    effects = long_matrix(record, field.EFFECTS)
    place = effects[effect, field.CORRELATIONS]
    before = effects[effect, field.OWN_PLACE] - effects[effect, field.BLOCK]
    norm = 1.0
    for j in range(before):
        norm += natural[place + j] ** 2
    size = math.exp(natural[effect]) / math.sqrt(norm)
    for j in range(before):
        row[j] = size * natural[place + j]
    row[before] = size


@compiled
def covariance_row_backward(
    record: Any, effect: int, natural: Array, row: Array, row_slope: Array, slope: Array
) -> None:
    """Carry the slope of a row of a Cholesky factor back to theta, added to `slope`."""
    effects = long_matrix(record, field.EFFECTS)
    place = effects[effect, field.CORRELATIONS]
    before = effects[effect, field.OWN_PLACE] - effects[effect, field.BLOCK]
    norm, total = 1.0, row[before] * row_slope[before]
    for j in range(before):
        norm += natural[place + j] ** 2
        total += row[j] * row_slope[j]
    slope[effect] += total
    for j in range(before):
        slope[place + j] += row[before] * row_slope[j] - total * natural[place + j] / norm


@compiled
def block_width(record: Any, effect: int) -> int:
    """Effects of the block that begins at `effect` and has centred columns; 0 for any other."""
    effects, shift = long_matrix(record, field.EFFECTS), floats(record, field.SHIFT)
    if effects[effect, field.OWN_PLACE] != effects[effect, field.BLOCK]:
        return 0
    width, moved = 1, False
    while (
        effect + width < len(effects)
        and effects[effect + width, field.BLOCK] == effects[effect, field.BLOCK]
        and effects[effect + width, field.OWN_PLACE] == effects[effect, field.OWN_PLACE] + width
    ):
        moved = moved or shift[effect + width] != 0.0
        width += 1
    return width if moved else 0


@compiled
def carried(record: Any, first: int, width: int, natural: Array, sign: float) -> Array:
    """A block's Cholesky factor L with ``u0 = u0' - sign * (shift of u)`` applied: B L."""
    shift = floats(record, field.SHIFT)
    C = np.zeros((width, width))
    for i in range(width):
        covariance_row(record, first + i, natural, C[i])
    for i in range(1, width):
        for j in range(i + 1):
            C[0, j] -= sign * shift[first + i] * C[i, j]
    return C


@compiled
def make_lower(C: Array) -> None:
    """Turn a square matrix by rotations of its columns until it is lower triangular."""
    for i in range(len(C)):
        for j in range(i + 1, len(C)):
            size = math.hypot(C[i, i], C[i, j])
            if C[i, j] != 0.0:
                cos, sin = C[i, i] / size, C[i, j] / size
                for k in range(len(C)):
                    C[k, i], C[k, j] = (
                        cos * C[k, i] + sin * C[k, j],
                        cos * C[k, j] - sin * C[k, i],
                    )
        if C[i, i] < 0.0:
            for k in range(len(C)):
                C[k, i] = -C[k, i]


@compiled
def carry_blocks(record: Any, natural: Array, sign: float) -> None:
    """Carry theta in place from centred columns to the user's (sign 1), or back (sign -1)."""
    effects = long_matrix(record, field.EFFECTS)
    for first in range(len(effects)):
        width = block_width(record, first)
        if width == 0:
            continue
        L = carried(record, first, width, natural, sign)
        make_lower(L)
        for i in range(width):
            place, total = effects[first + i, field.CORRELATIONS], 0.0
            for j in range(i + 1):
                total += L[i, j] ** 2
            natural[first + i] = 0.5 * math.log(total)
            for j in range(i):
                natural[place + j] = L[i, j] / L[i, i]


@compiled
def carry_blocks_backward(record: Any, natural: Array, slope: Array) -> None:
    """Carry slopes of the user's theta, in place, to theta of centred columns."""
    effects, shift = long_matrix(record, field.EFFECTS), floats(record, field.SHIFT)
    for first in range(len(effects)):
        width = block_width(record, first)
        if width == 0:
            continue
        before = natural.copy()
        carry_blocks(record, before, -1.0)
        C = carried(record, first, width, before, 1.0)
        L, L_slope = np.zeros((width, width)), np.zeros((width, width))
        for i in range(width):
            place = effects[first + i, field.CORRELATIONS]
            covariance_row(record, first + i, natural, L[i])
            total = math.exp(2 * natural[first + i])
            for j in range(i + 1):
                L_slope[i, j] = slope[first + i] * L[i, j] / total
            for j in range(i):
                L_slope[i, j] += slope[place + j] / L[i, i]
                L_slope[i, i] -= slope[place + j] * L[i, j] / L[i, i] ** 2
                slope[place + j] = 0.0
            slope[first + i] = 0.0
        C_slope = product_slope(L, L_slope, C)
        row = np.empty(width)
        for i in range(width):
            for j in range(i + 1):
                C_slope[i, j] -= shift[first + i] * C_slope[0, j] if i else 0.0
            covariance_row(record, first + i, before, row)
            covariance_row_backward(record, first + i, before, row, C_slope[i], slope)


@compiled
def product_slope(L: Array, L_slope: Array, C: Array) -> Array:
    """Slope of C where ``L = chol(C C')``: ``inverse(L') (P + P') inverse(L) C``.

    P is the lower triangle of ``L' L_slope``, its diagonal halved (Murray 2016, arXiv 1602.07527).
    """
    n = len(L)
    found = np.empty((n, n))
    for i in range(n):
        for j in range(i + 1):
            total = 0.0
            for k in range(i, n):
                total += L[k, i] * L_slope[k, j]
            found[i, j] = total
            found[j, i] = total
    turned = np.empty((n, n))  # inverse(L) C
    for j in range(n):
        for i in range(n):
            total = C[i, j]
            for k in range(i):
                total -= L[i, k] * turned[k, j]
            turned[i, j] = total / L[i, i]
    made = np.empty((n, n))
    for j in range(n):
        for i in range(n - 1, -1, -1):
            total = 0.0
            for k in range(n):
                total += found[i, k] * turned[k, j]
            for k in range(i + 1, n):
                total -= L[k, i] * made[k, j]
            made[i, j] = total / L[i, i]
    return made
