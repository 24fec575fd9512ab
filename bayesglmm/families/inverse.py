"""Links as NumPy functions: means from linear predictors, their slopes, and log odds."""

from __future__ import annotations

from typing import Any

import numpy as np

SMALL = -30.0
"""Below this linear predictor the cloglog log odds equal it to double precision."""


def same(value: Any) -> Any:
    """The identity."""
    return value


def logistic(eta: Any) -> Any:
    """The inverse of the logit."""
    from scipy.special import expit

    return expit(eta)


def logistic_slope(eta: Any) -> Any:
    """The density of the logistic distribution."""
    probability = logistic(eta)
    return probability * logistic(-np.asarray(eta))


def log_odds_of(mean: Any) -> Any:
    """The logit."""
    from scipy.special import logit

    return logit(mean)


def one_and_logistic(eta: Any) -> Any:
    """A number between 1 and 2, whose part above 1 is the inverse of the logit."""
    return 1.0 + logistic(eta)


def log_odds_above_one(value: Any) -> Any:
    """The logit of what a number between 1 and 2 has above 1."""
    return log_odds_of(np.asarray(value) - 1.0)


def normal_cdf(eta: Any) -> Any:
    """The inverse of the probit."""
    from scipy.special import ndtr

    return ndtr(eta)


def normal_quantile(mean: Any) -> Any:
    """The probit."""
    from scipy.special import ndtri

    return ndtri(mean)


def normal_cdf_mean(eta: Any, variance: Any) -> Any:
    """McCulloch, Searle & Neuhaus (2008), Generalized, Linear, and Mixed Models, section 8.3."""
    return normal_cdf(eta / np.sqrt(1 + np.asarray(variance)))


def exp_mean(eta: Any, variance: Any) -> Any:
    """The mean of a lognormal."""
    return np.exp(eta + 0.5 * np.asarray(variance))


def exp_product(first: Any, second: Any, v1: Any, v2: Any, shared: Any) -> Any:
    """The mean of the product of two lognormals."""
    return np.exp(first + second + 0.5 * (np.asarray(v1) + v2) + shared)


def exp_power(power: Any, eta: Any, variance: Any) -> Any:
    """The mean of a power of a lognormal."""
    return np.exp(power * np.asarray(eta) + 0.5 * power**2 * np.asarray(variance))


def same_product(first: Any, second: Any, v1: Any, v2: Any, shared: Any) -> Any:
    """The mean of the product of two normals."""
    return np.asarray(first) * second + shared


def square_mean(eta: Any, variance: Any) -> Any:
    """The mean of the square of a normal."""
    return np.square(eta) + variance


def square_product(first: Any, second: Any, v1: Any, v2: Any, shared: Any) -> Any:
    """The mean of the product of the squares of two normals (Isserlis 1918, Biometrika 12)."""
    squares = square_mean(first, v1) * square_mean(second, v2)
    return squares + 4 * np.asarray(first) * second * shared + 2 * np.square(shared)


def normal_density(eta: Any) -> Any:
    """The slope of the inverse of the probit."""
    return np.exp(-0.5 * np.square(eta)) / np.sqrt(2 * np.pi)


def probit_log_odds(eta: Any) -> Any:
    """Log odds from a probit, exact in both tails."""
    from scipy.special import log_ndtr

    return log_ndtr(eta) - log_ndtr(-np.asarray(eta))


def cloglog_inverse(eta: Any) -> Any:
    """The inverse of the complementary log-log link."""
    return -np.expm1(-np.exp(eta))


def cloglog_slope(eta: Any) -> Any:
    """Its slope."""
    return np.exp(np.asarray(eta) - np.exp(eta))


def cloglog_log_odds(eta: Any) -> Any:
    """Log odds from its linear predictor, exact in both tails."""
    hazard = np.exp(eta)
    exact = np.log(-np.expm1(-np.exp(np.maximum(eta, SMALL)))) + hazard
    return np.where(np.asarray(eta) < SMALL, eta, exact)
