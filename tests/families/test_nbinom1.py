"""Negative binomial counts whose variance is linear in their mean."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.families import Rows, find_family, find_link

KNOWN = 0.565801906821, 0.209999981579, 3.6478342752, -25.9282924814
COUNTS, TIMES = np.array([0.0, 3, 1, 7, 2, 12, 0, 5, 4, 20]), np.arange(10.0)


def log_density(y, eta, alpha):
    return find_family("nbinom1").log_density(find_link("log"), eta, Rows(y), {"alpha": alpha})


def test_the_likelihood_is_that_of_glmmtmb():
    """``glmmTMB(y ~ x, family = nbinom1)``, glmmTMB 1.1.5: estimates, sigma and logLik."""
    intercept, slope, sigma, likelihood = KNOWN
    found = log_density(COUNTS, intercept + slope * TIMES, sigma).sum()
    assert found == pytest.approx(likelihood, abs=1e-8)
    for step in (-1e-4, 1e-4):  # and there it is largest
        moved = [
            log_density(COUNTS, intercept + step + slope * TIMES, sigma),
            log_density(COUNTS, intercept + (slope + step) * TIMES, sigma),
            log_density(COUNTS, intercept + slope * TIMES, sigma * (1 + step)),
        ]
        assert all(each.sum() < found for each in moved)


def test_sums_of_counts_are_such_counts():
    """As of Poisson counts; those of NB2 are not."""
    counts = np.arange(200.0)
    one = np.exp(log_density(counts, np.log(1.3), 2.2))
    other = np.exp(log_density(counts, np.log(0.4), 2.2))
    both = np.exp(log_density(counts, np.log(1.7), 2.2))
    np.testing.assert_allclose(np.convolve(one, other)[:200], both, rtol=1e-9, atol=1e-15)


def test_a_mean_of_zero_is_certain_of_zero():
    """Where the mean underflows: as of Poisson and NB2 counts."""
    family, link, rows = find_family("nbinom1"), find_link("log"), Rows(np.array([0.0, 1.0]))
    alpha, eta = {"alpha": 2.0}, np.array([-800.0, -800.0])
    np.testing.assert_array_equal(family.log_density(link, eta, rows, alpha), [0.0, -np.inf])
    found = family.cdf(np.array([-1.0, 0.0]), link, eta, rows, alpha)
    np.testing.assert_array_equal(found, [0.0, 1.0])
    np.testing.assert_array_equal(family.quantile(0.5, link, eta, rows, alpha), [0.0, 0.0])


def test_it_is_sampled_by_the_kernel_and_recovered():
    rng = generator(11)
    place, x = np.repeat(np.arange(20), 20), rng.normal(size=400)
    mean = np.exp(1 + 0.4 * x + rng.normal(0, 0.5, size=20)[place])
    rows = pd.DataFrame({"y": rng.poisson(1.5 * rng.gamma(mean / 1.5)), "x": x, "g": place})
    fit = bg.Model("y ~ x + (1 | g)", rows, family="nbinom1").fit(seed=seed(1), progress=False)
    mixed(fit)
    assert fit.draws.run.engine == "kernel"
    for name, truth in (("x", 0.4), ("1|g_sigma", 0.5), ("alpha", 1.5)):
        draws = np.log(fit.draws.flat(name)) if name != "x" else fit.draws.flat(name)
        known = truth if name == "x" else np.log(truth)
        assert abs(draws.mean() - known) < 5 * draws.std()
