"""Exponential responses: times until an event whose hazard is ``1 / mean`` at any time."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import POSITIVE
from bayesglmm.families.variance import Parameters, PowerVariance

MEAN = Param("mu", ("log", "identity"), "mean", "μ")
"""The mean of a response above 0."""


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Exponential", {"scale": location.value}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    mean = location.value
    return np.asarray(-np.log(mean) - rows.y / mean)


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(rng.exponential(value))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(-np.expm1(-np.maximum(y, 0.0) / value))


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(-value * np.log1p(-share))


def gamma_deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    """Unit deviance of a gamma distribution, of which the exponential is one.

    McCullagh & Nelder (1989), Generalized Linear Models, section 8.3.1.
    """
    excess = (y - mean) / mean
    return np.asarray(2 * (excess - np.log1p(excess)))


EXPONENTIAL = Family(
    name="exponential",
    title="Exponential",
    support=POSITIVE,
    parameters=(MEAN,),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    linear=True,
    variance=PowerVariance(lambda rows, parameters: {2: 1.0}),
    random=_random,
    below=_below,
    deviance=gamma_deviance,
    at_share=_at_share,
    log_variance=lambda parameters: np.pi**2 / 6,
    elsewhere={"bambi": "exponential", "brms": "exponential"},
)
