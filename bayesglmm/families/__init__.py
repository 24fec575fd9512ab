"""Response families, links and priors: the vocabulary beneath every layer."""

from __future__ import annotations

import copyreg
from collections.abc import Callable

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.adjacent import ADJACENT
from bayesglmm.families.beta import BETA
from bayesglmm.families.beta_binomial import BETA_BINOMIAL
from bayesglmm.families.binomial import BERNOULLI, BINOMIAL
from bayesglmm.families.categorical import CATEGORICAL
from bayesglmm.families.cumulative import CUMULATIVE
from bayesglmm.families.distributions import DISTRIBUTIONS
from bayesglmm.families.exponential import EXPONENTIAL
from bayesglmm.families.family import MADE, Family, find_measure
from bayesglmm.families.gamma import GAMMA
from bayesglmm.families.gaussian import GAUSSIAN
from bayesglmm.families.generalized_poisson import GENERALIZED_POISSON
from bayesglmm.families.hurdle import (
    HURDLE_GAMMA,
    HURDLE_LOGNORMAL,
    HURDLE_NEGATIVE_BINOMIAL,
    HURDLE_POISSON,
)
from bayesglmm.families.inverse_gaussian import INVERSE_GAUSSIAN
from bayesglmm.families.link import Link
from bayesglmm.families.links import LINKS, find_link
from bayesglmm.families.lognormal import LOGNORMAL
from bayesglmm.families.measure import Measure
from bayesglmm.families.nbinom1 import NBINOM1
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.ordered_beta import ORDERED_BETA
from bayesglmm.families.param import Param
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.prior import AtZero, Precision, Prior, Variance
from bayesglmm.families.rows import Rows
from bayesglmm.families.sequential import SEQUENTIAL
from bayesglmm.families.student_t import STUDENT_T
from bayesglmm.families.synonyms import meant_family, read_name
from bayesglmm.families.tweedie import TWEEDIE
from bayesglmm.families.weibull import WEIBULL
from bayesglmm.families.zero_inflated import (
    ZERO_INFLATED_BINOMIAL,
    ZERO_INFLATED_NEGATIVE_BINOMIAL,
    ZERO_INFLATED_POISSON,
)
from bayesglmm.families.zero_one_inflated_beta import ZERO_ONE_INFLATED_BETA
from bayesglmm.families.zero_truncated import (
    ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    ZERO_TRUNCATED_POISSON,
)

FAMILIES: tuple[Family, ...] = (
    GAUSSIAN,
    STUDENT_T,
    BERNOULLI,
    BINOMIAL,
    BETA_BINOMIAL,
    POISSON,
    NEGATIVE_BINOMIAL,
    NBINOM1,
    ZERO_INFLATED_POISSON,
    ZERO_INFLATED_NEGATIVE_BINOMIAL,
    ZERO_INFLATED_BINOMIAL,
    ZERO_TRUNCATED_POISSON,
    ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    HURDLE_POISSON,
    HURDLE_NEGATIVE_BINOMIAL,
    HURDLE_GAMMA,
    HURDLE_LOGNORMAL,
    GENERALIZED_POISSON,
    GAMMA,
    EXPONENTIAL,
    WEIBULL,
    LOGNORMAL,
    INVERSE_GAUSSIAN,
    TWEEDIE,
    BETA,
    ORDERED_BETA,
    ZERO_ONE_INFLATED_BETA,
    CUMULATIVE,
    SEQUENTIAL,
    ADJACENT,
    CATEGORICAL,
)

__all__ = [
    "DISTRIBUTIONS",
    "FAMILIES",
    "LINKS",
    "AtZero",
    "Family",
    "Link",
    "Measure",
    "Param",
    "Precision",
    "Prior",
    "Rows",
    "Variance",
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


def _as_name(family: Family) -> tuple[Callable[..., Family], tuple[str, tuple[str, ...]]]:
    return _find_made, (family.name, family.support.levels)


def _find_made(name: str, levels: tuple[str, ...]) -> Family:
    family = find_family(name)
    return family.of_levels(levels) if levels else family


def _as_place(
    parameter: Param,
) -> tuple[Callable[..., Param], tuple[str, tuple[str, ...], str]]:
    every = (*FAMILIES, *MADE.values())
    family = next(one for one in every if any(own is parameter for own in one.parameters))
    return _find_parameter, (family.name, family.support.levels, parameter.name)


def _find_parameter(family: str, levels: tuple[str, ...], name: str) -> Param:
    made = _find_made(family, levels)
    return next(own for own in made.parameters if own.name == name)


# A family travels between processes as its name, a parameter as that of a family and its own.
copyreg.pickle(Family, _as_name)
copyreg.pickle(Param, _as_place)
