"""Generalized Poisson counts by mean and overdispersion: variance ``m (1 + alpha)``.

Consul & Jain (1973), Technometrics 15(4), for 0 <= lambda < 1, where the probabilities sum to 1:
with ``1 - lambda = 1 / sqrt(1 + alpha)`` and ``theta = (1 - lambda) m`` they are
``theta (theta + lambda y)^(y - 1) exp(-theta - lambda y) / y!``. glmmTMB's `genpois` has the
variance ``phi m``, so that alpha is ``phi - 1``; its phi below 1 makes weights that do not sum to
1, and is left out here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families import nbinom1
from bayesglmm.families.counting import draw_counts, summed_below
from bayesglmm.families.family import Family
from bayesglmm.families.graph_density import GraphDensity, generalized_poisson
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.poisson import MEAN
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT
from bayesglmm.families.variance import Parameters, PowerVariance

GENERATIONS = 100_000
"""Generations after which a line of descent that has not ended is without end."""


def _share(alpha: Any) -> Any:
    """The lambda of Consul & Jain, exact for a small alpha."""
    root = np.sqrt(1 + np.asarray(alpha))
    return alpha / (root * (1 + root))


def log_mass(y: Any, mean: Any, alpha: Any) -> Array:
    """Log probability of counts.

    Parameters
    ----------
    y : array
    mean, alpha : array
        Broadcast against `y`.

    Returns
    -------
    array
        Certain of 0 where the mean is.
    """
    from scipy.special import gammaln, xlogy

    own, share = mean / np.sqrt(1 + np.asarray(alpha)), _share(alpha)
    total = own + share * y
    found = np.log(np.where(own > 0, own, 1.0)) + xlogy(y - 1, np.where(own > 0, total, 1.0))
    some = np.where(np.asarray(y) > 0, found - total - gammaln(y + 1.0), -own)
    return np.where((own > 0) | (np.asarray(y) == 0), some, -np.inf)


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[GraphDensity, dict[str, Any]]:
    return GENERALIZED, {"mu": rows.exposure * location.value, "alpha": parameters["alpha"]}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return log_mass(rows.y, rows.exposure * location.value, parameters["alpha"])


def draw(rng: np.random.Generator, mean: Any, alpha: Any) -> Array:
    """Generalized Poisson counts, as all descendants of a Poisson number of ancestors.

    Each individual has a Poisson number of children of mean lambda (Consul & Shoukri 1988, American
    Journal of Mathematical and Management Sciences 8).

    Parameters
    ----------
    rng : numpy.random.Generator
    mean, alpha : array

    Returns
    -------
    array
    """
    share = np.broadcast_to(_share(alpha), np.broadcast_shapes(np.shape(mean), np.shape(alpha)))
    living = draw_counts(rng, np.broadcast_to(mean, share.shape) / np.sqrt(1 + np.asarray(alpha)))
    total = np.array(living)
    for _ in range(GENERATIONS):
        some = (living > 0) & np.isfinite(living)
        if not some.any():
            break
        born = np.zeros(living.shape)
        born[some] = draw_counts(rng, (share * living)[some])
        living = born
        total = total + born
    return total


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    return draw(rng, rows.exposure * value, parameters["alpha"])


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    mean = rows.exposure * value
    return summed_below(lambda count: log_mass(count, mean, parameters["alpha"]), y)


def _graph_random(mu: Any, alpha: Any, rng: np.random.Generator, size: Any = None) -> Any:
    shape = np.broadcast_shapes(np.shape(mu), np.shape(alpha)) if size is None else size
    return draw(rng, np.broadcast_to(mu, shape), alpha).astype(np.int64)


GENERALIZED = GraphDensity("GeneralizedPoisson", generalized_poisson, _graph_random, discrete=True)

ALPHA = replace(
    nbinom1.ALPHA,
    prior=replace(nbinom1.OVERDISPERSION, source="as that of nbinom1, which has the same variance"),
    intercept=replace(nbinom1.LOG_OVERDISPERSION, source="as that of nbinom1"),
)

GENERALIZED_POISSON = Family(
    name="generalized_poisson",
    title="Generalized Poisson",
    support=COUNT,
    parameters=(MEAN, ALPHA),
    takes_exposure=True,
    graph=_graph,
    density=_density,
    variance=PowerVariance(lambda rows, parameters: {1: 1.0 + parameters["alpha"]}),
    random=_random,
    below=_below,
    deviance=None,
    limits=("poisson",),
    elsewhere={"glmmTMB": "genpois"},
    aliases=("genpois", "genpoisson", "gpoisson"),
)
