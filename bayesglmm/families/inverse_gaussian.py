"""Inverse Gaussian responses: variance ``m^3 / shape``.

The first passage time of a Brownian motion with drift (Folks & Chhikara 1978, J. R. Statist. Soc. B
40(3)); ``shape`` is brms' word, the ``lambda`` of that paper and the ``lam`` of PyMC.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.default import Default, Facts
from bayesglmm.families.exponential import MEAN
from bayesglmm.families.family import Family
from bayesglmm.families.inverting import positive_quantile
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import POSITIVE
from bayesglmm.families.variance import Parameters, PowerVariance


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Wald", {"mu": location.value, "lam": parameters["shape"]}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    y, shape = rows.y, parameters["shape"]
    excess = y / location.value - 1
    return np.asarray(
        0.5 * (np.log(shape / (2 * np.pi)) - 3 * np.log(y)) - shape * np.square(excess) / (2 * y)
    )


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """Michael, Schucany & Haas (1976), The American Statistician 30(2), without its cancellation.

    The smaller root of their equation is the mean over that of a quadratic, whose terms all add.
    """
    ratio = value / parameters["shape"]
    size = np.broadcast_shapes(np.shape(value), np.shape(ratio))
    half = 0.5 * ratio * np.square(rng.standard_normal(size))
    smaller = value / (1 + half + np.sqrt(half) * np.sqrt(2 + half))
    first = rng.uniform(size=size) * (value + smaller) <= value
    return np.asarray(np.where(first, smaller, value * (value / smaller)))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """Shuster (1968), J. Am. Statist. Assoc. 63(324), the second term as a logarithm."""
    from scipy.special import log_ndtr, ndtr

    shape, some = parameters["shape"], np.maximum(y, np.finfo(float).tiny)
    root, ratio = np.sqrt(shape / some), some / value
    second = np.exp(2 * shape / value + log_ndtr(-root * (ratio + 1)))
    return np.where(np.asarray(y) > 0, ndtr(root * (ratio - 1)) + second, 0.0)


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return positive_quantile(lambda y: _below(y, value, rows, parameters), share, value)


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    """McCullagh & Nelder (1989), Generalized Linear Models, section 2.3."""
    return np.asarray(np.square(y / mean - 1) / y)


def _crude_shape(facts: Facts) -> float:
    return 3 * math.log(max(facts.crude, 1e-300)) - 2 * math.log(facts.spread)


SHAPE = Param(
    "shape",
    ("log",),
    "shape; the variance is mean³/shape",
    "λ",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=_crude_shape(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, or 20 times more",
        "ours: in the response's units, as the shape is",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=_crude_shape(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, on the log scale",
        "that of a constant shape",
    ),
    power=-1,
    of_mean=3,
    dispersion=True,
    precision=True,
    word="shape",
    elsewhere={"bambi": "lam"},
)

INVERSE_GAUSSIAN = Family(
    name="inverse_gaussian",
    title="Inverse Gaussian",
    support=POSITIVE,
    parameters=(MEAN, SHAPE),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {3: 1.0 / parameters["shape"]}),
    random=_random,
    below=_below,
    deviance=_deviance,
    at_share=_at_share,
    elsewhere={"bambi": "wald", "brms": "inverse.gaussian", "R": "inverse.gaussian"},
    aliases=("wald", "inversegaussian", "invgauss", "inverse.gaussian"),
)
