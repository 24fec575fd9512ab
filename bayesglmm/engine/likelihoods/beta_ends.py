"""Proportions of which some are exactly 0 or 1: beta ones between two probabilities."""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import logistic
from bayesglmm.engine.likelihoods.beta import beta_density
from bayesglmm.engine.likelihoods.general import of_responses
from bayesglmm.engine.likelihoods.links import (
    CHANCES,
    Chances,
    Mean,
    Rate,
    chances_logit,
    mean_identity,
    rate_log,
)
from bayesglmm.families import Rows

type Four = tuple[float, float, float, float]


@inlined
def zero_one_inflated_beta_density(
    parameters: tuple[Chances, Rate, Chances, Chances], y: float, size: float
) -> tuple[float, Four]:
    """Of a mean, a precision, and the chances of 0 or 1, and of 1 among these."""
    mu, phi, ends, ones = parameters
    if y <= 0.0:
        slopes = 0.0, 0.0, ends.success_slope, ones.failure_slope
        return ends.log_success + ones.log_failure, slopes
    if y >= 1.0:
        slopes = 0.0, 0.0, ends.success_slope, ones.success_slope
        return ends.log_success + ones.log_success, slopes
    value, (by_mu, by_phi) = beta_density((mu, phi), y, size)
    return ends.log_failure + value, (by_mu, by_phi, ends.failure_slope, 0.0)


@inlined
def ordered_beta_density(
    parameters: tuple[Chances, Rate, Mean, Rate], y: float, size: float
) -> tuple[float, Four]:
    """Of a mean, a precision, the threshold of 0 and how far that of 1 lies above.

    What is between has ``F(b) (1 - F(a)) (1 - exp(a - b))``, with F the logistic function and b and
    a the linear predictor less the two thresholds.
    """
    mu, phi, cut, gap = parameters
    log_odds = mu.log_success - mu.log_failure
    change = mu.success_slope - mu.failure_slope
    softplus, softplus_of_minus, above, below = logistic(log_odds - cut.value)
    if y <= 0.0:
        return -softplus, (-above * change, 0.0, above * cut.slope, 0.0)
    softplus, softplus_of_one, one, not_one = logistic(log_odds - cut.value - gap.value)
    if y >= 1.0:
        slopes = not_one * change, 0.0, -not_one * cut.slope, -not_one * gap.slope
        return -softplus_of_one, slopes
    value, (by_mu, by_phi) = beta_density((mu, phi), y, size)
    value += math.log(-math.expm1(-gap.value)) - softplus_of_minus - softplus
    by_odds, by_gap = below - one, one + 1.0 / math.expm1(gap.value)
    if not abs(by_gap * gap.slope) < math.inf:
        return -math.inf, (0.0, 0.0, 0.0, 0.0)
    slopes = by_mu + by_odds * change, by_phi, -by_odds * cut.slope, by_gap * gap.slope
    return value, slopes


def _constant(rows: Rows) -> float:
    y = np.asarray(rows.y, dtype=float)
    y = y[(y > 0) & (y < 1)]
    return -float(np.sum(np.log(y) + np.log1p(-y)))


LOGS, LOGITS = {"log": rate_log}, {"logit": chances_logit}

ZERO_ONE_INFLATED_BETA = of_responses(
    "zero_one_inflated_beta",
    (CHANCES, LOGS, LOGITS, LOGITS),
    zero_one_inflated_beta_density,
    _constant,
)
ORDERED_BETA = of_responses(
    "ordered_beta",
    (LOGITS, LOGS, {"identity": mean_identity}, LOGS),
    ordered_beta_density,
    _constant,
)
