"""Gaussian responses that the effects fit exactly, whose likelihood has no maximum."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import Objective
from bayesglmm.likelihood.problem import Problem

EXACT = 1e-12
"""Residual of least squares, relative to the response, that is rounding."""
RESIDUAL = 1e-7
"""Sigma, relative to the spread of the response, that no measurement leaves."""
RISES = 0.5
"""Rise of the log likelihood as log sigma falls by 1 that does not end."""


def check_fixed(design: Design) -> None:
    """Refuse a Gaussian response that its columns fit exactly: the likelihood has no maximum."""
    if not design.spec.family.support.unrestricted or not design.spec.link.linear:
        return
    if design.spec.se is not None:
        return  # the variance stays above that of the known errors
    fixed, y = design.predictor, design.rows.central - design.predictor.offset
    ones = [np.ones((len(y), 1))] if fixed.fixed.intercept else []
    columns = np.concatenate([*ones, fixed.X], axis=1)
    if not columns.shape[1]:
        return
    rest = y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
    if np.linalg.norm(rest) <= EXACT * np.linalg.norm(y):
        raise _refusal(design, "The fixed effects")


def watched(design: Design, problem: Problem, objective: Objective) -> Objective:
    """A Gaussian objective that refuses a response that columns and groups together fit exactly.

    The likelihood then rises without end as sigma goes to 0: as 1 / sigma to the power of the
    number of rows less the rank of the columns and groups. Where that rank is the number of rows,
    as with one row in each level, the likelihood is bounded, and flat in sigma.
    """
    if not problem.family.support.unrestricted or problem.family.dispersion is None:
        return objective
    what = "The fixed and group effects" if problem.factors else "The fixed effects"
    least = np.log(RESIDUAL * (np.std(design.rows.central) or 1.0))
    place = problem.side(problem.family.dispersion.name)
    side, own, best = problem.sides[place], problem.places(place), -np.inf

    def function(free: Array) -> tuple[float, Array]:
        nonlocal best
        value, gradient = objective(free)
        if not np.isfinite(value):
            return value, gradient
        rises = gradient[own].sum() <= -RISES if side.number else value > best
        if np.min(side.eta(free[own])) <= least and rises:
            raise _refusal(design, what if side.number else f"In some rows {what.lower()}")
        best = max(best, value)
        return value, gradient

    return function


def _refusal(design: Design, what: str) -> SpecError:
    return SpecError(
        f"{what} fit '{design.spec.formula.response}' exactly, so sigma is 0 and the likelihood "
        "has no maximum. Is the response computed from a predictor, the same in all rows of a "
        "group, or are there as many coefficients as rows?"
    )
