"""Tweedie amounts: the series against sums of every term, limits, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy import stats
from seeds import bound, generator
from tweedie_twin import Tweedie

import bayesglmm as bg
from bayesglmm.engine.kernel.likelihood_calls import evaluate_rows
from bayesglmm.engine.likelihoods import find_general
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.families.link import NormalLocation
from bayesglmm.posterior.marginal import variance_parameters

FAMILY, LOG, POWER = find_family("tweedie"), find_link("log"), find_link("logit_above_one")
KERNEL = find_general("tweedie", ("log", "log", "logit_above_one"))
GRID = [(phi, power) for phi in (0.003, 0.05, 1.0, 40.0) for power in (1.02, 1.3, 1.6, 1.9, 1.98)]
MEANS = np.array([0.02, 0.7, 3.0, 60.0])


def log_density(y, mean, phi, power):
    return FAMILY.log_density(LOG, np.log(mean), Rows(y), {"phi": phi, "power": power})


@pytest.mark.parametrize(("phi", "power"), GRID)
def test_the_series_is_the_sum_of_all_terms(phi, power):
    """Of a mean count from 0.002 to 30,000: about the largest term, every so many where many."""
    twin = Tweedie(MEANS, phi, power)
    for relative in (0.0, 0.4, 0.98, 1.7):
        y = relative * MEANS
        found = log_density(y, MEANS, phi, power)
        np.testing.assert_allclose(found, twin.logpdf(y), rtol=2e-9, atol=2e-9)
        below = FAMILY.cdf(y, LOG, np.log(MEANS), Rows(None), {"phi": phi, "power": power})
        np.testing.assert_allclose(below, twin.cdf(y), rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize(("phi", "power"), GRID)
def test_the_kernel_has_the_density_and_its_slopes(phi, power):
    """Slopes by central differences of the density."""
    y = np.concatenate([0.5 * MEANS, 1.02 * MEANS, 0.0 * MEANS])
    eta = np.column_stack([np.log(np.tile(MEANS, 3)), np.full(12, np.log(phi)), np.full(12, 0.0)])
    eta[:, 2] = POWER.forward(power)
    statistics = KERNEL.summarise(Rows(y), np.zeros(12), np.arange(12), 12)
    value, score, _ = evaluate_rows(KERNEL, statistics, eta.ravel(), 1.0)

    def density(at):
        return log_density(y, np.exp(at[:, 0]), np.exp(at[:, 1]), POWER.inverse(at[:, 2]))

    assert value + statistics.constant == pytest.approx(density(eta).sum(), rel=1e-9)
    for column in range(3):
        step = 1e-4 * np.eye(3)[column]
        near, far = (density(eta + k * step) - density(eta - k * step) for k in (1, 2))
        slope = (8 * near - far) / (12 * 1e-4)
        scale = 1.0 + np.abs(density(eta))
        assert (np.abs(score.reshape(12, 3)[:, column] - slope) < 1e-6 * scale).all()


@pytest.mark.parametrize(("phi", "power"), [(0.5, 1.4), (0.02, 1.7), (1e-4, 1.5)])
def test_draws_have_its_moments(phi, power):
    """Of a few, of many, and of tens of thousands of amounts each."""
    shape = (40_000, len(MEANS))
    others = {"phi": phi, "power": power}
    drawn = FAMILY.draw(
        generator(3), LOG, np.broadcast_to(np.log(MEANS), shape), Rows(None), others
    )
    variance = FAMILY.variance(MEANS, Rows(None), others)
    far = np.abs(drawn.mean(axis=0) - MEANS) / np.sqrt(variance / shape[0])
    assert far.max() < bound(4)
    squares = np.square(drawn - MEANS)
    error = squares.std(axis=0) / np.sqrt(shape[0])
    assert (np.abs(squares.mean(axis=0) - variance) / error).max() < bound(4, 0.05)


def test_many_amounts_of_nearly_one_size():
    """51,000 counts of gamma amounts of shape 19, where SciPy's log_wright_bessel is off by 1.4."""
    y, mean, phi, power = np.array([54.0]), np.array([60.0]), 0.001, 1.05
    found = log_density(y, mean, phi, power)
    np.testing.assert_allclose(found, Tweedie(mean, phi, power).logpdf(y), rtol=1e-9)


