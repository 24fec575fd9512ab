"""Where a search begins: the columns alone, groups ignored."""

from __future__ import annotations

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import maximise
from bayesglmm.likelihood.problem import Problem, without_factors

SPREAD = 0.5
"""Standard deviation of the group effects to begin with, beside the unit of their predictor."""


def starting_point(problem: Problem) -> Array:
    """Coefficients of the model without groups, and some spread.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    array of free numbers

    Raises
    ------
    SpecError
        If no coefficients give every row a mean that the family allows.
    """
    plain = without_factors(problem)
    objective = make_objective(plain, 1)
    guesses = [guess for guess in plain.guesses if np.isfinite(objective(guess)[0])]
    if not guesses:
        raise SpecError(
            "No starting point gives every row a mean that the "
            f"{problem.family.name} family allows under the {problem.link.name} link. Choose "
            "another link, such as the family's default."
        )
    free = maximise(objective, guesses[0], units(plain)).free
    found = np.where(problem.sds, SPREAD * units(problem), 0.0)
    for side in range(len(problem.sides)):
        found[problem.places(side)] = free[plain.places(side)]
    return found


def units(problem: Problem) -> Array:
    """What counts as a large change of each free number.

    Returns
    -------
    array of shape (k,)
        Of coefficients of the location and standard deviations of effects on it the unit of its
        linear predictor, such as the spread of a Gaussian response; 1 for all others.
    """
    found = np.ones(problem.size)
    found[problem.places(0)] = problem.unit
    for factor, own in zip(problem.factors, problem.spread_places, strict=True):
        for block in factor.blocks:
            of_location = factor.sides[block.start : block.start + block.q] == 0
            place = own.start + block.free
            found[place : place + block.q] = np.where(of_location, problem.unit, 1.0)
    return found
