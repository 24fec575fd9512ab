"""Free numbers, taken apart: what each of them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.spread import Spread, make_spread, signs

RANGE = 35.0
"""Beyond e^35 or below e^-35 a parameter beside the mean has no meaning left."""


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Free numbers, taken apart.

    Attributes
    ----------
    beta : array of shape (P,)
    spreads : tuple of Spread
        One for each grouping factor.
    gamma : array of shape (Q,)
        Coefficients of the log of the other parameter; none where the family has none.
    other : array of shape (m,) or (1,)
        That parameter of each cell, or of all; 1 where the family has none.
    """

    beta: Array
    spreads: tuple[Spread, ...]
    gamma: Array
    other: Array


def take_apart(problem: Problem, free: Array) -> Point:
    """The meaning of free numbers."""
    place = problem.X.shape[1]
    beta, spreads = free[:place], []
    for factor in problem.factors:
        spreads.append(make_spread(factor.blocks, free[place : place + factor.free]))
        place += factor.free
    gamma = free[place:]
    other = np.ones(1) if problem.other is None else np.exp(problem.other.logs(gamma))
    return Point(beta, tuple(spreads), gamma, other)


def point_of(problem: Problem, free: Array) -> Point | None:
    """The meaning of free numbers; None where they have none."""
    if not np.all(np.isfinite(free)):
        return None
    if problem.other is not None:
        logs = problem.other.logs(free[len(free) - problem.other.size :])
        if np.max(np.abs(logs)) > RANGE:
            return None
    return take_apart(problem, free)


def positive(problem: Problem, free: Array) -> Array:
    """Signs of free numbers that make every standard deviation positive; see `spread.signs`."""
    found, place = np.ones(len(free)), problem.X.shape[1]
    for factor in problem.factors:
        own = slice(place, place + factor.free)
        found[own] = signs(factor.blocks, free[own])
        place += factor.free
    return found
