"""The map in compiled code: from coordinates to parameters, and slopes back.

Vectors are laid out as `record.Record` says; theta stands first, so that ``natural[e]`` is the log
standard deviation of effect e. The map builds theta, the effects of small factors together, the
fixed effects, the other factors one by one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.compiled import ZERO, compiled, merged
from bayesglmm.engine.kernel import layout, map_arrays
from bayesglmm.engine.kernel.access import (
    addresses_at,
    float_matrix,
    floats,
    long_matrix,
    longs,
    matrix_at,
    vector_at,
)
from bayesglmm.engine.kernel.blocks import DEVIATION
from bayesglmm.engine.kernel.effects import factor_backward, factor_forward
from bayesglmm.engine.kernel.hyper import log_residual, theta_backward, theta_forward
from bayesglmm.engine.kernel.joint import joint_backward, joint_forward
from bayesglmm.engine.kernel.record import LENGTH
from bayesglmm.families.links import Array


@compiled
def common_scale(record: Any, natural: Array, stage: int) -> tuple[float, float]:
    """Log of the scale of a stage of the map relative to the pilot's, and the anchor.

    Where there is a latent variable, ``kappa^2 = 1 + c * (variance of the linear predictor that
    the effects make)``: with a latent variable of variance 1 / c, coefficients given the effects
    are larger by kappa than those that the margin shows (Zeger, Liang & Albert 1988, Biometrics
    44). It carries the pilot's centre along: the anchor is 1. A residual sd carries the deviations
    from the centre alone; the anchor, its reciprocal, undoes it for the centre. What is left of
    a row when a stage is built are its residual and the effects that share its variance and are
    built later.

    Parameters
    ----------
    record : addresses
    natural : array of shape (dim,)
        Its theta is read.
    stage : int
        0 for the fixed effects and the joint block, from 1 on for the factors.
    """
    scaling, spread = floats(record, map_arrays.SCALING), floats(record, map_arrays.SPREAD)
    if scaling[map_arrays.LATENT] != 0.0:
        total = 1.0
        for effect in range(len(spread)):
            total += scaling[map_arrays.LATENT] * spread[effect] * math.exp(2 * natural[effect])
        return 0.5 * math.log(total) - scaling[map_arrays.LOG_CENTER], 1.0
    if scaling[map_arrays.RESIDUAL] != 0.0:
        found = (
            log_residual(record, natural, built(record, stage))
            - scaling[map_arrays.LOG_CENTER + stage]
        )
        return found, math.exp(-found)
    return 0.0, 1.0


@compiled
def built(record: Any, stage: int) -> int:
    """How many effects of a level, of all factors, no longer count as residual at a stage."""
    if stage == 0:
        return 0
    factors = long_matrix(record, layout.FACTORS)
    found: int = factors[stage - 1, layout.FIRST_EFFECT] + factors[stage - 1, layout.Q]
    return found


@compiled
def common_scale_backward(
    record: Any, natural: Array, stage: int, scale_slope: float, slope: Array
) -> None:
    """Carry the slope of the log scale of a stage back to theta, added to `slope`."""
    scaling, spread = floats(record, map_arrays.SCALING), floats(record, map_arrays.SPREAD)
    if scaling[map_arrays.LATENT] != 0.0:
        total = 1.0
        for effect in range(len(spread)):
            total += scaling[map_arrays.LATENT] * spread[effect] * math.exp(2 * natural[effect])
        for effect in range(len(spread)):
            part = scaling[map_arrays.LATENT] * spread[effect] * math.exp(2 * natural[effect])
            slope[effect] += scale_slope * part / total
    elif scaling[map_arrays.RESIDUAL] != 0.0:
        effects, last = (
            long_matrix(record, layout.EFFECTS),
            longs(record, layout.SIZES)[layout.THETA],
        )
        first = built(record, stage)
        whole = log_residual(record, natural, first)
        slope[last - 1] += scale_slope * math.exp(2 * (natural[last - 1] - whole))
        for effect in range(first, len(effects)):
            if effects[effect, layout.SHARED]:
                slope[effect] += scale_slope * math.exp(2 * (natural[effect] - whole))


@merged
def fixed_forward(
    record: Any, z: Array, scale: float, anchor: float, natural: Array, work: Array, H: int
) -> None:
    """Write the fixed effects and their deviations, which fall with those of `H` effects."""
    sizes, center = longs(record, layout.SIZES), floats(record, map_arrays.FIXED_CENTER)
    factor = float_matrix(record, map_arrays.FIXED_FACTOR)
    cross = float_matrix(record, map_arrays.FIXED_CROSS)
    T, P = sizes[layout.THETA], sizes[layout.FIXED]
    for i in range(P):
        total = 0.0
        for j in range(i + 1):
            total += scale * factor[i, j] * z[T + j]
        for k in range(H):
            total -= cross[i, k] * work[P + k, DEVIATION]
        work[i, DEVIATION] = total
        natural[T + i] = scale * anchor * center[i] + total


@merged
def fixed_backward(
    record: Any,
    scale: float,
    work: Array,
    slope: Array,
    deviation_slope: Array,
    gradient: Array,
    H: int,
) -> float:
    """Carry slopes of the fixed effects back; the slope of the log scale."""
    sizes, center = longs(record, layout.SIZES), floats(record, map_arrays.FIXED_CENTER)
    factor = float_matrix(record, map_arrays.FIXED_FACTOR)
    cross = float_matrix(record, map_arrays.FIXED_CROSS)
    T, P = sizes[layout.THETA], sizes[layout.FIXED]
    carried = scale if floats(record, map_arrays.SCALING)[map_arrays.RESIDUAL] == 0.0 else 0.0
    found = float(P)
    for i in range(P):
        found += slope[T + i] * carried * center[i]
        deviation_slope[T + i] += slope[T + i]
        own = work[i, DEVIATION]
        for k in range(H):
            own += cross[i, k] * work[P + k, DEVIATION]
            deviation_slope[T + P + k] -= cross[i, k] * deviation_slope[T + i]
        found += own * deviation_slope[T + i]
    for j in range(P):
        total = 0.0
        for i in range(j, P):
            total += factor[i, j] * deviation_slope[T + i]
        gradient[T + j] = scale * total
    return found


@compiled
def work_arrays(record: Any, dim: int, work: Any) -> tuple[Any, Any]:
    """What `forward` leaves for `backward`, behind one address.

    Returns
    -------
    work : array of shape (dim, 4 + q)
        The non-centred effects v (before rotation where a factor has one), t and r of
        `block_forward`, the scaled parameters less the pilot's, and K.
    own : array of shape (H, 4 + H)
        The same of the effects of small factors, deviations aside.
    """
    sizes = longs(record, layout.SIZES)
    width, H = 4 + sizes[layout.WIDEST], sizes[layout.JOINT_SIZE]
    own = matrix_at(work + np.uint64(8 * dim * width), H, 4 + H)
    return matrix_at(work, dim, width), own


def forward(header: Any, dim: int, position: Any, place: Any, room: Any, _: Any) -> float:
    """From coordinates to parameters; `PART` is its signature.

    Parameters
    ----------
    header : address of the record
    dim : int
    position : address of `dim` numbers
        The coordinates.
    place : address of `dim` numbers, written
        theta, fixed, effects u.
    room : address of `work_arrays`, written

    Returns
    -------
    float
        Log determinant.
    """
    record, z, natural = (
        addresses_at(header, LENGTH),
        vector_at(position, dim),
        vector_at(place, dim),
    )
    work, own = work_arrays(record, dim, room)
    sizes, factors = longs(record, layout.SIZES), long_matrix(record, layout.FACTORS)
    width, H = sizes[layout.WIDEST], len(own)
    L = np.zeros((width, width))
    log_determinant: float = theta_forward(record, z, natural, work)
    log_size, anchor = common_scale(record, natural, ZERO)
    scale = math.exp(log_size)
    log_determinant += sizes[layout.FIXED] * log_size
    if H:
        log_determinant += joint_forward(record, z, scale, anchor, natural, work, own, L)
    fixed_forward(record, z, scale, anchor, natural, work, H)
    for factor in range(sizes[layout.JOINT_FACTORS], len(factors)):
        log_size, anchor = common_scale(record, natural, factor + 1)
        scale = math.exp(log_size)
        log_determinant += factor_forward(record, factor, z, scale, anchor, natural, work, L)
    return log_determinant


def backward(header: Any, dim: int, found: Any, place: Any, room: Any, slopes: Any) -> float:
    """Carry slopes of theta, fixed and effects back to the coordinates; `PART` is its signature.

    Parameters
    ----------
    header, dim, place, room
        As `forward` had and left them; the numbers of `room` are overwritten.
    found : address of `dim` numbers, written
        Slopes of the coordinates.
    slopes : address of `dim` numbers, overwritten
        Of theta, fixed and the effects u.

    Returns
    -------
    float
        Log density of the non-centred effects, constant left out.
    """
    record, natural = addresses_at(header, LENGTH), vector_at(place, dim)
    slope, gradient = vector_at(slopes, dim), vector_at(found, dim)
    work, own = work_arrays(record, dim, room)
    sizes, factors = longs(record, layout.SIZES), long_matrix(record, layout.FACTORS)
    H, value = len(own), 0.0
    deviation_slope = np.zeros(dim)  # laid out from place T, as the parameters
    room = np.empty((2, dim))
    for factor in range(len(factors) - 1, sizes[layout.JOINT_FACTORS] - 1, -1):
        log_size, anchor = common_scale(record, natural, factor + 1)
        part, change = factor_backward(
            record,
            factor,
            math.exp(log_size),
            anchor,
            natural,
            work,
            slope,
            deviation_slope,
            gradient,
            room,
        )
        value += part
        common_scale_backward(record, natural, factor + 1, change, slope)
    log_size, anchor = common_scale(record, natural, ZERO)
    scale = math.exp(log_size)
    scale_slope = fixed_backward(record, scale, work, slope, deviation_slope, gradient, H)
    if H:
        L = np.empty((sizes[layout.WIDEST], sizes[layout.WIDEST]))
        part, change = joint_backward(
            record, scale, anchor, natural, own, slope, deviation_slope, gradient, room, L
        )
        value += part
        scale_slope += change
    common_scale_backward(record, natural, ZERO, scale_slope, slope)
    theta_backward(record, natural, work, slope, gradient)
    return value
