"""Tweedie amounts: a mean, a dispersion and a power. The series is that of `families.tweedie`."""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, expm1, gamma_excess, log, log1p
from bayesglmm.engine.likelihoods.general import of_responses
from bayesglmm.engine.likelihoods.links import Chances, Rate, chances_logit, rate_log
from bayesglmm.families import Rows
from bayesglmm.families.graph_tweedie import DOWN, SPARSE, UP

type Three = tuple[float, float, float]

FARTHEST = 700.0
"""Logs of numbers beyond which a density is taken for 0."""
NEGLIGIBLE = -36.0
"""Log of the share of the first term that ends a sum."""


KNOWN = 128.0
"""Counts below it have what hangs on nothing else in tables."""
LOG_COUNTS = np.log(np.maximum(np.arange(KNOWN), 1.0))
OWN = np.array(
    [k * (math.log(k) - 1) - math.lgamma(k + 1) if k else 0.0 for k in range(int(KNOWN))]
)
"""Of a count, what the series has of it alone: ``e(k) - log(k)`` of `families.tweedie`."""


@inlined
def _log_term(k: float, peak: float, log_peak: float, shape: float, log_shape: float) -> Three:
    """Log of a term of the series, and its slopes by `log_peak` and `log_shape`."""
    if k < KNOWN:
        log_k, own = LOG_COUNTS[int(k)], OWN[int(k)]
    else:
        log_k = log(k)
        own = gamma_excess(k, log_k)[0] - log_k
    x = (peak - k) / k
    fall = k * (x - (log1p(x) if abs(x) < 0.5 else log_peak - log_k))
    amounts, by_shape = gamma_excess(shape * k, log_shape + log_k)
    value = own + amounts - (1.0 + shape) * fall
    return value, (1.0 + shape) * (k - peak), by_shape - shape * fall


@inlined
def log_series(log_peak: float, shape: float, log_shape: float) -> Three:
    """Log of the series, and its slopes by the logs of lambda and of the shape of an amount."""
    peak = exp(log_peak)
    start = max(math.floor(peak), 1.0)
    step = max(math.floor(math.sqrt(peak / (1.0 + shape)) / SPARSE), 1.0)
    first, by_peak, by_shape = _log_term(start, peak, log_peak, shape, log_shape)
    total = 1.0
    for side in range(2):
        nodes, stride = (UP, step) if side == 0 else (DOWN, -step)
        k = start
        for _ in range(nodes):
            k += stride
            if k < 1.0:
                break
            value, peak_slope, shape_slope = _log_term(k, peak, log_peak, shape, log_shape)
            share = exp(value - first)
            total += share
            by_peak += share * peak_slope
            by_shape += share * shape_slope
            if value - first < NEGLIGIBLE:
                break
    return first + log(total) + log(step), by_peak / total, by_shape / total


@inlined
def _rise_slope(x: float) -> float:
    """``(x exp(x) - expm1(x)) / x^2``, the slope of ``expm1(c t) / c`` by c over t^2, at c t."""
    if abs(x) > 0.05:
        return (x * exp(x) - expm1(x)) / (x * x)
    return 0.5 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144 + x * (1 / 840 + x / 5760)))))


@inlined
def tweedie_density(
    parameters: tuple[Rate, Rate, Chances],
    y: float,
    size: float,  # noqa: ARG001
) -> tuple[float, Three]:
    """One response, less minus its log; see `of_responses`.

    The third parameter is the power by logs of what it is above 1 and below 2.
    """
    mean, phi, power = parameters
    above, below = exp(power.log_success), exp(power.log_failure)
    if y == 0.0:
        log_count = below * mean.log - phi.log - power.log_failure
        count = exp(log_count)
        by_power = count * above * (below * mean.log - 1.0)
        if not log_count < FARTHEST or not abs(by_power) < math.inf:
            return -math.inf, (0.0, 0.0, 0.0)
        return -count, (-count * below * mean.log_slope, count * phi.log_slope, by_power)
    log_y = log(y)
    ratio, log_scale = mean.log - log_y, below * log_y - phi.log
    scale = exp(log_scale)
    rise, fall = expm1(below * ratio), expm1(-above * ratio)
    lost = scale * (rise / below + fall / above)
    shape, log_shape = exp(power.log_failure - power.log_success), power.log_failure
    log_shape -= power.log_success
    log_peak = log_scale - power.log_failure
    if not (abs(log_peak) < FARTHEST and abs(log_shape) < FARTHEST and lost < math.inf):
        return -math.inf, (0.0, 0.0, 0.0)
    series, by_peak, by_shape = log_series(log_peak, shape, log_shape)
    bend = _rise_slope(-above * ratio) - _rise_slope(below * ratio)
    lost_by_power = scale * ratio * ratio * bend - log_y * lost
    by_power = -lost_by_power * above * below - by_shape
    by_power += by_peak * above * (1.0 - below * log_y)
    by_mean, by_phi = scale * (fall - rise) * mean.log_slope, (lost - by_peak) * phi.log_slope
    if not abs(series) + abs(by_mean) + abs(by_phi) + abs(by_power) < math.inf:
        return -math.inf, (0.0, 0.0, 0.0)
    return series - lost, (by_mean, by_phi, by_power)


def _constant(rows: Rows) -> float:
    y = np.asarray(rows.y, dtype=float)
    return -float(np.sum(np.log(y[y > 0])))


LOGS = {"log": rate_log}

TWEEDIE = of_responses(
    "tweedie", (LOGS, LOGS, {"logit_above_one": chances_logit}), tweedie_density, _constant
)
