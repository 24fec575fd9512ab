"""Rows that are more, or less, than a known response: general likelihoods.

A response may be censored (known to lie between two bounds), truncated (a row only because it lies
between two others), weighted, or have a known standard error beside its own spread. Of each family
here there is the density of a response and the log probability of an interval; a cell is put
together of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import (
    HALF_LOG_TWO_PI,
    exp,
    gamma_ratio,
    log,
)
from bayesglmm.engine.likelihoods.compose import Inverse
from bayesglmm.engine.likelihoods.durations import (
    ABOVE_ZERO,
    LOG,
    exponential_between,
    exponential_density,
    lognormal_between,
    lognormal_density,
    weibull_between,
    weibull_density,
)
from bayesglmm.engine.likelihoods.general import (
    LOG_EXPOSURE,
    NONE,
    Density,
    Maker,
    Sizes,
    adding,
    general,
    of_cells,
    scaling,
)
from bayesglmm.engine.likelihoods.intervals import (
    gaussian_interval,
    negative_binomial_interval,
    poisson_interval,
)
from bayesglmm.engine.likelihoods.likelihood import Indices, Statistics, totals
from bayesglmm.engine.likelihoods.links import MEANS, RATES, Mean, Rate, rate_log
from bayesglmm.engine.likelihoods.negative_binomial import mixed_counts
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Interval = Callable[[Any, float, float, float], tuple[float, Any]]

IN_PART = "_in_part"
"""Behind the names of these likelihoods."""

KEYS = ("y", "upper", "least", "most")
"""Fields of `Rows` that the rows of a cell share, beside those of its size."""


class PartialCells(NamedTuple):
    """Rows of each cell by their weights, and what they share.

    The bounds of a response are equal where it is known; those of what is a row are infinite where
    there are none.
    """

    rows: Array
    lower: Array
    upper: Array
    least: Array
    most: Array
    size: Array


def partial(
    family: str,
    inverses: tuple[Mapping[str, Inverse], ...],
    density: Density,
    interval: Interval,
    constant: Callable[[Array, Array], Array],
    sizes: Sizes,
) -> Maker:
    """The likelihoods of a family of such rows.

    Parameters
    ----------
    family, inverses, density, sizes
        As of `general.of_responses`.
    interval : callable
        (parameters, lower, upper, size) to the log probability of the interval, and a tuple of its
        slopes by the linear predictors, compiled.
    constant : callable
        (y, size) to the terms that `density` leaves out, NumPy, each of shape (n,).

    Returns
    -------
    callable
        As of `general.general`.
    """
    scale, add = scaling(len(inverses)), adding(len(inverses))

    @inlined
    def cell(parameters: Any, cells: PartialCells, i: int) -> tuple[float, Any]:
        lower, upper, size = cells.lower[i], cells.upper[i], cells.size[i]
        if lower == upper:
            value, slopes = density(parameters, lower, size)
        else:
            value, slopes = interval(parameters, lower, upper, size)
        if cells.least[i] > -math.inf or cells.most[i] < math.inf:
            share, by = interval(parameters, cells.least[i], cells.most[i], size)
            value, slopes = value - share, add(slopes, -1.0, by)
        return cells.rows[i] * value, scale(cells.rows[i], slopes)

    def summarise(rows: Rows, offset: Array, own: Indices, count: int) -> Statistics:  # noqa: ARG001
        y = np.asarray(rows.y, dtype=float)
        size = np.broadcast_to(sizes.of(rows), y.shape)
        weight = np.broadcast_to(rows.weights, y.shape)
        given = (
            y,
            y if rows.upper is None else rows.upper,
            -np.inf if rows.least is None else rows.least,
            np.inf if rows.most is None else rows.most,
            size,
        )
        cells = PartialCells(
            totals(weight, own, count), *(of_cells(values, own, count) for values in given)
        )
        known = rows.known
        return Statistics(cells, (), float(weight[known] @ constant(y[known], size[known])))

    return general(
        f"{family}{IN_PART}", inverses, cell, PartialCells, summarise, (*KEYS, *sizes.keys)
    )


def _squared_error(rows: Rows) -> Array:
    return np.zeros(()) if rows.error is None else np.square(rows.error)


SQUARED_ERROR = Sizes(_squared_error, ("error",))


@inlined
def _total_sd(sigma: float, squared_error: float) -> tuple[float, float]:
    """Standard deviation of both errors, and the share of its variance that is sigma's."""
    if squared_error == 0.0:
        return sigma, 1.0
    variance = sigma * sigma + squared_error
    return math.sqrt(variance), sigma * sigma / variance


@inlined
def gaussian_density(
    parameters: tuple[Mean, Rate], y: float, squared_error: float
) -> tuple[float, tuple[float, float]]:
    """Of a mean and a sigma, beside which a standard error may be known."""
    mean, sigma = parameters
    sd, share = _total_sd(sigma.value, squared_error)
    residual = (y - mean.value) / sd
    square = residual * residual
    slopes = residual / sd * mean.slope, (square - 1.0) * share * sigma.log_slope
    return -log(sd) - 0.5 * square, slopes


