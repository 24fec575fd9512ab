"""Log density and gradient in compiled code, behind the map of the record.

One function serves every model: what differs between models is data. With the identity map
(see `transport.identity`) the density is that of the PyMC graph in its non-centred form, on
its unconstrained scale; with another map it is the density of the coordinates that the map carries
to it, log determinant included, so that draws of them become draws of the posterior.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import carray, njit, types

from bayesglmm.engine.kernel import record as field
from bayesglmm.engine.kernel.access import (
    float_matrix,
    floats,
    integer_matrix,
    integers,
    long_matrix,
    longs,
)
from bayesglmm.engine.kernel.blocks import block_backward, block_forward
from bayesglmm.engine.kernel.pointers import call_auxiliary, call_likelihood
from bayesglmm.engine.kernel.priors import log_prior
from bayesglmm.families.links import Array

CHUNK = 1024
"""Cells whose linear predictor and score are held at a time: they stay in the nearest cache."""

DENSITY = types.int64(
    types.uint64,
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.voidptr,
)
"""Signature of `density`: dimension, position, gradient, log density, data."""

EXPAND = types.int64(
    types.uint64,
    types.uint64,
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.voidptr,
)
"""Signature of `expand`: dimensions of position and result, position, result, data."""

NOT_FINITE = 1


@njit  # type: ignore[untyped-decorator]
def _lower_times(factor: Array, z: Array, out: Array) -> None:
    """``out += factor @ z`` for a lower triangular factor."""
    for i in range(len(z)):
        for j in range(i + 1):
            out[i] += factor[i, j] * z[j]


@njit  # type: ignore[untyped-decorator]
def _lower_transposed_times(factor: Array, slope: Array, out: Array) -> None:
    """``out = factor' @ slope``."""
    for j in range(len(slope)):
        total = 0.0
        for i in range(j, len(slope)):
            total += factor[i, j] * slope[i]
        out[j] = total


@njit  # type: ignore[untyped-decorator]
def _covariance_factor(record: Any, factor: int, theta: Array, L: Array) -> None:
    """Cholesky factor of the covariance of a factor's effects, written to L (q, q).

    A row of a correlation block is ``(y, 1) / sqrt(1 + |y|^2)``, y its coordinates in theta.
    """
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    q, first = factors[factor, 1], factors[factor, 2]
    L[:q, :q] = 0.0
    for i in range(q):
        start, place = effects[first + i, 1], effects[first + i, 2]
        sd = math.exp(theta[first + i])
        norm = 1.0
        for j in range(start, i):
            norm += theta[place + j - start] ** 2
        scale = sd / math.sqrt(norm)
        for j in range(start, i):
            L[i, j] = scale * theta[place + j - start]
        L[i, i] = scale


@njit  # type: ignore[untyped-decorator]
def _covariance_factor_backward(
    record: Any, factor: int, theta: Array, L: Array, L_slope: Array, slope: Array
) -> None:
    """Carry the slope of L back to theta (added to `slope`)."""
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    q, first = factors[factor, 1], factors[factor, 2]
    for i in range(q):
        start, place = effects[first + i, 1], effects[first + i, 2]
        norm = 1.0
        for j in range(start, i):
            norm += theta[place + j - start] ** 2
        total = 0.0
        for j in range(start, i + 1):
            total += L[i, j] * L_slope[i, j]
        slope[first + i] += total
        scale = math.exp(theta[first + i]) / math.sqrt(norm)
        for j in range(start, i):
            y = theta[place + j - start]
            slope[place + j - start] += scale * L_slope[i, j] - total * y / norm


@njit  # type: ignore[untyped-decorator]
def _log_scale(record: Any, theta: Array) -> float:
    """Log of the common scale of coefficients and effects, relative to the pilot's.

    ``kappa^2 = 1 + c * (variance of the linear predictor that the effects make)``: with a latent
    variable of variance 1 / c, coefficients given the effects are larger by kappa than those that
    the margin shows (Zeger, Liang & Albert 1988, Biometrics 44, section 2).
    """
    scaling = floats(record, field.SCALING)
    spread = floats(record, field.SPREAD)
    if scaling[0] == 0.0:
        return 0.0
    total = 1.0
    for effect in range(len(spread)):
        total += scaling[0] * spread[effect] * math.exp(2 * theta[effect])
    return 0.5 * math.log(total) - scaling[1]


