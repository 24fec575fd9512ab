"""Negative binomial counts (NB2): variance ``m + m^2 / alpha``.

Hilbe (2011), Negative Binomial Regression, 2nd ed., eq. 8.6-8.8, with ``alpha`` here the
inverse of Hilbe's heterogeneity parameter (the `size` of R, the `alpha` of PyMC).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.counting import draw_counts, log_ratio
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.poisson import MEAN
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT
from bayesglmm.families.variance import Parameters, PowerVariance


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "NegativeBinomial", {
        "mu": rows.exposure * location.value,
        "alpha": parameters["alpha"],
    }


def log_mass(y: Any, mean: Any, alpha: Any) -> Array:
    """Log probability of counts.

    Parameters
    ----------
    y : array
    mean, alpha : array
        Above 0; broadcast against `y`.

    Returns
    -------
    array
    """
    from scipy.special import betaln, xlog1py, xlogy

    # A difference of log gammas would lose all digits as alpha grows towards the Poisson limit.
    # At 0 it is exactly 0: what is left there may be smaller than its rounding.
    some = np.asarray(y) > 0
    coefficient = np.where(some, -betaln(alpha, y + 1.0) - np.log(alpha + y), 0.0)
    return np.asarray(coefficient - xlog1py(alpha, mean / alpha) + xlogy(y, mean / (mean + alpha)))


def share_below(y: Any, mean: Any, alpha: Any) -> Array:
    """Probability of a count of at most `y`; see `log_mass`."""
    from scipy.special import betainc

    whole = np.floor(y)
    inside = betainc(alpha, np.maximum(whole, 0.0) + 1.0, alpha / (alpha + mean))
    return np.where(whole >= 0, inside, 0.0)


def share_above(y: Any, mean: Any, alpha: Any) -> Array:
    """Probability of a count larger than `y`; see `log_mass`."""
    from scipy.special import betainc

    whole = np.floor(y)
    inside = betainc(np.maximum(whole, 0.0) + 1.0, alpha, mean / (alpha + mean))
    return np.where(whole >= 0, inside, 1.0)


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return log_mass(rows.y, rows.exposure * location.value, parameters["alpha"])


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    mean, alpha = rows.exposure * value, parameters["alpha"]
    return draw_counts(rng, rng.gamma(alpha, mean / alpha))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return share_below(y, rows.exposure * value, parameters["alpha"])


def _above(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return share_above(y, rows.exposure * value, parameters["alpha"])


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    alpha = parameters["alpha"]
    return np.asarray(2 * (log_ratio(y, mean) - (y + alpha) * np.log((y + alpha) / (mean + alpha))))


ALPHA = Param(
    "alpha",
    ("log",),
    "shape; the variance is mean + mean²/alpha, Poisson as it grows",
    "α",
    prior=Default(
        lambda facts: Prior("InverseGamma", alpha=0.4, beta=0.3),
        "from strong overdispersion to nearly Poisson",
        "as in brms",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=1.4, sigma=2.5),
        "from strong overdispersion to nearly Poisson, on the log scale",
        "as wide as the log of the inverse-gamma prior of a constant shape",
    ),
    start=lambda spread: np.inf,
    power=-1,
    of_mean=2,
    dispersion=True,
    precision=True,
    word="shape",
    elsewhere={"brms": "shape"},
)

NEGATIVE_BINOMIAL = Family(
    name="negative_binomial",
    title="Negative binomial (NB2)",
    support=COUNT,
    parameters=(MEAN, ALPHA),
    takes_exposure=True,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {1: 1.0, 2: 1.0 / parameters["alpha"]}),
    random=_random,
    below=_below,
    above=_above,
    deviance=_deviance,
    limits=("poisson",),
    distribution_name="Negative binomial",
    aliases=(
        "nbinom2",
        "negbinomial",
        "negbinomial2",
        "negativebinomial",
        "negativebinomial2",
        "nb2",
    ),
    elsewhere={
        "bambi": "negativebinomial",
        "brms": "negbinomial",
        "glmmTMB": "nbinom2",
        "lme4": "glmer.nb",
    },
)
