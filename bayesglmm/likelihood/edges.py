"""Parameters on the boundary of their range, in words."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families import Family, Param, find_family
from bayesglmm.families.links import Array
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.scale import Scalar
from bayesglmm.likelihood.show import labels_called

ZERO, TINY = 1e-3, 1e-6
"""Standard deviation beside its error, or by itself where it has none, that counts as 0."""
ONE = 0.9999
"""Correlation that counts as 1."""
MANY = 1e6
"""Shape beyond which a negative binomial is a Poisson, and any other family its limit."""


def find_edges(
    design: Design,
    problem: Problem,
    found: tuple[Scalar, ...],
    estimates: Array,
    errors: Array,
) -> dict[int, str]:
    """What lies on the boundary of its range.

    Parameters
    ----------
    design : Design
    problem : Problem
    found : tuple of Scalar, length k
    estimates, errors : arrays of shape (k,)

    Returns
    -------
    dict of int to str
        Place of a parameter to a sentence; empty where another's sentence is of it too.
    """
    called = labels_called(design)
    edges = _spreads(found, estimates, errors, called) | _numbers(design, found, estimates)
    return edges | _correlations(design, found, estimates, edges) | _poisson_rows(problem, found)


def _spreads(
    found: tuple[Scalar, ...], estimates: Array, errors: Array, called: dict[str, str]
) -> dict[int, str]:
    """Standard deviations of 0."""
    return {
        place: f"{called[item.label]} is estimated as 0, the boundary: the fit is singular."
        for place, (item, value, error) in enumerate(zip(found, estimates, errors, strict=True))
        if item.role == "sd" and value < (ZERO * error if 0 < error < np.inf else TINY)
    }


def becomes_limit(family: Family, parameter: Param) -> bool:
    """Whether the family is another, one of its limits, where a parameter has no bound."""
    grows = parameter.precision or not parameter.dispersion
    return bool(family.limits) and parameter.support == "positive" and grows


def _numbers(design: Design, found: tuple[Scalar, ...], estimates: Array) -> dict[int, str]:
    """Parameters of the family at an end of their range."""
    edges, family = {}, design.spec.family
    for place, (item, value) in enumerate(zip(found, estimates, strict=True)):
        if item.role != "distributional":
            continue
        parameter = design.predictors[item.predictor].parameter
        vanishes = parameter.dispersion and parameter.of_mean and not parameter.precision
        if parameter.support == "unit" and not TINY < value < 1 - TINY:
            edges[place] = f"{item.label} is estimated as {round(value)}, the end of its range."
        elif becomes_limit(family, parameter) and value > MANY:
            edges[place] = f"{item.label} grows without bound: {_as_limit(family)}."
        elif family.limits and vanishes and value < TINY:
            edges[place] = f"{item.label} is estimated as 0: {_as_limit(family)}."
    return edges


def _as_limit(family: Family) -> str:
    """What a family is at its limit, in words."""
    limit = find_family(family.limits[0])
    if family.support.counts:
        return f"the counts are no more spread than {limit.title}"
    return f"the fit is that of family '{limit.name}'"


def _correlations(
    design: Design, found: tuple[Scalar, ...], estimates: Array, edges: dict[int, str]
) -> dict[int, str]:
    """Correlations of 1, or of an effect that has no spread."""
    more, called = {}, labels_called(design)
    for block in design.blocks:
        gone = any(found[place].label in block.sds for place in edges)
        for place, (item, value) in enumerate(zip(found, estimates, strict=True)):
            own = item.role == "cor" and item.group == block.name
            if own and (gone or not abs(value) < ONE):
                what = "not defined" if gone else "on the boundary"
                more[place] = f"{called[item.label]} is {what}: the fit is singular."
    return more


def _poisson_rows(problem: Problem, found: tuple[Scalar, ...]) -> dict[int, str]:
    """Coefficients of a shape that grows without bound in some rows, the first with a sentence."""
    for side in problem.sides:
        if side.number or side.known:
            continue
        places = [place for place, item in enumerate(found) if item.predictor == side.name]
        sentence = (
            f"{side.name} grows without bound in some rows, whose counts are no more spread than "
            "Poisson: the coefficients of its formula have no estimate."
        )
        return dict.fromkeys(places, "") | {places[0]: sentence}
    return {}