@njit  # type: ignore[untyped-decorator]
def _log_scale_backward(record: Any, theta: Array, scale_slope: float, slope: Array) -> None:
    """Carry the slope of the log scale back to theta."""
    scaling = floats(record, field.SCALING)
    spread = floats(record, field.SPREAD)
    if scaling[0] == 0.0:
        return
    total = 1.0
    for effect in range(len(spread)):
        total += scaling[0] * spread[effect] * math.exp(2 * theta[effect])
    for effect in range(len(spread)):
        part = scaling[0] * spread[effect] * math.exp(2 * theta[effect])
        slope[effect] += scale_slope * part / total


@njit  # type: ignore[untyped-decorator]
def _rotate(record: Any, factor: int, values: Array, back: bool) -> None:
    """Turn a factor's effects (G, 1) in place by its rotation, or back."""
    factors = long_matrix(record, field.FACTORS)
    rotation = floats(record, field.ROTATION)
    place = factors[factor, 6]
    if place < 0:
        return
    count = factors[factor, 0]
    turn = rotation[place : place + count * count].reshape(count, count)
    turned = np.zeros(count)
    for i in range(count):
        if back:
            for j in range(count):
                turned[j] += turn[i, j] * values[i, 0]
        else:
            total = 0.0
            for j in range(count):
                total += turn[i, j] * values[j, 0]
            turned[i] = total
    values[:, 0] = turned


@njit  # type: ignore[untyped-decorator]
def _widest(record: Any) -> int:
    """Largest q of all factors."""
    factors = long_matrix(record, field.FACTORS)
    widest = 1
    for factor in range(len(factors)):
        widest = max(widest, factors[factor, 1])
    return widest


@njit  # type: ignore[untyped-decorator]
def _forward(
    record: Any,
    z: Array,
    natural: Array,
    noncentred: Array,
    L: Array,
    K: Array,
    t: Array,
    r: Array,
    deviation: Array,
) -> float:
    """From coordinates to parameters.

    Parameters
    ----------
    record : Record
    z : array of shape (dim,)
    natural : array of shape (dim,), written
        theta, fixed, effects u.
    noncentred : array of shape (dim,), written
        The non-centred effects v; before rotation where a factor has one.
    L : array of shape (F, q, q), written
    K : array of shape (dim, q), written
        Row ``place + level * q + i`` is row i of the level's K.
    t, r : array of shape (dim,), written
    deviation : array of shape (dim - T,), written
        Scaled parameters less the pilot's, where later factors need them.

    Returns
    -------
    float
        Log determinant.
    """
    sizes = longs(record, field.SIZES)
    theta_center = floats(record, field.THETA_CENTER)
    theta_factor = float_matrix(record, field.THETA_FACTOR)
    fixed_factor = float_matrix(record, field.FIXED_FACTOR)
    fixed_center = floats(record, field.FIXED_CENTER)
    factors = long_matrix(record, field.FACTORS)
    linear = floats(record, field.LINEAR)
    cross_start = longs(record, field.CROSS_START)
    cross_value = floats(record, field.CROSS_VALUE)
    cross_index = integers(record, field.CROSS_INDEX)
    information = floats(record, field.INFORMATION)
    center = floats(record, field.CENTER)
    T, P = sizes[1], sizes[2]
    widest = L.shape[1]
    work = np.empty((widest, widest))
    scaled = np.zeros((widest, widest))
    theta = natural[:T]
    theta[:] = theta_center
    _lower_times(theta_factor, z[:T], theta)
    log_scale = _log_scale(record, theta)
    scale = math.exp(log_scale)
    deviation[:P] = 0.0
    _lower_times(fixed_factor, z[T : T + P], deviation[:P])
    for column in range(P):
        natural[T + column] = scale * (fixed_center[column] + deviation[column])
    log_determinant = P * log_scale
    for factor in range(len(factors)):
        count, q = factors[factor, 0], factors[factor, 1]
        place, first_number = factors[factor, 3], factors[factor, 4]
        row = factors[factor, 5]
        own = L[factor, :q, :q]
        _covariance_factor(record, factor, theta, own)
        for i in range(q):
            for j in range(q):
                scaled[i, j] = own[i, j] / scale
        for level in range(count):
            start = place + level * q
            for i in range(q):
                effect = level * q + i
                total = linear[start - T - P + i]
                first, last = (
                    cross_start[row + effect],
                    cross_start[row + effect + 1],
                )
                for k in range(first, last):
                    total -= cross_value[k] * deviation[cross_index[k]]
                r[start + i] = total
            number = first_number + level * q * q
            W = information[number : number + q * q].reshape(q, q)
            log_determinant += block_forward(
                scaled[:q, :q],
                W,
                r[start : start + q],
                z[start : start + q],
                K[start : start + q],
                t[start : start + q],
                noncentred[start : start + q],
                work,
            )
        own_effects = natural[place : place + count * q].reshape(count, q)
        own_effects[:] = noncentred[place : place + count * q].reshape(count, q)
        _rotate(record, factor, own_effects, False)
        for level in range(count):
            for i in range(q - 1, -1, -1):
                total = 0.0
                for j in range(i + 1):
                    total += own[i, j] * own_effects[level, j]
                own_effects[level, i] = total
                start = place + level * q + i - T
                deviation[start] = total / scale - center[start - P]
    return log_determinant