def test_at_power_2_it_is_a_gamma():
    y, mean = np.array([0.1, 1.0, 7.0]), np.array([0.3, 2.0, 5.0])
    expected = stats.gamma.logpdf(y, 1 / 0.4, scale=0.4 * mean)
    np.testing.assert_allclose(log_density(y, mean, 0.4, 2 - 1e-9), expected, rtol=1e-6)


def test_at_power_1_it_is_a_multiple_of_a_poisson():
    """Around each multiple of phi lies all that a Poisson count has there."""
    mean, phi, power = np.array([1.3]), 0.5, 1 + 1e-6
    edges = phi * (np.arange(8) - 0.5)
    others = {"phi": phi, "power": power}
    below = [FAMILY.cdf(at, LOG, np.log(mean), Rows(None), others)[0] for at in edges]
    expected = stats.poisson.cdf(np.arange(8) - 1, mean / phi)
    np.testing.assert_allclose(below, expected, atol=1e-5)


def test_a_zero_is_a_count_of_nothing():
    found = log_density(np.zeros(4), MEANS, 2.0, 1.5)
    np.testing.assert_allclose(found, -np.sqrt(MEANS), rtol=1e-14)  # m^0.5 / (2 * 0.5)


def test_counts_beyond_counting_are_their_mean():
    eta = np.array([300.0])
    drawn = FAMILY.draw(generator(4), LOG, eta, Rows(None), {"phi": 1e-9, "power": 1.5})
    assert drawn == np.exp(eta)


SPENT = pd.DataFrame({"y": [0.0, 1.5, 0.0, 2.5, 7.0, 0.4], "x": np.arange(6.0)})


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (bg.Prior("Beta", alpha=2, beta=2), "is between 1 and 2. Write Prior('Uniform'"),
        (bg.Prior("Uniform", lower=0.5, upper=1.5), "is between 1 and 2"),
        (bg.Prior("HalfNormal", sigma=1), "is between 1 and 2"),
    ],
)
def test_a_prior_of_the_power_lies_between_1_and_2(prior, said):
    with pytest.raises(bg.BayesglmmError) as caught:
        bg.Model("y ~ x", SPENT, family="tweedie", priors={"power": prior})
    assert said in str(caught.value)


def test_a_narrower_prior_of_the_power_has_walls():
    narrow = bg.Prior("Uniform", lower=1.2, upper=1.8)
    assert bg.Model("y ~ x", SPENT, family="tweedie", priors={"power": narrow})
    assert narrow.has_walls("one to two")
    assert not bg.Prior("Uniform", lower=1, upper=2).has_walls("one to two")
    assert narrow.widened(4, "one to two") == bg.Prior("Uniform", lower=1, upper=2)


def test_amounts_below_0_are_refused():
    with pytest.raises(bg.BayesglmmError, match="numbers, 0 or more for the tweedie family"):
        bg.Model("y ~ x", SPENT.assign(y=SPENT["x"] - 1), family="tweedie")


def test_the_mean_variance_over_new_groups_that_differ_in_both():
    """``E phi m^p`` by 80 x 80 nodes of Gauss and Hermite, effects on mean and phi correlated."""
    rng = generator(8)
    data = pd.DataFrame({"y": rng.gamma(2.0, size=12) * (rng.uniform(size=12) < 0.7)})
    data["g"] = np.repeat(list("abc"), 4)
    model = bg.Model("y ~ 1 + (1 |p| g)", data, family="tweedie", phi="~ 1 + (1 |p| g)")
    (block,) = model.design.blocks
    known = {"Intercept": 0.4, "phi_Intercept": 0.1, "power": 1.6}
    known |= {"1|g_sigma": 0.5, "phi_1|g_sigma": 0.4, f"{block.name}_cor[1, phi_1]": 0.6}
    fit = make_fit(model, known, noise=0.0, draws=100)
    parameters = variance_parameters(fit.posterior, slice(0, 1))
    location = NormalLocation(LOG, fit.posterior.eta(slice(0, 1), effects=()), 0.25)
    found = FAMILY.variance.expected(location, Rows(None), parameters)
    node, weight = np.polynomial.hermite_e.hermegauss(80)
    weight = weight / weight.sum()
    second = 0.6 * node[:, None] + 0.8 * node
    values = np.exp(0.1 + 0.4 * second + 1.6 * (0.4 + 0.5 * node[:, None]))
    np.testing.assert_allclose(found, weight @ values @ weight, rtol=1e-9)
