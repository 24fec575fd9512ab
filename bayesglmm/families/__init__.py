"""Response families, links and priors: the vocabulary beneath every layer."""

from __future__ import annotations

import copyreg
from collections.abc import Callable

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.beta import BETA
from bayesglmm.families.beta_binomial import BETA_BINOMIAL
from bayesglmm.families.binomial import BERNOULLI, BINOMIAL
from bayesglmm.families.exponential import EXPONENTIAL
from bayesglmm.families.family import Family, find_measure
from bayesglmm.families.gaussian import GAUSSIAN
from bayesglmm.families.inverse_gaussian import INVERSE_GAUSSIAN
from bayesglmm.families.link import Link
from bayesglmm.families.links import LINKS, find_link
from bayesglmm.families.measure import Measure
from bayesglmm.families.nbinom1 import NBINOM1
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.param import Param
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.prior import DISTRIBUTIONS, Prior
from bayesglmm.families.rows import Rows
from bayesglmm.families.student_t import STUDENT_T
from bayesglmm.families.synonyms import meant_family, read_name
from bayesglmm.families.weibull import WEIBULL

FAMILIES: tuple[Family, ...] = (
    GAUSSIAN,
    STUDENT_T,
    BERNOULLI,
    BINOMIAL,
    BETA_BINOMIAL,
    POISSON,
    NEGATIVE_BINOMIAL,
    NBINOM1,
    EXPONENTIAL,
    WEIBULL,
    INVERSE_GAUSSIAN,
    BETA,
)

__all__ = [
    "DISTRIBUTIONS",
    "FAMILIES",
    "LINKS",
    "Family",
    "Link",
    "Measure",
    "Param",
    "Prior",
    "Rows",
    "find_family",
    "find_link",
    "find_measure",
    "read_family",
    "written_families",
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
    own, link = read_name(name, {family.name: family.aliases for family in FAMILIES})
    if own in known:
        return known[own], link
    meant = meant_family(own, list(known))
    if meant is not None:
        raise SpecError(f"Unknown family '{name}'. {meant}")
    raise SpecError(unknown("family", own, known))


def written_families(wanted: Callable[[Family], bool]) -> str:
    """The families that something holds for, as users write them.

    Parameters
    ----------
    wanted : callable

    Returns
    -------
    str
        Such as ``"family='poisson' or 'negative_binomial'"``, to stand in a message.
    """
    names = [f"'{family.name}'" for family in FAMILIES if wanted(family)]
    return f"family={', '.join(names[:-1])}{' or ' * (len(names) > 1)}{names[-1]}"


def _as_name(family: Family) -> tuple[Callable[[str], Family], tuple[str]]:
    return find_family, (family.name,)


def _as_place(parameter: Param) -> tuple[Callable[[str, str], Param], tuple[str, str]]:
    family = next(one for one in FAMILIES if any(own is parameter for own in one.parameters))
    return _find_parameter, (family.name, parameter.name)


def _find_parameter(family: str, name: str) -> Param:
    return next(own for own in find_family(family).parameters if own.name == name)


# A family travels between processes as its name, a parameter as that of a family and its own.
copyreg.pickle(Family, _as_name)
copyreg.pickle(Param, _as_place)
