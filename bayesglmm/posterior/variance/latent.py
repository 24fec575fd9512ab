"""Shares of variance on the scale of the linear predictor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.posterior.marginal import variance_parameters
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

DISTRIBUTION: dict[str, tuple[float, str]] = {
    "logit": (np.pi**2 / 3, "π²/3"),
    "probit": (1.0, "1"),
    "cloglog": (np.pi**2 / 6, "π²/6"),
}
"""Variance of the latent variable whose sign a binary response is, by link.

Nakagawa, Johnson & Schielzeth (2017), J. R. Soc. Interface 14:20170213.
"""


def _trigamma(dispersion: Array) -> Array:
    from scipy.special import polygamma

    return np.asarray(polygamma(1, 1 / dispersion))


COUNT_VARIANCES: dict[str, Callable[[Array], Array]] = {
    "trigamma": _trigamma,
    "lognormal": np.log1p,
    "delta": lambda dispersion: dispersion,
}
"""Variance of the log of a count from 1/mean + 1/alpha.

Nakagawa, Johnson & Schielzeth (2017), as above; they recommend the trigamma function.
"""

MEDIAN_RATIOS = {
    "logit": "median odds ratio",
    "cloglog": "median hazard ratio",
    "log": "median rate ratio",
}
"""By link; see `median_ratios`."""


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
    design, draws = posterior.design, posterior.draws
    scale = f"latent ({design.spec.link.scale})"
    sets = {names: mean_variance(some, draws) for names, some in terms.sets.items()}
    parts = {names: values for names, values in sets.items() if len(names) == 1}
    overdispersion = mean_variance(terms.rows, draws)
    between = np.sum([*parts.values(), np.zeros(draws.size)], axis=0)
    fixed = fixed_variance(posterior)
    found = [Share("variance", ("fixed part",), scale, fixed)] if with_fixed else []
    found += [Share("variance", names, scale, values) for names, values in parts.items()]
    if terms.rows:
        found.append(Share("variance", ("an effect for each row",), scale, overdispersion))
    level = _observation_level(posterior, unit, counts)
    if isinstance(level, str):
        return found, [Undefined("ICC and R² on the latent scale", level)]
    words, own = level
    found.append(Share("variance", (words,), scale, own))
    own = own + overdispersion
    for names, values in sets.items():
        found.append(Share("ICC", names, scale, values / (between + own)))
    if with_fixed:
        found.append(Share("R²", ("marginal",), scale, fixed / (fixed + between + own)))
        if parts:
            conditional = (fixed + between) / (fixed + between + own)
            found.append(Share("R²", ("conditional",), scale, conditional))
    return found, []


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

    name = MEDIAN_RATIOS.get(design.spec.link.name)
    if name is None or design.spec.family.support.name == "real":
        return []
    return [
        Share(name, (factor,), "ratio", np.exp(np.sqrt(2 * v) * ndtri(0.75)))
        for factor, some in terms.factors.items()
        for v in [mean_variance(some, draws)]
    ]


def _observation_level(
    posterior: Posterior, unit: float, counts: CountVariance
) -> str | tuple[str, Array]:
    """The variance below the groups, with its name; or why there is none."""
    design, draws = posterior.design, posterior.draws
    family, link = design.spec.family, design.spec.link
    if link.name in DISTRIBUTION:
        value, text = DISTRIBUTION[link.name]
        return f"link ({text})", np.full(draws.size, value)
    if family.name == "gaussian" and link.name == "identity":
        what = "mean sigma² of the rows" if "sigma" in design.modelled else "sigma²"
        return f"residual ({what})", _over_rows(posterior, "sigma", np.square)
    if family.support.name == "count" and link.name == "log":
        extra = _over_rows(posterior, "alpha", np.reciprocal) if "alpha" in design.others else 0.0
        dispersion = 1 / (unit * _marginal_rate(posterior)) + extra
        return f"observation level ({counts})", COUNT_VARIANCES[counts](dispersion)
    return (
        f"the {link.name} link of the {family.name} family has no variance below the groups that "
        "could be added to theirs"
    )


def _over_rows(posterior: Posterior, name: str, of: Callable[[Array], Array]) -> Array:
    """A function of a parameter beside the mean, averaged over the rows, shape (S,)."""
    if name not in posterior.design.modelled:
        return of(posterior.draws.flat(name))[:, 0]
    total = np.zeros(posterior.size)
    for rows in posterior.blocks():
        total += of(variance_parameters(posterior, rows, weighted=False)[name]).sum(axis=1)
    return total / posterior.design.n


def _marginal_rate(posterior: Posterior) -> Array:
    """Mean count of one unit of exposure, over new groups and averaged over the rows, (S,)."""
    predictor = posterior.predictor()
    weight, points = np.ones(len(predictor.offset)), max(1, posterior.size // FEWEST)
    # The rows, not the draws, are thinned: all draws are wanted.
    profiles, total = make_profiles(posterior, weight, (), points), np.zeros(posterior.size)
    for rows, share in profiles.blocks():
        eta = posterior.eta(rows, effects=())
        total += np.exp(eta + posterior.row_variance(predictor.groups, rows) / 2) @ share
    return total
