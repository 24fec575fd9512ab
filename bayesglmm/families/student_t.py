"""Student's t about a location: like a Gaussian, with tails in which outliers cost less.

Lange, Little & Taylor (1989), J. Am. Statist. Assoc. 84(408). The variance is that of the scale
times ``nu / (nu - 2)``, and infinite where nu is 2 or less.
"""

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

FAR = 1e8
"""Squared distance over nu beyond which its logarithm is that of the distance alone."""


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "StudentT", {
        "nu": parameters["nu"],
        "mu": location.value,
        "sigma": parameters["sigma"],
    }


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betaln

    nu, sigma = parameters["nu"], parameters["sigma"]
    far = np.abs(rows.y - location.value) / sigma / np.sqrt(nu)
    near = np.minimum(far, np.sqrt(FAR))
    tail = np.where(far > near, 2 * np.log(np.maximum(far, 1.0)), np.log1p(np.square(near)))
    # A difference of log gammas would lose all digits as nu grows towards the normal limit.
    constant = -betaln(0.5 * nu, 0.5) - 0.5 * np.log(nu) - np.log(sigma)
    return np.asarray(constant - 0.5 * (nu + 1) * tail)


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    size = np.broadcast_shapes(np.shape(value), np.shape(parameters["nu"]))
    return np.asarray(value + parameters["sigma"] * rng.standard_t(parameters["nu"], size))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import stdtr

    return np.asarray(stdtr(parameters["nu"], (y - value) / parameters["sigma"]))


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import stdtrit

    return np.asarray(value + parameters["sigma"] * stdtrit(parameters["nu"], share))


def _variance(rows: Rows, parameters: Parameters) -> dict[float, Any]:
    nu = np.asarray(parameters["nu"], dtype=float)
    inflation = np.where(nu > 2, nu / np.where(nu > 2, nu - 2, 1.0), np.inf)
    return {0: np.square(parameters["sigma"]) * inflation}


SIGMA = Param(
    "sigma",
    ("log",),
    "scale; the residual standard deviation is sigma sqrt(nu / (nu - 2))",
    "σ",
    prior=Default(
        lambda facts: Prior("Exponential", lam=1 / facts.spread),
        "of the size of the response's standard deviation {spread:.3g}",
        "as that of a Gaussian",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=math.log(facts.spread), sigma=1.25),
        "of the size of the response's standard deviation {spread:.3g}, on the log scale",
        "as that of a Gaussian",
    ),
    start=lambda spread: spread,
    power=2,
    dispersion=True,
    word="scale",
)

NU = Param(
    "nu",
    ("log",),
    "degrees of freedom; the tails are a Gaussian's as it grows",
    "ν",
    prior=Default(
        lambda facts: Prior("Gamma", alpha=2, beta=0.1),
        "from heavy tails to nearly Gaussian ones",
        "Juárez & Steel (2010), J. Business & Economic Statistics 28(1); as in brms",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=2.7, sigma=0.8),
        "from heavy tails to nearly Gaussian ones, on the log scale",
        "mean and sd of the log of that of a constant nu",
    ),
    start=lambda spread: 10.0,
    infinite=True,
    word="df",
    elsewhere={"brms bound": "above 1", "brms link": "logm1"},
)

STUDENT_T = Family(
    name="student_t",
    title="Student t",
    support=REAL,
    parameters=(Param("mu", ("identity", "log"), "mean", "μ"), SIGMA, NU),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    variance=PowerVariance(_variance),
    random=_random,
    below=_below,
    deviance=None,
    at_share=_at_share,
    limits=("gaussian",),
    elsewhere={"bambi": "t", "brms": "student", "glmmTMB": "t_family"},
    aliases=("t", "student", "studentt", "tfamily"),
)
