"""Centred or non-centred: how a group term is written for the sampler.

Both mean the same model. Where the groups differ by much more than the noise of one group's own
effect, the centred form mixes well; elsewhere the non-centred one (Papaspiliopoulos, Roberts &
Sköld 2007, Statist. Sci. 22(1); Betancourt & Girolami 2015, section 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.families.links import Array
from bayesglmm.graph.priors import crude_facts

CLEAR_SIGNAL = 9.0
"""Variance of a group's estimated effect over its noise from which the centred form is used: the
groups then differ by about three times the error of one of them."""


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
    """Settle the form of every group term: the user's word, else what the data show.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Group name to Parametrization.
    """
    wish = design.spec.centered
    weights, residuals = working_residuals(design)
    chosen = {}
    for group in design.predictor.groups:
        said = wish.get(group.factor) if isinstance(wish, Mapping) else wish
        if said is not None:
            chosen[group.name] = Parametrization(said, "said by the user")
        else:
            noise = dispersion(group, weights, residuals) if design.spec.family.parameters else 1.0
            chosen[group.name] = _by_signal(group, weights / noise, residuals)
    return chosen


def working_residuals(design: Design) -> tuple[Array, Array]:
    """Weights and working residuals after one step of Fisher scoring, group terms left out.

    McCullagh & Nelder (1989), Generalized Linear Models, section 2.5, from the crude mean. The
    negative binomial is taken as Poisson.

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
    parameters = {"sigma": facts.spread, "alpha": np.inf}
    weights = np.square(slope) / spec.family.variance(mean, design.rows, parameters)
    working = (design.rows.y - mean) / slope
    ones = [np.ones((design.n, 1))] if predictor.fixed.intercept else []
    columns = np.concatenate([*ones, predictor.X], axis=1) * np.sqrt(weights)[:, None]
    coefficients = np.linalg.lstsq(columns, working * np.sqrt(weights), rcond=None)[0]
    fitted = columns @ coefficients / np.sqrt(weights)
    return weights, np.asarray(working - fitted)


def _by_signal(group: Group, weights: Array, residuals: Array) -> Parametrization:
    ratio = min(signal(group, column, weights, residuals) for column in group.Z.T)
    centered = ratio >= CLEAR_SIGNAL
    comparison = "at least" if centered else "below"
    return Parametrization(
        centered,
        f"groups vary {ratio:.3g} times as much as the noise of one, {comparison} {CLEAR_SIGNAL:g}",
    )


def dispersion(group: Group, weights: Array, residuals: Array) -> float:
    """Weighted variance of the residuals within groups; 1 where the weights are right.

    Parameters
    ----------
    group : Group
    weights, residuals : array of shape (n,)

    Returns
    -------
    float
        1 where every group has a single row, so that nothing is left to judge by.
    """
    count = len(group.levels)
    spare = len(residuals) - count
    if spare <= 0:
        return 1.0
    total = np.bincount(group.index, weights, minlength=count)
    mean = np.bincount(group.index, weights * residuals, minlength=count) / total
    return max(float(weights @ np.square(residuals - mean[group.index]) / spare), 1e-12)


def signal(group: Group, column: Array, weights: Array, residuals: Array) -> float:
    """How much more the groups' estimated effects vary than noise would make them.

    Cochran's Q over the upper 97.5 % point of its distribution without any group effect: a lower
    confidence bound of ``1 + W tau^2`` (DerSimonian & Laird 1986, Control. Clin. Trials 7(3),
    for Q), so that few groups do not pass by chance.

    Parameters
    ----------
    group : Group
    column : array of shape (n,)
        One column of the group term.
    weights, residuals : array of shape (n,)

    Returns
    -------
    float
    """
    from scipy.stats import chi2

    count = len(group.levels)
    information = np.bincount(group.index, weights * np.square(column), minlength=count)
    score = np.bincount(group.index, weights * column * residuals, minlength=count)
    informed = information > 0
    effects = score[informed] / information[informed]
    mean = np.average(effects, weights=information[informed])
    q = float(np.sum(information[informed] * np.square(effects - mean)))
    return q / float(chi2.ppf(0.975, max(1, int(informed.sum()) - 1)))
