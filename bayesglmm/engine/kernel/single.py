"""Groups of one effect: `blocks` with q = 1, all levels of a factor in one loop.

Most factors are of this kind. A call for each of thousands of levels would cost several times what
it computes. The column `FACTOR` of the work array holds ``1 / K`` here.
"""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import compiled
from bayesglmm.engine.kernel.blocks import FACTOR, LINEAR_TERM, NONCENTRED, SOLVED
from bayesglmm.families.links import Array

LARGE = 1e100
"""Factors of a determinant are multiplied up to here before their logarithm is taken."""


@compiled
def single_forward(
    count: int, scale: float, W: Array, number: int, z: Array, first: int, work: Array
) -> float:
    """Map the coordinates of all levels.

    Parameters
    ----------
    count : int
        Levels.
    scale : float
        Standard deviation of the effects, L of `blocks`.
    W : array
        Information of all groups; this factor's begins at `number`.
    number : int
    z : array of shape (dim,)
        Coordinates of all groups; this factor's begin at `first`.
    first : int
    work : array of shape (dim, at least 5)
        As for `block_forward`.

    Returns
    -------
    float
        ``log|dv/dz|``.
    """
    log_determinant, product = 0.0, 1.0
    for level in range(count):
        place = first + level
        squared = 1.0 + W[number + level] * scale * scale
        inverse = 1.0 / math.sqrt(squared)
        solved = scale * work[place, LINEAR_TERM] * inverse
        work[place, FACTOR] = inverse
        work[place, SOLVED] = solved
        work[place, NONCENTRED] = (solved + z[place]) * inverse
        if squared > LARGE:
            log_determinant += math.log(squared)
        else:
            product *= squared
            if product > LARGE:
                log_determinant += math.log(product)
                product = 1.0
    return -0.5 * (log_determinant + math.log(product))


@compiled
def single_backward(
    count: int,
    scale: float,
    W: Array,
    number: int,
    first: int,
    work: Array,
    v_slope: Array,
    z_slope: Array,
) -> float:
    """Carry a gradient back through `single_forward`, the log determinant included.

    Parameters
    ----------
    count, scale, W, number, first, work
        As `single_forward` had and left them; the slope of r takes the place of r.
    v_slope : array of shape (dim,)
        Derivative of the log density with respect to v.
    z_slope : array of shape (dim,), written from `first`

    Returns
    -------
    float
        Slope of `scale`.
    """
    total = 0.0
    for level in range(count):
        place = first + level
        inverse = work[place, FACTOR]
        change = v_slope[place] * inverse
        linear_slope = change * inverse
        root_slope = -work[place, NONCENTRED] * change - inverse
        root_slope -= linear_slope * work[place, SOLVED]
        total += work[place, LINEAR_TERM] * linear_slope
        total += W[number + level] * scale * root_slope * inverse
        z_slope[place] = change
        work[place, LINEAR_TERM] = scale * linear_slope
    return total
