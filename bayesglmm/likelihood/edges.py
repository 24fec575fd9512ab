"""Parameters on the boundary of their range, in words."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families import Family, Param, find_family, find_link
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
LIMIT = 1e10
"""The shape that stands for any larger one, and the inverse of what stands for any smaller one."""


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
    return (
        edges
        | _correlations(design, found, estimates, edges)
        | _ends_of_rows(design, problem, found)
    )


def _spreads(
    found: tuple[Scalar, ...], estimates: Array, errors: Array, called: dict[str, str]
) -> dict[int, str]:
    """Standard deviations of 0."""
    return {
        place: f"{called[item.label]} is estimated as 0, the boundary: the fit is singular."
        for place, (item, value, error) in enumerate(zip(found, estimates, errors, strict=True))
        if item.role == "sd" and value < (ZERO * error if 0 < error < np.inf else TINY)
    }


def held_at(family: Family, parameter: Param, eta: Array) -> Array:
    """Where a parameter beside the location has gone to an end of its range.

    Parameters
    ----------
    family : Family
    parameter : Param
    eta : array of shape (m,)
        Its linear predictor.

    Returns
    -------
    array of shape (m,)
        The linear predictor that stands for the end; NaN where it is not there.
    """
    low, high = _ends(family, parameter)
    link = find_link(parameter.links[0])
    found = np.full(len(eta), np.nan)
    if low:
        found[eta < link.forward(TINY)] = link.forward(1 / LIMIT)
    if high and parameter.support == "unit":
        found[eta > link.forward(1 - TINY)] = -link.forward(1 / LIMIT)
    elif high:
        found[eta > link.forward(MANY)] = link.forward(LIMIT)
    return found


def _ends(family: Family, parameter: Param) -> tuple[bool, bool]:
    """Whether a likelihood may be largest at the low, and at the high, end of a parameter.

    There the family is one of its limits, or a probability is 0 or 1.
    """
    if parameter.support == "unit":
        return True, True
    if parameter.support != "positive" or not (family.limits or family.support.discrete):
        return False, False
    if not parameter.dispersion:
        return False, bool(family.limits)
    return bool(parameter.of_mean) and not parameter.precision, parameter.precision


def _numbers(design: Design, found: tuple[Scalar, ...], estimates: Array) -> dict[int, str]:
    """Parameters of the family at an end of their range."""
    edges, family = {}, design.spec.family
    for place, (item, value) in enumerate(zip(found, estimates, strict=True)):
        if item.role != "distributional":
            continue
        parameter = design.predictors[item.predictor].parameter
        low, high = _ends(family, parameter)
        if parameter.support == "unit" and not TINY < value < 1 - TINY:
            edges[place] = f"{item.label} is estimated as {round(value)}, the end of its range."
        elif high and value > MANY:
            edges[place] = f"{item.label} grows without bound{_as_limit(family)}."
        elif low and value < TINY:
            edges[place] = f"{item.label} is estimated as 0{_as_limit(family)}."
    return edges


def _as_limit(family: Family) -> str:
    """What a family is at its limit, in words that follow a sentence; empty where it has two."""
    if len(family.others) > 1 or not family.limits:
        return ""
    limit = find_family(family.limits[0])
    if family.support.counts:
        return f": the counts are no more spread than {limit.title}"
    return f": the fit is that of family '{limit.name}'"


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


def _ends_of_rows(design: Design, problem: Problem, found: tuple[Scalar, ...]) -> dict[int, str]:
    """Coefficients of a parameter that is at an end in some rows, the first with a sentence."""
    edges: dict[int, str] = {}
    family = design.spec.family
    for side in problem.sides:
        if side.number or side.known:
            continue
        places = [place for place, item in enumerate(found) if item.predictor == side.name]
        where = "all" if side.is_held.all() else "some"
        dispersion = design.predictors[side.name].parameter.dispersion
        sentence = (
            f"{side.name} goes to an end of its range in {where} rows"
            f"{_as_limit(family) if dispersion else ''}. "
            "The coefficients of its formula have no estimate."
        )
        edges |= dict.fromkeys(places, "") | {places[0]: sentence}
    return edges