@inlined
def gaussian_between(
    parameters: tuple[Mean, Rate], lower: float, upper: float, squared_error: float
) -> tuple[float, tuple[float, float]]:
    """The same of an interval."""
    mean, sigma = parameters
    sd, share = _total_sd(sigma.value, squared_error)
    value, slope, by_log_sd = gaussian_interval(mean.value, lower, upper, sd)
    return value, (slope * mean.slope, by_log_sd * share * sigma.log_slope)


@inlined
def poisson_density(
    parameters: tuple[Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float]]:
    """Of a rate."""
    rate = parameters[0]
    if rate.value < 0.0 or (rate.value == 0.0 and y > 0.0):
        return -math.inf, (0.0,)
    exposure = exp(log_exposure)
    if rate.value == 0.0:
        return 0.0, (-exposure * rate.slope,)
    return y * rate.log - exposure * rate.value, (y * rate.log_slope - exposure * rate.slope,)


@inlined
def poisson_between(
    parameters: tuple[Rate], lower: float, upper: float, log_exposure: float
) -> tuple[float, tuple[float]]:
    """The same of an interval."""
    rate = parameters[0]
    if rate.value < 0.0:
        return -math.inf, (0.0,)
    value, slope, _ = poisson_interval(rate.log + log_exposure, max(lower, 0.0), upper, 0.0)
    return value, (slope * rate.log_slope,)


@inlined
def negative_binomial_density(
    parameters: tuple[Rate, Rate], y: float, log_exposure: float
) -> tuple[float, tuple[float, float]]:
    """Of a rate and a shape."""
    rate, alpha = parameters
    if rate.value < 0.0 or (rate.value == 0.0 and y > 0.0):
        return -math.inf, (0.0, 0.0)
    if rate.value == 0.0:
        return 0.0, (-exp(log_exposure) * rate.slope, 0.0)
    value, slope, change = mixed_counts(rate.log + log_exposure - alpha.log, y, alpha.value)
    rise, rise_slope = gamma_ratio(alpha.value, alpha.log, y)
    return value + rise, (slope * rate.log_slope, (change + rise_slope) * alpha.log_slope)


@inlined
def negative_binomial_between(
    parameters: tuple[Rate, Rate], lower: float, upper: float, log_exposure: float
) -> tuple[float, tuple[float, float]]:
    """The same of an interval."""
    rate, alpha = parameters
    if rate.value < 0.0:
        return -math.inf, (0.0, 0.0)
    value, slope, change = negative_binomial_interval(
        rate.log + log_exposure, max(lower, 0.0), upper, alpha.value
    )
    return value, (slope * rate.log_slope, change * alpha.log_slope)


def _less_factorial(y: Array, size: Array) -> Array:  # noqa: ARG001
    from scipy.special import gammaln

    return np.asarray(-gammaln(y + 1.0))


def _poisson_constant(y: Array, log_exposure: Array) -> Array:
    return y * log_exposure + _less_factorial(y, log_exposure)


def _gaussian_constant(y: Array, size: Array) -> Array:  # noqa: ARG001
    return np.full(y.shape, -HALF_LOG_TWO_PI)


def _nothing(y: Array, size: Array) -> Array:  # noqa: ARG001
    return np.zeros(y.shape)


def _less_log(y: Array, size: Array) -> Array:  # noqa: ARG001
    return -np.log(y)


def _lognormal_constant(y: Array, size: Array) -> Array:  # noqa: ARG001
    return -np.log(y) - HALF_LOG_TWO_PI


_POSITIVE = {"log": rate_log}

PARTIAL: Mapping[str, Maker] = {
    "gaussian": partial(
        "gaussian",
        (MEANS, _POSITIVE),
        gaussian_density,
        gaussian_between,
        _gaussian_constant,
        SQUARED_ERROR,
    ),
    "poisson": partial(
        "poisson", (RATES,), poisson_density, poisson_between, _poisson_constant, LOG_EXPOSURE
    ),
    "negative_binomial": partial(
        "negative_binomial",
        (RATES, _POSITIVE),
        negative_binomial_density,
        negative_binomial_between,
        _less_factorial,
        LOG_EXPOSURE,
    ),
    "exponential": partial(
        "exponential", (ABOVE_ZERO,), exponential_density, exponential_between, _nothing, NONE
    ),
    "weibull": partial(
        "weibull", (ABOVE_ZERO, LOG), weibull_density, weibull_between, _less_log, NONE
    ),
    "lognormal": partial(
        "lognormal", (LOG, LOG), lognormal_density, lognormal_between, _lognormal_constant, NONE
    ),
}
"""Family to what makes its likelihood of such rows of the links of its parameters."""
