"""Response families, links and priors: the vocabulary beneath every layer."""

from __future__ import annotations

import copyreg
from collections.abc import Callable

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.binomial import BERNOULLI, BINOMIAL
from bayesglmm.families.family import Family, Param, Rows, find_measure, rate_mean
from bayesglmm.families.gaussian import GAUSSIAN
from bayesglmm.families.links import LINKS, Link, find_link
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.prior import DISTRIBUTIONS, Prior
from bayesglmm.families.synonyms import meant_family, read_name

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
    "read_family",
]


def find_family(name: str) -> Family:
    """Look a family up by name.

    Parameters
    ----------
    name : str
        Such as ``"negative_binomial"``, or what other packages call it: ``"nbinom2"``.

    Returns
    -------
    Family

    Raises
    ------
    SpecError
        If there is no such family.
    """
    return read_family(name)[0]


def read_family(name: str) -> tuple[Family, str | None]:
    """Look a family up by name, which may end in a link: ``"binomial(probit)"``.

    Parameters
    ----------
    name : str

    Returns
    -------
    family : Family
    link : str or None

    Raises
    ------
    SpecError
        If there is no such family.
    """
    known = {family.name: family for family in FAMILIES}
    if not isinstance(name, str):
        raise SpecError(unknown("family", name, known))
    own, link = read_name(name, list(known))
    if own in known:
        return known[own], link
    meant = meant_family(own, list(known))
    if meant is not None:
        raise SpecError(f"Unknown family '{name}'. {meant}")
    raise SpecError(unknown("family", own, known))


def _as_name(family: Family) -> tuple[Callable[[str], Family], tuple[str]]:
    return find_family, (family.name,)


copyreg.pickle(Family, _as_name)  # a family travels between processes as its name