@njit  # type: ignore[untyped-decorator]
def _likelihood(record: Any, natural: Array, slope: Array) -> tuple[float, float]:
    """Log-likelihood; its slope with respect to fixed and effects is added to `slope`.

    Returns
    -------
    value, auxiliary_slope : float
        The second with respect to the log of the auxiliary parameter.
    """
    sizes = longs(record, field.SIZES)
    patterns = float_matrix(record, field.PATTERNS)
    pattern_columns = longs(record, field.PATTERN_COLUMNS)
    offset = floats(record, field.OFFSET)
    pattern = integers(record, field.PATTERN)
    dense_columns = longs(record, field.DENSE_COLUMNS)
    dense = float_matrix(record, field.DENSE)
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    index = integer_matrix(record, field.INDEX)
    Z = float_matrix(record, field.Z)
    a = floats(record, field.A)
    b = floats(record, field.B)
    c = floats(record, field.C)
    table = float_matrix(record, field.TABLE)
    m, T = sizes[0], sizes[1]
    K = len(patterns)
    pattern_eta, pattern_slope = np.zeros(K), np.zeros(K)
    for row in range(K):
        total = 0.0
        for column in range(len(pattern_columns)):
            total += patterns[row, column] * natural[T + pattern_columns[column]]
        pattern_eta[row] = total
    eta, score, auxiliary_slope = np.empty(CHUNK), np.empty(CHUNK), np.zeros(1)
    auxiliary = math.exp(natural[T - 1]) if sizes[5] else 1.0
    value, total_slope = 0.0, 0.0
    for start in range(0, m, CHUNK):
        size = min(CHUNK, m - start)
        if len(offset):
            for i in range(size):
                eta[i] = offset[start + i] + pattern_eta[pattern[start + i]]
        else:
            for i in range(size):
                eta[i] = pattern_eta[pattern[start + i]]
        for column in range(len(dense_columns)):
            coefficient = natural[T + dense_columns[column]]
            for i in range(size):
                eta[i] += coefficient * dense[column, start + i]
        for factor in range(len(factors)):
            q, first = factors[factor, 1], factors[factor, 2]
            place = factors[factor, 3]
            for j in range(q):
                if effects[first + j, 3]:
                    for i in range(size):
                        eta[i] += natural[place + j + q * index[factor, start + i]]
                else:
                    for i in range(size):
                        effect = natural[place + j + q * index[factor, start + i]]
                        eta[i] += Z[first + j, start + i] * effect
        value += call_likelihood(
            sizes[3],
            size,
            eta.ctypes.data,
            score.ctypes.data,
            a[start:].ctypes.data,
            b[start:].ctypes.data,
            c[start:].ctypes.data,
            auxiliary,
            auxiliary_slope.ctypes.data,
        )
        total_slope += auxiliary_slope[0]
        for i in range(size):
            pattern_slope[pattern[start + i]] += score[i]
        for column in range(len(dense_columns)):
            total = 0.0
            for i in range(size):
                total += score[i] * dense[column, start + i]
            slope[T + dense_columns[column]] += total
        for factor in range(len(factors)):
            q, first = factors[factor, 1], factors[factor, 2]
            place = factors[factor, 3]
            for j in range(q):
                if effects[first + j, 3]:
                    for i in range(size):
                        slope[place + j + q * index[factor, start + i]] += score[i]
                else:
                    for i in range(size):
                        change = Z[first + j, start + i] * score[i]
                        slope[place + j + q * index[factor, start + i]] += change
    for column in range(len(pattern_columns)):
        total = 0.0
        for row in range(K):
            total += patterns[row, column] * pattern_slope[row]
        slope[T + pattern_columns[column]] += total
    if sizes[4]:
        value += call_auxiliary(
            sizes[4],
            table.shape[1],
            table.ctypes.data,
            auxiliary,
            auxiliary_slope.ctypes.data,
        )
        total_slope += auxiliary_slope[0]
    return value, total_slope


