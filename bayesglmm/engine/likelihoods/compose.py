"""Likelihoods put together from a family and a link.

A family is a function of one cell: ``cell(mean, beside, cells, i)`` is the log likelihood of cell i
and its derivatives with respect to the linear predictor and to the log of the parameter beside
the mean. What it knows of the mean is a record that a link makes of the linear predictor (`links`),
derivatives included, and of the other parameter its value and its log; the compiler drops those
parts that a family does not ask for, so that nothing is paid for putting the two together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from bayesglmm.engine.likelihoods.arithmetic import exp
from bayesglmm.engine.likelihoods.likelihood import Columns, RowFunction

type Inverse = Callable[[float], Any]
type Cell = Callable[[Any, Beside, Any, int], tuple[float, float, float]]
type Edge = Callable[[Any, Any, int], tuple[float, float]]


class Beside(NamedTuple):
    """The parameter beside the mean, and its log."""

    value: float
    log: float


def everywhere(name: str, inverse: Inverse, cell: Cell) -> RowFunction:
    """A likelihood whose mean is inside its domain at every linear predictor.

    Parameters
    ----------
    name : str
        Of the function, in tracebacks and in the cache of compiled code.
    inverse : callable
        From a linear predictor to a record of the mean, compiled.
    cell : callable
        Of the family, compiled.

    Returns
    -------
    callable
        See `Likelihood.rows`.
    """

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:
        predictor, slopes = eta[0], score[0]
        beside = Beside(parameter, math.log(parameter))
        total, total_slope = 0.0, 0.0
        for i in range(predictor.size):
            value, slopes[i], change = cell(inverse(predictor[i]), beside, cells, i)
            total += value
            total_slope += change
        return total, total_slope

    return named(rows, name)


def above_zero(name: str, inverse: Inverse, cell: Cell, edge: Edge) -> RowFunction:
    """A likelihood of counts whose rate may be 0 or, which is impossible, negative.

    Parameters
    ----------
    name, inverse, cell
        As for `everywhere`.
    edge : callable
        (rate, cells, i) to the log likelihood and the score at a rate of 0, compiled.

    Returns
    -------
    callable
        See `Likelihood.rows`.
    """

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:
        predictor, slopes = eta[0], score[0]
        beside = Beside(parameter, math.log(parameter))
        total, total_slope = 0.0, 0.0
        for i in range(predictor.size):
            rate = inverse(predictor[i])
            if rate.value > 0.0:
                value, slopes[i], change = cell(rate, beside, cells, i)
                total_slope += change
            elif rate.value == 0.0:
                value, slopes[i] = edge(rate, cells, i)
            else:
                value, slopes[i] = -math.inf, 0.0
            total += value
        return total, total_slope

    return named(rows, name)


def everywhere_modelled(name: str, inverse: Inverse, cell: Cell) -> RowFunction:
    """`everywhere` where the log of the parameter beside the mean has a linear predictor."""

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:  # noqa: ARG001
        predictor, slopes, log_parameter, changes = eta[0], score[0], eta[1], score[1]
        total = 0.0
        for i in range(predictor.size):
            beside = Beside(exp(log_parameter[i]), log_parameter[i])
            value, slopes[i], changes[i] = cell(inverse(predictor[i]), beside, cells, i)
            total += value
        return total, 0.0

    return named(rows, name)


def above_zero_modelled(name: str, inverse: Inverse, cell: Cell, edge: Edge) -> RowFunction:
    """`above_zero` where the log of the parameter beside the mean has a linear predictor."""

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:  # noqa: ARG001
        predictor, slopes, log_parameter, changes = eta[0], score[0], eta[1], score[1]
        total = 0.0
        for i in range(predictor.size):
            rate = inverse(predictor[i])
            changes[i] = 0.0
            if rate.value > 0.0:
                beside = Beside(exp(log_parameter[i]), log_parameter[i])
                value, slopes[i], changes[i] = cell(rate, beside, cells, i)
            elif rate.value == 0.0:
                value, slopes[i] = edge(rate, cells, i)
            else:
                value, slopes[i] = -math.inf, 0.0
            total += value
        return total, 0.0

    return named(rows, name)


def named(function: Any, name: str) -> RowFunction:
    """A function under the name that tells it apart in tracebacks and in the cache on disk."""
    function.__name__ = function.__qualname__ = name
    made: RowFunction = function
    return made
