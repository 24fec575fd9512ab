"""Gaussian responses with one residual standard deviation."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.family import REAL, Family, Param, Parameters, Rows
from bayesglmm.families.links import Array, Link


def _distribution(
    link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Normal", {"mu": link.graph(eta), "sigma": parameters["sigma"]}


def _log_density(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
    sigma = parameters["sigma"]
    residual = (rows.y - link.inverse(eta)) / sigma
    return np.asarray(-0.5 * np.square(residual) - np.log(sigma) - 0.5 * np.log(2 * np.pi))


def _variance(mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(np.square(parameters["sigma"]) * np.ones_like(mean))


def _draw(
    rng: np.random.Generator, link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> Array:
    return np.asarray(rng.normal(link.inverse(eta), parameters["sigma"]))


GAUSSIAN = Family(
    name="gaussian",
    title="Gaussian",
    support=REAL,
    parameters=(
        Param("mu", ("identity", "log"), "mean"),
        Param("sigma", ("log",), "residual standard deviation", "residual", power=2),
    ),
    takes_exposure=False,
    distribution=_distribution,
    log_density=_log_density,
    variance=_variance,
    draw=_draw,
)
