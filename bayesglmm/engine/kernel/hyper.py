"""The map of theta in compiled code: bent coordinates, their Gaussian, columns far from 0.

    theta' = center + factor b(z)       b: a cubic spline of each coordinate, linear beyond its ends
    theta  = theta', triangles and shares taken to the user's sds and correlations

The triangles of slopes on columns far from 0 are those of `triangle`, the shares of effects in the
residual variance those of `shares`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.compiled import ZERO, compiled, merged
from bayesglmm.engine.kernel import layout, map_arrays
from bayesglmm.engine.kernel.access import float_matrix, floats, long_matrix, longs
from bayesglmm.engine.kernel.blocks import NONCENTRED, SOLVED
from bayesglmm.engine.kernel.triangle import (
    compiled_from_sides,
    compiled_to_sides,
    compiled_to_sides_backward,
)
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


@merged
def theta_forward(record: Any, z: Array, natural: Array, work: Array) -> float:
    """Write theta; what `theta_backward` needs goes to the first rows of `work`.

    Returns
    -------
    float
        Log determinant.
    """
    center, factor = (
        floats(record, map_arrays.THETA_CENTER),
        float_matrix(record, map_arrays.THETA_FACTOR),
    )
    shape = float_matrix(record, map_arrays.THETA_SHAPE)
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
    shares_forward(record, natural)
    return log_determinant + triangles_forward(record, natural)


@merged
def theta_backward(record: Any, natural: Array, work: Array, slope: Array, gradient: Array) -> None:
    """Carry slopes of theta, which are overwritten, back to the coordinates."""
    factor, shape = (
        float_matrix(record, map_arrays.THETA_FACTOR),
        float_matrix(record, map_arrays.THETA_SHAPE),
    )
    T = len(factor)
    triangles_backward(record, natural, slope)
    shares_backward(record, natural, slope)
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
    effects = long_matrix(record, layout.EFFECTS)
    place = effects[effect, layout.CORRELATIONS]
    before = effects[effect, layout.OWN_PLACE] - effects[effect, layout.BLOCK]
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
    effects = long_matrix(record, layout.EFFECTS)
    place = effects[effect, layout.CORRELATIONS]
    before = effects[effect, layout.OWN_PLACE] - effects[effect, layout.BLOCK]
    norm, total = 1.0, row[before] * row_slope[before]
    for j in range(before):
        norm += natural[place + j] ** 2
        total += row[j] * row_slope[j]
    slope[effect] += total
    for j in range(before):
        slope[place + j] += row[before] * row_slope[j] - total * natural[place + j] / norm


@compiled
def far_column(record: Any, effect: int, natural: Array) -> tuple[int, int, float]:
    """Where the triangle of an effect whose column is far from 0 stands in theta.

    Returns
    -------
    intercept, correlation : int
        Places of the intercept of its block and of its correlation coordinate with that.
    rest : float
        What that coordinate is measured in: of length 1 and the effect's others.
    """
    effects = long_matrix(record, layout.EFFECTS)
    before = effects[effect, layout.OWN_PLACE] - effects[effect, layout.BLOCK]
    place, squared = effects[effect, layout.CORRELATIONS], 1.0
    for j in range(1, before):
        squared += natural[place + j] ** 2
    return effect - before, place, math.sqrt(squared)


@merged
def triangles_forward(record: Any, natural: Array) -> float:
    """Carry theta in place from the triangles of columns far from 0 to the user's columns.

    Returns
    -------
    float
        Log determinant.
    """
    means, log_determinant = floats(record, map_arrays.MEANS), 0.0
    for effect in range(len(means)):
        if means[effect] == 0.0:
            continue
        first, place, rest = far_column(record, effect, natural)
        log_s0, log_b, cotangent, part = compiled_to_sides(
            natural[first], natural[effect], natural[place]
        )
        natural[first], natural[effect] = log_s0, log_b - math.log(abs(means[effect]))
        natural[place] = -math.copysign(rest, means[effect]) * cotangent
        log_determinant += part + math.log(rest)
    return log_determinant


@merged
def triangles_backward(record: Any, natural: Array, slope: Array) -> None:
    """Carry slopes of the user's theta, in place, back through `triangles_forward`."""
    effects, means = long_matrix(record, layout.EFFECTS), floats(record, map_arrays.MEANS)
    for effect in range(len(means)):
        if means[effect] == 0.0:
            continue
        first, place, rest = far_column(record, effect, natural)
        cotangent = -natural[place] / math.copysign(rest, means[effect])
        log_b = natural[effect] + math.log(abs(means[effect]))
        _, across, along = compiled_from_sides(natural[first], log_b, cotangent)
        before = effects[effect, layout.OWN_PLACE] - effects[effect, layout.BLOCK]
        for j in range(1, before):
            change = 1.0 + slope[place] * natural[place]
            slope[place + j] += change * natural[place + j] / rest**2
        slopes = (
            slope[first],
            slope[effect],
            -math.copysign(rest, means[effect]) * slope[place],
        )
        slope[first], slope[effect], slope[place] = compiled_to_sides_backward(
            across, along, slopes
        )


@compiled
def log_residual(record: Any, natural: Array, first: int) -> float:
    """Log sd of a residual and of the effects from the first on that share its variance."""
    effects = long_matrix(record, layout.EFFECTS)
    found: float = natural[longs(record, layout.SIZES)[layout.THETA] - 1]
    for effect in range(first, len(effects)):
        if effects[effect, layout.SHARED]:
            larger = max(found, natural[effect])
            found = larger + 0.5 * math.log1p(math.exp(-2 * abs(found - natural[effect])))
    return found


@merged
def shares_forward(record: Any, natural: Array) -> None:
    """Carry theta in place from the whole sd and shares in it to sds; the determinant is 1."""
    effects, last = (
        long_matrix(record, layout.EFFECTS),
        longs(record, layout.SIZES)[layout.THETA] - 1,
    )
    largest, found = 0.0, 0.0
    for effect in range(len(effects)):
        if effects[effect, layout.SHARED]:
            largest = max(largest, natural[effect])
    for effect in range(len(effects)):
        if effects[effect, layout.SHARED]:
            found += math.exp(2 * (natural[effect] - largest))
    if found == 0.0:
        return
    natural[last] -= largest + 0.5 * math.log(math.exp(-2 * largest) + found)
    for effect in range(len(effects)):
        if effects[effect, layout.SHARED]:
            natural[effect] += natural[last]


@merged
def shares_backward(record: Any, natural: Array, slope: Array) -> None:
    """Carry slopes of the sds, in place, back through `shares_forward`."""
    effects, last = (
        long_matrix(record, layout.EFFECTS),
        longs(record, layout.SIZES)[layout.THETA] - 1,
    )
    whole, total = log_residual(record, natural, ZERO), slope[last]
    for effect in range(len(effects)):
        if effects[effect, layout.SHARED]:
            total += slope[effect]
    for effect in range(len(effects)):
        if effects[effect, layout.SHARED]:
            slope[effect] -= math.exp(2 * (natural[effect] - whole)) * total
            slope[last] = total
