"""Where a search begins: the columns alone, groups ignored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import maximise
from bayesglmm.likelihood.problem import Problem, arrow_of

SPREAD = 0.5
"""Standard deviation of the group effects to begin with, beside the spread of the response."""


def without_factors(problem: Problem) -> Problem:
    """The same rows and columns, groups ignored."""
    m = len(problem.X)
    return replace(
        problem, factors=(), columns=np.zeros((m, 0), dtype=np.int64), arrow=arrow_of((), m)
    )


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
    guesses = [guess for guess in _guesses(plain) if np.isfinite(objective(guess)[0])]
    if not guesses:
        raise SpecError(
            "No starting point gives every row a mean that the "
            f"{problem.family.name} family allows under the {problem.link.name} link. Choose "
            "another link, such as the family's default."
        )
    free = maximise(objective, guesses[0], units(plain)).free
    place, sds = problem.X.shape[1], problem.sds
    own = sds[place : place + len(sds) - len(free)]
    spreads = np.where(own, SPREAD * _unit(problem), 0.0)
    return np.concatenate([free[:place], spreads, free[place:]])


def units(problem: Problem) -> Array:
    """What counts as a large change of each free number.

    Returns
    -------
    array of shape (k,)
        Of coefficients and standard deviations the unit of the linear predictor, such as the
        spread of a Gaussian response; 1 for directions and for the log of another parameter.
    """
    found = np.where(problem.sds, _unit(problem), 1.0)
    found[: problem.X.shape[1]] = _unit(problem)
    return found


def _unit(problem: Problem) -> float:
    return 1.0 if problem.link.unit else _spread(problem) or 1.0


def _guesses(problem: Problem) -> list[Array]:
    """Free numbers to try: a weighted least-squares fit of the working response, then its mean."""
    mean, weights = _first_means(problem)
    with np.errstate(divide="ignore", invalid="ignore"):
        response = problem.link.forward(mean) - problem.offset
    gamma = _first_gamma(problem)
    root = np.sqrt(weights)
    found = []
    level = np.full(len(response), np.average(response, weights=weights))
    for target in (response, level):
        beta = np.linalg.lstsq(problem.X * root[:, None], root * target, rcond=None)[0]
        found.append(np.concatenate([beta, gamma]))
    return found


def _first_gamma(problem: Problem) -> Array:
    """Coefficients of an other parameter that is alike for all rows, or nearly so."""
    if problem.other is None:
        return np.zeros(0)
    (parameter,) = problem.family.others
    start = parameter.start(_spread(problem))
    level = float(np.log(start)) if 0 < start < np.inf else 0.0
    X, offset = problem.other.X, problem.other.offset
    return np.asarray(np.linalg.lstsq(X, level - offset, rcond=None)[0])


def _first_means(problem: Problem) -> tuple[Array, Array]:
    """Means of the cells, off the edge of what the family allows, and weights."""
    cells, family = problem.statistics.cells, problem.family
    if family.support.successes:
        trials = cells.successes + cells.failures
        return (cells.successes + 0.5) / (trials + 1.0), trials
    if not family.support.discrete:
        floor = -np.inf if problem.link.linear else 1e-2 * np.abs(cells.mean).mean()
        return np.maximum(cells.mean, floor), cells.rows
    # Cells of counts with a shape have the log of the exposure of each of their rows.
    exposure = cells.rows * np.exp(cells.log_exposure) if family.others else cells.exposure
    total = cells.total
    overall = total.sum() / exposure.sum() if total.any() else 0.1 / exposure.sum()
    return (total + 0.5) / (exposure + 0.5 / overall), exposure


def _spread(problem: Problem) -> float:
    """Standard deviation of a Gaussian response, or of the linear predictor of a count."""
    mean, weights = _first_means(problem)
    if not problem.family.support.discrete:
        rows, squares = (float(values.sum()) for values in problem.statistics.rest)
        center = np.average(mean, weights=weights)
        return float(np.sqrt((squares + weights @ np.square(mean - center)) / rows))
    response = problem.link.forward(mean) - problem.offset
    center = np.average(response, weights=weights)
    return float(np.sqrt(np.average(np.square(response - center), weights=weights))) or 1.0
