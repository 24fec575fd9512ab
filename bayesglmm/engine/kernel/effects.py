"""The map of one factor's effects in compiled code, given the parameters that come before them.

``u = scale L v``, L the Cholesky factor of their covariance over `scale`; v is made from the
coordinates by `blocks`, `single` or `pair`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.engine.compiled import NO, YES, compiled, merged
from bayesglmm.engine.kernel import layout, map_arrays
from bayesglmm.engine.kernel.access import floats, integers, long_matrix, longs
from bayesglmm.engine.kernel.blocks import (
    DEVIATION,
    LINEAR_TERM,
    NONCENTRED,
    block_backward,
    block_forward,
)
from bayesglmm.engine.kernel.hyper import covariance_row, covariance_row_backward
from bayesglmm.engine.kernel.pair import pair_backward, pair_forward
from bayesglmm.engine.kernel.single import single_backward, single_forward
from bayesglmm.families.links import Array


@compiled
def covariance_factor(record: Any, factor: int, natural: Array, scale: float, L: Array) -> None:
    """Cholesky factor of the covariance of a factor's effects, divided by `scale`, written to L."""
    factors, effects = long_matrix(record, layout.FACTORS), long_matrix(record, layout.EFFECTS)
    q, first = factors[factor, layout.Q], factors[factor, layout.FIRST_EFFECT]
    for i in range(q):
        for j in range(q):
            L[i, j] = 0.0
        covariance_row(record, first + i, natural, L[i, effects[first + i, layout.BLOCK] :])
        for j in range(i + 1):
            L[i, j] /= scale


@compiled
def covariance_factor_backward(
    record: Any, factor: int, natural: Array, L: Array, L_slope: Array, slope: Array
) -> None:
    """Carry the slope of L (scale 1) back to theta, added to `slope`."""
    factors, effects = long_matrix(record, layout.FACTORS), long_matrix(record, layout.EFFECTS)
    q, first = factors[factor, layout.Q], factors[factor, layout.FIRST_EFFECT]
    for i in range(q):
        start = effects[first + i, layout.BLOCK]
        covariance_row_backward(record, first + i, natural, L[i, start:], L_slope[i, start:], slope)


@compiled
def rotate(record: Any, factor: int, values: Array, back: bool) -> None:
    """Turn a factor's effects (q = 1), in place in `values`, by its rotation, or back."""
    factors, rotation = long_matrix(record, layout.FACTORS), floats(record, map_arrays.ROTATION)
    count, first, turn = (
        factors[factor, layout.LEVELS],
        factors[factor, layout.PLACE],
        factors[factor, layout.TURN],
    )
    if turn < 0:
        return
    turned = np.zeros(count)
    for i in range(count):
        for j in range(count):
            if back:
                turned[j] += rotation[turn + i * count + j] * values[first + i]
            else:
                turned[i] += rotation[turn + i * count + j] * values[first + j]
    for i in range(count):
        values[first + i] = turned[i]


