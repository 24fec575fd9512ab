"""Poisson counts: ``y ~ Poisson(exposure * rate)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.counting import draw_counts, log_ratio
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT
from bayesglmm.families.variance import Parameters, PowerVariance

MEAN = Param("mu", ("log", "identity", "sqrt"), "mean, or rate where there is an exposure", "μ")
"""The mean of a count."""


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Poisson", {"mu": rows.exposure * location.value}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammaln, xlogy

    mean = rows.exposure * location.value
    return np.asarray(xlogy(rows.y, mean) - mean - gammaln(rows.y + 1.0))


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return draw_counts(rng, rows.exposure * value)


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammaincc

    whole = np.floor(y)
    inside = gammaincc(np.maximum(whole, 0.0) + 1.0, rows.exposure * value)
    return np.where(whole >= 0, inside, 0.0)


def _above(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammainc

    whole = np.floor(y)
    inside = gammainc(np.maximum(whole, 0.0) + 1.0, rows.exposure * value)
    return np.where(whole >= 0, inside, 1.0)


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(2 * (log_ratio(y, mean) - (y - mean)))


POISSON = Family(
    name="poisson",
    title="Poisson",
    support=COUNT,
    parameters=(MEAN,),
    takes_exposure=True,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {1: 1.0}),
    random=_random,
    below=_below,
    above=_above,
    deviance=_deviance,
    canonical="log",
    elsewhere={
        "bambi": "poisson",
        "brms": "poisson",
        "glmmTMB": "poisson",
        "R": "poisson",
        "lme4": "poisson",
    },
)
