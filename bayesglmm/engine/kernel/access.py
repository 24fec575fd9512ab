"""The arrays of a record, in compiled code: each behind its address and its shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray, types
from numpy.typing import NDArray

from bayesglmm.engine.compiled import compiled
from bayesglmm.engine.kernel.pointers import as_pointer

type Floats = NDArray[np.float64]
type FloatMatrix = NDArray[np.float64]
type Longs = NDArray[np.int64]
type LongMatrix = NDArray[np.int64]
type Integers = NDArray[np.uint32]
type IntegerMatrix = NDArray[np.uint32]

KINDS: dict[Any, tuple[type, int]] = {
    Floats: (np.float64, 1),
    FloatMatrix: (np.float64, 2),
    Longs: (np.int64, 1),
    LongMatrix: (np.int64, 2),
    Integers: (np.uint32, 1),
    IntegerMatrix: (np.uint32, 2),
}
"""The types of fields: what an element is, and how many dimensions there are."""

SLOTS = 3
"""Numbers of a field among the addresses: address, rows, columns."""


@compiled
def addresses_at(address: Any, length: int) -> Any:
    """A record, as `record.addresses` makes it, behind its own address."""
    return carray(as_pointer(address), (length,), types.int64)


@compiled
def vector_at(address: Any, size: int) -> Any:
    """Real numbers behind an address."""
    return carray(as_pointer(address), (size,), types.float64)


@compiled
def matrix_at(address: Any, rows: int, columns: int) -> Any:
    """A matrix of real numbers behind an address, row by row."""
    return carray(as_pointer(address), (rows, columns), types.float64)


@compiled
def floats(record: Any, field: int) -> Any:
    """A field of real numbers, one dimension."""
    return carray(as_pointer(record[3 * field]), (record[3 * field + 1],), types.float64)


@compiled
def float_matrix(record: Any, field: int) -> Any:
    """A field of real numbers, two dimensions."""
    shape = (record[3 * field + 1], record[3 * field + 2])
    return carray(as_pointer(record[3 * field]), shape, types.float64)


@compiled
def longs(record: Any, field: int) -> Any:
    """A field of 64-bit integers, one dimension."""
    return carray(as_pointer(record[3 * field]), (record[3 * field + 1],), types.int64)


@compiled
def long_matrix(record: Any, field: int) -> Any:
    """A field of 64-bit integers, two dimensions."""
    shape = (record[3 * field + 1], record[3 * field + 2])
    return carray(as_pointer(record[3 * field]), shape, types.int64)


@compiled
def integers(record: Any, field: int) -> Any:
    """A field of unsigned 32-bit integers, one dimension."""
    return carray(as_pointer(record[3 * field]), (record[3 * field + 1],), types.uint32)


@compiled
def integer_matrix(record: Any, field: int) -> Any:
    """A field of unsigned 32-bit integers, two dimensions."""
    shape = (record[3 * field + 1], record[3 * field + 2])
    return carray(as_pointer(record[3 * field]), shape, types.uint32)
