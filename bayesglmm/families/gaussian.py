"""Gaussian responses with one residual standard deviation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import REAL
from bayesglmm.families.variance import Parameters, PowerVariance


def total_sd(rows: Rows, parameters: Parameters) -> Any:
    """Standard deviation of a response: sigma, and its known standard error where it has one.

    Arrays or PyTensor variables, as `rows` and `parameters` are.
    """
    sigma = parameters["sigma"]
    return sigma if rows.error is None else (sigma**2 + rows.error**2) ** 0.5


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Normal", {"mu": location.value, "sigma": total_sd(rows, parameters)}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    sigma = total_sd(rows, parameters)
    residual = (rows.y - location.value) / sigma
    return np.asarray(-0.5 * np.square(residual) - np.log(sigma) - 0.5 * np.log(2 * np.pi))


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(rng.normal(value, total_sd(rows, parameters)))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr((y - value) / total_sd(rows, parameters)))


def _above(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import ndtr

    return np.asarray(ndtr((value - y) / total_sd(rows, parameters)))


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import ndtri

    return np.asarray(value + total_sd(rows, parameters) * ndtri(share))


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(np.square(y - mean))


SIGMA = Param(
    "sigma",
    ("log",),
    "residual standard deviation",
    "σ",
    prior=Default(
        lambda facts: Prior("Exponential", lam=1 / facts.spread),
        "of the size of the response's standard deviation {spread:.3g}",
        "as in rstanarm",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=math.log(facts.spread), sigma=1.25),
        "of the size of the response's standard deviation {spread:.3g}, on the log scale",
        "as wide as the log of the exponential prior of a constant sigma",
    ),
    start=lambda spread: spread,
    power=2,
    dispersion=True,
)
"""The residual standard deviation, of any family that has one."""

GAUSSIAN = Family(
    name="gaussian",
    title="Gaussian",
    support=REAL,
    parameters=(Param("mu", ("identity", "log"), "mean", "μ"), SIGMA),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {0: np.square(total_sd(rows, parameters))}),
    random=_random,
    below=_below,
    deviance=_deviance,
    above=_above,
    takes_errors=True,
    at_share=_at_share,
    canonical="identity",
    distribution_name="Normal",
    aliases=("normal",),
    elsewhere={
        "bambi": "gaussian",
        "brms": "gaussian",
        "glmmTMB": "gaussian",
        "R": "gaussian",
        "lme4": "lmer",
    },
)
