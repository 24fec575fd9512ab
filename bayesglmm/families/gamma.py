"""Gamma responses: above 0, with a standard deviation in proportion to the mean.

Of mean m and shape `alpha`, the variance is ``m^2 / alpha``: McCullagh & Nelder (1989), Generalized
Linear Models, section 8.3.1, with their nu as `alpha`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.default import Default, Facts
from bayesglmm.families.exponential import MEAN, gamma_deviance
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import POSITIVE
from bayesglmm.families.variance import Parameters, PowerVariance


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    alpha = parameters["alpha"]
    return "Gamma", {"alpha": alpha, "beta": alpha / location.value}


def log_density(y: Any, mean: Any, alpha: Any) -> Array:
    """Log density.

    Parameters
    ----------
    y, mean, alpha : array
        Above 0, of shapes that broadcast.

    Returns
    -------
    array
    """
    relative = y / mean
    # alpha (log(relative) - relative) and log gamma of alpha are large where alpha is, and differ
    # by little: what Stirling's formula has of both is left out of both.
    return np.asarray(alpha * (np.log(relative) - (relative - 1)) + excess(alpha) - np.log(y))


def excess(alpha: Any) -> Array:
    """``alpha log(alpha) - alpha - log gamma(alpha)``: the log density at the mean, times that."""
    from scipy.special import gammaln

    with np.errstate(invalid="ignore"):
        found = alpha * np.log(alpha) - alpha - gammaln(alpha)
    stirling = 0.5 * np.log(alpha / (2 * np.pi)) - 1 / (12 * alpha)
    return np.asarray(np.where(alpha > LARGE, stirling, found))


LARGE = 1e5
"""Shapes from which Stirling's formula with one term more has every digit."""


def share_below(y: Any, mean: Any, alpha: Any) -> Array:
    """Probability of a response of at most `y`."""
    from scipy.special import gammainc

    return np.asarray(gammainc(alpha, alpha * np.maximum(y, 0.0) / mean))


def quantile(share: Any, mean: Any, alpha: Any) -> Array:
    """The response that has this share below it."""
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(alpha, share) * mean / alpha)


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return log_density(rows.y, location.value, parameters["alpha"])


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    alpha = parameters["alpha"]
    return np.asarray(rng.gamma(alpha, value / alpha))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return share_below(y, value, parameters["alpha"])


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return quantile(share, value, parameters["alpha"])


def _log_variance(parameters: Parameters) -> Array:
    """The trigamma function of the shape."""
    from scipy.special import polygamma

    return np.asarray(polygamma(1, parameters["alpha"]))


def _crude_shape(facts: Facts) -> float:
    """Log of the shape of a gamma distribution with the response's coefficient of variation."""
    return 2 * math.log(max(facts.crude, 1e-300) / facts.spread)


ALPHA = Param(
    "alpha",
    ("log",),
    "shape; the standard deviation is mean/√alpha",
    "α",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=_crude_shape(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, or 20 times more",
        "ours: the coefficient of variation is 1/√alpha",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=_crude_shape(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, on the log scale",
        "that of a constant shape",
    ),
    power=-1,
    of_mean=2,
    dispersion=True,
    precision=True,
    word="shape",
    elsewhere={"brms": "shape", "glmmTMB": "1/√alpha"},
)
"""The shape, of any family that has gamma responses."""

GAMMA = Family(
    name="gamma",
    title="Gamma",
    support=POSITIVE,
    parameters=(MEAN, ALPHA),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {2: 1.0 / parameters["alpha"]}),
    random=_random,
    below=_below,
    deviance=gamma_deviance,
    at_share=_at_share,
    log_variance=_log_variance,
    elsewhere={"bambi": "gamma", "brms": "Gamma", "glmmTMB": "Gamma", "R": "Gamma"},
)
