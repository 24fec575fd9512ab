"""How the coefficients vary together in the posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.families.links import Array
from bayesglmm.posterior.notes import reference_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import BATCHES, gather
from bayesglmm.tables import Table


@beyond_double
def vcov(posterior: Posterior) -> Table:
    """Posterior covariance matrix of the coefficients of the mean.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    Table
        A row and a column for each coefficient of `fixef`, link scale; its diagonal holds the
        squares of their posterior standard deviations.
    """
    design = posterior.design
    rows = model_parameters(design, ("fixed",), design.spec.family.location.name)
    names, draws = gather(rows, posterior.draws)
    values = draws.reshape(-1, len(names))
    size = len(values) // BATCHES
    batches = values[: size * BATCHES].reshape(BATCHES, size, -1)
    error = np.std([_covariance(batch) for batch in batches], axis=0, ddof=1) / np.sqrt(BATCHES)
    frame = pd.DataFrame({"": names}).join(pd.DataFrame(_covariance(values), columns=names))
    beside = pd.DataFrame(error, columns=[f"mcse_{name}" for name in names])
    called = printed_names(design)
    return Table(
        frame.join(beside),
        caption="Posterior covariance of the coefficients",
        scale=f"link ({design.spec.link.scale}), a product of two coefficients",
        estimand=design.predictor.condition,
        notes=("Over the posterior draws.", *reference_notes(design, design.predictor)),
        kinds=dict.fromkeys(names, "estimate"),
        called={"": called},
        headings=called,
    )


def _covariance(values: Array) -> Array:
    """Covariance matrix of draws (S, k)."""
    return np.atleast_2d(np.cov(values, rowvar=False))
