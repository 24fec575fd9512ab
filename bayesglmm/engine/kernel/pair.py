"""Groups of two effects: `blocks` with q = 2, all levels of a factor in one loop.

An intercept and a slope are the commonest of the larger blocks; `single` says why they have a loop
of their own. The work array holds what `blocks` puts there.
"""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import compiled
from bayesglmm.engine.kernel.blocks import FACTOR, LINEAR_TERM, NONCENTRED, SOLVED
from bayesglmm.engine.kernel.single import LARGE
from bayesglmm.families.links import Array


@compiled
def pair_forward(
    count: int, L: Array, W: Array, number: int, z: Array, first: int, work: Array
) -> float:
    """Map the coordinates of all levels.

    Parameters
    ----------
    count : int
        Levels.
    L : array of shape (at least 2, at least 2)
        Cholesky factor of the effects' covariance, lower triangular.
    W : array
        Information of all groups; this factor's begins at `number`, four numbers a level.
    number : int
    z : array of shape (dim,)
        Coordinates of all groups; this factor's begin at `first`.
    first : int
    work : array of shape (dim, at least 6)
        As for `block_forward`.

    Returns
    -------
    float
        ``log|dv/dz|``.
    """
    l00, l10, l11 = L[0, 0], L[1, 0], L[1, 1]
    log_determinant, product = 0.0, 1.0
    for level in range(count):
        i, w = first + 2 * level, number + 4 * level
        j = i + 1
        below = W[w + 2] * l00 + W[w + 3] * l10  # of W L
        k00 = math.sqrt(1.0 + l00 * (W[w] * l00 + W[w + 1] * l10) + l10 * below)
        k10 = l11 * below / k00
        k11 = math.sqrt(1.0 + l11 * W[w + 3] * l11 - k10 * k10)
        t0 = (l00 * work[i, LINEAR_TERM] + l10 * work[j, LINEAR_TERM]) / k00
        t1 = (l11 * work[j, LINEAR_TERM] - k10 * t0) / k11
        v1 = (t1 + z[j]) / k11
        work[i, NONCENTRED], work[j, NONCENTRED] = (t0 + z[i] - k10 * v1) / k00, v1
        work[i, SOLVED], work[j, SOLVED] = t0, t1
        work[i, FACTOR], work[j, FACTOR], work[j, FACTOR + 1] = k00, k10, k11
        size = k00 * k11
        if size > LARGE:
            log_determinant += math.log(size)
        else:
            product *= size
            if product > LARGE:
                log_determinant += math.log(product)
                product = 1.0
    return -(log_determinant + math.log(product))


@compiled
def pair_backward(
    count: int,
    L: Array,
    W: Array,
    number: int,
    first: int,
    work: Array,
    v_slope: Array,
    z_slope: Array,
    L_slope: Array,
) -> None:
    """Carry a gradient back through `pair_forward`, the log determinant included.

    Parameters
    ----------
    count, L, W, number, first, work
        As `pair_forward` had and left them; the slope of r takes the place of r.
    v_slope : array of shape (dim,)
        Derivative of the log density with respect to v.
    z_slope : array of shape (dim,), written from `first`
    L_slope : array of shape (at least 2, at least 2)
        Added to, lower triangle.
    """
    l00, l10, l11 = L[0, 0], L[1, 0], L[1, 1]
    s00, s10, s11 = 0.0, 0.0, 0.0
    for level in range(count):
        i, w = first + 2 * level, number + 4 * level
        j = i + 1
        k10, i00, i11 = work[j, FACTOR], 1.0 / work[i, FACTOR], 1.0 / work[j, FACTOR + 1]
        r0, r1 = work[i, LINEAR_TERM], work[j, LINEAR_TERM]
        z0 = v_slope[i] * i00  # inverse(K) v_slope
        z1 = (v_slope[j] - k10 * z0) * i11
        e1 = z1 * i11  # inverse(K') of that, the slope of L' r
        e0 = (z0 - k10 * e1) * i00
        z_slope[i], z_slope[j] = z0, z1
        work[i, LINEAR_TERM], work[j, LINEAR_TERM] = l00 * e0, l10 * e0 + l11 * e1
        K00 = -work[i, NONCENTRED] * z0 - e0 * work[i, SOLVED] - i00
        K10 = -work[j, NONCENTRED] * z0 - e1 * work[i, SOLVED]
        K11 = -work[j, NONCENTRED] * z1 - e1 * work[j, SOLVED] - i11
        m11 = K11 * i11  # inverse(K') (P + P') inverse(K), P as in `block_backward`
        m10 = (K10 - k10 * m11) * i00
        m00 = (K00 - k10 * m10) * i00
        c00, c10 = l00 * m00, l10 * m00 + l11 * m10
        c01, c11 = l00 * m10, l10 * m10 + l11 * m11
        s00 += r0 * e0 + W[w] * c00 + W[w + 1] * c10
        s10 += r1 * e0 + W[w + 2] * c00 + W[w + 3] * c10
        s11 += r1 * e1 + W[w + 2] * c01 + W[w + 3] * c11
    L_slope[0, 0] += s00
    L_slope[1, 0] += s10
    L_slope[1, 1] += s11
