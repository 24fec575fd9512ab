"""Where the pilot starts: crude values from the responses alone."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.families.default import Facts
from bayesglmm.families.links import Array

FAR = 2.0
"""Where a parameter starts whose own start is an end of its range, link scale."""


def crude_fixed(design: Design, coordinates: Coordinates, facts: Facts) -> Array:
    """Fixed effects to start from: the intercepts' crude values, no effect of columns.

    Parameters
    ----------
    design : Design
    coordinates : Coordinates
    facts : Facts

    Returns
    -------
    array of shape (P,)
        On the sampler's scale.
    """
    found = np.zeros(coordinates.fixed)
    for name, first in zip(coordinates.parameters, coordinates.firsts, strict=True):
        predictor = design.predictors[name]
        if name == coordinates.parameters[0]:
            found[first : first + predictor.fixed.intercept] = facts.location
        elif predictor.is_number:
            found[first] = _crude_number(predictor, facts)
        elif predictor.fixed.intercept:
            found[first] = dict(coordinates.priors[first].arguments).get("mu", 0.0)
    return found


def _crude_number(predictor: Predictor, facts: Facts) -> float:
    """A parameter that is one number for all rows, link scale."""
    with np.errstate(divide="ignore"):
        value = float(predictor.link.forward(predictor.parameter.start(facts.spread)))
    return value if np.isfinite(value) else float(np.copysign(FAR, value))


def crude_theta(coordinates: Coordinates, spread: float) -> Array:
    """Half a unit of the response's spread for every sd of effects, no correlation.

    Parameters
    ----------
    coordinates : Coordinates
    spread : float
        Standard deviation of the responses.

    Returns
    -------
    array of shape (T,)
    """
    theta = np.zeros(coordinates.theta)
    theta[: len(coordinates.effects)] = np.log(0.5)
    if coordinates.scalar == "sigma":
        theta[: len(coordinates.effects)] += np.log(spread)
        theta[-1] = np.log(spread)
    elif coordinates.scalar:
        theta[-1] = np.log(5.0)
    return theta
