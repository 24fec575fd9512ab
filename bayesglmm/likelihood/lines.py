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
        link = fit.design.predictors[item.predictor].link
        place = fit.problem.places(fit.problem.side(item.predictor)).start
        return Line(place, straight, lambda value: float(link.inverse(value)), False)
    return _spread_line(fit, item, straight)


def _fixed_line(fit: Maximum, item: Scalar, straight: Array) -> Line:
    """The line of a coefficient of any predictor."""
    predictor = fit.design.predictors[item.predictor]
    start = fit.problem.places(fit.problem.side(item.predictor)).start
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
    for factor, own in zip(fit.problem.factors, fit.problem.spread_places, strict=True):
        for place in factor.blocks:
            first = own.start + place.free
            if item.label in place.block.sds:
                k = place.block.sds.index(item.label)
                return _scaled(first + k, straight, factor.scale[place.start + k], True)
            if item.role == "cor" and item.group == place.block.name and place.q == 2:
                return Line(first + place.q, straight, _correlation, False)
    return None


def _scaled(place: int, matrix: Array, scale: float, bounded: bool = False) -> Line:
    return Line(place, matrix, lambda value: float(value / scale), bounded)


def _correlation(direction: float) -> float:
    """Of two effects, from the free number; see `bayesglmm.likelihood.spread`."""
    if np.isinf(direction):
        return float(np.sign(direction))
    return float(direction / np.hypot(1.0, direction))
