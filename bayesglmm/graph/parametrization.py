"""Centred or non-centred: how a group term is written for the sampler.

Both mean the same model. Where each group's rows say much about its effect, the centred form
mixes well; where they say little, the non-centred one (Papaspiliopoulos, Roberts & Sköld 2007,
Statist. Sci. 22(1); Betancourt & Girolami 2015, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.families.links import Array
from bayesglmm.graph.priors import crude_facts

INFORMATIVE = 20.0
"""Information on an effect (inverse variance, in squared units of the link scale) from which its
group speaks for itself: the effect's standard error is then below about a quarter of a unit."""


@dataclass(frozen=True, slots=True)
class Parametrization:
    """The form of one group term.

    Attributes
    ----------
    centered : bool
    reason : str
    """

    centered: bool
    reason: str


def choose_parametrizations(design: Design) -> dict[str, Parametrization]:
    """Settle the form of every group term: the user's word, else by information per group.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Group name to Parametrization.
    """
    wish = design.spec.centered
    weights = crude_weights(design)
    chosen = {}
    for group in design.predictor.groups:
        said = wish.get(group.factor) if isinstance(wish, Mapping) else wish
        if said is not None:
            chosen[group.name] = Parametrization(said, "said by the user")
        else:
            chosen[group.name] = _by_information(group, weights)
    return chosen


def crude_weights(design: Design) -> Array:
    """Fisher information of each row on its linear predictor, at the crude mean.

    Parameters
    ----------
    design : Design

    Returns
    -------
    array of shape (n,)
        ``(d mean / d eta)^2 / variance`` (McCullagh & Nelder 1989, eq. 2.13), in units of one
        large step of the linear predictor. The negative binomial is taken as Poisson.
    """
    facts, spec = crude_facts(design), design.spec
    eta = facts.location + design.predictor.offset
    size = np.broadcast_to(design.rows.exposure * design.rows.trials, (design.n,))
    slope = size * spec.link.slope(eta)
    mean = size * spec.link.inverse(eta)
    parameters = {"sigma": facts.spread, "alpha": np.inf}
    variance = spec.family.variance(mean, design.rows, parameters)
    return np.asarray(np.square(slope) / variance * facts.unit**2)


def _by_information(group: Group, weights: Array) -> Parametrization:
    spread = np.maximum(np.sqrt(np.mean(np.square(group.Z), axis=0)), 1e-300)
    information = [
        np.bincount(group.index, weights * np.square(column), minlength=len(group.levels))
        for column in (group.Z / spread).T
    ]
    typical = float(np.median(np.min(information, axis=0)))
    centered = typical >= INFORMATIVE
    comparison = "at least" if centered else "below"
    return Parametrization(
        centered,
        f"a typical group carries information {typical:.3g}, {comparison} {INFORMATIVE:g}",
    )
