"""Centred or non-centred: how a group term is written for the sampler.

Both mean the same model. Where the groups differ by much more than the noise of one group's own
effect, the centred form mixes well; elsewhere the non-centred one (Papaspiliopoulos, Roberts &
Sköld 2007, Statist. Sci. 22(1); Betancourt & Girolami 2015, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import crude_facts

CLEAR_SIGNAL = 9.0
"""Variance of a group's estimated effect over its noise from which the centred form is used: the
groups then differ by about three times the error of one of them."""


@dataclass(frozen=True, slots=True)
class Parametrization:
    """The form of one block of group effects.

    Attributes
    ----------
    centered : bool
    reason : str
    """

    centered: bool
    reason: str


def choose_parametrizations(design: Design) -> dict[str, Parametrization]:
    """Settle the form of every block of group effects: the user's word, else what the data show.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Name of a block, which is that of a group term by itself, to Parametrization.
    """
    wish = design.spec.centered
    said = {
        block.name: wish.get(block.factor) if isinstance(wish, Mapping) else wish
        for block in design.blocks
    }
    chosen = {
        name: Parametrization(centered, "said by the user")
        for name, centered in said.items()
        if centered is not None
    }
    if len(chosen) == len(said):
        return chosen
    weights, residuals = working_residuals(design)
    own_noise = bool(design.spec.family.others)
    shown = {
        group.block.name: _by_signal(group, weights, residuals, own_noise)
        for group in design.predictor.groups
    }
    for name, predictor in design.modelled.items():  # of a block across predictors, the last word
        reason = f"rows tell little of the {name} of one group"
        shown |= {group.block.name: Parametrization(False, reason) for group in predictor.groups}
    return {name: chosen.get(name, shown[name]) for name in said}


def working_residuals(design: Design) -> tuple[Array, Array]:
    """Weights and working residuals after one step of Fisher scoring, group terms left out.

    McCullagh & Nelder (1989), Generalized Linear Models, section 2.5, from the crude mean, with
    the family's other parameters where they start (a negative binomial is Poisson there), and a
    suppressed count in the middle of its bounds.

    Parameters
    ----------
    design : Design

    Returns
    -------
    weights : array of shape (n,)
        Fisher information of each row on its linear predictor.
    residuals : array of shape (n,)
        Link scale.
    """
    facts, spec, predictor = crude_facts(design), design.spec, design.predictor
    eta = facts.location + predictor.offset
    size = np.broadcast_to(design.rows.exposure * design.rows.trials, (design.n,))
    slope = size * spec.link.slope(eta)
    mean = size * spec.link.inverse(eta)
    variance, starts = np.ones(design.n), spec.family.starts(facts.spread)
    if spec.family.variance is not None:
        variance = spec.family.variance(spec.link.inverse(eta), design.rows, starts)
    # A crude mean outside the range of the response tells nothing of its row.
    some = (variance > 0) & np.isfinite(variance)
    weights = np.where(some, np.square(slope) / np.where(some, variance, 1.0), 0.0)
    working = (design.rows.central - mean) / slope
    ones = [np.ones((design.n, 1))] if predictor.fixed.intercept else []
    columns, root = np.concatenate([*ones, predictor.X], axis=1), np.sqrt(weights)
    coefficients = np.linalg.lstsq(columns * root[:, None], working * root, rcond=None)[0]
    fitted = columns @ coefficients
    return weights, np.asarray(working - fitted)


def _by_signal(group: Group, weights: Array, residuals: Array, own_noise: bool) -> Parametrization:
    ratio = float(signal(group, weights, residuals, own_noise).min())
    centered = ratio >= CLEAR_SIGNAL
    comparison = "at least" if centered else "below"
    return Parametrization(
        centered,
        f"groups vary at least {ratio:.3g} times as much as the noise of one, "
        f"{comparison} {CLEAR_SIGNAL:g}",
    )


def signal(group: Group, weights: Array, residuals: Array, own_noise: bool = False) -> Array:
    """How much more the groups' estimated effects vary than noise would make them.

    For each column, Cochran's Q over the upper 97.5 % point of its distribution without any group
    effect: a lower bound (97.5 %) of ``1 + tau^2 / noise`` (DerSimonian & Laird 1986, Control.
    Clin. Trials 7(3), for Q), so that few groups do not pass by chance.

    Parameters
    ----------
    group : Group
    weights, residuals : array of shape (n,)
        From `working_residuals`.
    own_noise : bool
        Whether the noise is the residuals' own spread within groups (families with a dispersion
        parameter), rather than the inverse of the weights.

    Returns
    -------
    array of shape (q,)
        Zero for a column that no two groups can estimate.
    """
    from scipy.special import gammaincinv  # scipy.stats takes longer to import than a fit

    effects, noise, informed = _group_estimates(group, weights, residuals)
    if own_noise:
        noise = noise * _dispersion(group, weights, residuals, effects)
    count = int(informed.sum())
    if count < 2:
        return np.zeros(len(group.columns))
    precision = 1 / noise[informed]
    deviation = effects[informed] - np.average(effects[informed], axis=0, weights=precision)
    bound = 2 * gammaincinv((count - 1) / 2, 0.975)  # of chi-squared, count - 1 degrees of freedom
    return np.asarray((precision * np.square(deviation)).sum(axis=0) / bound)


def _group_estimates(
    group: Group, weights: Array, residuals: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Effects (G, q) of each group by weighted least squares, their variances, and which exist."""
    count, q = len(group.levels), len(group.columns)
    information = np.zeros((count, q, q))
    outer = group.Z[:, :, None] * group.Z[:, None, :]
    np.add.at(information, group.index, weights[:, None, None] * outer)
    score = np.zeros((count, q))
    np.add.at(score, group.index, (weights * residuals)[:, None] * group.Z)
    informed = np.linalg.cond(information) < 1e10
    information[~informed] = np.eye(q)
    inverse = np.linalg.inv(information)
    effects = (inverse @ score[:, :, None])[:, :, 0] * informed[:, None]
    return effects, np.diagonal(inverse, axis1=1, axis2=2), informed


def _dispersion(group: Group, weights: Array, residuals: Array, effects: Array) -> float:
    """Weighted variance of the residuals around their groups' effects."""
    spare = len(residuals) - effects.size
    if spare <= 0:
        return 1.0
    rest = residuals - np.sum(group.Z * effects[group.index], axis=1)
    return max(float(weights @ np.square(rest) / spare), 1e-12)
