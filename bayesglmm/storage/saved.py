"""What is saved of a fit, and the number by which it is known to have come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.priors.log_density import log_prior


@dataclass(frozen=True, slots=True, eq=False)
class Saved:
    """A fit, as far as a file holds it.

    Attributes
    ----------
    posterior : Posterior
        At the model's own rows.
    priors : mapping
    """

    posterior: Posterior
    priors: Mapping[str, ChosenPrior]


def log_density(saved: Saved) -> float:
    """Log density of the responses and of the parameters at the first draw.

    Parameters
    ----------
    saved : Saved

    Returns
    -------
    float
        Log likelihood given the group effects, plus the log density of the priors.
    """
    posterior = saved.posterior
    first = posterior.draws.posterior.isel({"chain": [0], "draw": [0]})
    there = replace(posterior, draws=replace(posterior.draws, posterior=first))
    of_priors = (each.sum() for each in log_prior(there, saved.priors).values())
    return float(there.log_likelihood()[0]) + float(sum(of_priors))
