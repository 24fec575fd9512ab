"""The map in compiled code: from coordinates to parameters, and slopes back.

Vectors are laid out as `record.Record` says; theta stands first, so that ``natural[e]`` is the log
standard deviation of effect e.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.kernel import record as field
from bayesglmm.engine.kernel.access import float_matrix, floats, integers, long_matrix, longs
from bayesglmm.engine.kernel.blocks import (
    DEVIATION,
    LINEAR_TERM,
    NONCENTRED,
    block_backward,
    block_forward,
)
from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.engine.kernel.pair import pair_backward, pair_forward
from bayesglmm.engine.kernel.single import single_backward, single_forward
from bayesglmm.families.links import Array


@compiled
def covariance_factor(record: Any, factor: int, natural: Array, scale: float, L: Array) -> None:
    """Cholesky factor of the covariance of a factor's effects, divided by `scale`, written to L.

    A row of a correlation block is ``(y, 1) / sqrt(1 + |y|^2)``, y its coordinates in theta.
    """
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    q, first = factors[factor, field.Q], factors[factor, field.FIRST_EFFECT]
    for i in range(q):
        start, place = effects[first + i, field.BLOCK], effects[first + i, field.CORRELATIONS]
        norm = 1.0
        for j in range(start, i):
            norm += natural[place + j - start] ** 2
        size = math.exp(natural[first + i]) / (scale * math.sqrt(norm))
        for j in range(q):
            L[i, j] = 0.0
        for j in range(start, i):
            L[i, j] = size * natural[place + j - start]
        L[i, i] = size


@compiled
def covariance_factor_backward(
    record: Any, factor: int, natural: Array, L: Array, L_slope: Array, slope: Array
) -> None:
    """Carry the slope of L (scale 1) back to theta, added to `slope`."""
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    q, first = factors[factor, field.Q], factors[factor, field.FIRST_EFFECT]
    for i in range(q):
        start, place = effects[first + i, field.BLOCK], effects[first + i, field.CORRELATIONS]
        norm = 1.0
        for j in range(start, i):
            norm += natural[place + j - start] ** 2
        total = 0.0
        for j in range(start, i + 1):
            total += L[i, j] * L_slope[i, j]
        slope[first + i] += total
        for j in range(start, i):
            y = natural[place + j - start]
            slope[place + j - start] += L[i, i] * L_slope[i, j] - total * y / norm


@compiled
def log_scale(record: Any, natural: Array) -> float:
    """Log of the common scale of coefficients and effects, relative to the pilot's.

    ``kappa^2 = 1 + c * (variance of the linear predictor that the effects make)``: with a latent
    variable of variance 1 / c, coefficients given the effects are larger by kappa than those that
    the margin shows (Zeger, Liang & Albert 1988, Biometrics 44).
    """
    scaling, spread = floats(record, field.SCALING), floats(record, field.SPREAD)
    if scaling[0] == 0.0:
        return 0.0
    total = 1.0
    for effect in range(len(spread)):
        total += scaling[0] * spread[effect] * math.exp(2 * natural[effect])
    found: float = 0.5 * math.log(total) - scaling[1]
    return found


@compiled
def log_scale_backward(record: Any, natural: Array, scale_slope: float, slope: Array) -> None:
    """Carry the slope of the log scale back to theta, added to `slope`."""
    scaling, spread = floats(record, field.SCALING), floats(record, field.SPREAD)
    if scaling[0] == 0.0:
        return
    total = 1.0
    for effect in range(len(spread)):
        total += scaling[0] * spread[effect] * math.exp(2 * natural[effect])
    for effect in range(len(spread)):
        part = scaling[0] * spread[effect] * math.exp(2 * natural[effect])
        slope[effect] += scale_slope * part / total


@compiled
def rotate(record: Any, factor: int, values: Array, back: bool) -> None:
    """Turn a factor's effects (q = 1), in place in `values`, by its rotation, or back."""
    factors, rotation = long_matrix(record, field.FACTORS), floats(record, field.ROTATION)
    count, first, turn = (
        factors[factor, field.LEVELS],
        factors[factor, field.PLACE],
        factors[factor, field.TURN],
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


@compiled
def forward(record: Any, z: Array, natural: Array, work: Array) -> float:
    """From coordinates to parameters.

    Parameters
    ----------
    record : addresses
    z : array of shape (dim,)
    natural : array of shape (dim,), written
        theta, fixed, effects u.
    work : array of shape (dim, 4 + q), written
        What `backward` needs: the non-centred effects v (before rotation where a factor has one),
        t and r of `block_forward`, the scaled parameters less the pilot's, and K.

    Returns
    -------
    float
        Log determinant.
    """
    sizes = longs(record, field.SIZES)
    factors = long_matrix(record, field.FACTORS)
    theta_center, fixed_center = (
        floats(record, field.THETA_CENTER),
        floats(record, field.FIXED_CENTER),
    )
    theta_factor, fixed_factor = (
        float_matrix(record, field.THETA_FACTOR),
        float_matrix(record, field.FIXED_FACTOR),
    )
    information, linear = floats(record, field.INFORMATION), floats(record, field.LINEAR)
    center = floats(record, field.CENTER)
    cross_start, cross_index = longs(record, field.CROSS_START), integers(record, field.CROSS_INDEX)
    cross_value = floats(record, field.CROSS_VALUE)
    T, P, width = sizes[field.THETA], sizes[field.FIXED], sizes[field.WIDEST]
    L, small = np.zeros((width, width)), np.empty((3, width, width))
    for i in range(T):
        natural[i] = theta_center[i]
        for j in range(i + 1):
            natural[i] += theta_factor[i, j] * z[j]
    log_size = log_scale(record, natural)
    scale = math.exp(log_size)
    for i in range(P):
        work[i, DEVIATION] = 0.0
        for j in range(i + 1):
            work[i, DEVIATION] += fixed_factor[i, j] * z[T + j]
        natural[T + i] = scale * (fixed_center[i] + work[i, DEVIATION])
    log_determinant: float = P * log_size
    for factor in range(len(factors)):
        count, q = factors[factor, field.LEVELS], factors[factor, field.Q]
        first, number, row = (
            factors[factor, field.PLACE],
            factors[factor, field.FIRST_NUMBER],
            factors[factor, field.FIRST_ROW],
        )
        covariance_factor(record, factor, natural, scale, L)
        for place in range(count * q):
            total = linear[first - T - P + place]
            for k in range(cross_start[row + place], cross_start[row + place + 1]):
                total -= cross_value[k] * work[cross_index[k], DEVIATION]
            work[first + place, LINEAR_TERM] = total
        if q == 1:
            log_determinant += single_forward(count, L[0, 0], information, number, z, first, work)
        elif q == 2:
            log_determinant += pair_forward(count, L, information, number, z, first, work)
        else:
            for level in range(count):
                log_determinant += block_forward(
                    q,
                    L,
                    information,
                    number + level * q * q,
                    z,
                    first + level * q,
                    work,
                    small,
                )
        for place in range(first, first + count * q):
            natural[place] = work[place, NONCENTRED]
        rotate(record, factor, natural, False)
        for level in range(count):
            start = first + level * q
            for i in range(q - 1, -1, -1):
                total = 0.0
                for j in range(i + 1):
                    total += L[i, j] * natural[start + j]
                work[start - T + i, DEVIATION] = total - center[start - T - P + i]
                natural[start + i] = total * scale
    return log_determinant


@compiled
def backward(
    record: Any, dim: int, natural: Array, work: Array, slope: Array, gradient: Array
) -> float:
    """Carry slopes of theta, fixed and effects back to the coordinates.

    Parameters
    ----------
    record, dim, natural, work
        As `forward` left them; `work` is overwritten.
    slope : array of shape (dim,), overwritten
        Of theta, fixed and the effects u.
    gradient : array of shape (dim,), written

    Returns
    -------
    float
        Log density of the non-centred effects, constant left out.
    """
    sizes = longs(record, field.SIZES)
    factors = long_matrix(record, field.FACTORS)
    theta_factor, fixed_factor = (
        float_matrix(record, field.THETA_FACTOR),
        float_matrix(record, field.FIXED_FACTOR),
    )
    information = floats(record, field.INFORMATION)
    cross_start, cross_index = longs(record, field.CROSS_START), integers(record, field.CROSS_INDEX)
    cross_value = floats(record, field.CROSS_VALUE)
    T, P, width = sizes[field.THETA], sizes[field.FIXED], sizes[field.WIDEST]
    L, small = np.zeros((width, width)), np.empty((3, width, width))
    L_slope, scaled_slope = np.empty((width, width)), np.empty((width, width))
    scale = math.exp(log_scale(record, natural))
    scale_slope = float(P)  # with respect to the log of the scale
    deviation_slope = np.zeros(dim)  # laid out from place T, as the parameters
    turned, v_slope = np.empty(dim), np.empty(dim)
    value = 0.0
    for factor in range(len(factors) - 1, -1, -1):
        count, q = factors[factor, field.LEVELS], factors[factor, field.Q]
        first, number, row = (
            factors[factor, field.PLACE],
            factors[factor, field.FIRST_NUMBER],
            factors[factor, field.FIRST_ROW],
        )
        for i in range(q):
            for j in range(q):
                L_slope[i, j] = 0.0
                scaled_slope[i, j] = 0.0
        for place in range(first, first + count * q):
            turned[place] = work[place, NONCENTRED]
        rotate(record, factor, turned, False)
        covariance_factor(record, factor, natural, 1.0, L)
        for level in range(count):
            start = first + level * q
            for j in range(q):
                total = -turned[start + j]
                value -= 0.5 * turned[start + j] ** 2
                for i in range(j, q):
                    later = deviation_slope[start + i] / scale
                    total += L[i, j] * (slope[start + i] + later)
                    L_slope[i, j] += (slope[start + i] + later) * turned[start + j]
                    scale_slope -= later * L[i, j] * turned[start + j]
                v_slope[start + j] = total
        rotate(record, factor, v_slope, True)
        covariance_factor(record, factor, natural, scale, L)
        if q == 1:
            scaled_slope[0, 0] = single_backward(
                count, L[0, 0], information, number, first, work, v_slope, gradient
            )
        elif q == 2:
            pair_backward(
                count, L, information, number, first, work, v_slope, gradient, scaled_slope
            )
        else:
            for level in range(count):
                block_backward(
                    q,
                    L,
                    information,
                    number + level * q * q,
                    first + level * q,
                    work,
                    v_slope,
                    gradient,
                    scaled_slope,
                    small,
                )
        for place in range(count * q):
            for k in range(cross_start[row + place], cross_start[row + place + 1]):
                deviation_slope[T + cross_index[k]] -= (
                    cross_value[k] * work[first + place, LINEAR_TERM]
                )
        for i in range(q):
            for j in range(i + 1):
                scale_slope -= scaled_slope[i, j] * L[i, j]
                L_slope[i, j] += scaled_slope[i, j] / scale
                L[i, j] *= scale
        covariance_factor_backward(record, factor, natural, L, L_slope, slope)
    for i in range(P):
        scale_slope += slope[T + i] * natural[T + i]
        deviation_slope[T + i] += scale * slope[T + i]
    for j in range(P):
        total = 0.0
        for i in range(j, P):
            total += fixed_factor[i, j] * deviation_slope[T + i]
        gradient[T + j] = total
    log_scale_backward(record, natural, scale_slope, slope)
    for j in range(T):
        total = 0.0
        for i in range(j, T):
            total += theta_factor[i, j] * slope[i]
        gradient[j] = total
    return value
