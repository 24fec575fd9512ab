"""Group effects: shrunken, raw, and how much the population pulls each one in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import given_levels
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_word
from bayesglmm.posterior.distributional import effect_on
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.groups.raw import raw_effects
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise_many
from bayesglmm.tables import RowDraws, Table

AVERAGED = 200
"""Draws of the covariance that a shrinkage is averaged over."""


@beyond_double
def ranef(
    posterior: Posterior, factor: str, mass: float = 0.95, *, parameter: str | None = None
) -> Table:
    """Effects of every group of a factor, beside what its own rows alone would say.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        A grouping factor, such as ``"county"`` or ``"region:state"``.
    mass : float
    parameter : str, optional
        Another parameter of the family than its mean, such as ``"sigma"``: the effects in its
        formula, shrunken only.

    Returns
    -------
    Table
        For each level and effect, on the link scale: the shrunken effect (posterior median and
        interval); the raw effect (maximum likelihood from the group's rows, the rest of the model
        held at its posterior mean; infinite where all responses are alike); and the shrinkage,
        the share of the population's variance that the group's rows leave open (0 none, 1 all);
        see `shrinkage`. Of categories the shrunken effect only.

    Raises
    ------
    SpecError
        If there is no such parameter, or no such grouping factor in its formula.
    """
    design = posterior.design
    if parameter is not None:
        check_word("parameter", parameter, tuple(design.predictors))
        if parameter in design.others:
            return _beside_mean(posterior, factor, parameter, mass)
    if design.spec.family.chances is not None:
        return _beside_mean(posterior, factor, design.spec.family.location.name, mass)
    terms = design.terms(factor)
    frame = pd.concat([_effects(posterior, group, mass) for group in terms])
    measure, called = design.measure, printed_names(design)
    notes = [
        "Raw: the group's own rows alone, the rest of the model held fixed. Shrinkage: share of "
        "the population's variance that the group's rows leave open; for a lone intercept, the "
        "share of the raw effect that is taken back towards the population.",
    ]
    if design.rows.upper is not None:
        kind = "suppressed count" if design.spec.formula.suppression else "censored response"
        notes.append(f"Raw effects take a {kind} as what it is, one between its bounds.")
    if measure.ratio:
        notes.append(
            f"exp(shrunken) of an intercept (effect 1) is the group's {measure.long} against a "
            "typical group; of a slope, what multiplies the ratio for one unit."
        )
    return Table(
        frame=_as_shrunken(frame),
        caption=f"Group effects of {called[factor]}",
        scale=f"link ({design.spec.link.scale})",
        estimand="each group's deviation from a typical group",
        notes=(interval_note(mass), *notes),
        called={"effect": called},
        kinds=dict.fromkeys(("shrunken", "lower", "upper", "raw"), "estimate")
        | {"level": "key", "shrinkage": "number", "rows": "count"}
        | DIAGNOSTICS,
        source=_effect_draws(posterior, terms, mass, notes),
    )


def _beside_mean(posterior: Posterior, factor: str, parameter: str, mass: float) -> Table:
    """Effects of every group on another parameter than the mean, or on a location of categories."""
    design = posterior.design
    terms, called = design.terms(factor, parameter), printed_names(design)
    link = design.predictors[parameter].link
    notes = _exponentiated(design, parameter)
    return Table(
        frame=_as_shrunken(pd.concat([_shrunken(posterior, group, mass) for group in terms])),
        caption=f"Group effects of {called[factor]} on {parameter}",
        scale=f"link ({link.scale}, of {parameter})",
        estimand=f"each group's deviation from a typical group, in the formula of {parameter}",
        notes=(interval_note(mass), *notes),
        called={"effect": called},
        kinds=dict.fromkeys(("shrunken", "lower", "upper"), "estimate")
        | {"level": "key", "rows": "count"}
        | DIAGNOSTICS,
        source=_effect_draws(posterior, terms, mass, notes),
    )


def _exponentiated(design: Design, parameter: str) -> list[str]:
    """What the exponentials of the effects are, where they are ratios."""
    predictor = design.predictors[parameter]
    effect, measure = effect_on(predictor), design.measure
    slopes = "of a slope, what multiplies the ratio for one unit."
    if parameter == design.spec.family.location.name and not predictor.parameter.main:
        what, ratio = measure.long, measure.ratio
    else:
        what, ratio = effect.words, effect.ratio and bool(predictor.parameter.event)
    if ratio:
        beside = "compared with" if " against " in what else "against"
        return [
            f"exp(shrunken) of an intercept (effect 1) is the group's {what} {beside} a typical "
            f"group; {slopes}"
        ]
    if predictor.link.multiplicative:
        return [
            f"exp(shrunken) of an intercept (effect 1) is the group's {parameter} as a multiple of "
            "a typical group's; of a slope, what one unit multiplies it by."
        ]
    return []


def _effect_draws(
    posterior: Posterior, terms: Sequence[Group], mass: float, beside: Sequence[str]
) -> RowDraws:
    """Draws of the effects, term by term and column by column, all levels of each."""
    names = [effect for group in terms for effect in group.effects]
    return RowDraws(
        lambda: np.concatenate([posterior.draws.array(name) for name in names], axis=2),
        mass,
        no_effect=0.0,
        beside=tuple(beside),
    )


def _as_shrunken(frame: pd.DataFrame) -> pd.DataFrame:
    names = {"median": "shrunken", "mcse_median": "mcse_shrunken"}
    return frame.rename(columns=names).reset_index(drop=True)


def _shrunken(posterior: Posterior, group: Group, mass: float) -> pd.DataFrame:
    """Effects of the groups of a term as the posterior has them."""
    parts = [
        pd.DataFrame(
            {
                "level": given_levels(posterior.design, group),
                "effect": column,
                "rows": group.rows_per_level,
            }
        ).assign(**summarise_many(posterior.draws.array(effect), mass))
        for column, effect in zip(group.columns, group.effects, strict=True)
    ]
    return pd.concat(parts)[["level", "effect", "rows", *ESTIMATES, *DIAGNOSTICS, *ERRORS]]


def _effects(posterior: Posterior, group: Group, mass: float) -> pd.DataFrame:
    """The same, beside what each group's own rows say and the share that is taken back."""
    raw, information = raw_effects(posterior, group)
    pull = shrinkage(information, covariance_factor(group, posterior.draws))
    frame = _shrunken(posterior, group, mass)
    frame = frame.assign(raw=raw.ravel(order="F"), shrinkage=pull.ravel(order="F"))
    about = ["level", "effect", "rows", "raw"]
    return frame[[*about, *ESTIMATES, "shrinkage", *DIAGNOSTICS, *ERRORS]]


def shrinkage(information: Array, factor: Array) -> Array:
    """Share of the population's variance that a group's own rows leave open.

    ``Var(u | rows) / Var(u) = diag((I + Sigma W)^-1 Sigma) / diag(Sigma)``, averaged over draws of
    Sigma. For a lone intercept it is ``1 / (1 + Sigma W)``, the share of the raw effect that the
    population takes back (Gelman & Hill 2007, eq. 12.1).

    Parameters
    ----------
    information : array of shape (G, q, q)
        W of each group.
    factor : array of shape (S, q, q)
        Draws of the Cholesky factor of Sigma.

    Returns
    -------
    array of shape (G, q)
        Between 0 and 1.
    """
    some = factor[:: max(1, len(factor) // AVERAGED)]
    total = np.zeros(information.shape[:2])
    for lower in some:
        covariance = lower @ lower.T
        left = np.linalg.inv(np.eye(len(covariance)) + covariance @ information)
        open_part = np.diagonal(left @ covariance, axis1=1, axis2=2)
        variance = np.maximum(np.diag(covariance), np.finfo(float).tiny)
        total += open_part / variance
    return np.asarray(total / len(some))
