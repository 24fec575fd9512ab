"""The log likelihood as a function of free numbers, with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError, brief
from bayesglmm.families.links import Array
from bayesglmm.likelihood.laplace import laplace
from bayesglmm.likelihood.modes import Modes, find_modes
from bayesglmm.likelihood.point import point_of
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.quadrature import make_rule, quadrature

type Objective = Callable[[Array], tuple[float, Array]]

MOST_NODES, MOST_EFFECTS = 100, 2
"""Nodes in a direction, and effects of a level, up to which the product rule is offered."""


def make_objective(problem: Problem, nodes: int) -> Objective:
    """The log likelihood by Laplace's approximation (one node) or quadrature.

    The modes found last are where the next search begins.

    Parameters
    ----------
    problem : Problem
    nodes : int

    Returns
    -------
    callable
        Free numbers to value and gradient; -inf where there is none.

    Raises
    ------
    SpecError
        If the number of nodes is not possible, or quadrature is not for this grouping.
    """
    check_nodes(problem, nodes)
    if not problem.factors:
        return quiet(lambda free: _without_groups(problem, free))
    rule = make_rule(nodes, problem.factors[0].q) if nodes > 1 else None
    last = np.zeros(problem.effects)

    def objective(free: Array) -> tuple[float, Array]:
        nonlocal last
        point = point_of(problem, free)
        modes = None if point is None else find_modes(problem, point, last)
        if point is None or modes is None:
            return -np.inf, np.zeros_like(free)
        if np.all(np.isfinite(modes.u)):
            last = modes.u
        if rule is None:
            return laplace(problem, point, modes)
        return quadrature(problem, point, modes, rule)

    return quiet(objective)


def quiet(objective: Objective) -> Objective:
    """A step too far overflows; its value then is not finite, and says so itself."""

    def function(free: Array) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return objective(free)

    return function


def modes_at(problem: Problem, free: Array) -> Modes | None:
    """The conditional modes at some free numbers; None where there are none."""
    point = point_of(problem, free)
    return None if point is None else find_modes(problem, point, np.zeros(problem.effects))


def check_number_of_nodes(nodes: Any) -> None:
    """Refuse what is no number of nodes, whatever the model."""
    whole = isinstance(nodes, Integral) and not isinstance(nodes, bool)
    if not whole or not 1 <= nodes <= MOST_NODES:
        raise SpecError(
            f"quadrature={brief(nodes)} must be a whole number of nodes from 1 (Laplace) to "
            f"{MOST_NODES}, such as 25."
        )


def check_nodes(problem: Problem, nodes: int) -> None:
    """Refuse a number of nodes that cannot be had; see `make_objective`."""
    check_number_of_nodes(nodes)
    if nodes == 1:
        return
    if len(problem.factors) > 1:
        names = ", ".join(factor.name for factor in problem.factors)
        raise SpecError(
            f"Quadrature is for one grouping factor, and there are {len(problem.factors)} "
            f"({names}). Write quadrature=1 for Laplace's approximation."
        )
    if problem.factors and problem.factors[0].q > MOST_EFFECTS:
        raise SpecError(
            f"Quadrature is for at most {MOST_EFFECTS} effects of a group, and "
            f"'{problem.factors[0].name}' has {problem.factors[0].q}. "
            "Write quadrature=1 for Laplace's approximation."
        )


def _without_groups(problem: Problem, free: Array) -> tuple[float, Array]:
    point = point_of(problem, free)
    if point is None:
        return -np.inf, np.zeros_like(free)
    surface, (rest, slopes) = problem.surface(point.etas), problem.rest(point.etas)
    value = float(surface.value.sum()) + rest
    if not np.isfinite(value):
        return -np.inf, np.zeros_like(free)
    parts = [
        side.pull(first) + (side.pull(slopes[place]) if place in slopes else 0.0)
        for place, (side, first) in enumerate(zip(problem.sides, surface.first, strict=True))
    ]
    return value, np.concatenate(parts)
