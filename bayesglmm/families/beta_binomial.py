"""Beta-binomial successes out of trials: binomial ones whose probability varies from row to row.

Williams (1975), Biometrics 31(4). With mean probability mu and precision phi, as in glmmTMB, brms
and bambi: the probability of a row is a beta variable with shapes ``mu phi`` and ``(1 - mu) phi``,
and the variance of the successes is ``n mu (1 - mu) (n + phi) / (1 + phi)``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families import beta
from bayesglmm.families.beta import shapes, shapes_at
from bayesglmm.families.counting import summed_below
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.graph_density import beta_shapes
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import PROPORTION
from bayesglmm.families.variance import Parameters, PowerVariance


def _graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    first, second = beta_shapes(location, parameters["phi"])
    return "BetaBinomial", {"alpha": first, "beta": second, "n": rows.trials}


def log_rising(start: Any, steps: Any) -> Array:
    """Log of ``start (start + 1) ... (start + steps - 1)``, exact also for a large start."""
    from scipy.special import betaln, gammaln

    some = np.maximum(steps, 1.0)
    return np.where(np.asarray(steps) > 0, gammaln(some) - betaln(start, some), 0.0)


def _log_mass(y: Any, first: Any, second: Any, trials: Any) -> Array:
    from scipy.special import gammaln

    n = np.asarray(trials, dtype=float)
    ways = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    rising = log_rising(first, y) + log_rising(second, n - y) - log_rising(first + second, n)
    return np.asarray(ways + rising)


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    return _log_mass(
        np.asarray(rows.y, dtype=float), *shapes(location, parameters["phi"]), rows.trials
    )


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    chance = rng.beta(*shapes_at(value, parameters["phi"]))
    return np.asarray(rng.binomial(np.asarray(rows.trials, dtype=np.int64), chance), dtype=float)


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    first, second = shapes_at(value, parameters["phi"])
    return summed_below(
        lambda count: _log_mass(count, first, second, rows.trials), np.minimum(y, rows.trials)
    )


def _variance(rows: Rows, parameters: Parameters) -> dict[float, Any]:
    inflation = 1 + (rows.trials - 1) / (1 + np.asarray(parameters["phi"]))
    return {1: inflation, 2: -inflation / rows.trials}


PHI = replace(
    beta.PHI,
    meaning="precision; probabilities of rows have the variance mu (1 - mu) / (1 + phi), binomial "
    "as it grows",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=2.3, sigma=2),
        "from rows that hardly agree to nearly binomial",
        "ours: half of it on either side of 10",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=2.3, sigma=2),
        "from rows that hardly agree to nearly binomial, on the log scale",
        "that of a constant phi",
    ),
    start=lambda spread: np.inf,
)

BETA_BINOMIAL = Family(
    name="beta_binomial",
    title="Beta-binomial",
    support=PROPORTION,
    parameters=(Param("mu", ("logit", "probit", "cloglog"), "mean probability", "μ"), PHI),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    variance=PowerVariance(_variance),
    random=_random,
    below=_below,
    deviance=None,
    limits=("binomial",),
    elsewhere={"bambi": "beta_binomial", "brms": "beta_binomial", "glmmTMB": "betabinomial"},
    aliases=("betabinomial",),
)
