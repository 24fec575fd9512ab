"""Mean of the response as if all rows belonged to one group, for each of many groups.

Direct standardisation: every group is given the same rows, so that groups differ by their effects
alone. Keiding & Clayton (2014), Statistical Science 29(4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import group_draws, linear_predictor
from bayesglmm.posterior.profiles import Profiles, make_profiles

EXPONENT = 18.0
"""Errors of interpolation are of the order of exp(-18)."""

STRIP = np.pi / 2
"""Half-width of a strip in which every inverse link is analytic and bounded."""


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Rows that every group is given, and the draws they are met with.

    Attributes
    ----------
    design : Design
        Of the rows: the model's own, or new ones.
    terms : tuple of Group
        Terms of the rows' design that a group of the factor has effects of.
    profiles : Profiles
    draws : Draws
        Thinned.
    base : array of shape (S, U)
        Linear predictor without the effects of `terms`.
    """

    design: Design
    terms: tuple[Group, ...]
    profiles: Profiles
    draws: Draws
    base: Array

    @property
    def shifts(self) -> bool:
        """Whether a group only shifts the linear predictor: intercepts alone."""
        return all(term.columns == ("1",) for term in self.terms)


def terms_of(groups: Sequence[Group], factor: str) -> tuple[Group, ...]:
    """Terms that a group of a factor has effects of: its own and those of what it lies in.

    Parameters
    ----------
    groups : sequence of Group
    factor : str
        Such as ``"region:state"``, whose groups have effects of region as well.

    Returns
    -------
    tuple of Group
    """
    own = next(group for group in groups if group.factor == factor)
    return tuple(group for group in groups if set(group.factors) <= set(own.factors))


def make_standard(
    design: Design, draws: Draws, factor: str, weight: Array, levels: int
) -> Standard:
    """Prepare the rows that every group is given.

    Parameters
    ----------
    design : Design
    draws : Draws
    factor : str
    weight : array of shape (n,)
        Weights of the rows.
    levels : int
        Number of groups that means are wanted of.

    Returns
    -------
    Standard
    """
    groups = design.predictor.groups
    terms = terms_of(groups, factor)
    others = [group for group in groups if group not in terms]
    if all(term.columns == ("1",) for term in terms):
        levels = 1 if design.spec.link.name == "log" else min(levels, _nodes_of(terms, draws))
    profiles, some = make_profiles(design, draws, weight, others, levels)
    drawn = group_draws(design, some, np.random.default_rng(draws.settings.seed))
    kept = [found for group, found in zip(groups, drawn, strict=True) if group not in terms]
    base = linear_predictor(design, some, kept, profiles.which)
    return Standard(design, terms, profiles, some, base)


def standardised(standard: Standard, effects: Sequence[Array]) -> Array:
    """Mean of the response over the rows, for each draw and group.

    Parameters
    ----------
    standard : Standard
    effects : sequence of array of shape (S, G, q)
        One for each of the standard's terms.

    Returns
    -------
    array of shape (S, G)
        Per unit of exposure; of one trial.
    """
    if not standard.shifts:
        return _level_by_level(standard, effects)
    shift = np.sum(effects, axis=0)[:, :, 0]
    if standard.design.spec.link.name == "log":
        return np.asarray(
            np.exp(shift) * (np.exp(standard.base) @ standard.profiles.weight)[:, None]
        )
    nodes = _nodes(shift)
    if shift.shape[1] <= nodes:
        return _shifted(standard, shift)
    return _interpolated(standard, shift, nodes)


def _nodes(shift: Array) -> int:
    """Points from which a mean as a function of the group's effect is known everywhere.

    The error of n Chebyshev points falls as ``rho^-n``, log rho = asinh(strip / half range).
    Trefethen (2013), Approximation Theory and Approximation Practice, theorem 8.2.
    """
    half = max(float(np.ptp(shift, axis=1).max()) / 2, 1e-9)
    return int(np.ceil(EXPONENT / np.arcsinh(STRIP / half)))


def _nodes_of(terms: Sequence[Group], draws: Draws) -> int:
    """Points for the groups in the data; the ranges of terms add up at most."""
    ranges = [np.ptp(draws.flat(term.effects[0]), axis=1).max() for term in terms]
    return _nodes(np.array([[0.0, float(sum(ranges))]]))


def _shifted(standard: Standard, shift: Array) -> Array:
    inverse, weight = standard.design.spec.link.inverse, standard.profiles.weight
    means = [inverse(standard.base + column[:, None]) @ weight for column in shift.T]
    return np.column_stack(means)


def _interpolated(standard: Standard, shift: Array, nodes: int) -> Array:
    """Barycentric interpolation at Chebyshev points, draw by draw.

    Berrut & Trefethen (2004), SIAM Review 46(3), eq. 4.2 and 5.3.
    """
    angle = (2 * np.arange(nodes) + 1) * np.pi / (2 * nodes)
    center, half = (shift.max(axis=1) + shift.min(axis=1)) / 2, np.ptp(shift, axis=1) / 2
    half = np.maximum(half, 1e-9)
    values = _shifted(standard, center[:, None] + half[:, None] * np.cos(angle))
    place = (shift - center[:, None]) / half[:, None]
    total, below = np.zeros_like(shift), np.zeros_like(shift)
    for node in range(nodes):
        apart = place - np.cos(angle[node])
        apart[np.abs(apart) < 1e-14] = 1e-14
        factor = (-1) ** node * np.sin(angle[node]) / apart
        total += factor * values[:, node, None]
        below += factor
    return np.asarray(total / below)


def _level_by_level(standard: Standard, effects: Sequence[Array]) -> Array:
    which, weight = standard.profiles.which, standard.profiles.weight
    inverse = standard.design.spec.link.inverse
    columns = np.concatenate([term.Z[which] for term in standard.terms], axis=1)
    joined = np.concatenate(effects, axis=2)
    means = [
        inverse(standard.base + joined[:, place] @ columns.T) @ weight
        for place in range(joined.shape[1])
    ]
    return np.column_stack(means)
