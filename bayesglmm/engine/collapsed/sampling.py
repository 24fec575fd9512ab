"""When effects are integrated out, and the chains that then sample a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from bayesglmm.engine.collapsed.chains import IndependentChains, warm_up
from bayesglmm.engine.collapsed.conditionals import (
    NODES,
    Conditionals,
    by_nodes,
    of_counts,
)
from bayesglmm.engine.collapsed.exact import beyond_exact, make_exact
from bayesglmm.engine.collapsed.heads import Proposal, make_proposal
from bayesglmm.engine.collapsed.levels import make_levels
from bayesglmm.engine.collapsed.peak import around_peak
from bayesglmm.engine.pilot import Pilot
from bayesglmm.engine.pilot_map import MOST_JOINT
from bayesglmm.engine.settings import Settings
from bayesglmm.engine.shares import shared_effects
from bayesglmm.engine.target import Target
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array

FEWEST_CELLS, FEWEST_LEVELS = 20_000, 100
"""From which effects are integrated out without being asked."""
WIDEST_HEAD = 2000
"""Effects of all factors but the largest, whose cube an evaluation costs, up to which they are."""
LEAST_EVENNESS = 0.2
"""Effective share of the weights of proposals below which another sampler is better."""
LOOKS, LOUD = 16, 0.1
AWAY, LOUD_AWAY = 3.0, 1.0
"""Sds of the log sd of groups from its center at which tables are looked at too, and the variance
that they may add there."""
MOST_EMPTY = 0.01
"""Share of proposals that may be without a density: where they are more, a part of the posterior
may be out of reach."""
"""Draws of effects at the pilot, and the variance of their weights that is too much."""


@dataclass(frozen=True, slots=True, eq=False)
class Collapsed:
    """Chains with the effects integrated out.

    Attributes
    ----------
    chains : IndependentChains
    evaluations : int
        Of the density in the warm-up.
    note : str
        How, in words.
    """

    chains: IndependentChains
    evaluations: int
    note: str


@dataclass(frozen=True, slots=True, eq=False)
class Beginning:
    """Where to begin.

    Attributes
    ----------
    theta : array of shape (T,)
        Crude.
    pilot : callable
        Makes the pilot, where it is needed.
    """

    theta: Array
    pilot: Callable[[], Pilot]


def beyond_collapse(target: Target) -> str:
    """Why the effects of a target cannot be integrated out, in words; empty where they can.

    Parameters
    ----------
    target : Target

    Returns
    -------
    str
    """
    coordinates = target.coordinates
    if not coordinates.factors:
        return "it has no group effects"
    if target.likelihood.error:
        if np.any(shared_effects(coordinates, target.cells.rows)):
            return "groups have about one row each"
        return beyond_exact(target)
    return _beyond_levels(target)


def _beyond_levels(target: Target) -> str:
    """The same for effects that are drawn level by level."""
    factors = target.coordinates.factors
    if len(factors) > 1:
        return f"it has {len(factors)} grouping factors"
    (factor,) = factors
    if factor.q > 1:
        return f"each group has {factor.q} effects"
    if not np.all(factor.Z == 1):
        return "the effect of a group is a slope"
    if factor.levels <= MOST_JOINT:
        return f"it has {factor.levels} groups, which is too few"
    if target.likelihood.predictors > 1:
        return "a cell of the likelihood has several linear predictors"
    return ""


def worth_collapsing(target: Target) -> bool:
    """Whether effects that can be integrated out should be: many cells in many levels."""
    sizes = [factor.size for factor in target.coordinates.factors]
    many = target.cells.count >= FEWEST_CELLS and sum(sizes) >= FEWEST_LEVELS
    return many and sum(sizes[:-1]) <= WIDEST_HEAD


def make_collapsed(
    target: Target,
    start: Beginning,
    settings: Settings,
    most: int,
    between: Callable[[], None],
) -> Collapsed:
    """Chains with the effects integrated out.

    Parameters
    ----------
    target : Target
        Not `beyond_collapse`.
    start : Beginning
    settings : Settings
    most : int
        Draws of each chain at most.
    between : callable
        Called between pieces of work; what it raises ends it.

    Returns
    -------
    Collapsed

    Raises
    ------
    EngineError
        If proposals are too far from the posterior to be of use.
    """
    rng = np.random.default_rng(settings.seed)
    proposal, conditionals, how = _beginning(target, start, rng, between)
    warm = warm_up(conditionals, proposal, settings.chains * settings.tune, rng, between)
    if warm.empty > MOST_EMPTY:
        raise EngineError(
            "proposals with the effects integrated out have no density too often: "
            f"{100 * warm.empty:.1f} % of them, not {100 * MOST_EMPTY:g} %"
        )
    if not warm.evenness >= LEAST_EVENNESS:
        raise EngineError(
            "the weights of proposals with the effects integrated out are too uneven: "
            f"their effective share is {warm.evenness:.2f}, not {LEAST_EVENNESS:g}"
        )
    _check_reach(conditionals, warm.proposal, rng)
    chains = IndependentChains(conditionals, warm.proposal, settings.chains, most, rng)
    note = f"{how}, effective share of weights {warm.evenness:.2f}"
    return Collapsed(chains, warm.evaluations, note)


def _beginning(
    target: Target, start: Beginning, rng: np.random.Generator, between: Callable[[], None]
) -> tuple[Proposal, Conditionals, str]:
    """What is proposed from at first, what draws the rest, and how in words."""
    factors = target.coordinates.factors
    if target.likelihood.error:
        effects = " and ".join(f"{factor.size:,} of {factor.name}" for factor in factors[::-1])
        how = (
            f"coefficients and effects ({effects}) are integrated out exactly and drawn from "
            "their Gaussian; standard deviations are proposed from one normal"
        )
        exact = make_exact(target, between)
        return around_peak(exact.log_density, start.theta), exact, how
    pilot = start.pilot()
    transport = pilot.transport
    fixed = transport.fixed_factor @ transport.fixed_factor.T
    proposal = make_proposal(
        np.concatenate([transport.theta_center, transport.fixed_center]),
        block_diag(pilot.covariance, fixed),
    )
    conditionals, how = _conditionals(target, pilot, proposal, rng, between)
    how = (
        f"the {factors[0].levels:,} effects of {factors[0].name} are integrated out: {how}; the "
        "other parameters are proposed from one normal"
    )
    return proposal, conditionals, how


def _noise(conditionals: Conditionals, head: Array, rng: np.random.Generator) -> float:
    """Variance that drawing effects adds to a weight at one head; infinite without a density."""
    logs = conditionals.draw(np.tile(head, (LOOKS, 1)), rng)[1]
    return float(np.var(logs)) if np.isfinite(logs).all() else np.inf


def _check_reach(conditionals: Conditionals, proposal: Proposal, rng: np.random.Generator) -> None:
    """Refuse where tables are loud within the posterior: there nothing would be accepted.

    That is looked at where groups differ far less and far more than at the center, the hardest
    places for a table. Weights are right on average however loud they are, but where they are
    nearly always 0 that part of the posterior is not seen by any run of this length.
    """
    covariance = proposal.covariance
    away = AWAY * covariance[:, 0] / np.sqrt(covariance[0, 0])
    for head in (proposal.center - away, proposal.center + away):
        noise = _noise(conditionals, head, rng)
        if not noise <= LOUD_AWAY:
            raise EngineError(
                f"{AWAY:g} standard deviations from the middle of the posterior effects are not "
                f"described well enough (noise variance {noise:.2g})"
            )


def _conditionals(
    target: Target,
    pilot: Pilot,
    proposal: Proposal,
    rng: np.random.Generator,
    between: Callable[[], None],
) -> tuple[Conditionals, str]:
    """What draws effects, with as few evaluations as keep weights quiet, and how in words."""
    levels = make_levels(target, pilot.transport.blocks[-1], pilot.transport.fixed_center)
    exact = "errors of their tables are corrected by the weights"
    if target.likelihood.summed:
        return of_counts(levels), f"each from sums over its rows, tabulated; {exact}"
    noise = np.inf
    for nodes in NODES:
        between()
        found = by_nodes(levels, nodes)
        noise = _noise(found, proposal.center, rng)
        if noise <= LOUD:
            how = f"the likelihood of each at {nodes} places and at its draw"
            return found, f"{how}; {exact} (noise variance {noise:.2g})"
    raise EngineError(
        f"the effects given all else are not well described by {NODES[-1]} evaluations "
        f"of each (noise variance {noise:.2g})"
    )
