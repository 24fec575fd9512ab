"""Whether a fit of simulated data finds the parameters that made them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.errors import SpecError, unknown
from bayesglmm.posterior.arguments import read_numbers
from bayesglmm.posterior.notes import interval_note, parameter_scales
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    ERRORS,
    ESTIMATES,
    gather,
    printed,
    printed_shapes,
    summarise,
)
from bayesglmm.tables import RowDraws, Table


@beyond_double
def recovery(posterior: Posterior, truth: Mapping[str, float], mass: float = 0.95) -> Table:
    """Parameters beside the values that the data were drawn from.

    Parameters
    ----------
    posterior : Posterior
    truth : mapping
        Parameter to value, as `simulate` takes and returns it (link scale, user's units). What it
        lacks is left out, so that a model may have more parameters than the one that was drawn
        from.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        Truth, posterior median and interval, whether the truth lies inside, and how many
        posterior standard deviations it lies above the posterior mean. In the order of the fit.

    Raises
    ------
    SpecError
        If the model has no parameter of a name in `truth`, or `mass` is not between 0 and 1.
    """
    design, draws = posterior.design, posterior.draws
    quantities = model_parameters(design, PARAMETERS)
    labels, values = gather(quantities, draws)
    truth = read_numbers("truth", truth)
    for name in truth:
        if name not in labels:
            raise SpecError(unknown("parameter", name, labels))
    known = [place for place, label in enumerate(labels) if label in truth]
    found = summarise(values[..., known], mass)
    true = np.array([truth[labels[place]] for place in known])
    inside = (found["lower"] <= true) & (true <= found["upper"])
    frame = pd.DataFrame({"": [labels[place] for place in known], "truth": true})
    frame = frame.join(found[[*ESTIMATES, *ERRORS]])
    frame["inside"] = np.where(inside, "yes", "no")
    frame["distance in sd"] = (true - found["mean"]) / found["sd"]
    shapes = dict(zip(labels, printed_shapes(quantities), strict=True))
    return Table(
        frame=frame,
        caption="Recovery of the parameters behind simulated data",
        scale=parameter_scales(design),
        estimand="parameters of the model; fixed effects conditional on a typical group",
        notes=(
            interval_note(mass),
            "A check of the tool on simulated data: it says nothing about the world.",
            "Distance: of the truth above the posterior mean, in posterior standard deviations.",
            f"{int(inside.sum())} of {len(true)} intervals hold the truth; "
            f"{100 * mass:g} % of very many would.",
        ),
        called={"": dict(zip(labels, printed(quantities), strict=True))},
        kinds={"truth": "number", "distance in sd": "decimal"} | dict.fromkeys(ESTIMATES, shapes),
        source=RowDraws(lambda: gather(quantities, draws)[1][..., known], mass),
    )
