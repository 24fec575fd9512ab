"""Addresses of compiled likelihoods: the one that a model needs is compiled, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import numpy as np
from numba import carray, types

from bayesglmm.engine.jit import cached_cfunc
from bayesglmm.engine.kernel.compiled import compiled_sums
from bayesglmm.engine.kernel.pointers import AUXILIARY, LIKELIHOOD, as_pointer
from bayesglmm.engine.likelihoods import Likelihood, Statistics
from bayesglmm.families.links import Array


def _rows(
    count: Any, eta: Any, score: Any, a: Any, b: Any, c: Any, auxiliary: Any, slope: Any
) -> Any:
    """A likelihood of rows behind addresses; FUNCTION stands for the family's own."""
    value, change = FUNCTION(  # type: ignore[name-defined]  # noqa: F821
        carray(as_pointer(eta), (count,), types.float64),
        carray(as_pointer(score), (count,), types.float64),
        carray(as_pointer(a), (count,), types.float64),
        carray(as_pointer(b), (count,), types.float64),
        carray(as_pointer(c), (count,), types.float64),
        auxiliary,
    )
    carray(as_pointer(slope), (1,), types.float64)[0] = change
    return value


def _auxiliary(count: Any, table: Any, auxiliary: Any, slope: Any) -> Any:
    """The part of a likelihood that needs no rows, behind addresses."""
    value, change = FUNCTION(  # type: ignore[name-defined]  # noqa: F821
        carray(as_pointer(table), (2, count), types.float64), auxiliary
    )
    carray(as_pointer(slope), (1,), types.float64)[0] = change
    return value


def _bound(template: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    """A template whose FUNCTION is the given one, under a name of its own in the disk cache."""
    names = dict(template.__globals__)
    names["FUNCTION"] = compiled_sums(function)
    assert isinstance(template, FunctionType)
    bound = FunctionType(template.__code__, names, function.__name__)
    bound.__qualname__ = f"{template.__name__}_{function.__module__}_{function.__qualname__}"
    bound.__module__ = template.__module__
    return bound


@cache
def rows_function(likelihood: Likelihood) -> Any:
    """The compiled likelihood of rows; `LIKELIHOOD` is its signature."""
    return cached_cfunc(_bound(_rows, likelihood.rows), LIKELIHOOD)


def rows_address(likelihood: Likelihood) -> int:
    """Address of the compiled likelihood of rows."""
    return int(rows_function(likelihood).address)


@cache
def auxiliary_function(likelihood: Likelihood) -> Any:
    """The compiled part that needs no rows, None where there is none."""
    if likelihood.auxiliary is None:
        return None
    return cached_cfunc(_bound(_auxiliary, likelihood.auxiliary), AUXILIARY)


def auxiliary_address(likelihood: Likelihood) -> int:
    """Address of the compiled part that needs no rows, 0 where there is none."""
    function = auxiliary_function(likelihood)
    return 0 if function is None else int(function.address)


def evaluate_rows(
    likelihood: Likelihood, statistics: Statistics, eta: Array, auxiliary: float
) -> tuple[float, Array, float]:
    """Log-likelihood at a linear predictor, the constant left out.

    Parameters
    ----------
    likelihood : Likelihood
    statistics : Statistics
        Of m cells.
    eta : array of shape (m,)
    auxiliary : float
        Natural scale.

    Returns
    -------
    value : float
    score : array of shape (m,)
        Derivative with respect to each cell's linear predictor.
    slope : float
        Derivative with respect to the log of the auxiliary parameter.
    """
    values, scores, slopes = evaluate_several(likelihood, statistics, eta[None], auxiliary)
    return float(values[0]), scores[0], float(slopes[0])


def evaluate_several(
    likelihood: Likelihood, statistics: Statistics, eta: Array, auxiliary: float
) -> tuple[Array, Array, Array]:
    """`evaluate_rows` at several linear predictors.

    Parameters
    ----------
    likelihood, statistics, auxiliary
    eta : array of shape (k, m)

    Returns
    -------
    values : array of shape (k,)
    scores : array of shape (k, m)
    slopes : array of shape (k,)
    """
    eta = np.ascontiguousarray(eta, dtype=float)
    k, m = eta.shape
    values, scores, slopes, change = np.empty(k), np.empty((k, m)), np.empty(k), np.zeros(1)
    a, b, c, table = (
        np.ascontiguousarray(values, dtype=float)
        for values in (statistics.a, statistics.b, statistics.c, statistics.table)
    )
    rows, shared = rows_function(likelihood).ctypes, [x.ctypes.data for x in (a, b, c)]
    starts = (eta.ctypes.data, scores.ctypes.data, slopes.ctypes.data)
    for number in range(k):
        at, score = (start + 8 * m * number for start in starts[:2])
        values[number] = rows(m, at, score, *shared, auxiliary, starts[2] + 8 * number)
    function = auxiliary_function(likelihood)
    if function is not None:
        values += function.ctypes(table.shape[1], table.ctypes.data, auxiliary, change.ctypes.data)
        slopes += change[0]
    return values, scores, slopes
