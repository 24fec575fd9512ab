"""Shares of variance on the scale of the linear predictor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np

from bayesglmm.families import Param, Rows
from bayesglmm.families.links import Array
from bayesglmm.posterior.marginal import given_variance, part_only, unaveraged, variance_parameters
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import FEWEST, make_profiles
from bayesglmm.posterior.variance.parts import (
    Share,
    Terms,
    Undefined,
    fixed_variance,
    mean_variance,
)

type CountVariance = Literal["trigamma", "lognormal", "delta"]


def _trigamma(dispersion: Array) -> Array:
    from scipy.special import polygamma

    return np.asarray(polygamma(1, 1 / dispersion))


COUNT_VARIANCES: dict[str, Callable[[Array], Array]] = {
    "trigamma": _trigamma,
    "lognormal": np.log1p,
    "delta": lambda dispersion: dispersion,
}
"""Variance of the log of a count from its variance over its squared mean.

Nakagawa, Johnson & Schielzeth (2017), J. R. Soc. Interface 14:20170213, where that is
1/mean + 1/alpha for a negative binomial; they recommend the trigamma function.
"""


def latent_shares(
    posterior: Posterior,
    terms: Terms,
    unit: float,
    counts: CountVariance,
    with_fixed: bool,
) -> tuple[list[Share], list[Undefined]]:
    """Variances, ICC and R² on the scale of the linear predictor.

    Parameters
    ----------
    posterior : Posterior
        Its rows are averaged over; an offset under a log link is an exposure here.
    terms : Terms
    unit : float
        Exposure at which a count is looked at.
    counts : str
        How the variance of the log of a count is approximated.
    with_fixed : bool
        Whether the rows are those of the data, so that the variance over them has a meaning.

    Returns
    -------
    shares : list of Share
    undefined : list of Undefined
    """
    draws, predictor = posterior.draws, terms.predictor
    of = whose(terms)

    def share(kind: str, names: tuple[str, ...], values: Array) -> Share:
        return Share(kind, names, f"latent ({predictor.link.scale})", values, of)

    sets = {names: mean_variance(some, draws) for names, some in terms.sets.items()}
    parts = {names: values for names, values in sets.items() if len(names) == 1}
    overdispersion = mean_variance(terms.rows, draws)
    between = np.sum([*parts.values(), np.zeros(draws.size)], axis=0)
    fixed = fixed_variance(posterior, predictor)
    found = [share("variance", ("fixed part",), fixed)] if with_fixed else []
    found += [share("variance", names, values) for names, values in parts.items()]
    if terms.rows:
        found.append(share("variance", ("an effect for each row",), overdispersion))
    level = _observation_level(posterior, unit, counts)
    if isinstance(level, str):
        return found, [Undefined("ICC and R² on the latent scale", level)]
    words, own = level
    found.append(share("variance", (words,), own))
    own = own + overdispersion
    for names, values in sets.items():
        found.append(share("ICC", names, values / (between + own)))
    if with_fixed:
        found.append(share("R²", ("marginal",), fixed / (fixed + between + own)))
        if parts:
            conditional = (fixed + between) / (fixed + between + own)
            found.append(share("R²", ("conditional",), conditional))
    return found, []


def whose(terms: Terms) -> str:
    """The location that shares are of where there are several; else empty."""
    parameter = terms.predictor.parameter
    return parameter.name if parameter.main else ""


def median_ratios(posterior: Posterior, terms: Terms) -> list[Share]:
    """Median ratio between two groups, the higher against the lower: ``exp(sqrt(2 v) z(0.75))``.

    Larsen & Merlo (2005), Am. J. Epidemiol. 161(1); for rates Austin et al. (2018),
    Statistics in Medicine 37.

    Parameters
    ----------
    posterior : Posterior
    terms : Terms

    Returns
    -------
    list of Share
        One for each factor; none under other links.
    """
    design, draws = posterior.design, posterior.draws
    from scipy.special import ndtri

    name = design.measure.median
    if not name:
        return []
    return [
        Share(name, (factor,), "ratio", np.exp(np.sqrt(2 * v) * ndtri(0.75)), whose(terms))
        for factor, some in terms.factors.items()
        for v in [mean_variance(some, draws)]
    ]


def _observation_level(
    posterior: Posterior, unit: float, counts: CountVariance
) -> str | tuple[str, Array]:
    """The variance below the groups, with its name; or why there is none."""
    spec = posterior.design.spec
    family, link, support = spec.family, spec.link, spec.family.support
    single = support.successes and family.dispersion is None  # chances that differ by groups alone
    if link.latent is not None and (single or family.latent):
        if any(item.constant is not None for item in _modelled(posterior)):
            return "the scale of the latent variable has a formula, so there is no one variance"
        return f"link ({link.latent_words})", np.full(posterior.size, link.latent)
    reason = part_only(posterior.design) if family.whose_mean else unaveraged(posterior)
    if reason:
        return reason
    if support.unrestricted and link.linear:
        return f"residual ({_residual(posterior)})", _variance_at(posterior, np.zeros(1))
    if family.log_variance is not None and link.multiplicative:
        return _log_level(posterior)
    if support.counts and link.multiplicative:
        rate = _marginal_rate(posterior)
        dispersion = _variance_at(posterior, rate, unit) / np.square(unit * rate)
        return observation_words(counts), COUNT_VARIANCES[counts](dispersion)
    return (
        f"the {link.name} link of the {family.name} family has no variance below the groups that "
        "could be added to theirs"
    )


def observation_words(counts: CountVariance) -> str:
    """What the variance of the log of one count is called."""
    return f"observation level ({counts})"


def _log_level(posterior: Posterior) -> str | tuple[str, Array]:
    """The variance of the log of a response, averaged over the rows, with its name.

    Nakagawa, Johnson & Schielzeth (2017), J. R. Soc. Interface 14:20170213, for a gamma; it is
    exact for whatever scales with its location.
    """
    design = posterior.design
    for name, one in design.modelled.items():
        if one.groups:
            return f"the variance of the log of a response differs between groups, with {name}"
    log_variance = design.spec.family.log_variance
    assert log_variance is not None  # asked only then
    total = np.zeros(posterior.size)
    for rows in posterior.blocks():
        shape = (posterior.size, len(design.positions[rows]))
        found = log_variance(posterior.parameters(rows))
        total += np.broadcast_to(found, shape).sum(axis=1)
    return "log of a response", total / design.n


def _modelled(posterior: Posterior) -> list[Param]:
    """The parameters beside the location that have a formula."""
    return [one.parameter for one in posterior.design.modelled.values()]


def _residual(posterior: Posterior) -> str:
    """What the variance of a row about its mean is, in the letters of the family."""
    design = posterior.design
    parameter = design.spec.family.dispersion
    if parameter is None:
        return "variance"
    if parameter.word:
        return "variance"
    what = f"{parameter.name}²" if parameter.power == 2 else parameter.name
    return f"mean {what} of the rows" if parameter.name in design.modelled else what


def _variance_at(posterior: Posterior, value: Array, unit: float = 1.0) -> Array:
    """Variance of a response at a location (S,) or (1,), averaged over the rows, shape (S,)."""
    design, one = posterior.design, Rows(y=None, exposure=unit)
    variance, column = given_variance(design), value[:, None]
    if not design.modelled:
        found = variance(column, one, posterior.parameters())
        return np.broadcast_to(found[:, 0], (posterior.size,))
    total = np.zeros(posterior.size)
    for rows in posterior.blocks():
        others = variance_parameters(posterior, rows, weighted=False)
        total += variance(column, one, others).sum(axis=1)
    return total / design.n


def _marginal_rate(posterior: Posterior) -> Array:
    """Mean count of one unit of exposure, over new groups and averaged over the rows, (S,)."""
    predictor = posterior.predictor()
    weight, points = np.ones(len(predictor.offset)), max(1, posterior.size // FEWEST)
    # The rows, not the draws, are thinned: all draws are wanted.
    profiles = replace(make_profiles(posterior, weight, (), points), posterior=posterior)
    total = np.zeros(posterior.size)
    for rows, share in profiles.blocks():
        eta = posterior.eta(rows, effects=())
        total += np.exp(eta + posterior.row_variance(predictor.groups, rows) / 2) @ share
    return total
