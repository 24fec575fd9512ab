"""Group effects: shrunken, raw, and how much the population pulls each one in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.given import given_levels
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.groups.raw import raw_effects
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise_many
from bayesglmm.tables import Table

AVERAGED = 200
"""Draws of the covariance that a shrinkage is averaged over."""


@beyond_double
def ranef(posterior: Posterior, factor: str, mass: float = 0.95) -> Table:
    """Effects of every group of a factor, beside what its own rows alone would say.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        A grouping factor, such as ``"county"`` or ``"region:state"``.
    mass : float

    Returns
    -------
    Table
        For each level and effect, on the link scale: the shrunken effect (posterior median and
        interval); the raw effect (maximum likelihood from the group's rows, the rest of the model
        held at its posterior mean; infinite where all responses are alike); and the shrinkage,
        the share of the population's variance that the group's rows leave open (0 none, 1 all);
        see `shrinkage`.

    Raises
    ------
    SpecError
        If there is no such grouping factor.
    """
    design = posterior.design
    terms = design.terms(factor)
    frame = pd.concat([_effects(posterior, group, mass) for group in terms])
    measure, called = design.measure, printed_names(design)
    notes = [
        interval_note(mass),
        "Raw: the group's own rows alone, the rest of the model held fixed. Shrinkage: share of "
        "the population's variance that the group's rows leave open; for a lone intercept, the "
        "share of the raw effect that is taken back towards the population.",
    ]
    if design.rows.upper is not None:
        notes.append("Raw effects take a suppressed count as what it is, one between its bounds.")
    if measure.ratio:
        notes.append(
            f"exp(shrunken) of an intercept (effect 1) is the group's {measure.long} against a "
            "typical group; of a slope, what multiplies the ratio for one unit."
        )
    return Table(
        frame=frame.rename(
            columns={"median": "shrunken", "mcse_median": "mcse_shrunken"}
        ).reset_index(drop=True),
        caption=f"Group effects of {called[factor]}",
        scale=f"link ({design.spec.link.scale})",
        estimand="each group's deviation from a typical group",
        notes=tuple(notes),
        called={"effect": called},
        kinds=dict.fromkeys(("shrunken", "lower", "upper", "raw"), "estimate")
        | {"level": "key", "shrinkage": "number", "rows": "count"}
        | DIAGNOSTICS,
    )


def _effects(posterior: Posterior, group: Group, mass: float) -> pd.DataFrame:
    design, draws = posterior.design, posterior.draws
    raw, information = raw_effects(posterior, group)
    pull = shrinkage(information, covariance_factor(group, draws))
    parts = []
    for place, effect in enumerate(group.effects):
        part = pd.DataFrame(
            {
                "level": given_levels(design, group),
                "effect": group.columns[place],
                "rows": group.rows_per_level,
                "raw": raw[:, place],
            }
        ).assign(**summarise_many(draws.array(effect), mass))
        part["shrinkage"] = pull[:, place]
        parts.append(part)
    frame = pd.concat(parts)
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
