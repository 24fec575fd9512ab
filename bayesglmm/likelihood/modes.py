"""Conditional modes of the group effects, by penalised iterated least squares.

Newton's method on ``log f(y | u) - u'u / 2`` with the observed curvature (Bates et al. 2015 call
it PIRLS, with the expected one, which is the same for a canonical link); where that is not positive
definite, a step with the negative weights set to 0 climbs all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.arrow import FactorisedArrow
from bayesglmm.engine.arrow_columns import ArrowColumns
from bayesglmm.families.links import Array
from bayesglmm.likelihood.derivatives import Curve
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import factorise, solve_effects
from bayesglmm.likelihood.problem import Problem

STEPS, HALVINGS = 200, 30
CLOSE = 1e-8
"""Newton decrement after which one more step leaves rounding alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Modes:
    """The group effects where the penalised log likelihood is largest.

    Attributes
    ----------
    u : array
        Spherical effects, all factors.
    eta : array of shape (m,)
        Linear predictor there.
    rows : array of shape (m, R)
        ``L' z`` of each cell.
    curve : Curve
        Of the cells, there.
    columns : ArrowColumns
        The same as an arrow.
    precision : FactorisedArrow
        Of the effects, there.
    penalised : float
        Log likelihood of the cells less ``u'u / 2``.
    """

    u: Array
    eta: Array
    rows: Array
    curve: Curve
    columns: ArrowColumns
    precision: FactorisedArrow
    penalised: float


def spherical_columns(problem: Problem, point: Point) -> tuple[ArrowColumns, Array]:
    """``L' z`` of each cell as an arrow's columns, and as rows of shape (m, R)."""
    largest, *others = (spread.factor for spread in point.spreads)
    columns = problem.arrow.scaled([*others, largest])
    parts = (columns.shaft, *columns.head)
    return columns, np.concatenate([part.Z for part in parts]).T


def linear_of(problem: Problem, rows: Array, values: Array) -> Array:
    """``Z L`` times a vector of effects, shape (m,)."""
    return np.asarray(np.einsum("mr,mr->m", rows, values[problem.columns]))


def sums_by_effect(problem: Problem, rows: Array, values: Array) -> Array:
    """``L' Z'`` times a number of each cell, shape of all effects."""
    spread = (rows * values[:, None]).ravel()
    return np.bincount(problem.columns.ravel(), spread, minlength=problem.effects)


def find_modes(problem: Problem, point: Point, start: Array) -> Modes | None:
    """The conditional modes at some free numbers.

    Parameters
    ----------
    problem : Problem
    point : Point
    start : array
        Effects to start from.

    Returns
    -------
    Modes or None
        None where there is no maximum to be found, such as outside the domain of the mean.
    """
    columns, rows = spherical_columns(problem, point)
    base = problem.offset + problem.X @ point.beta

    def evaluate(u: Array) -> tuple[float, Array, Curve]:
        eta = base + linear_of(problem, rows, u)
        curve = problem.curve(eta, point.other)
        return float(curve.value.sum() - 0.5 * (u @ u)), eta, curve

    u = start
    value, eta, curve = evaluate(u)
    if not np.isfinite(value):
        u = np.zeros_like(start)
        value, eta, curve = evaluate(u)
    done, precision, known = False, None, None
    for _ in range(STEPS):
        if not np.isfinite(value):
            return None
        if known is None or not np.array_equal(known, curve.second):  # alike for a Gaussian
            known, precision = curve.second, factorise(columns, -curve.second)
        if done and precision is None:
            return None
        if done and precision is not None:
            return Modes(u, eta, rows, curve, columns, precision, value)
        climb = precision or factorise(columns, np.maximum(-curve.second, 0.0))
        if climb is None:  # a weight is not a number
            return None
        slope = sums_by_effect(problem, rows, curve.first) - u
        step = solve_effects(climb, slope)
        decrement = float(slope @ step)
        done = (decrement < CLOSE and climb is precision) or decrement < CLOSE**2
        size = 1.0
        for _ in range(HALVINGS):
            trial = evaluate(u + size * step)
            if trial[0] >= value - 1e-12 * abs(value):
                break
            size *= 0.5
        u = u + size * step
        value, eta, curve = trial
    return None
