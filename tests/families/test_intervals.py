"""Counts between two bounds, against sums of SciPy's probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.families.interval import interval_moments

MEANS = np.array([1e-8, 1e-3, 0.4, 3.0, 9.5, 60.0, 1e3, 1e4])
INTERVALS = [(1, 9), (0, 4), (0, 1), (5, 6), (10, 400)]


def negative_binomial_logpmf(counts, mean, alpha):
    """A product of ratios, shape (counts, means): SciPy's loses digits at small means."""
    steps = np.log((alpha + np.arange(counts[-1])) / (1 + np.arange(counts[-1])))
    coefficient = np.append(0.0, np.cumsum(steps))[counts]
    log_odds = counts[:, None] * -np.log1p(alpha / mean)
    return coefficient[:, None] + log_odds - alpha * np.log1p(mean / alpha)


def log_density(family, link, mean, lower, upper, alpha=2.3, exposure=1.0):
    """Log probability of the interval at each mean, by the family."""
    y = np.full(mean.shape, float(lower))
    rows = Rows(y=y, exposure=exposure, upper=np.full(mean.shape, float(upper)))
    eta = find_link(link).forward(mean / exposure)
    return find_family(family).log_density(find_link(link), eta, rows, {"alpha": alpha})


@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
@pytest.mark.parametrize("link", ["log", "identity", "sqrt"])
def test_poisson_intervals(link, lower, upper):
    counts = np.arange(lower, upper + 1)[:, None]
    expected = special.logsumexp(stats.poisson.logpmf(counts, MEANS), axis=0)
    found = log_density("poisson", link, MEANS, lower, upper, exposure=7.0)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
@pytest.mark.parametrize("alpha", [1e-2, 2.3, 500.0])
def test_negative_binomial_intervals(lower, upper, alpha):
    pmf = negative_binomial_logpmf(np.arange(lower, upper + 1), MEANS, alpha)
    found = log_density("negative_binomial", "log", MEANS, lower, upper, alpha)
    np.testing.assert_allclose(found, special.logsumexp(pmf, axis=0), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
def test_intervals_are_differences_of_scipys_distribution_function(lower, upper):
    """Where neither side is near 0 or 1."""
    mean = np.array([(lower + upper) / 2 + 0.5])
    twins = {
        "poisson": stats.poisson(mean),
        "negative_binomial": stats.nbinom(2.3, 2.3 / (2.3 + mean)),
    }
    for family, twin in twins.items():
        expected = np.log(twin.cdf(upper) - twin.cdf(lower - 1))
        found = log_density(family, "log", mean, lower, upper)
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_an_interval_of_one_count_is_that_count(family):
    for count in (0.0, 1.0, 12.0):
        found = log_density(family, "log", MEANS, count, count)
        rows = Rows(y=np.full(MEANS.shape, count))
        known = find_family(family).log_density(
            find_link("log"), np.log(MEANS), rows, {"alpha": 2.3}
        )
        np.testing.assert_array_equal(found, known)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_known_and_suppressed_counts_stand_side_by_side(family):
    """For several draws at once, as the posterior has them, with a shape for each draw."""
    eta = np.log(np.array([[0.5, 4.0, 30.0], [2.0, 7.0, 11.0]]))
    rows = Rows(np.array([1.0, 4.0, 1.0]), np.array([1.0, 2.0, 0.5]), 1.0, np.array([9.0, 4, 9]))
    parameters = {"alpha": np.array([[2.0], [5.0]])}
    found = find_family(family).log_density(find_link("log"), eta, rows, parameters)
    for draw, alpha in enumerate((2.0, 5.0)):
        for place, (low, high, exposure) in enumerate(
            zip(rows.y, rows.upper, rows.exposure, strict=True)
        ):
            mean = np.exp(eta[draw, place : place + 1]) * exposure
            expected = log_density(family, "log", mean, low, high, alpha)
            assert found[draw, place] == pytest.approx(expected[0], rel=1e-13)
    assert rows.known.tolist() == [False, True, False]
    np.testing.assert_array_equal(rows.observed, [np.nan, 4, np.nan])
    np.testing.assert_array_equal(rows.central, [5, 4, 5])


@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_moments_of_an_interval(family, lower, upper):
    counts = np.arange(lower, upper + 1)[:, None]
    alpha = 2.3
    pmf = (
        stats.poisson.logpmf(counts, MEANS)
        if family == "poisson"
        else negative_binomial_logpmf(counts[:, 0], MEANS, alpha)
    )
    weights = special.softmax(pmf, axis=0)
    expected = (weights * counts).sum(axis=0)
    spread = (weights * (counts - expected) ** 2).sum(axis=0)
    rows = Rows(np.full(MEANS.shape, float(lower)), upper=np.full(MEANS.shape, float(upper)))
    density = find_family(family).log_density
    mean, variance = interval_moments(
        density, find_link("log"), np.log(MEANS), rows, {"alpha": alpha}
    )
    np.testing.assert_allclose(mean, expected, rtol=1e-9)
    np.testing.assert_allclose(variance, spread, rtol=1e-6, atol=1e-12)
