"""Log density and gradient in compiled code, behind the map of the record.

One set of functions serves every model: what differs between models is data. With the identity map
(see `transport.identity`) the density is that of the PyMC graph in its non-centred form, on
its unconstrained scale; with another map it is the density of the coordinates that the map carries
to it, log determinant included, so that draws of them become draws of the posterior.

The parts (map, rows, map backwards) are compiled apart and call each other through the addresses in
the record, so that none is compiled twice and several can be compiled at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types

from bayesglmm.engine.compiled import compiled
from bayesglmm.engine.kernel import layout, prior_arrays
from bayesglmm.engine.kernel.access import addresses_at, floats, longs, vector_at
from bayesglmm.engine.kernel.pointers import call_part
from bayesglmm.engine.kernel.prior_pass import add_priors
from bayesglmm.engine.kernel.record import HALT, LENGTH
from bayesglmm.engine.kernel.rows import likelihood

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
def work_size(record: Any, dim: int) -> int:
    """Numbers of the work array: a row for each parameter, then those of the joint block."""
    sizes = longs(record, layout.SIZES)
    H = sizes[layout.JOINT_SIZE]
    found: int = dim * (4 + sizes[layout.WIDEST]) + H * (4 + H)
    return found


def rows_part(record: Any, dim: int, z: Any, natural: Any, work: Any, slope: Any) -> float:  # noqa: ARG001
    """Log-likelihood and log prior, their slopes written. `PART` is its signature."""
    header = addresses_at(record, LENGTH)
    place, slopes = vector_at(natural, dim), vector_at(slope, dim)
    for i in range(dim):
        slopes[i] = 0.0
    value: float
    value, scalar_slope = likelihood(header, place, slopes)
    value += floats(header, prior_arrays.CONSTANT)[0] + add_priors(header, place, slopes)
    sizes = longs(header, layout.SIZES)
    if sizes[layout.HAS_SCALAR]:
        slopes[sizes[layout.THETA] - 1] += scalar_slope
    return value


def density(dim: Any, position: Any, gradient: Any, value: Any, data: Any) -> int:
    """Log density of the coordinates and its gradient, for a sampler in C.

    `DENSITY` is its signature.

    Returns
    -------
    int
        0, or `NOT_FINITE` where the density or its gradient is not: the value is -inf there. So it
        is everywhere once `HALT` is set.
    """
    record = carray(data, (LENGTH + 1,), types.int64)
    if record[HALT]:
        value[0] = -np.inf
        return NOT_FINITE
    sizes = longs(record, layout.SIZES)
    z, slopes = carray(position, (dim,)), carray(gradient, (dim,))
    work = np.empty(2 * dim + work_size(record, dim))
    natural, slope, rest = work[:dim], work[dim : 2 * dim], work[2 * dim :]
    addresses = (natural.ctypes.data, rest.ctypes.data, slope.ctypes.data)
    header = record.ctypes.data
    total = call_part(sizes[layout.MAP_PART], header, dim, z.ctypes.data, *addresses)
    total += call_part(sizes[layout.ROWS_PART], header, dim, z.ctypes.data, *addresses)
    total += call_part(sizes[layout.BACK_PART], header, dim, slopes.ctypes.data, *addresses)
    value[0] = total
    for i in range(dim):
        total += abs(slopes[i])
    if np.isfinite(total):
        return 0
    value[0] = -np.inf
    return NOT_FINITE


def expand(dim: Any, size: Any, position: Any, result: Any, data: Any) -> int:
    """Parameters of a position for a sampler in C; `EXPAND` is its signature.

    The result is theta, fixed and effects u, then the log determinant of the map where there is
    room for it.
    """
    record = carray(data, (LENGTH,), types.int64)
    sizes = longs(record, layout.SIZES)
    z, natural = carray(position, (dim,)), carray(result, (size,))
    work = np.empty(work_size(record, dim))
    log_determinant = call_part(
        sizes[layout.MAP_PART],
        record.ctypes.data,
        dim,
        z.ctypes.data,
        natural.ctypes.data,
        work.ctypes.data,
        work.ctypes.data,
    )
    if size > dim:
        natural[dim] = log_determinant
    return 0
