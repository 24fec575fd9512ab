"""Lognormal responses: their logs are normal.

The linear predictor is the mean of the log of the response, as in brms, whose coefficients these
are: mu here is the exponential of that, the median. The mean is ``mu exp(sigma^2 / 2)`` (Johnson,
Kotz & Balakrishnan 1994, Continuous Univariate Distributions 1, 2nd ed., section 14.3).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families.default import Default, Facts
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
    return "LogNormal", {"mu": location.eta, "sigma": parameters["sigma"]}


def log_density(y: Any, log_median: Any, sigma: Any) -> Array:
    """Log density of responses above 0.

    Parameters
    ----------
    y : array
    log_median, sigma : array
        Mean and standard deviation of the log.

    Returns
    -------
    array
    """
    log_y = np.log(y)
    z = (log_y - log_median) / sigma
    return np.asarray(-0.5 * np.square(z) - np.log(sigma) - log_y - 0.5 * math.log(2 * math.pi))


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return log_density(rows.y, location.eta, parameters["sigma"])


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    size = np.broadcast_shapes(np.shape(value), np.shape(parameters["sigma"]))
    return np.asarray(value * np.exp(parameters["sigma"] * rng.standard_normal(size)))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        z = (np.log(np.maximum(y, 0.0)) - np.log(value)) / parameters["sigma"]
    return np.where(np.asarray(y) > 0, ndtr(z), 0.0)


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import ndtri

    return np.asarray(value * np.exp(parameters["sigma"] * ndtri(share)))


def mean(value: Any, rows: Rows, parameters: Parameters) -> Array:
    """The mean of a lognormal of a median: ``median exp(sigma^2 / 2)``."""
    return np.asarray(value * np.exp(0.5 * np.square(parameters["sigma"])))


def _variance(rows: Rows, parameters: Parameters) -> dict[float, Any]:
    square = np.square(parameters["sigma"])
    return {2: np.exp(square) * np.expm1(square)}


def _crude_sigma(facts: Facts) -> float:
    """Standard deviation of the log that the response's coefficient of variation gives."""
    return math.sqrt(math.log1p((facts.spread / max(facts.crude, 1e-300)) ** 2))


SIGMA = Param(
    "sigma",
    ("log",),
    "standard deviation of the log of the response",
    "σ",
    prior=Default(
        lambda facts: Prior("Exponential", lam=1 / _crude_sigma(facts)),
        "of the size that the response's standard deviation {spread:.3g} gives the log",
        "as that of a Gaussian, on the log scale",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=math.log(_crude_sigma(facts)), sigma=1.25),
        "of the size that the response's standard deviation {spread:.3g} gives the log",
        "as that of a Gaussian, on the log scale",
    ),
    infinite=True,
    dispersion=True,
    word="sd of the log",
)
"""The residual standard deviation of the log, of any family that has one."""

MEDIANS = replace(POSITIVE, baseline="median", ratio=("RoM", "ratio of medians", ""))
"""What coefficients are of: the location is the median, whatever the mean is made of."""

LOGNORMAL = Family(
    name="lognormal",
    title="Lognormal",
    support=POSITIVE,
    parameters=(
        Param("mu", ("log",), "median; its log is the mean of the log of the response", "μ"),
        SIGMA,
    ),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    variance=PowerVariance(_variance),
    random=_random,
    below=_below,
    deviance=None,
    expected=mean,
    mean_parameters=("sigma",),
    at_share=_at_share,
    measure=lambda link: link.measure(MEDIANS),
    log_variance=lambda parameters: np.square(parameters["sigma"]),
    link_elsewhere={"bambi": "identity", "brms": "identity"},
    elsewhere={"bambi": "lognormal", "brms": "lognormal"},
)
