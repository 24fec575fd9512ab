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
from bayesglmm.likelihood.modes import Modes, active_slopes, linear_of, sums_by_effect
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import solve_effects
from bayesglmm.likelihood.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Pulls:
    """What an approximation feels, the parameters held still.

    Attributes
    ----------
    score : tuple of K arrays of shape (m,)
        Its derivatives by a shift of a linear predictor of a cell at all points alike.
    lift : array of shape (A, m, R)
        Its derivative by the loadings ``L`` of a cell's own effects: score times effect, summed.
    force : array
        Its derivative by the modes, where the points are shifted along; of all effects.
    reach : array of shape (A, m, R)
        Minus its derivative by ``H``, times the cell's ``L' z``.
    """

    score: tuple[Array, ...]
    lift: Array
    force: Array
    reach: Array


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
        In the order of `Problem`.
    """
    second, third, active = modes.surface.second, modes.surface.third, list(problem.active)
    assert second is not None
    assert third is not None
    leverage = np.einsum("amr,bmr->abm", modes.rows, pulls.reach)
    bend = np.einsum("abm,abkm->km", leverage, third)
    follow = solve_effects(
        modes.precision, pulls.force + sums_by_effect(problem, modes.rows, bend[active])
    )
    drift = linear_of(problem, modes.rows, follow)
    shift = bend + np.einsum("am,akm->km", drift, second)
    loads = (
        pulls.lift
        + shift[active][..., None] * modes.u[problem.columns]
        + 2 * np.einsum("abm,bmr->amr", second[:, active], pulls.reach)
        + active_slopes(problem, modes.surface)[..., None] * follow[problem.columns]
    )
    _, rest = problem.rest(point.etas)
    first, *others = (
        side.pull(score + own) + (side.pull(rest[place]) if place in rest else 0.0)
        for place, (side, score, own) in enumerate(
            zip(problem.sides, pulls.score, shift, strict=True)
        )
    )
    return np.concatenate([first, *_spread_slopes(problem, point, loads), *others])


def _spread_slopes(problem: Problem, point: Point, loads: Array) -> list[Array]:
    """Derivatives by the spread of each factor, from those by the loadings of the cells."""
    found, place = [], 0
    for factor, spread in zip(problem.factors, point.spreads, strict=True):
        own = slice(place, place + factor.q)
        outer = sum(
            factor.columns_of(side).T @ loads[a, :, own] for a, side in enumerate(problem.active)
        )
        found.append(np.einsum("tjk,jk->t", spread.derivatives, outer))
        place = own.stop
    return found
