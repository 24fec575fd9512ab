"""Compiled likelihoods: one file a family, one function a link.

Each works on cells of rows and gives the log likelihood and its derivatives in one pass. `general`
ones have a linear predictor for every parameter of the family; the others have one for the mean,
with a number beside it or (`modelled`) a second predictor.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bayesglmm.engine.likelihoods.beta import BETA, BETA_BINOMIAL
from bayesglmm.engine.likelihoods.beta_ends import ORDERED_BETA, ZERO_ONE_INFLATED_BETA
from bayesglmm.engine.likelihoods.binomial import BINOMIAL
from bayesglmm.engine.likelihoods.categories import CATEGORIES
from bayesglmm.engine.likelihoods.durations import (
    EXPONENTIAL,
    INVERSE_GAUSSIAN,
    LOGNORMAL,
    WEIBULL,
)
from bayesglmm.engine.likelihoods.gamma import GAMMA
from bayesglmm.engine.likelihoods.gaussian import GAUSSIAN
from bayesglmm.engine.likelihoods.general import Links, Maker
from bayesglmm.engine.likelihoods.generalized_poisson import GENERALIZED_POISSON
from bayesglmm.engine.likelihoods.likelihood import Likelihood, Statistics
from bayesglmm.engine.likelihoods.modelled import MODELLED
from bayesglmm.engine.likelihoods.nbinom1 import NBINOM1
from bayesglmm.engine.likelihoods.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.engine.likelihoods.partial import IN_PART, PARTIAL
from bayesglmm.engine.likelihoods.poisson import POISSON
from bayesglmm.engine.likelihoods.student_t import STUDENT_T
from bayesglmm.engine.likelihoods.suppressed import SUPPRESSED
from bayesglmm.engine.likelihoods.tweedie import TWEEDIE
from bayesglmm.engine.likelihoods.zeros import (
    HURDLE_GAMMA,
    HURDLE_LOGNORMAL,
    HURDLE_NEGATIVE_BINOMIAL,
    HURDLE_POISSON,
    ZERO_INFLATED_BINOMIAL,
    ZERO_INFLATED_NEGATIVE_BINOMIAL,
    ZERO_INFLATED_POISSON,
    ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    ZERO_TRUNCATED_POISSON,
)

LIKELIHOODS: tuple[Likelihood, ...] = (*GAUSSIAN, *BINOMIAL, *POISSON, *NEGATIVE_BINOMIAL)

GENERAL: Mapping[str, Maker] = {
    **CATEGORIES,
    "gamma": GAMMA,
    "nbinom1": NBINOM1,
    "generalized_poisson": GENERALIZED_POISSON,
    "student_t": STUDENT_T,
    "exponential": EXPONENTIAL,
    "weibull": WEIBULL,
    "lognormal": LOGNORMAL,
    "inverse_gaussian": INVERSE_GAUSSIAN,
    "tweedie": TWEEDIE,
    "beta": BETA,
    "beta_binomial": BETA_BINOMIAL,
    "ordered_beta": ORDERED_BETA,
    "zero_one_inflated_beta": ZERO_ONE_INFLATED_BETA,
    "zero_inflated_poisson": ZERO_INFLATED_POISSON,
    "zero_inflated_negative_binomial": ZERO_INFLATED_NEGATIVE_BINOMIAL,
    "zero_inflated_binomial": ZERO_INFLATED_BINOMIAL,
    "zero_truncated_poisson": ZERO_TRUNCATED_POISSON,
    "zero_truncated_negative_binomial": ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    "hurdle_poisson": HURDLE_POISSON,
    "hurdle_negative_binomial": HURDLE_NEGATIVE_BINOMIAL,
    "hurdle_gamma": HURDLE_GAMMA,
    "hurdle_lognormal": HURDLE_LOGNORMAL,
}
"""Family to what makes its likelihood of the links of its parameters."""

__all__ = [
    "GENERAL",
    "LIKELIHOODS",
    "MODELLED",
    "SUPPRESSED",
    "Likelihood",
    "Statistics",
    "find_general",
    "find_likelihood",
    "likelihood_named",
]


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
        None where there is none; general ones have `find_general`.
    """
    if suppressed and modelled:
        return None
    for likelihood in MODELLED if modelled else SUPPRESSED if suppressed else LIKELIHOODS:
        if (likelihood.family, likelihood.link) == (family_name, link_name):
            return likelihood
    return None


def find_general(family_name: str, links: Links, partial: bool = False) -> Likelihood | None:
    """Look the likelihood of a family up whose parameters all have linear predictors.

    Parameters
    ----------
    family_name : str
        Such as ``"gamma"``.
    links : tuple of str
        Of all parameters, the location's first.
    partial : bool
        Whether responses are censored, truncated or have known standard errors.

    Returns
    -------
    Likelihood or None
        None where there is none.
    """
    return _general(family_name, links, partial)


@cache
def _general(family_name: str, links: Links, partial: bool) -> Likelihood | None:
    """One value for one likelihood, however it was asked for: compiled code is kept by it."""
    make = (PARTIAL if partial else GENERAL).get(family_name)
    return None if make is None else make(links)


def likelihood_named(name: str) -> Likelihood:
    """The likelihood of a `Likelihood.name`.

    Parameters
    ----------
    name : str

    Returns
    -------
    Likelihood

    Raises
    ------
    ValueError
        If there is none.
    """
    for likelihood in (*LIKELIHOODS, *SUPPRESSED, *MODELLED):
        if likelihood.name == name:
            return likelihood
    family, *links = name.split("-")
    partial = family.endswith(IN_PART)
    found = find_general(family.removesuffix(IN_PART), tuple(links[:-1]), partial)
    if found is None:
        raise ValueError(f"No compiled likelihood is called {name}.")
    return found
