"""Conditional modes of the group effects, by penalised iterated least squares.

Newton's method on ``log f(y | u) - u'u / 2`` with the observed curvature (Bates et al. 2015 call
it PIRLS, with the expected one, which is the same for a canonical link); where that is not positive
definite, a step with the negative weights set to 0 climbs all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.derivatives import Curve
from bayesglmm.likelihood.problem import Point, Problem
from bayesglmm.likelihood.system import System, factorise, solve

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
    system : System
        Precision there.
    penalised : float
        Log likelihood of the cells less ``u'u / 2``.
    """

    u: Array
    eta: Array
    rows: Array
    curve: Curve
    system: System
    penalised: float


def spherical_rows(problem: Problem, point: Point) -> Array:
    """``L' z`` of each cell, shape (m, R)."""
    parts = zip(problem.factors, point.spreads, strict=True)
    return np.concatenate([factor.Z @ spread.factor for factor, spread in parts], axis=1)


def gather(problem: Problem, rows: Array, values: Array) -> Array:
    """``Z L`` times a vector of effects, shape (m,)."""
    return np.asarray(np.einsum("mr,mr->m", rows, values[problem.columns]))


def scatter(problem: Problem, rows: Array, values: Array) -> Array:
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
    rows = spherical_rows(problem, point)
    base = problem.offset + problem.X @ point.beta

    def evaluate(u: Array) -> tuple[float, Array, Curve]:
        eta = base + gather(problem, rows, u)
        curve = problem.curve(eta, point.auxiliary)
        return float(curve.value.sum() - 0.5 * (u @ u)), eta, curve

    u = start
    value, eta, curve = evaluate(u)
    if not np.isfinite(value):
        u = np.zeros_like(start)
        value, eta, curve = evaluate(u)
    done, system, known = False, None, None
    for _ in range(STEPS):
        if not np.isfinite(value):
            return None
        if known is None or not np.array_equal(known, curve.second):  # alike for a Gaussian
            known, system = curve.second, factorise(problem, rows, -curve.second)
        if done:
            return None if system is None else Modes(u, eta, rows, curve, system, value)
        climb = system or factorise(problem, rows, np.maximum(-curve.second, 0.0))
        if climb is None:  # a weight is not a number
            return None
        slope = scatter(problem, rows, curve.first) - u
        step = solve(climb, slope)
        decrement = float(slope @ step)
        done = (decrement < CLOSE and climb is system) or decrement < CLOSE**2
        size = 1.0
        for _ in range(HALVINGS):
            trial = evaluate(u + size * step)
            if trial[0] >= value - 1e-12 * abs(value):
                break
            size *= 0.5
        u = u + size * step
        value, eta, curve = trial
    return None