@merged
def factor_forward(
    record: Any,
    factor: int,
    z: Array,
    scale: float,
    anchor: float,
    natural: Array,
    work: Array,
    L: Array,
) -> float:
    """Write a factor's effects and their deviations from the pilot's.

    Parameters
    ----------
    record : addresses
    factor : int
    z : array of shape (dim,)
    scale, anchor : float
        See `mapping.common_scale`.
    natural : array of shape (dim,), written
    work : array of shape (dim, 4 + q), written
        The deviations of the parameters before are read.
    L : array of shape (q, q), overwritten

    Returns
    -------
    float
        Log determinant.
    """
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    information, linear = floats(record, map_arrays.INFORMATION), floats(record, map_arrays.LINEAR)
    cross_start, cross_index = (
        longs(record, map_arrays.CROSS_START),
        integers(record, map_arrays.CROSS_INDEX),
    )
    cross_value = floats(record, map_arrays.CROSS_VALUE)
    head = sizes[layout.THETA] + sizes[layout.FIXED]
    count, q = factors[factor, layout.LEVELS], factors[factor, layout.Q]
    first, number, row = (
        factors[factor, layout.PLACE],
        factors[factor, layout.FIRST_NUMBER],
        factors[factor, layout.FIRST_ROW],
    )
    covariance_factor(record, factor, natural, scale, L)
    for place in range(count * q):
        total = 0.0
        for k in range(cross_start[row + place], cross_start[row + place + 1]):
            total += cross_value[k] * work[cross_index[k], DEVIATION]
        work[first + place, LINEAR_TERM] = anchor * linear[first - head + place] - total / scale
    if q == 1:
        found: float = single_forward(count, L[0, 0], information, number, z, first, work)
    elif q == 2:
        found = pair_forward(count, L, information, number, z, first, work)
    else:
        found, small = 0.0, np.empty((3, q, q))
        for level in range(count):
            begin, own = number + level * q * q, first + level * q
            found += block_forward(q, L, information, begin, z, own, work, small)
    for place in range(first, first + count * q):
        natural[place] = work[place, NONCENTRED]
    rotate(record, factor, natural, NO)
    spread_forward(record, factor, scale, anchor, natural, work, L)
    return found


@compiled
def spread_forward(
    record: Any, factor: int, scale: float, anchor: float, natural: Array, work: Array, L: Array
) -> None:
    """Turn a factor's non-centred effects, in place in `natural`, into effects; deviations too."""
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    center = floats(record, map_arrays.CENTER)
    T, P = sizes[layout.THETA], sizes[layout.FIXED]
    q = factors[factor, layout.Q]
    for level in range(factors[factor, layout.LEVELS]):
        start = factors[factor, layout.PLACE] + level * q
        for i in range(q - 1, -1, -1):
            total = 0.0
            for j in range(i + 1):
                total += L[i, j] * natural[start + j]
            natural[start + i] = total * scale
            work[start - T + i, DEVIATION] = scale * (total - anchor * center[start - T - P + i])


@compiled
def spread_backward(
    record: Any,
    factor: int,
    scale: float,
    turned: Array,
    slope: Array,
    deviation_slope: Array,
    v_slope: Array,
    L: Array,
    L_slope: Array,
) -> tuple[float, float]:
    """Carry slopes of effects and deviations back through `spread_forward`.

    Parameters
    ----------
    record, factor, scale
    turned : array of shape (dim,)
        The non-centred effects, whose log density is added.
    slope, deviation_slope : arrays of shape (dim,)
        Of the effects; of the deviations, from place T.
    v_slope : array of shape (dim,), written
    L : array of shape (q, q)
        With scale 1.
    L_slope : array of shape (q, q), added to

    Returns
    -------
    value, scale_slope : float
        Log density of the non-centred effects, constant left out; slope of the log scale.
    """
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    center, head = floats(record, map_arrays.CENTER), sizes[layout.THETA] + sizes[layout.FIXED]
    carried = scale if floats(record, map_arrays.SCALING)[map_arrays.RESIDUAL] == 0.0 else 0.0
    q, value, scale_slope = factors[factor, layout.Q], 0.0, 0.0
    for level in range(factors[factor, layout.LEVELS]):
        start = factors[factor, layout.PLACE] + level * q
        for j in range(q):
            total = -turned[start + j]
            value -= 0.5 * turned[start + j] ** 2
            scale_slope -= carried * center[start - head + j] * deviation_slope[start + j]
            for i in range(j, q):
                both = slope[start + i] + deviation_slope[start + i]
                total += L[i, j] * both
                L_slope[i, j] += both * turned[start + j]
            v_slope[start + j] = total
    return value, scale_slope


