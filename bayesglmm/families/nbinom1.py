"""Negative binomial counts (NB1): variance ``m (1 + alpha)``, linear in the mean.

The negative binomial I of Cameron & Trivedi (1986), Journal of Applied Econometrics 1(1): Poisson
counts whose means have a gamma distribution of shape ``m / alpha`` and scale `alpha`. Sums of such
counts are such counts, as those of Poisson counts are.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.counting import draw_counts
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.negative_binomial import log_mass, share_below
from bayesglmm.families.param import Param
from bayesglmm.families.poisson import MEAN
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT
from bayesglmm.families.variance import Parameters, PowerVariance


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    """PyMC 6.4 takes a shape above 1e10 for Poisson's: right but for means above 1e10 alpha."""
    mean = rows.exposure * location.value
    return "NegativeBinomial", {"mu": mean, "alpha": mean / parameters["alpha"]}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return _log_mass(rows.y, rows.exposure * location.value, parameters["alpha"])


def _log_mass(y: Any, mean: Any, alpha: Any) -> Array:
    """As `log_mass`, and certain of 0 where the mean is; its shape is none there."""
    some = np.where(mean > 0, mean, 1.0)
    at_zero = np.where(np.asarray(y) == 0, 0.0, -np.inf)
    return np.where(mean > 0, log_mass(y, some, some / alpha), at_zero)


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    mean, alpha = rows.exposure * value, parameters["alpha"]
    return draw_counts(rng, alpha * rng.gamma(mean / alpha))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    mean = rows.exposure * value
    some = np.where(mean > 0, mean, 1.0)
    certain = np.where(np.asarray(y) >= 0, 1.0, 0.0)
    return np.where(mean > 0, share_below(y, some, some / parameters["alpha"]), certain)


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    """Twice the log likelihood lost against the shape and mean of a mean equal to the response."""
    alpha = parameters["alpha"]
    return np.asarray(2 * (_log_mass(y, y, alpha) - _log_mass(y, mean, alpha)))


OVERDISPERSION = Default(
    lambda facts: Prior("Exponential", lam=0.5),
    "from Poisson to a variance of several times the mean",
    "ours: it is largest at the simpler model",
)
LOG_OVERDISPERSION = Default(
    lambda facts: Prior("Normal", mu=0, sigma=1.5),
    "from nearly Poisson to a variance of many times the mean, on the log scale",
    "as wide as the log of the exponential prior of a constant alpha",
)
ALPHA = Param(
    "alpha",
    ("log",),
    "overdispersion; the variance is mean (1 + alpha), Poisson at 0",
    "α",
    prior=OVERDISPERSION,
    intercept=LOG_OVERDISPERSION,
    start=lambda spread: 0.0,
    power=1,
    of_mean=1,
    dispersion=True,
    word="overdispersion",
)
"""The overdispersion of any family whose variance is ``mean (1 + alpha)``."""

NBINOM1 = Family(
    name="nbinom1",
    title="Negative binomial (NB1)",
    support=COUNT,
    parameters=(MEAN, ALPHA),
    takes_exposure=True,
    graph=_graph,
    density=_density,
    variance=PowerVariance(lambda rows, parameters: {1: 1.0 + parameters["alpha"]}),
    random=_random,
    below=_below,
    deviance=_deviance,
    limits=("poisson",),
    distribution_name="Negative binomial 1",
    elsewhere={"glmmTMB": "nbinom1"},
    aliases=("nb1",),
)
