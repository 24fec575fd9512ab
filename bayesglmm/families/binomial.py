"""Binomial successes out of trials, and single binary trials (Bernoulli).

Both go through the log odds of a success, which every probability link gives straight from the
linear predictor; so the likelihood is exact where the probability itself rounds to 0 or 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.family import BINARY, PROPORTION, Family, Param, Parameters, Rows
from bayesglmm.families.links import Array, Link

PROBABILITY_LINKS = ("logit", "probit", "cloglog")


def _bernoulli_distribution(
    link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    assert link.graph_log_odds is not None
    return "Bernoulli", {"logit_p": link.graph_log_odds(eta)}


def _binomial_distribution(
    link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    assert link.graph_log_odds is not None
    return "Binomial", {"logit_p": link.graph_log_odds(eta), "n": rows.trials}


def _log_density(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammaln

    assert link.log_odds is not None
    log_odds, y, n = link.log_odds(eta), rows.y, np.asarray(rows.trials, dtype=float)
    coefficient = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    failures = np.where(n > y, (n - y) * np.logaddexp(0.0, log_odds), 0.0)
    return np.asarray(coefficient - y * np.logaddexp(0.0, -log_odds) - failures)


def _variance(mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return np.asarray(mean * (1.0 - mean / rows.trials))


def _draw(
    rng: np.random.Generator, link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> Array:
    trials = np.asarray(rows.trials, dtype=np.int64)
    return rng.binomial(trials, link.inverse(eta)).astype(float)


BERNOULLI = Family(
    name="bernoulli",
    title="Bernoulli",
    support=BINARY,
    parameters=(Param("p", PROBABILITY_LINKS, "probability of success"),),
    takes_exposure=False,
    distribution=_bernoulli_distribution,
    log_density=_log_density,
    variance=_variance,
    draw=_draw,
)

BINOMIAL = Family(
    name="binomial",
    title="Binomial",
    support=PROPORTION,
    parameters=(Param("p", PROBABILITY_LINKS, "probability of success"),),
    takes_exposure=False,
    distribution=_binomial_distribution,
    log_density=_log_density,
    variance=_variance,
    draw=_draw,
)
