"""Beta proportions: between 0 and 1, with mean mu and precision phi.

Ferrari & Cribari-Neto (2004), Journal of Applied Statistics 31(7): the two shapes are ``mu phi``
and ``(1 - mu) phi``, and the variance is ``mu (1 - mu) / (1 + phi)``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.default import Default, Facts
from bayesglmm.families.family import Family
from bayesglmm.families.graph_density import beta_shapes
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.links import find_link
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import UNIT
from bayesglmm.families.variance import Parameters, PowerVariance

LEAST = float(np.nextafter(0.0, 1.0))
MOST = float(np.nextafter(1.0, 0.0))


def shapes(location: Location, phi: Any) -> tuple[Any, Any]:
    """The two shapes of a beta distribution, exact at either end."""
    from scipy.special import expit

    log_odds = np.asarray(location.log_odds)
    return phi * expit(log_odds), phi * expit(-log_odds)


def shapes_at(mean: Any, phi: Any) -> tuple[Any, Any]:
    """The two shapes of a beta distribution of this mean, neither of them 0."""
    return np.maximum(phi * mean, 1e-300), np.maximum(phi * (1 - np.asarray(mean)), 1e-300)


def averaged_precision(eta: Any, variance: Any) -> Array:
    """The precision at which ``1 / (1 + phi)`` is its mean over a normal log of phi."""
    share = np.asarray(find_link("logit").marginal(-np.asarray(eta), variance))
    return np.asarray((1 - share) / share)


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    first, second = beta_shapes(location, parameters["phi"])
    return "Beta", {"alpha": first, "beta": second}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betaln

    first, second = shapes(location, parameters["phi"])
    inside = (first - 1) * np.log(rows.y) + (second - 1) * np.log1p(-np.asarray(rows.y))
    return np.asarray(inside - betaln(first, second))


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(np.clip(rng.beta(*shapes_at(value, parameters["phi"])), LEAST, MOST))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betainc

    return np.asarray(betainc(*shapes_at(value, parameters["phi"]), np.clip(y, 0.0, 1.0)))


def quantile(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """The response that has this share below it; see `Family.at_share`."""
    from scipy.special import betaincinv

    return np.asarray(betaincinv(*shapes_at(value, parameters["phi"]), share))


def _variance(rows: Rows, parameters: Parameters) -> dict[float, Any]:
    share = 1 / (1 + np.asarray(parameters["phi"]))
    return {1: share, 2: -share}


def _crude_precision(facts: Facts) -> float:
    """Log of the precision that the mean and the variance of the responses give."""
    return math.log(max(facts.crude * (1 - facts.crude) / facts.spread**2 - 1, 0.1))


PHI = Param(
    "phi",
    ("log",),
    "precision; the variance is mean (1 - mean) / (1 + phi)",
    "φ",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=_crude_precision(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, or 20 times more",
        "ours: centred on the data, since brms' Gamma(0.01, 0.01) says nearly nothing",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=_crude_precision(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, on the log scale",
        "that of a constant phi",
    ),
    start=lambda spread: max(0.2 / spread**2 - 1, 0.1),
    averaged=averaged_precision,
    of_mean=1,
    dispersion=True,
    precision=True,
    word="precision",
    elsewhere={"bambi": "kappa"},
)

BETA = Family(
    name="beta",
    title="Beta",
    support=UNIT,
    parameters=(Param("mu", ("logit", "probit", "cloglog"), "mean", "μ"), PHI),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    variance=PowerVariance(_variance),
    random=_random,
    below=_below,
    deviance=None,
    at_share=quantile,
    elsewhere={"bambi": "beta", "brms": "Beta", "glmmTMB": "beta_family"},
    aliases=("betafamily", "betareg"),
)