@njit  # type: ignore[untyped-decorator]
def _priors(record: Any, natural: Array, slope: Array) -> float:
    """Log prior of theta and fixed, Jacobians to their unconstrained scale included."""
    sizes = longs(record, field.SIZES)
    effects = long_matrix(record, field.EFFECTS)
    priors = float_matrix(record, field.PRIORS)
    lkj = floats(record, field.LKJ)
    T, P, E = sizes[1], sizes[2], len(effects)
    value = 0.0
    for column in range(P):
        part, change = log_prior(priors[column], natural[T + column])
        value += part
        slope[T + column] += change
    for effect in range(E):
        sd = math.exp(natural[effect])
        part, change = log_prior(priors[P + effect], sd)
        value += part + natural[effect]
        slope[effect] += change * sd + 1.0
        start, place = effects[effect, 1], effects[effect, 2]
        before = effects[effect, 0] - start
        norm = 1.0
        for j in range(before):
            norm += natural[place + j] ** 2
        value -= 0.5 * lkj[effect] * math.log(norm)
        for j in range(before):
            slope[place + j] -= lkj[effect] * natural[place + j] / norm
    if sizes[5]:
        auxiliary = math.exp(natural[T - 1])
        part, change = log_prior(priors[P + E], auxiliary)
        value += part + natural[T - 1]
        slope[T - 1] += change * auxiliary + 1.0
    return value


