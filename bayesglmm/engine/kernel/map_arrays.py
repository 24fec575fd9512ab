"""What the map reads, forwards and backwards; see `record`."""

from __future__ import annotations

from typing import NamedTuple

from bayesglmm.engine.kernel import prior_arrays
from bayesglmm.engine.kernel.access import FloatMatrix, Floats, Integers, Longs


class MapArrays(NamedTuple):
    """From coordinates to parameters.

    Attributes
    ----------
    theta_center (T,), theta_factor (T, T), theta_shape (T, 4 * pieces)
        Map of theta: ``center + factor @ bend(z)``; no pieces where nothing is bent.
    means : array of shape (E,)
        Mean of the effect's column, where theta has a triangle for it (see `triangle`); else 0.
    fixed_center (P,), fixed_factor (P, P), fixed_cross (P, H)
        Map of the fixed effects; how they fall with the deviations of the joint block.
    scaling : array of shape (3 + F,)
        c of the common scale, whether it is the residual sd instead, and the log of the scale of
        each stage at the pilot; see `mapping.common_scale`.
    spread : array of shape (E,)
        Mean square of the effect's column.
    information : array
        W of the joint block, H x H, then of each level, q x q.
    linear, center : arrays of shape (effects,)
        Linear term and mean of the effects in the pilot.
    cross_start, cross_index, cross_value : arrays
        Sparse rows: how each effect's linear term falls with the deviations before it.
    rotation : array
        Orthogonal matrices, G x G.
    """

    theta_center: Floats
    theta_factor: FloatMatrix
    theta_shape: FloatMatrix
    means: Floats
    fixed_center: Floats
    fixed_factor: FloatMatrix
    fixed_cross: FloatMatrix
    scaling: Floats
    spread: Floats
    information: Floats
    linear: Floats
    center: Floats
    cross_start: Longs
    cross_index: Integers
    cross_value: Floats
    rotation: Floats


FIRST = prior_arrays.FIRST + len(prior_arrays.PriorArrays._fields)
(
    THETA_CENTER,
    THETA_FACTOR,
    THETA_SHAPE,
    MEANS,
    FIXED_CENTER,
    FIXED_FACTOR,
    FIXED_CROSS,
    SCALING,
    SPREAD,
    INFORMATION,
    LINEAR,
    CENTER,
    CROSS_START,
    CROSS_INDEX,
    CROSS_VALUE,
    ROTATION,
) = range(FIRST, FIRST + len(MapArrays._fields))
"""Places of the fields in a record."""

LATENT, RESIDUAL, LOG_CENTER = range(3)
"""Places in `scaling`."""
