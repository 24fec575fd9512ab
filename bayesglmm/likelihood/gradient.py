"""How an integral over group effects changes with the parameters, modes and scales in tow.

An approximation of the integral reads the likelihood at points that are fixed by the conditional
modes and the precision ``H`` there. When parameters change, the modes follow by the implicit
function theorem, and ``H`` with them. One solve with all that pulls at the modes on its right side
(the adjoint) carries both to all parameters at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.modes import Modes, linear_of, sums_by_effect
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import solve_effects
from bayesglmm.likelihood.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Pulls:
    """What an approximation feels, the parameters held still.

    Attributes
    ----------
    score : array of shape (m,)
        Its derivative by a shift of the linear predictor of a cell at all points alike.
    lift : array of shape (m, R)
        Its derivative by the loadings ``L`` of a cell's own effects: score times effect, summed.
    force : array
        Its derivative by the modes, where the points are shifted along; of all effects.
    reach : array of shape (m, R)
        Minus its derivative by ``H``, times the cell's ``L' z``.
    by_log : array of shape (m,) or None
        Its derivative by the log of the other parameter of each cell; None where there is none.
    """

    score: Array
    lift: Array
    force: Array
    reach: Array
    by_log: Array | None


def total_gradient(problem: Problem, point: Point, modes: Modes, pulls: Pulls) -> Array:
    """Derivatives by the free numbers.

    Parameters
    ----------
    problem : Problem
    point : Point
    modes : Modes
    pulls : Pulls

    Returns
    -------
    array
        By coefficients, spreads and coefficients of the other parameter.
    """
    curve, weights = modes.curve, -modes.curve.second
    leverage = np.einsum("mr,mr->m", pulls.reach, modes.rows)
    bend = -leverage * curve.third
    follow = solve_effects(modes.precision, pulls.force - sums_by_effect(problem, modes.rows, bend))
    drift = linear_of(problem, modes.rows, follow)
    shift = -bend - weights * drift
    loads = (
        pulls.lift
        + shift[:, None] * modes.u[problem.columns]
        - 2 * weights[:, None] * pulls.reach
        + curve.first[:, None] * follow[problem.columns]
    )
    parts, place = [problem.X.T @ (pulls.score + shift)], 0
    for factor, spread in zip(problem.factors, point.spreads, strict=True):
        outer = factor.Z.T @ loads[:, place : place + factor.q]
        parts.append(np.einsum("tjk,jk->t", spread.derivatives, outer))
        place += factor.q
    if problem.other is not None and curve.by_log is not None and pulls.by_log is not None:
        by_log = pulls.by_log + leverage * curve.by_log[2] + drift * curve.by_log[1]
        parts.append(problem.other.pull(by_log) + problem.rest(point.other)[1])
    return np.concatenate(parts)