@njit  # type: ignore[untyped-decorator]
def _backward(
    record: Any,
    natural: Array,
    noncentred: Array,
    L: Array,
    K: Array,
    t: Array,
    r: Array,
    deviation: Array,
    slope: Array,
    gradient: Array,
) -> float:
    """Carry slopes of theta, fixed and effects back to the coordinates.

    Parameters
    ----------
    record, natural, noncentred, L, K, t, r, deviation
        As `_forward` left them.
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
    information = floats(record, field.INFORMATION)
    cross_start = longs(record, field.CROSS_START)
    cross_index = integers(record, field.CROSS_INDEX)
    cross_value = floats(record, field.CROSS_VALUE)
    fixed_factor = float_matrix(record, field.FIXED_FACTOR)
    theta_factor = float_matrix(record, field.THETA_FACTOR)
    T, P = sizes[1], sizes[2]
    widest = L.shape[1]
    work = np.empty((3, widest, widest))
    scaled, L_slope = np.zeros((widest, widest)), np.empty((widest, widest))
    scaled_slope, r_slope = np.empty((widest, widest)), np.empty(widest)
    theta = natural[:T]
    log_scale = _log_scale(record, theta)
    scale = math.exp(log_scale)
    scale_slope = float(P)  # with respect to the log of the scale
    deviation_slope = np.zeros(len(deviation))
    value = 0.0
    for factor in range(len(factors) - 1, -1, -1):
        count, q = factors[factor, 0], factors[factor, 1]
        place, first_number = factors[factor, 3], factors[factor, 4]
        row = factors[factor, 5]
        own = L[factor, :q, :q]
        L_slope[:q, :q] = 0.0
        scaled_slope[:q, :q] = 0.0
        for i in range(q):
            for j in range(q):
                scaled[i, j] = own[i, j] / scale
        turned = noncentred[place : place + count * q].copy().reshape(count, q)
        _rotate(record, factor, turned, False)
        v_slope = np.empty((count, q))
        for level in range(count):
            start = place + level * q
            for j in range(q):
                total = -turned[level, j]
                value -= 0.5 * turned[level, j] ** 2
                for i in range(j, q):
                    later = deviation_slope[start - T + i]
                    total += own[i, j] * slope[start + i] + scaled[i, j] * later
                    L_slope[i, j] += slope[start + i] * turned[level, j]
                    scaled_slope[i, j] += later * turned[level, j]
                v_slope[level, j] = total
        _rotate(record, factor, v_slope, True)
        for level in range(count):
            start = place + level * q
            number = first_number + level * q * q
            W = information[number : number + q * q].reshape(q, q)
            block_backward(
                scaled[:q, :q],
                W,
                r[start : start + q],
                K[start : start + q],
                t[start : start + q],
                noncentred[start : start + q],
                v_slope[level],
                gradient[start : start + q],
                r_slope,
                scaled_slope,
                work,
            )
            for i in range(q):
                effect = row + level * q + i
                for k in range(cross_start[effect], cross_start[effect + 1]):
                    deviation_slope[cross_index[k]] -= cross_value[k] * r_slope[i]
        for i in range(q):
            for j in range(i + 1):
                scale_slope -= scaled_slope[i, j] * scaled[i, j]
                L_slope[i, j] += scaled_slope[i, j] / scale
        _covariance_factor_backward(record, factor, theta, own, L_slope, slope)
    for column in range(P):
        scale_slope += slope[T + column] * natural[T + column]
        deviation_slope[column] += scale * slope[T + column]
    _lower_transposed_times(fixed_factor, deviation_slope[:P], gradient[T : T + P])
    _log_scale_backward(record, theta, scale_slope, slope)
    _lower_transposed_times(theta_factor, slope[:T], gradient[:T])
    return value


@njit  # type: ignore[untyped-decorator]
def evaluate(record: Any, z: Array, gradient: Array) -> float:
    """Log density of the coordinates.

    Parameters
    ----------
    record : Record
    z : array of shape (dim,)
    gradient : array of shape (dim,), written

    Returns
    -------
    float
    """
    sizes = longs(record, field.SIZES)
    factors = long_matrix(record, field.FACTORS)
    constant = floats(record, field.CONSTANT)
    dim, widest = len(z), _widest(record)
    T = sizes[1]
    natural, noncentred = np.empty(dim), np.empty(dim)
    L = np.zeros((len(factors), widest, widest))
    K, t, r = np.empty((dim, widest)), np.empty(dim), np.empty(dim)
    deviation, slope = np.empty(dim - T), np.zeros(dim)
    value = constant[0]
    value += _forward(record, z, natural, noncentred, L, K, t, r, deviation)
    part, auxiliary_slope = _likelihood(record, natural, slope)
    value += part + _priors(record, natural, slope)
    if sizes[5]:
        slope[T - 1] += auxiliary_slope
    return value + _backward(record, natural, noncentred, L, K, t, r, deviation, slope, gradient)


@njit  # type: ignore[untyped-decorator]
def place(record: Any, z: Array, natural: Array) -> float:
    """Parameters of the coordinates: theta, fixed and effects u, written to `natural`.

    Returns
    -------
    float
        Log determinant of the map to the non-centred parameters.
    """
    sizes = longs(record, field.SIZES)
    factors = long_matrix(record, field.FACTORS)
    dim, widest = len(z), _widest(record)
    T = sizes[1]
    noncentred, L = np.empty(dim), np.zeros((len(factors), widest, widest))
    K, t, r = np.empty((dim, widest)), np.empty(dim), np.empty(dim)
    return _forward(record, z, natural, noncentred, L, K, t, r, np.empty(dim - T))


def density(dim: Any, position: Any, gradient: Any, value: Any, data: Any) -> int:
    """`evaluate` for a sampler in C; `DENSITY` is its signature."""
    record = carray(data, (field.LENGTH,), types.int64)
    slopes = carray(gradient, (dim,))
    found = evaluate(record, carray(position, (dim,)), slopes)
    value[0] = found
    if not np.isfinite(found):
        return NOT_FINITE
    for i in range(dim):
        if not np.isfinite(slopes[i]):
            return NOT_FINITE
    return 0


def expand(dim: Any, size: Any, position: Any, result: Any, data: Any) -> int:  # noqa: ARG001
    """`place` for a sampler in C; `EXPAND` is its signature."""
    record = carray(data, (field.LENGTH,), types.int64)
    place(record, carray(position, (dim,)), carray(result, (dim,)))
    return 0
