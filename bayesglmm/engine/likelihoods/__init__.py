"""Compiled likelihoods: one file a family, one function a link.

Each works on cells of rows with one linear predictor (`modelled`: with two), and gives the log
likelihood and its derivatives in one pass.
"""

from __future__ import annotations

from bayesglmm.engine.likelihoods.binomial import BINOMIAL
from bayesglmm.engine.likelihoods.gaussian import GAUSSIAN
from bayesglmm.engine.likelihoods.likelihood import Likelihood, Statistics
from bayesglmm.engine.likelihoods.modelled import MODELLED
from bayesglmm.engine.likelihoods.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.engine.likelihoods.poisson import POISSON
from bayesglmm.engine.likelihoods.suppressed import SUPPRESSED

LIKELIHOODS: tuple[Likelihood, ...] = (*GAUSSIAN, *BINOMIAL, *POISSON, *NEGATIVE_BINOMIAL)

__all__ = ["LIKELIHOODS", "MODELLED", "SUPPRESSED", "Likelihood", "Statistics", "find_likelihood"]


def find_likelihood(
    family_name: str, link_name: str, suppressed: bool = False, modelled: bool = False
) -> Likelihood | None:
    """Look a compiled likelihood up by the names of its family and link.

    Parameters
    ----------
    family_name : str
        Such as ``"negative_binomial"``.
    link_name : str
        Such as ``"log"``.
    suppressed : bool
        Whether of some counts only their bounds are known.
    modelled : bool
        Whether the parameter beside the mean has a linear predictor of its own.

    Returns
    -------
    Likelihood or None
        None where there is none.
    """
    if suppressed and modelled:
        return None
    for likelihood in MODELLED if modelled else SUPPRESSED if suppressed else LIKELIHOODS:
        if (likelihood.family, likelihood.link) == (family_name, link_name):
            return likelihood
    return None
