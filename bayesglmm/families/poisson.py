"""Poisson counts: ``y ~ Poisson(exposure * rate)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.family import COUNT, Family, Param, Parameters, Rows, draw_counts, rate_mean
from bayesglmm.families.interval import over_intervals
from bayesglmm.families.links import Array, Link


def _distribution(
    link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Poisson", {"mu": rows.exposure * link.graph(eta)}


def _log_density(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammaln, xlogy

    mean = rate_mean(link, eta, rows.exposure)
    return np.asarray(xlogy(rows.y, mean) - mean - gammaln(rows.y + 1.0))


def _variance(mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(mean)


def _draw(
    rng: np.random.Generator, link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> Array:
    return draw_counts(rng, rate_mean(link, eta, rows.exposure))


POISSON = Family(
    name="poisson",
    title="Poisson",
    support=COUNT,
    parameters=(
        Param("mu", ("log", "identity", "sqrt"), "mean, or rate where there is an exposure"),
    ),
    takes_exposure=True,
    distribution=_distribution,
    log_density=over_intervals(_log_density),
    variance=_variance,
    draw=_draw,
)
