"""Weibull responses: times until an event whose hazard is a power of the time.

Written by mean and shape, as in brms: with shape k and scale b the mean is ``b gamma(1 + 1/k)``,
and the hazard rises with time where k is above 1. Under a log link one unit of the linear predictor
stretches times (accelerated failure times; Kalbfleisch & Prentice 2002, The Statistical Analysis
of Failure Time Data, 2nd ed., section 2.2.2).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.default import Default, Facts
from bayesglmm.families.exponential import MEAN
from bayesglmm.families.family import Family
from bayesglmm.families.graph_density import weibull_scale
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import POSITIVE
from bayesglmm.families.variance import Parameters, PowerVariance


def _log_scale(mean: Any, shape: Any) -> Any:
    from scipy.special import gammaln

    return np.log(mean) - gammaln(1 + 1 / shape)


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    shape = parameters["shape"]
    return "Weibull", {"alpha": shape, "beta": weibull_scale(location.value, shape)}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    shape = parameters["shape"]
    log_ratio = np.log(rows.y) - _log_scale(location.value, shape)
    with np.errstate(over="ignore"):  # far above the mean the density is 0
        return np.asarray(
            np.log(shape) - np.log(rows.y) + shape * log_ratio - np.exp(shape * log_ratio)
        )


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    shape = parameters["shape"]
    size = np.broadcast_shapes(np.shape(value), np.shape(shape))
    return _of_exponential(rng.standard_exponential(size), value, shape)


def _of_exponential(time: Any, mean: Any, shape: Any) -> Array:
    """A standard exponential time turned into a Weibull one; never 0, which it may round to."""
    with np.errstate(divide="ignore", over="ignore"):
        log_time = _log_scale(mean, shape) + np.log(time) / shape
        return np.asarray(np.exp(np.maximum(log_time, -708.0)))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    shape, y = parameters["shape"], np.asarray(y, dtype=float)
    log_ratio = np.log(np.maximum(y, np.finfo(float).tiny)) - _log_scale(value, shape)
    with np.errstate(over="ignore"):
        return np.where(y > 0, -np.expm1(-np.exp(shape * log_ratio)), 0.0)


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return _of_exponential(-np.log1p(-np.asarray(share)), value, parameters["shape"])


def _variance(rows: Rows, parameters: Parameters) -> dict[float, Any]:
    from scipy.special import gammaln

    inverse = 1 / parameters["shape"]
    with np.errstate(over="ignore"):
        return {2: np.expm1(gammaln(1 + 2 * inverse) - 2 * gammaln(1 + inverse))}


def _crude_shape(facts: Facts) -> float:
    """Log of the shape of a Weibull distribution with the response's coefficient of variation.

    Justus, Hargraves, Mikhail & Graber (1978), Journal of Applied Meteorology 17(3), eq. 20: the
    power -1.086 of it.
    """
    return 1.086 * math.log(max(facts.crude, 1e-300) / facts.spread)


SHAPE = Param(
    "shape",
    ("log",),
    "shape; the hazard rises with time above 1, and is constant at 1",
    "k",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=_crude_shape(facts), sigma=1.0),
        "about the one that gives the response's standard deviation {spread:.3g}, or 7 times more",
        "ours: the crude shape by Justus et al. (1978), J. Appl. Meteorol. 17(3)",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=_crude_shape(facts), sigma=1.0),
        "about the one that gives the response's standard deviation {spread:.3g}, on the log scale",
        "that of a constant shape",
    ),
    infinite=True,
    dispersion=True,
    precision=True,
    word="shape",
    elsewhere={"bambi": "alpha"},
)

WEIBULL = Family(
    name="weibull",
    title="Weibull",
    support=POSITIVE,
    parameters=(MEAN, SHAPE),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    variance=PowerVariance(_variance),
    random=_random,
    below=_below,
    deviance=None,
    at_share=_at_share,
    log_variance=lambda parameters: np.pi**2 / (6 * np.square(parameters["shape"])),
    elsewhere={"bambi": "weibull", "brms": "weibull"},
)
