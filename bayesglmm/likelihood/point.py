"""Free numbers, taken apart: what each of them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.spread import Spread, make_spread, signs
from bayesglmm.likelihood.surface import Etas

RANGE = 35.0
"""Beyond e^35 or below e^-35 a parameter beside the location has no meaning left."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Free numbers, taken apart.

    Attributes
    ----------
    coefficients : tuple of arrays
        Of each side.
    spreads : tuple of Spread
        One for each grouping factor.
    etas : tuple of arrays
        The linear predictors of the sides, group effects left out; see `Side.eta`.
    """

    coefficients: tuple[Array, ...]
    spreads: tuple[Spread, ...]
    etas: Etas


def take_apart(problem: Problem, free: Array) -> Point:
    """The meaning of free numbers."""
    coefficients = tuple(free[problem.places(side)] for side in range(len(problem.sides)))
    spreads = tuple(
        make_spread(factor.blocks, free[own])
        for factor, own in zip(problem.factors, problem.spread_places, strict=True)
    )
    pairs = zip(problem.sides, coefficients, strict=True)
    return Point(coefficients, spreads, tuple(side.eta(own) for side, own in pairs))


def point_of(problem: Problem, free: Array) -> Point | None:
    """The meaning of free numbers; None where they have none."""
    if not np.all(np.isfinite(free)):
        return None
    point = take_apart(problem, free)
    if any(np.max(np.abs(eta)) > RANGE for eta in point.etas[1:]):
        return None
    return point


def positive(problem: Problem, free: Array) -> Array:
    """Signs of free numbers that make every standard deviation positive; see `spread.signs`."""
    found = np.ones(len(free))
    for factor, own in zip(problem.factors, problem.spread_places, strict=True):
        found[own] = signs(factor.blocks, free[own])
    return found
