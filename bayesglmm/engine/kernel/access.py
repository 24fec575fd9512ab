"""The arrays of a record, in compiled code: each behind its address and its shape."""

from __future__ import annotations

from typing import Any

from numba import carray, types

from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.engine.kernel.pointers import as_pointer


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
