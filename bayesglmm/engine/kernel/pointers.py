"""Addresses in compiled code: arrays behind them, and functions behind them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LIKELIHOOD = types.float64(
    types.int64,  # number of cells
    types.uintp,  # linear predictors, one after the other
    types.uintp,  # scores, written
    types.int64,  # from one predictor to the next
    types.uintp,  # statistics of the cells, one after the other
    types.int64,  # from one statistic to the next
    types.float64,  # scalar parameter
    types.uintp,  # derivative with respect to its logarithm, written
)
"""Signature of a likelihood of rows: addresses of arrays, and the log-likelihood back."""

REST = types.float64(types.int64, types.uintp, types.float64, types.uintp)
"""Signature of the part of a likelihood without a linear predictor: length and address of its
statistics, the scalar parameter, address of the derivative."""

PART = types.float64(
    types.uintp,  # record
    types.int64,  # dimension
    types.uintp,  # coordinates, or their gradient
    types.uintp,  # parameters
    types.uintp,  # work
    types.uintp,  # slopes of the parameters
)
"""Signature of a part of the density; see `density`."""

# The bodies below write LLVM instructions; Numba calls them, so they are typed by it alone.


@intrinsic  # type: ignore[untyped-decorator]
def as_pointer(typing_context: Any, address: Any) -> Any:  # noqa: ARG001
    """A void pointer from an address."""
    signature = types.voidptr(address)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return signature, generate


def _caller(signature: Any) -> Any:
    """An intrinsic that calls the function at an address."""

    def build(address: Any, arguments: tuple[Any, ...]) -> Any:
        def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
            given = [context.get_value_type(kind) for kind in signature.args]
            kind = ir.FunctionType(context.get_value_type(signature.return_type), given)
            pointer = builder.inttoptr(values[0], kind.as_pointer())
            return builder.call(pointer, list(values[1:]))

        return signature.return_type(address, *arguments), generate

    return build


_call_likelihood = _caller(LIKELIHOOD)
_call_rest = _caller(REST)
_call_part = _caller(PART)


@intrinsic  # type: ignore[untyped-decorator]
def call_likelihood(
    typing_context: Any,  # noqa: ARG001
    address: Any,
    count: Any,
    eta: Any,
    score: Any,
    width: Any,
    statistics: Any,
    length: Any,
    scalar: Any,
    slope: Any,
) -> Any:
    """Call the likelihood at an address; arguments as in `LIKELIHOOD`."""
    given = (count, eta, score, width, statistics, length, scalar, slope)
    return _call_likelihood(address, given)


@intrinsic  # type: ignore[untyped-decorator]
def call_rest(
    typing_context: Any,  # noqa: ARG001
    address: Any,
    count: Any,
    statistics: Any,
    scalar: Any,
    slope: Any,
) -> Any:
    """Call the part without a linear predictor at an address; arguments as in `REST`."""
    return _call_rest(address, (count, statistics, scalar, slope))


@intrinsic  # type: ignore[untyped-decorator]
def call_part(
    typing_context: Any,  # noqa: ARG001
    address: Any,
    record: Any,
    dim: Any,
    z: Any,
    natural: Any,
    work: Any,
    slope: Any,
) -> Any:
    """Call the part of the density at an address; arguments as in `PART`."""
    return _call_part(address, (record, dim, z, natural, work, slope))
