"""Generalized Poisson counts: a rate, and an overdispersion."""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, log
from bayesglmm.engine.likelihoods.general import LOG_EXPOSURE, of_responses
from bayesglmm.engine.likelihoods.likelihood import log_factorials
from bayesglmm.engine.likelihoods.links import RATES, Rate, rate_log


@inlined
def generalized_poisson_density(
    parameters: tuple[Rate, Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float, float]]:
    """Of a rate and an overdispersion; see `of_responses`."""
    rate, alpha = parameters
    if rate.value < 0.0 or (rate.value == 0.0 and y > 0.0):
        return -math.inf, (0.0, 0.0)
    root = math.sqrt(1.0 + alpha.value)
    own, own_by_rate = rate.value * exp(log_exposure) / root, exp(log_exposure) / root
    if not own < math.inf:
        return -math.inf, (0.0, 0.0)
    share = alpha.value / (root * (1.0 + root))
    by_log_alpha = 0.5 * alpha.value / (1.0 + alpha.value) * alpha.log_slope
    if y == 0.0:
        return -own, (-own_by_rate * rate.slope, own * by_log_alpha)
    total = own + share * y
    log_own = rate.log + log_exposure - log(root)
    value = log_own + (y - 1.0) * log(total) - total
    by_log_own = 1.0 + own * ((y - 1.0) / total - 1.0)
    by_share = y * ((y - 1.0) / total - 1.0)
    if not abs(by_log_own) + abs(by_share) < math.inf:
        return -math.inf, (0.0, 0.0)
    return value, (
        by_log_own * rate.log_slope,
        (by_share / root - by_log_own) * by_log_alpha,
    )


GENERALIZED_POISSON = of_responses(
    "generalized_poisson",
    (RATES, {"log": rate_log}),
    generalized_poisson_density,
    lambda rows: -log_factorials(rows.y),
    LOG_EXPOSURE,
)
