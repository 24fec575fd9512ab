"""Negative binomial counts whose variance is linear in the mean: of a shape ``mean / alpha``."""

from __future__ import annotations

import math

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, gamma_ratio, logistic
from bayesglmm.engine.likelihoods.general import LOG_EXPOSURE, of_responses
from bayesglmm.engine.likelihoods.likelihood import log_factorials
from bayesglmm.engine.likelihoods.links import RATES, Rate, rate_log


@inlined
def nbinom1_density(
    parameters: tuple[Rate, Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float, float]]:
    """Of a rate and an overdispersion; see `of_responses`."""
    rate, alpha = parameters
    if rate.value < 0.0 or (rate.value == 0.0 and y > 0.0):
        return -math.inf, (0.0, 0.0)
    softplus, softplus_of_minus, success, failure = logistic(alpha.log)
    if rate.value == 0.0:
        return 0.0, (-softplus / alpha.value * exp(log_exposure) * rate.slope, 0.0)
    log_shape = rate.log + log_exposure - alpha.log
    shape = exp(log_shape)
    rise, rise_slope = gamma_ratio(shape, log_shape, y)
    value = rise - shape * softplus - y * softplus_of_minus
    by_log_shape = rise_slope - shape * softplus
    by_log_alpha = y * failure - shape * success - by_log_shape
    return value, (by_log_shape * rate.log_slope, by_log_alpha * alpha.log_slope)


NBINOM1 = of_responses(
    "nbinom1",
    (RATES, {"log": rate_log}),
    nbinom1_density,
    lambda rows: -log_factorials(rows.y),
    LOG_EXPOSURE,
)
