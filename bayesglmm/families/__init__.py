"""Response families, links and priors: the vocabulary beneath every layer."""

from __future__ import annotations

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.binomial import BERNOULLI, BINOMIAL
from bayesglmm.families.family import Family, Param, Rows, find_measure, rate_mean
from bayesglmm.families.gaussian import GAUSSIAN
from bayesglmm.families.links import LINKS, Link, find_link
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.prior import DISTRIBUTIONS, Prior
from bayesglmm.families.synonyms import meant_family

FAMILIES: tuple[Family, ...] = (GAUSSIAN, BERNOULLI, BINOMIAL, POISSON, NEGATIVE_BINOMIAL)

__all__ = [
    "DISTRIBUTIONS",
    "FAMILIES",
    "LINKS",
    "Family",
    "Link",
    "Param",
    "Prior",
    "Rows",
    "find_family",
    "find_link",
    "find_measure",
    "rate_mean",
]


def find_family(name: str) -> Family:
    """Look a family up by name.

    Parameters
    ----------
    name : str
        Such as ``"negative_binomial"``.

    Returns
    -------
    Family

    Raises
    ------
    SpecError
        If there is no such family.
    """
    for family in FAMILIES:
        if family.name == name:
            return family
    names = [family.name for family in FAMILIES]
    meant = meant_family(name, names) if isinstance(name, str) else None
    if meant is not None:
        raise SpecError(f"Unknown family '{name}'. {meant}")
    raise SpecError(unknown("family", name, names))
