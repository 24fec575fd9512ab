"""From free numbers to the parameters people read, in the user's units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families.links import Array
from bayesglmm.graph.groups import correlation_names
from bayesglmm.likelihood.problem import Point, Problem, take_apart

DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the likelihood.

    Attributes
    ----------
    label : str
        As in the tables of a posterior: ``"Intercept"``, ``"1|county_sigma"``, ``"alpha"``.
    role : str
        ``"fixed"``, ``"sd"``, ``"cor"`` or ``"auxiliary"``.
    of : str
        The group effect of a standard deviation, the group term of a correlation; else empty.
    """

    label: str
    role: str
    of: str = ""


def parameters(design: Design) -> tuple[Parameter, ...]:
    """The parameters of a design, in the order of its tables."""
    fixed = design.predictor.fixed
    found = [Parameter("Intercept", "fixed")] if fixed.intercept else []
    found += [Parameter(name, "fixed") for name in fixed.names]
    for group in design.predictor.groups:
        found += [Parameter(f"{effect}_sigma", "sd", effect) for effect in group.effects]
        if group.correlated:
            labels = (f"{group.name}_cor[{pair}]" for pair in correlation_names(group))
            found += [Parameter(label, "cor", group.name) for label in labels]
    found += [Parameter(item.name, "auxiliary") for item in design.spec.family.parameters]
    return tuple(found)


def values(design: Design, problem: Problem, free: Array) -> Array:
    """Values of `parameters` at some free numbers, in the user's units."""
    point = take_apart(problem, free)
    found = dict(zip(_fixed_labels(design), _fixed(design, point.beta), strict=True))
    for number, factor in enumerate(problem.factors):
        matrix = covariance_of_effects(problem, point, number)
        groups = [g for g in design.predictor.groups if g.factor == factor.name]
        for group, block in zip(groups, factor.blocks, strict=True):
            places = np.arange(block.start, block.start + block.q)
            own = matrix[np.ix_(places, places)]
            deviations = np.sqrt(np.diag(own))
            for effect, deviation in zip(group.effects, deviations, strict=True):
                found[f"{effect}_sigma"] = deviation
            if group.correlated:
                pairs = zip(correlation_names(group), _lower(own), strict=True)
                found |= {f"{group.name}_cor[{pair}]": value for pair, value in pairs}
    found |= {item.name: point.auxiliary for item in design.spec.family.parameters}
    return np.array([found[item.label] for item in parameters(design)])


def jacobian(design: Design, problem: Problem, free: Array) -> Array:
    """Derivatives of `values` by the free numbers, shape (parameters, free numbers)."""
    columns = []
    for place in range(len(free)):
        step = np.zeros(len(free))
        step[place] = DIFFERENCE * max(1.0, abs(free[place]))
        above, below = values(design, problem, free + step), values(design, problem, free - step)
        columns.append((above - below) / (2 * step[place]))
    return np.column_stack(columns)


def covariance_of_effects(problem: Problem, point: Point, number: int) -> Array:
    """Covariance matrix of the effects of a factor's level, user's units."""
    factor, spread = problem.factors[number], point.spreads[number]
    loads = spread.factor / factor.scale[:, None]
    return np.asarray(loads @ loads.T)


def intercept_weights(design: Design) -> Array:
    """What the intercept at the mean of the columns exceeds that at 0 by, per coefficient.

    Returns
    -------
    array of shape (P,)
        Beside the coefficients on the sampler's scale; 0 for the intercept itself.
    """
    fixed = design.predictor.fixed
    shift = fixed.center / fixed.scale
    return np.concatenate([[0.0], shift]) if fixed.intercept else shift


def _fixed_labels(design: Design) -> list[str]:
    fixed = design.predictor.fixed
    return (["Intercept"] if fixed.intercept else []) + list(fixed.names)


def _fixed(design: Design, beta: Array) -> Array:
    """Coefficients in the user's units."""
    fixed = design.predictor.fixed
    if not fixed.intercept:
        return beta / fixed.scale
    intercept = beta[0] - intercept_weights(design) @ beta
    return np.concatenate([[intercept], beta[1:] / fixed.scale])


def _lower(matrix: Array) -> list[float]:
    """Correlations below the diagonal; NaN where a variance is 0."""
    deviations = np.sqrt(np.diag(matrix))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = matrix / np.outer(deviations, deviations)
    return [float(correlations[r, c]) for r in range(len(matrix)) for c in range(r)]
