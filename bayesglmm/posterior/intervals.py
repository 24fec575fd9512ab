"""Intervals of all parameters but the group effects, in one table."""

from __future__ import annotations

import pandas as pd

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.posterior.notes import interval_note, parameter_scales, reference_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    ERRORS,
    ESTIMATES,
    gather,
    names_in_frames,
    printed_rows,
    printed_shapes,
    summarise,
)
from bayesglmm.tables import RowDraws, Table


@beyond_double
def intervals(posterior: Posterior, mass: float = 0.95) -> Table:
    """Median and interval of every parameter but the group effects, as sampled.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        Coefficients of every formula on the link scale, in the user's units; standard deviations
        and correlations of the groups; other parameters of the family.
    """
    design, draws = posterior.design, posterior.draws
    rows = model_parameters(design, PARAMETERS)
    names = names_in_frames(rows)
    frame = pd.DataFrame({"": names}).join(summarise(gather(rows, draws)[1], mass))
    shapes = dict(zip(names, printed_shapes(rows), strict=True))
    return Table(
        frame[["", *ESTIMATES, *ERRORS]],
        caption="Intervals of the parameters",
        scale=parameter_scales(design),
        estimand="parameters of the model; fixed effects conditional on a typical group",
        notes=(interval_note(mass), *reference_notes(design)),
        kinds=dict.fromkeys(ESTIMATES, shapes),
        called=printed_rows(rows),
        source=RowDraws(lambda: gather(rows, draws)[1], mass),
    )
