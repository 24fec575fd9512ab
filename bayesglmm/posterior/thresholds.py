"""Thresholds between ordered categories, on the scale of the linear predictor."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.families.thresholds import cuts
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.baselines import baseline_notes
from bayesglmm.posterior.notes import interval_note, left_out
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise
from bayesglmm.tables import Table


def has_thresholds(design: Design) -> bool:
    """Whether the categories of the response lie between thresholds that are the same in all rows.

    Not where an increment of one has a formula: predictions at rows tell more there.
    """
    pattern = design.spec.family.pattern
    return design.spec.family.support.ordered and not any(map(pattern, design.modelled))


def threshold_draws(posterior: Posterior) -> Array:
    """Thresholds in each draw, where all columns are 0.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    array of shape (S, K - 1)
        ``tau_1 = -Intercept``, the others further by their increments.
    """
    design, draws = posterior.design, posterior.draws
    predictor, (stem,) = design.predictor, design.spec.family.stems
    numbers = {name: draws.flat(name) for name, one in design.others.items() if one.is_number}
    found = cuts(numbers, stem, len(design.spec.family.support.levels))
    start = np.zeros((posterior.size, 1))
    if predictor.fixed.intercept:
        start = start + draws.flat(predictor.variable("Intercept"))
    return np.concatenate([cut - start for cut in found], axis=1)


@beyond_double
def thresholds(posterior: Posterior, mass: float = 0.95) -> Table:
    """Thresholds between the categories of an ordered response.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        One row for each pair of neighbours, such as ``"poor | fair"``, on the scale of the linear
        predictor, with all columns at 0, for a typical group. The probability of a category up to
        the k-th is ``F(tau_k - eta)``, F the inverse of the link.
    """
    design = posterior.design
    check_share("mass", mass)
    family, levels = design.spec.family, design.spec.family.support.levels
    pairs = [f"{low} | {high}" for low, high in pairwise(levels)]
    values = posterior.by_chain(threshold_draws(posterior))
    frame = pd.DataFrame({"": pairs}).join(summarise(values, mass))
    response = printed_names(design)[design.spec.formula.response_name]
    return Table(
        frame=frame[["", *ESTIMATES, *DIAGNOSTICS, *ERRORS]],
        caption=f"Thresholds of {response}",
        scale=f"link ({design.spec.link.scale})",
        estimand=f"{family.of_thresholds}; {design.predictor.condition}"
        + left_out(posterior.draws.run),
        notes=(interval_note(mass), *baseline_notes(design, design.predictor)),
        kinds=dict.fromkeys(ESTIMATES, "estimate") | DIAGNOSTICS,
        source=row_draws(posterior, lambda: threshold_draws(posterior), mass),
    )
