"""What stands where in the vector of a density; see `record`."""

from __future__ import annotations

from typing import NamedTuple

from bayesglmm.engine.kernel.access import LongMatrix, Longs


class Layout(NamedTuple):
    """Sizes and places. The vector that a density is a function of is laid out as

        theta (T): log sds, correlation coordinates, log of the scalar parameter
        fixed (P): intercepts and coefficients, on the sampler's scale
        effects:   each factor in turn, level by level, q coordinates each

    where the factors stand in the order in which the map builds them, each given those before it.

    Attributes
    ----------
    sizes : array of shape (13,)
        Cells m, T, P, addresses of the likelihood and of its part without a linear predictor (0 for
        none), whether theta ends with a scalar parameter, the largest q, the addresses of
        the density's parts, the first factors that make the joint block, their effects H, and the
        linear predictors of a cell.
    factors : array of shape (F, 7)
        Levels, q, first effect, first place in the vector, first number in `information`, first
        row in `cross_start`, first number in `rotation` (-1: none).
    effects : array of shape (E, 6)
        Place within the factor, place where its correlated block starts, first correlation
        coordinate in theta, whether its column is all ones, which linear predictor it is part of,
        whether it shares the residual variance.
    """

    sizes: Longs
    factors: LongMatrix
    effects: LongMatrix


FIRST = 0
SIZES, FACTORS, EFFECTS = range(FIRST, FIRST + len(Layout._fields))
"""Places of the fields in a record."""

CELLS, THETA, FIXED, ROWS_ADDRESS, REST_ADDRESS, HAS_SCALAR, WIDEST = range(7)
MAP_PART, ROWS_PART, BACK_PART = range(7, 10)
JOINT_FACTORS, JOINT_SIZE, PREDICTORS = range(10, 13)
"""Places in `sizes`."""

LEVELS, Q, FIRST_EFFECT, PLACE, FIRST_NUMBER, FIRST_ROW, TURN = range(7)
"""Places in a row of `factors`."""

OWN_PLACE, BLOCK, CORRELATIONS, ONES, PREDICTOR, SHARED = range(6)
"""Places in a row of `effects`."""
