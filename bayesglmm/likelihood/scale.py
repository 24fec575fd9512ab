"""From free numbers to the parameters people read, in the user's units."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.parameters import PARAMETERS, Role, correlation_pairs, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.likelihood.point import Point, take_apart
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.start import units

DIFFERENCE = 1e-6


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number that a likelihood estimates: an element of a parameter.

    Attributes
    ----------
    label : str
        As in the tables of a posterior: ``"Intercept"``, ``"1|county_sigma"``, ``"alpha"``.
    role : str
        ``"fixed"``, ``"sd"``, ``"cor"`` or ``"distributional"``.
    group : str
        Its group term; empty where it has none. Two models may have the scalar in different ones.
    predictor : str
        The parameter of the family that it is of, such as ``"mu"``.
    """

    label: str
    role: Role
    group: str = field(compare=False)
    predictor: str


def parameters(design: Design) -> tuple[Scalar, ...]:
    """The numbers that a likelihood estimates, in the order of the tables."""
    return tuple(
        Scalar(label, parameter.role, parameter.group, parameter.predictor)
        for parameter in model_parameters(design, PARAMETERS)
        for label in parameter.labels
    )


def written_labels(design: Design) -> dict[str, str]:
    """Every way to write a parameter, to its label: as labelled, in frames, and in print."""
    found: dict[str, str] = {}
    for parameter in model_parameters(design, PARAMETERS):
        for names in (parameter.printed, parameter.names, parameter.labels):
            found |= dict(zip(names, parameter.labels, strict=True))
    return found


def values(design: Design, problem: Problem, free: Array) -> Array:
    """Values of `parameters` at some free numbers, in the user's units."""
    point, found = take_apart(problem, free), dict[str, float]()
    sides = zip(problem.sides, point.coefficients, point.etas, strict=True)
    for side, coefficients, eta in sides:
        predictor = design.predictors[side.name]
        if side.number:
            found[side.name] = float(predictor.link.inverse(eta[0]))
        else:
            found |= _fixed(predictor, coefficients)
    for number, factor in enumerate(problem.factors):
        matrix = covariance_of_effects(problem, point, number)
        for place in factor.blocks:
            block, places = place.block, np.arange(place.start, place.start + place.q)
            own = matrix[np.ix_(places, places)]
            found |= dict(zip(block.sds, np.sqrt(np.diag(own)), strict=True))
            if block.correlated:
                pairs = zip(correlation_pairs(block.columns), _lower(own), strict=True)
                found |= {f"{block.correlation}[{pair}]": value for pair, value in pairs}
    return np.array([found[item.label] for item in parameters(design)])


def jacobian(design: Design, problem: Problem, free: Array) -> Array:
    """Derivatives of `values` by the free numbers, shape (parameters, free numbers)."""
    columns, sizes = [], np.maximum(units(problem), np.abs(free))
    for place in range(len(free)):
        step = np.zeros(len(free))
        step[place] = DIFFERENCE * sizes[place]
        above, below = values(design, problem, free + step), values(design, problem, free - step)
        columns.append((above - below) / (2 * step[place]))
    return np.column_stack(columns)


def covariance_of_effects(problem: Problem, point: Point, number: int) -> Array:
    """Covariance matrix of the effects of a factor's level, user's units."""
    factor, spread = problem.factors[number], point.spreads[number]
    loads = spread.factor / factor.scale[:, None]
    return np.asarray(loads @ loads.T)


def intercept_weights(predictor: Predictor) -> Array:
    """What the intercept at the mean of the columns exceeds that at 0 by, per coefficient.

    Returns
    -------
    array of shape (P,)
        Beside the coefficients on the sampler's scale; 0 for the intercept itself.
    """
    fixed = predictor.fixed
    shift = fixed.center / fixed.scale
    return np.concatenate([[0.0], shift]) if fixed.intercept else shift


def _fixed(predictor: Predictor, beta: Array) -> dict[str, float]:
    """Coefficients in the user's units, by their labels."""
    fixed, found = predictor.fixed, {}
    if fixed.intercept:
        intercept = beta[0] - intercept_weights(predictor) @ beta
        found[predictor.variable("Intercept")] = float(intercept)
    slopes = beta[int(fixed.intercept) :] / fixed.scale
    names = map(predictor.variable, fixed.names)
    return found | dict(zip(names, slopes.tolist(), strict=True))


def _lower(matrix: Array) -> list[float]:
    """Correlations below the diagonal; NaN where a variance is 0."""
    deviations = np.sqrt(np.diag(matrix))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = matrix / np.outer(deviations, deviations)
    return [float(correlations[r, c]) for r in range(len(matrix)) for c in range(r)]