@merged
def linear_backward(
    record: Any,
    factor: int,
    scale: float,
    anchor: float,
    work: Array,
    before: Array,
    deviation_slope: Array,
) -> float:
    """Carry the slopes of a factor's linear terms back to the deviations before.

    Parameters
    ----------
    record, factor, scale, anchor
    work : array of shape (dim, 4 + q)
        The slopes, as the maps of the levels leave them.
    before : array of shape (dim,)
        The linear terms.
    deviation_slope : array of shape (dim,), added to
        From place T.

    Returns
    -------
    float
        Slope of the log scale.
    """
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    cross_start, cross_index = (
        longs(record, map_arrays.CROSS_START),
        integers(record, map_arrays.CROSS_INDEX),
    )
    cross_value, linear = floats(record, map_arrays.CROSS_VALUE), floats(record, map_arrays.LINEAR)
    T, P = sizes[layout.THETA], sizes[layout.FIXED]
    first, row = factors[factor, layout.PLACE], factors[factor, layout.FIRST_ROW]
    carried = anchor if floats(record, map_arrays.SCALING)[map_arrays.RESIDUAL] == 0.0 else 0.0
    found = 0.0
    for place in range(factors[factor, layout.LEVELS] * factors[factor, layout.Q]):
        own = work[first + place, LINEAR_TERM]
        found += own * (carried * linear[first - T - P + place] - before[first + place])
        own /= scale
        for k in range(cross_start[row + place], cross_start[row + place + 1]):
            deviation_slope[T + cross_index[k]] -= cross_value[k] * own
    return found


@merged
def factor_backward(
    record: Any,
    factor: int,
    scale: float,
    anchor: float,
    natural: Array,
    work: Array,
    slope: Array,
    deviation_slope: Array,
    gradient: Array,
    room: Array,
) -> tuple[float, float]:
    """Carry slopes back through `factor_forward`.

    Parameters
    ----------
    record, factor, scale, anchor, natural, work
        As `factor_forward` had and left them; `work` is overwritten.
    slope : array of shape (dim,)
        Of theta, added to, and of the effects.
    deviation_slope : array of shape (dim,)
        Of the deviations; those of the parameters before are added to.
    gradient : array of shape (dim,), written
    room : array of shape (2, dim), overwritten

    Returns
    -------
    value, scale_slope : float
        As from `spread_backward`.
    """
    factors, information = (
        long_matrix(record, layout.FACTORS),
        floats(record, map_arrays.INFORMATION),
    )
    count, q = factors[factor, layout.LEVELS], factors[factor, layout.Q]
    first, number = factors[factor, layout.PLACE], factors[factor, layout.FIRST_NUMBER]
    L, L_slope, scaled_slope = np.empty((q, q)), np.zeros((q, q)), np.zeros((q, q))
    turned, v_slope = room[0], room[1]
    for place in range(first, first + count * q):
        turned[place] = work[place, NONCENTRED]
    rotate(record, factor, turned, NO)
    covariance_factor(record, factor, natural, 1.0, L)
    value, scale_slope = spread_backward(
        record, factor, scale, turned, slope, deviation_slope, v_slope, L, L_slope
    )
    rotate(record, factor, v_slope, YES)
    for i in range(q):
        for j in range(i + 1):
            L[i, j] /= scale
    linear_terms = turned
    for place in range(first, first + count * q):
        linear_terms[place] = work[place, LINEAR_TERM]
    if q == 1:
        scaled_slope[0, 0] = single_backward(
            count, L[0, 0], information, number, first, work, v_slope, gradient
        )
    elif q == 2:
        pair_backward(count, L, information, number, first, work, v_slope, gradient, scaled_slope)
    else:
        small = np.empty((3, q, q))
        for level in range(count):
            begin, own = number + level * q * q, first + level * q
            block_backward(
                q, L, information, begin, own, work, v_slope, gradient, scaled_slope, small
            )
    scale_slope += linear_backward(
        record, factor, scale, anchor, work, linear_terms, deviation_slope
    )
    for i in range(q):
        for j in range(i + 1):
            scale_slope -= scaled_slope[i, j] * L[i, j]
            L_slope[i, j] += scaled_slope[i, j] / scale
            L[i, j] *= scale
    covariance_factor_backward(record, factor, natural, L, L_slope, slope)
    return value, scale_slope
