"""Binomial successes out of trials, and single binary trials (Bernoulli).

Both go through the log odds of a success, which every probability link gives straight from the
linear predictor; so the likelihood is exact where the probability itself rounds to 0 or 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.counting import log_ratio
from bayesglmm.families.family import Family
from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.param import Param
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import BINARY, PROPORTION
from bayesglmm.families.variance import Parameters, PowerVariance

PROBABILITY = Param("p", ("logit", "probit", "cloglog"), "probability of success", "p")


def _bernoulli_graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Bernoulli", {"logit_p": location.log_odds}


def _binomial_graph(
    location: GraphLocation, rows: Rows, parameters: Parameters
) -> tuple[str, dict[str, Any]]:
    return "Binomial", {"logit_p": location.log_odds, "n": rows.trials}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import gammaln

    log_odds, y, n = location.log_odds, rows.y, np.asarray(rows.trials, dtype=float)
    coefficient = gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1)
    failures = np.where(n > y, (n - y) * np.logaddexp(0.0, log_odds), 0.0)
    return np.asarray(coefficient - y * np.logaddexp(0.0, -log_odds) - failures)


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    trials = np.asarray(rows.trials, dtype=np.int64)
    return np.asarray(rng.binomial(trials, value), dtype=float)


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betaincc

    whole, n = np.floor(y), np.asarray(rows.trials, dtype=float)
    within = np.clip(whole, 0.0, n - 1.0)
    inside = betaincc(within + 1.0, n - within, value)
    return np.where(whole >= n, 1.0, np.where(whole >= 0, inside, 0.0))


def _above(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    from scipy.special import betainc

    whole, n = np.floor(y), np.asarray(rows.trials, dtype=float)
    within = np.clip(whole, 0.0, n - 1.0)
    inside = betainc(within + 1.0, n - within, value)
    return np.where(whole >= n, 0.0, np.where(whole >= 0, inside, 1.0))


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    return 2 * (log_ratio(y, mean) + log_ratio(rows.trials - y, rows.trials - mean))


VARIANCE = PowerVariance(lambda rows, parameters: {1: 1.0, 2: -1.0 / rows.trials})

BERNOULLI = Family(
    name="bernoulli",
    title="Bernoulli",
    support=BINARY,
    parameters=(PROBABILITY,),
    takes_exposure=False,
    graph=_bernoulli_graph,
    density=_density,
    linear=True,
    variance=VARIANCE,
    random=_random,
    below=_below,
    deviance=_deviance,
    canonical="logit",
    elsewhere={
        "bambi": "bernoulli",
        "brms": "bernoulli",
        "glmmTMB": "binomial",
        "R": "binomial",
        "lme4": "binomial",
    },
)

BINOMIAL = Family(
    name="binomial",
    title="Binomial",
    support=PROPORTION,
    parameters=(PROBABILITY,),
    takes_exposure=False,
    graph=_binomial_graph,
    density=_density,
    linear=True,
    variance=VARIANCE,
    random=_random,
    below=_below,
    deviance=_deviance,
    canonical="logit",
    elsewhere={
        "bambi": "binomial",
        "brms": "binomial",
        "glmmTMB": "binomial",
        "R": "binomial",
        "lme4": "binomial",
    },
)
