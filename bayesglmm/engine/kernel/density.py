"""Log density and gradient in compiled code, behind the map of the record.

One function serves every model: what differs between models is data. With the identity map
(see `transport.identity`) the density is that of the PyMC graph in its non-centred form, on
its unconstrained scale; with another map it is the density of the coordinates that the map carries
to it, log determinant included, so that draws of them become draws of the posterior.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types

from bayesglmm.engine.kernel import record as field
from bayesglmm.engine.kernel.access import floats, longs
from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.engine.kernel.mapping import backward, forward, widest
from bayesglmm.engine.kernel.prior_pass import add_priors
from bayesglmm.engine.kernel.rows import likelihood
from bayesglmm.families.links import Array

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


@compiled
def evaluate(record: Any, z: Array, gradient: Array) -> float:
    """Log density of the coordinates.

    Parameters
    ----------
    record : addresses
    z : array of shape (dim,)
    gradient : array of shape (dim,), written

    Returns
    -------
    float
    """
    sizes, constant = longs(record, field.SIZES), floats(record, field.CONSTANT)
    dim, T = len(z), sizes[1]
    natural, noncentred = np.empty(dim), np.empty(dim)
    K, t, r = np.empty((dim, widest(record))), np.empty(dim), np.empty(dim)
    slope = np.zeros(dim)
    value = constant[0]
    value += forward(record, z, natural, noncentred, K, t, r, np.empty(dim))
    part, auxiliary_slope = likelihood(record, natural, slope)
    value += part + add_priors(record, natural, slope)
    if sizes[5]:
        slope[T - 1] += auxiliary_slope
    return value + backward(record, natural, noncentred, K, t, r, slope, gradient)


def density(dim: Any, position: Any, gradient: Any, value: Any, data: Any) -> int:
    """`evaluate` for a sampler in C; `DENSITY` is its signature.

    Returns
    -------
    int
        0, or `NOT_FINITE` where the density or its gradient is not.
    """
    record = carray(data, (field.LENGTH,), types.int64)
    slopes = carray(gradient, (dim,))
    found = evaluate(record, carray(position, (dim,)), slopes)
    value[0] = found
    total = found
    for i in range(dim):
        total += abs(slopes[i])
    return 0 if np.isfinite(total) else NOT_FINITE


def expand(dim: Any, size: Any, position: Any, result: Any, data: Any) -> int:
    """Parameters of a position for a sampler in C; `EXPAND` is its signature.

    The result is theta, fixed and effects u, then the log determinant of the map where there is
    room for it.
    """
    record = carray(data, (field.LENGTH,), types.int64)
    z, natural = carray(position, (dim,)), carray(result, (size,))
    K, t, r = np.empty((dim, widest(record))), np.empty(dim), np.empty(dim)
    log_determinant = forward(record, z, natural, np.empty(dim), K, t, r, np.empty(dim))
    if size > dim:
        natural[dim] = log_determinant
    return 0
