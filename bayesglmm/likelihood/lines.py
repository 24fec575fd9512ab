"""A parameter as one of the coordinates of the search, along which it is profiled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.maximum import Maximum
from bayesglmm.likelihood.scale import Scalar, intercept_weights


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A parameter as one of the coordinates of the search.

    Attributes
    ----------
    place : int
        Of its coordinate.
    matrix : array of shape (k, k)
        Coordinates to free numbers.
    to_parameter : callable
        Coordinate to parameter, increasing.
    bounded : bool
        Whether the coordinate may not pass 0.
    """

    place: int
    matrix: Array
    to_parameter: Callable[[float], float]
    bounded: bool


def line_of(fit: Maximum, label: str) -> Line | None:
    """The line of a parameter; None where it is no coordinate of the search.

    Raises
    ------
    SpecError
        If there is no such parameter.
    """
    item = fit.parameters[fit.place(label)]
    straight = np.eye(fit.problem.size)
    if item.role in ("fixed", "distributional") and not np.isfinite(fit.errors[fit.place(label)]):
        return None  # it grows without bound
    if item.role == "fixed":
        return _fixed_line(fit, item, straight)
    if item.role == "distributional":
        return Line(fit.problem.size - 1, straight, lambda value: float(np.exp(value)), False)
    return _spread_line(fit, item, straight)


def _fixed_line(fit: Maximum, item: Scalar, straight: Array) -> Line:
    """The line of a coefficient, of the mean or of the log of the other parameter."""
    predictor, other = fit.design.predictors[item.predictor], fit.problem.other
    start = 0
    if other is not None and item.predictor == other.name:
        start = fit.problem.size - other.size
    fixed = predictor.fixed
    names = [predictor.variable(name) for name in fixed.names]
    if item.label not in names:
        weights = intercept_weights(predictor)
        straight[start, start : start + len(weights)] += weights
        return _scaled(start, straight, 1.0)
    place = names.index(item.label)
    return _scaled(start + place + fixed.intercept, straight, fixed.scale[place])


def _spread_line(fit: Maximum, item: Scalar, straight: Array) -> Line | None:
    """The line of a standard deviation, or of the correlation of two effects."""
    start = fit.problem.X.shape[1]
    for factor in fit.problem.factors:
        groups = [g for g in fit.design.predictor.groups if g.factor == factor.name]
        for group, block in zip(groups, factor.blocks, strict=True):
            place = start + block.free
            if item.label in group.sds:
                k = group.sds.index(item.label)
                return _scaled(place + k, straight, factor.scale[block.start + k], True)
            if item.role == "cor" and item.group == group.name and block.q == 2:
                return Line(place + block.q, straight, _correlation, False)
        start += factor.free
    return None


def _scaled(place: int, matrix: Array, scale: float, bounded: bool = False) -> Line:
    return Line(place, matrix, lambda value: float(value / scale), bounded)


def _correlation(direction: float) -> float:
    """Of two effects, from the free number; see `bayesglmm.likelihood.spread`."""
    if np.isinf(direction):
        return float(np.sign(direction))
    return float(direction / np.hypot(1.0, direction))
