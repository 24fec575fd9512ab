"""Negative binomial counts (NB2): variance ``m + m^2 / alpha``.

Hilbe (2011), Negative Binomial Regression, 2nd ed., eq. 8.6-8.8, with ``alpha`` here the
inverse of Hilbe's heterogeneity parameter (the `size` of R, the `alpha` of PyMC).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.family import COUNT, Family, Param, Parameters, Rows, draw_counts, rate_mean
from bayesglmm.families.interval import over_intervals
from bayesglmm.families.links import Array, Link


def _distribution(
    link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    mean = rows.exposure * link.graph(eta)
    return "NegativeBinomial", {"mu": mean, "alpha": parameters["alpha"]}


def _log_density(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betaln, xlog1py, xlogy

    mean, alpha, y = rate_mean(link, eta, rows.exposure), parameters["alpha"], rows.y
    # A difference of log gammas would lose all digits as alpha grows towards the Poisson limit.
    coefficient = -betaln(alpha, y + 1.0) - np.log(alpha + y)
    return np.asarray(coefficient - xlog1py(alpha, mean / alpha) + xlogy(y, mean / (mean + alpha)))


def _variance(mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(mean + np.square(mean) / parameters["alpha"])


def _draw(
    rng: np.random.Generator, link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> Array:
    mean, alpha = rate_mean(link, eta, rows.exposure), parameters["alpha"]
    return draw_counts(rng, rng.gamma(alpha, mean / alpha))


NEGATIVE_BINOMIAL = Family(
    name="negative_binomial",
    title="Negative binomial (NB2)",
    support=COUNT,
    parameters=(
        Param("mu", ("log", "identity", "sqrt"), "mean, or rate where there is an exposure"),
        Param(
            "alpha",
            ("log",),
            "shape; the variance is mean + mean²/alpha, Poisson as it grows",
            "shape",
            power=-1,
        ),
    ),
    takes_exposure=True,
    distribution=_distribution,
    log_density=over_intervals(_log_density),
    variance=_variance,
    draw=_draw,
)
