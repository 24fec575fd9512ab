"""The effects of small factors in compiled code: one block, and it stands before the fixed effects.

With few levels the fixed effects given the sds are as wide as the sds say: a funnel, for a map that
builds them first. Built last they have the same precision whatever the sds, and the effects, with
the fixed effects integrated out, are one block of `blocks`, whose L repeats that of each factor
along its diagonal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.engine.compiled import ZERO, compiled, merged
from bayesglmm.engine.kernel import layout, map_arrays
from bayesglmm.engine.kernel.access import floats, long_matrix, longs
from bayesglmm.engine.kernel.blocks import LINEAR_TERM, NONCENTRED, block_backward, block_forward
from bayesglmm.engine.kernel.effects import (
    covariance_factor,
    covariance_factor_backward,
    spread_backward,
    spread_forward,
)
from bayesglmm.families.links import Array


@compiled
def joint_factor(record: Any, natural: Array, scale: float, joint: Array, L: Array) -> None:
    """Cholesky factor of the covariance of all effects of the block, divided by `scale`."""
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    head = sizes[layout.THETA] + sizes[layout.FIXED]
    joint[:, :] = 0.0
    for factor in range(sizes[layout.JOINT_FACTORS]):
        covariance_factor(record, factor, natural, scale, L)
        q, first = factors[factor, layout.Q], factors[factor, layout.PLACE] - head
        for start in range(first, first + q * factors[factor, layout.LEVELS], q):
            for i in range(q):
                for j in range(i + 1):
                    joint[start + i, start + j] = L[i, j]


@merged
def joint_forward(
    record: Any,
    z: Array,
    scale: float,
    anchor: float,
    natural: Array,
    work: Array,
    own: Array,
    L: Array,
) -> float:
    """Write the effects of the small factors and their deviations.

    Parameters
    ----------
    record, z, scale, anchor, natural, work, L
        As for `effects.factor_forward`.
    own : array of shape (H, 4 + H), written
        The block's rows of the work array.

    Returns
    -------
    float
        Log determinant.
    """
    sizes, linear = longs(record, layout.SIZES), floats(record, map_arrays.LINEAR)
    information = floats(record, map_arrays.INFORMATION)
    first, H = sizes[layout.THETA] + sizes[layout.FIXED], len(own)
    joint, small = np.empty((H, H)), np.empty((3, H, H))
    joint_factor(record, natural, scale, joint, L)
    for i in range(H):
        own[i, LINEAR_TERM] = anchor * linear[i]
    z_own = z[first : first + H]
    found: float = block_forward(H, joint, information, ZERO, z_own, ZERO, own, small)
    for i in range(H):
        natural[first + i] = own[i, NONCENTRED]
    for factor in range(sizes[layout.JOINT_FACTORS]):
        covariance_factor(record, factor, natural, scale, L)
        spread_forward(record, factor, scale, anchor, natural, work, L)
    return found


@merged
def joint_backward(
    record: Any,
    scale: float,
    anchor: float,
    natural: Array,
    own: Array,
    slope: Array,
    deviation_slope: Array,
    gradient: Array,
    room: Array,
    L: Array,
) -> tuple[float, float]:
    """Carry slopes back through `joint_forward`; see `effects.factor_backward`."""
    factors, sizes = long_matrix(record, layout.FACTORS), longs(record, layout.SIZES)
    first, H = sizes[layout.THETA] + sizes[layout.FIXED], len(own)
    value, scale_slope = 0.0, 0.0
    joint, small = np.empty((H, H)), np.empty((3, H, H))
    joint_slope, width = np.zeros((H, H)), len(L)
    turned, v_slope = room[0], room[1]
    for i in range(H):
        turned[first + i] = own[i, NONCENTRED]
    L_slope = np.zeros((sizes[layout.JOINT_FACTORS], width, width))
    for factor in range(sizes[layout.JOINT_FACTORS]):
        covariance_factor(record, factor, natural, 1.0, L)
        part, change = spread_backward(
            record, factor, scale, turned, slope, deviation_slope, v_slope, L, L_slope[factor]
        )
        value += part
        scale_slope += change
    joint_factor(record, natural, scale, joint, L)
    block_backward(
        H,
        joint,
        floats(record, map_arrays.INFORMATION),
        ZERO,
        ZERO,
        own,
        v_slope[first : first + H],
        gradient[first : first + H],
        joint_slope,
        small,
    )
    if floats(record, map_arrays.SCALING)[map_arrays.RESIDUAL] != 0.0:
        linear = floats(record, map_arrays.LINEAR)
        for i in range(H):
            scale_slope -= anchor * linear[i] * own[i, LINEAR_TERM]
    for factor in range(sizes[layout.JOINT_FACTORS]):
        covariance_factor(record, factor, natural, 1.0, L)
        q, begin = factors[factor, layout.Q], factors[factor, layout.PLACE] - first
        for start in range(begin, begin + q * factors[factor, layout.LEVELS], q):
            for i in range(q):
                for j in range(i + 1):
                    change = joint_slope[start + i, start + j] / scale
                    L_slope[factor, i, j] += change
                    scale_slope -= change * L[i, j]
        covariance_factor_backward(record, factor, natural, L, L_slope[factor], slope)
    return value, scale_slope
