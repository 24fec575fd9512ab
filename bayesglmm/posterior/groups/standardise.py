"""Mean of the response as if all rows belonged to one group, for each of many groups.

Direct standardisation: every group is given the same rows, so that groups differ by their effects
alone. Keiding & Clayton (2014), Statistical Science 29(4).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import GroupEffects
from bayesglmm.posterior.posterior import Posterior
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
    terms : tuple of Group
        Terms of the rows' design that a group of the factor has effects of.
    others : tuple of GroupEffects
        Effects of the other terms, as in those rows.
    profiles : Profiles
        The rows, the model's own or new ones, and thinned draws.
    """

    terms: tuple[Group, ...]
    others: tuple[GroupEffects, ...]
    profiles: Profiles

    @property
    def posterior(self) -> Posterior:
        """The draws at the rows."""
        return self.profiles.posterior

    @property
    def design(self) -> Design:
        """The design of the rows."""
        return self.posterior.design

    def bases(self) -> Iterator[tuple[NDArray[np.int64], Array, Array]]:
        """Rows as many as fit into memory, with their weights and, (S, rows), their linear
        predictors without the effects of `terms`.
        """
        for rows, weight in self.profiles.blocks():
            yield rows, weight, self.posterior.eta(rows, effects=self.others)

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


def make_standard(posterior: Posterior, factor: str, weight: Array, levels: int) -> Standard:
    """Prepare the rows that every group is given.

    Parameters
    ----------
    posterior : Posterior
    factor : str
    weight : array of shape (n,)
        Weights of the rows.
    levels : int
        Number of groups that means are wanted of.

    Returns
    -------
    Standard
    """
    design = posterior.design
    groups = design.predictor.groups
    terms = terms_of(groups, factor)
    others = [group for group in groups if group not in terms]
    if all(term.columns == ("1",) for term in terms):
        levels = (
            1 if design.spec.link.multiplicative else min(levels, _nodes_of(terms, posterior.draws))
        )
    profiles = make_profiles(posterior, weight, others, levels)
    effects = profiles.posterior.effects()
    return Standard(terms, tuple(one for one in effects if one.group not in terms), profiles)


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
    if standard.design.spec.link.multiplicative:
        typical = sum(np.exp(base) @ weight for _, weight, base in standard.bases())
        return np.asarray(np.exp(shift) * np.asarray(typical)[:, None])
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
    inverse, total = standard.design.spec.link.inverse, np.zeros_like(shift)
    for _, weight, base in standard.bases():
        for place, column in enumerate(shift.T):
            total[:, place] += inverse(base + column[:, None]) @ weight
    return total


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
    inverse = standard.design.spec.link.inverse
    joined = np.concatenate(effects, axis=2)
    total = np.zeros(joined.shape[:2])
    for rows, weight, base in standard.bases():
        columns = np.concatenate([term.Z[rows] for term in standard.terms], axis=1)
        for place in range(joined.shape[1]):
            total[:, place] += inverse(base + joined[:, place] @ columns.T) @ weight
    return total
