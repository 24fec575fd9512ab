"""Addresses of compiled likelihoods: the one that a model needs is compiled, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np
from numba import carray, types

from bayesglmm.engine.compiled import compiled, compiled_sums
from bayesglmm.engine.jit import cached_cfunc
from bayesglmm.engine.kernel.pointers import LIKELIHOOD, REST, as_pointer
from bayesglmm.engine.likelihoods import Likelihood, Statistics
from bayesglmm.families.links import Array


def _rows(
    count: Any,
    eta: Any,
    score: Any,
    width: Any,
    statistics: Any,
    length: Any,
    scalar: Any,
    slope: Any,
) -> Any:
    """A likelihood of rows behind addresses; FUNCTION stands for the family's own."""
    value, change = FUNCTION(  # type: ignore[name-defined]  # noqa: F821
        PREDICTORS(eta, width, count),  # type: ignore[name-defined]  # noqa: F821
        PREDICTORS(score, width, count),  # type: ignore[name-defined]  # noqa: F821
        RECORD(*STATISTICS(statistics, length, count)),  # type: ignore[name-defined]  # noqa: F821
        scalar,
    )
    carray(as_pointer(slope), (1,), types.float64)[0] = change
    return value


def _rest(count: Any, statistics: Any, scalar: Any, slope: Any) -> Any:
    """The part of a likelihood without a linear predictor, behind addresses."""
    value, change = FUNCTION(  # type: ignore[name-defined]  # noqa: F821
        RECORD(*STATISTICS(statistics, count, count)),  # type: ignore[name-defined]  # noqa: F821
        scalar,
    )
    carray(as_pointer(slope), (1,), types.float64)[0] = change
    return value


@cache
def _columns(number: int) -> Callable[..., Any]:
    """A compiled function to so many arrays that stand one after the other in memory.

    It takes the address of the first, the distance from one to the next, and their length.
    """
    place = np.uint64(8 * (number - 1))
    if number == 1:

        def first(address: Any, distance: Any, count: Any) -> Any:  # noqa: ARG001
            return (carray(as_pointer(address), (count,), types.float64),)

        return compiled(first)
    before = _columns(number - 1)

    def columns(address: Any, distance: Any, count: Any) -> Any:
        own = address + place * np.uint64(distance)
        last = (carray(as_pointer(own), (count,), types.float64),)
        return before(address, distance, count) + last

    return compiled(columns)


def _bound(
    template: Callable[..., Any], function: Callable[..., Any], **names: Any
) -> Callable[..., Any]:
    """A template whose FUNCTION is the given one, under a name of its own in the disk cache."""
    assert isinstance(template, FunctionType)
    known = template.__globals__ | names | {"FUNCTION": compiled_sums(function)}
    bound = FunctionType(template.__code__, known, function.__name__)
    bound.__qualname__ = f"{template.__name__}_{function.__module__}_{function.__qualname__}"
    bound.__module__ = template.__module__
    return bound


def _fields(kind: Any) -> dict[str, Any]:
    """What a template needs to make a named tuple of statistics."""
    return {"RECORD": kind, "STATISTICS": _columns(len(kind._fields))}


@cache
def rows_function(likelihood: Likelihood) -> Any:
    """The compiled likelihood of rows; `LIKELIHOOD` is its signature."""
    names = _fields(likelihood.cells) | {"PREDICTORS": _columns(likelihood.predictors)}
    bound = _bound(_rows, likelihood.rows, **names)
    # One function may serve any number of predictors, whose machine code is not the same.
    bound.__qualname__ += f"_{likelihood.predictors}"
    return cached_cfunc(bound, LIKELIHOOD)


def rows_address(likelihood: Likelihood) -> int:
    """Address of the compiled likelihood of rows."""
    return int(rows_function(likelihood).address)


@cache
def rest_function(likelihood: Likelihood) -> Any:
    """The compiled part without a linear predictor, None where there is none."""
    if likelihood.rest is None:
        return None
    return cached_cfunc(_bound(_rest, likelihood.rest, **_fields(likelihood.rest_statistics)), REST)


def rest_address(likelihood: Likelihood) -> int:
    """Address of the compiled part without a linear predictor, 0 where there is none."""
    function = rest_function(likelihood)
    return 0 if function is None else int(function.address)


def evaluate_rows(
    likelihood: Likelihood, statistics: Statistics, eta: Array, scalar: float
) -> tuple[float, Array, float]:
    """Log-likelihood at linear predictors, the constant left out.

    Parameters
    ----------
    likelihood : Likelihood
    statistics : Statistics
        Of m cells.
    eta : array of shape (m * predictors,)
        The linear predictors of a cell side by side.
    scalar : float
        Beside the mean, natural scale; any number where there is none.

    Returns
    -------
    value : float
    score : array of the shape of `eta`
        Derivative with respect to each linear predictor.
    slope : float
        Derivative with respect to the log of `scalar`.
    """
    values, scores, slopes = evaluate_several(likelihood, statistics, eta[None], scalar)
    return float(values[0]), scores[0], float(slopes[0])


def evaluate_several(
    likelihood: Likelihood, statistics: Statistics, eta: Array, scalar: float
) -> tuple[Array, Array, Array]:
    """`evaluate_rows` at several sets of linear predictors.

    Parameters
    ----------
    likelihood, statistics, scalar
    eta : array of shape (k, m * predictors)

    Returns
    -------
    values : array of shape (k,)
    scores : array of the shape of `eta`
    slopes : array of shape (k,)
    """
    apart = eta.reshape(len(eta), -1, likelihood.predictors).swapaxes(1, 2)
    values, scores, slopes = evaluate_apart(likelihood, statistics, apart, scalar)
    return values, scores.swapaxes(1, 2).reshape(eta.shape), slopes


def evaluate_apart(
    likelihood: Likelihood, statistics: Statistics, eta: Array, scalar: float
) -> tuple[Array, Array, Array]:
    """`evaluate_several` where the linear predictors stand one after the other.

    Parameters
    ----------
    likelihood, statistics, scalar
    eta : array of shape (k, predictors, m)

    Returns
    -------
    values : array of shape (k,)
    scores : array of the shape of `eta`
    slopes : array of shape (k,)
    """
    eta = np.ascontiguousarray(eta, dtype=float)
    k, K, m = eta.shape
    values, scores, slopes = np.empty(k), np.empty(eta.shape), np.empty(k)
    cells, rows = stacked(statistics.cells), rows_function(likelihood).ctypes
    starts = (eta.ctypes.data, scores.ctypes.data, slopes.ctypes.data)
    for number in range(k):
        at, score = (start + 8 * K * m * number for start in starts[:2])
        slope = starts[2] + 8 * number
        values[number] = rows(m, at, score, m, cells.ctypes.data, m, scalar, slope)
    function = rest_function(likelihood)
    if function is not None:
        rest, change = stacked(statistics.rest), np.zeros(1)
        values += function.ctypes(rest.shape[1], rest.ctypes.data, scalar, change.ctypes.data)
        slopes += change[0]
    return values, scores, slopes


def stacked(statistics: tuple[Array, ...]) -> Array:
    """Statistics one after the other, as compiled code reads them, shape (number, length)."""
    if not statistics:
        return np.zeros((0, 0))
    return np.stack([np.asarray(values, dtype=float) for values in statistics])
