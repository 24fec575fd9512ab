"""Conditional modes of the group effects, by penalised iterated least squares.

Newton's method on ``log f(y | u) - u'u / 2`` with the observed curvature (Bates et al. 2015 call
it PIRLS, with the expected one, which is the same for a canonical link); where that is not positive
definite, a step with the curvature of each cell made positive climbs all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.arrow import FactorisedArrow
from bayesglmm.engine.arrow_columns import ArrowColumns
from bayesglmm.families.links import Array
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import factorise, solve_effects
from bayesglmm.likelihood.problem import Problem, pair_weights
from bayesglmm.likelihood.surface import Etas, Surface

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
    etas : tuple of arrays
        The linear predictors of the cells there.
    rows : array of shape (A, m, R)
        ``L' z`` of each cell, for each predictor with effects.
    surface : Surface
        Of the cells, there, with all derivatives.
    columns : ArrowColumns
        The rows as an arrow; see `problem.pairs`.
    precision : FactorisedArrow
        Of the effects, there.
    penalised : float
        Log likelihood of the cells less ``u'u / 2``.
    """

    u: Array
    etas: Etas
    rows: Array
    surface: Surface
    columns: ArrowColumns
    precision: FactorisedArrow
    penalised: float


def spherical_columns(problem: Problem, point: Point) -> tuple[ArrowColumns, Array]:
    """``L' z`` of each cell as an arrow's columns, and as rows of shape (A, m, R)."""
    largest, *others = (spread.factor for spread in point.spreads)
    columns = problem.arrow.scaled([*others, largest])
    factors = [*zip(problem.factors, point.spreads, strict=True)]
    rows = [
        np.concatenate([own.columns_of(side) @ spread.factor for own, spread in factors], axis=1)
        for side in problem.active
    ]
    return columns, np.stack(rows)


def linear_of(problem: Problem, rows: Array, values: Array) -> Array:
    """``Z L`` times a vector of effects, shape (A, m)."""
    return np.asarray(np.einsum("amr,mr->am", rows, values[problem.columns]))


def sums_by_effect(problem: Problem, rows: Array, values: Array) -> Array:
    """``L' Z'`` times numbers of each cell, shape (A, m), summed; shape of all effects."""
    spread = np.einsum("amr,am->mr", rows, values).ravel()
    return np.bincount(problem.columns.ravel(), spread, minlength=problem.effects)


def with_effects(problem: Problem, etas: Etas, moved: Array) -> Etas:
    """Linear predictors with what the effects add to those that have any, shape (A, m, ...)."""
    found = list(etas)
    for own, side in zip(moved, problem.active, strict=True):
        found[side] = etas[side].reshape(-1, *(1,) * (own.ndim - 1)) + own
    return tuple(found)


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

    def evaluate(u: Array) -> tuple[float, Etas, Surface]:
        etas = with_effects(problem, point.etas, linear_of(problem, rows, u))
        surface = problem.surface(etas, 2)
        return float(surface.value.sum() - 0.5 * (u @ u)), etas, surface

    u = start
    value, etas, surface = evaluate(u)
    if not np.isfinite(value):
        u = np.zeros_like(start)
        value, etas, surface = evaluate(u)
    done, precision, known = False, None, None
    for _ in range(STEPS):
        if not np.isfinite(value):
            return None
        curvature = curvature_of(problem, surface)
        if known is None or not np.array_equal(known, curvature):  # alike for a Gaussian
            known, precision = curvature, factorise(columns, pair_weights(curvature))
        if done and precision is None:
            return None
        if done and precision is not None:
            whole = surface if surface.third is not None else problem.surface(etas, 3)
            return Modes(u, etas, rows, whole, columns, precision, value)
        climb = precision or factorise(columns, pair_weights(made_positive(curvature)))
        if climb is None:  # a weight is not a number
            return None
        slope = sums_by_effect(problem, rows, active_slopes(problem, surface)) - u
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
        value, etas, surface = trial
    return None


def active_slopes(problem: Problem, surface: Surface) -> Array:
    """Derivatives by the predictors with effects, shape (A, m)."""
    return np.stack([surface.first[side] for side in problem.active])


def curvature_of(problem: Problem, surface: Surface) -> Array:
    """Minus the second derivatives by the predictors with effects, shape (A, A, m)."""
    assert surface.second is not None
    return -surface.second[:, list(problem.active)]


def made_positive(curvature: Array) -> Array:
    """Curvatures of cells without their negative directions."""
    if len(curvature) == 1:
        return np.maximum(curvature, 0.0)
    if not np.all(np.isfinite(curvature)):
        return curvature
    values, vectors = np.linalg.eigh(np.moveaxis(curvature, 2, 0))
    positive = (vectors * np.maximum(values, 0.0)[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    return np.moveaxis(positive, 0, 2)
