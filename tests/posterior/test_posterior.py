"""Linear predictors, unseen groups and new responses against explicit formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import (
    COUNT_KNOWN,
    binary_fit,
    count_fit,
    count_model,
    count_rows,
    joined,
    make_fit,
    normal_fit,
    response_draws,
)
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.posterior import blocks


def test_linear_predictor_of_crossed_and_correlated_terms():
    fit = count_fit(noise=0.3)
    draws, data = joined(fit), fit.design.data
    expected = np.empty((fit.draws.size, len(data)))
    for row, (_, values) in enumerate(data.iterrows()):
        site = {"site__factor_dim": str(values["site"])}
        year = {"year__factor_dim": str(values["year"])}
        expected[:, row] = (
            draws["Intercept"]
            + draws["sex"].sel(sex_dim="male") * (values["sex"] == "male")
            + draws["x"] * values["x"]
            + draws["1|site"].sel(site)
            + draws["x|site"].sel(site) * values["x"]
            + draws["1|year"].sel(year)
        )
    np.testing.assert_allclose(fit.posterior.eta(), expected, rtol=0, atol=1e-12)


def test_offset_and_no_intercept():
    rows = pd.DataFrame({"y": [1, 2, 3, 4], "x": [0.5, 1, 2, 4], "t": [1.0, 2, 3, 4]})
    model = bg.Model("y ~ 0 + x + offset(log(t))", rows, family="poisson")
    fit = make_fit(model, {"x": 0.3})
    expected = fit.draws.flat("x") * rows["x"].to_numpy() + np.log(rows["t"].to_numpy())
    np.testing.assert_allclose(fit.posterior.eta(), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("width", [1, 7, 95, 96, 1000])
def test_blocks_agree_with_all_rows_at_once(monkeypatch, width):
    fit = count_fit()
    whole = fit.posterior.eta()
    monkeypatch.setattr(blocks, "BLOCK", width * fit.draws.size)
    for kind, draws in {
        "linear": whole,
        "mean": fit.design.rows.exposure * np.exp(whole),
    }.items():
        found = fit.predict(kind=kind).frame
        wanted = np.quantile(draws, [0.5, 0.025, 0.975], axis=0)
        np.testing.assert_allclose(found[["median", "lower", "upper"]].T, wanted, rtol=1e-12)


SDS, RHO = (0.5, 0.2), -0.6
SIGMA = np.array([[SDS[0] ** 2, RHO * SDS[0] * SDS[1]], [RHO * SDS[0] * SDS[1], SDS[1] ** 2]])


@pytest.fixture(scope="module")
def population_fit() -> bg.Fit:
    """All draws alike and 20,000 of them, so that unseen groups are an exact sample."""
    return make_fit(count_model(), COUNT_KNOWN, noise=0.0, draws=5000)


@pytest.fixture(scope="module")
def new_effects(population_fit):
    """Effects (S, 3, 2) of a known site and of two unseen ones, and their index in four rows."""
    new = pd.DataFrame(
        {
            "sex": "female",
            "x": [0.0, 1.0, 0.0, 0.0],
            "site": ["new 1", "new 1", "new 2", "site A"],
            "year": 2020,
            "time": 1.0,
        }
    )
    return population_fit.posterior.apply(new).effects()[0]


def test_unseen_groups_are_named_once(new_effects):
    assert new_effects.unseen == ("new 1", "new 2")
    assert new_effects.index.tolist() == [1, 1, 2, 0]
    assert new_effects.effects.shape == (20_000, 3, 2)


def test_unseen_effects_have_the_covariance_of_the_population(new_effects):
    for place in (1, 2):
        found = np.cov(new_effects.effects[:, place].T)
        # The standard error of a covariance of normals is sqrt((s_ii s_jj + s_ij^2) / S).
        variances = np.diag(SIGMA)
        error = np.sqrt((np.outer(variances, variances) + SIGMA**2) / 20_000)
        assert (np.abs(found - SIGMA) < bound(6) * error).all()
        means = new_effects.effects[:, place].mean(axis=0)
        assert (np.abs(means) < bound(6) * np.sqrt(variances / 20_000)).all()


def test_two_unseen_groups_are_independent(new_effects):
    first, second = new_effects.effects[:, 1], new_effects.effects[:, 2]
    correlations = np.corrcoef(first.T, second.T)[:2, 2:]
    assert (np.abs(correlations) < bound(4) / np.sqrt(20_000)).all()


def test_rows_of_one_unseen_group_share_its_draw(population_fit):
    new = pd.DataFrame(
        {"sex": "female", "x": 0.0, "site": ["s", "s", "t"], "year": 2020, "time": 1.0}
    )
    eta = population_fit.posterior.apply(new).eta()
    np.testing.assert_array_equal(eta[:, 0], eta[:, 1])
    assert np.std(eta[:, 0] - eta[:, 2]) == pytest.approx(np.sqrt(2) * SDS[0], rel=0.05)


def test_uncorrelated_slopes_of_unseen_groups():
    model = bg.Model("events ~ x + (1 + x || site)", count_rows(), family="poisson")
    known = {"1|site_sigma": 0.5, "x|site_sigma": 0.2}
    fit = make_fit(model, known, noise=0.0, draws=5000)
    new = pd.DataFrame({"x": [1.0], "site": ["new"]})
    terms = fit.posterior.apply(new).effects()
    found = [term.effects[:, -1, place] for term in terms for place in range(term.effects.shape[2])]
    assert len(found) == 2
    # The standard error of a standard deviation is about sd / sqrt(2 S).
    assert np.std(found[0]) == pytest.approx(0.5, rel=bound(3) / np.sqrt(40_000))
    assert np.std(found[1]) == pytest.approx(0.2, rel=bound(3) / np.sqrt(40_000))
    assert abs(np.corrcoef(found[0], found[1])[0, 1]) < bound(3) / np.sqrt(20_000)


def test_poisson_lognormal_moments_of_a_new_group():
    rng = generator(6)
    rows = pd.DataFrame(
        {"y": rng.poisson(2, 40), "x": rng.normal(size=40), "g": np.repeat(np.arange(8), 5)}
    )
    known = {"Intercept": 0.4, "x": 0.5, "1|g_sigma": 0.5}
    fit = make_fit(
        bg.Model("y ~ x + (1 | g)", rows, family="poisson"), known, noise=0.0, draws=50_000
    )
    new = pd.DataFrame({"x": [0.0, 1.0], "g": ["new", "new"]})
    y = response_draws(fit, fit.design.apply(new), seed=7)
    eta, s2 = np.array([0.4, 0.9]), 0.25
    mean = np.exp(eta + s2 / 2)
    between = np.exp(eta.sum() + s2) * (np.exp(s2) - 1)
    variance = mean + mean**2 * (np.exp(s2) - 1)
    # Standard errors from the 200,000 draws themselves.
    centered = y - y.mean(axis=0)
    for found, expected, values in (
        (y[:, 0].mean(), mean[0], y[:, 0]),
        (y[:, 1].mean(), mean[1], y[:, 1]),
        (np.mean(centered[:, 0] * centered[:, 1]), between, centered[:, 0] * centered[:, 1]),
        (np.mean(centered[:, 0] ** 2), variance[0], centered[:, 0] ** 2),
        (np.mean(centered[:, 1] ** 2), variance[1], centered[:, 1] ** 2),
    ):
        assert abs(found - expected) < bound(5) * values.std() / np.sqrt(len(values))
    assert bound(5) * np.std(centered.prod(axis=1)) / np.sqrt(len(y)) < 0.1 * between


def binomial_fit() -> bg.Fit:
    rows = pd.DataFrame({"y": [0, 2, 5, 3], "n": [4, 4, 5, 9], "x": [0.0, 1, 2, 3]})
    model = bg.Model("p(y, n) ~ x", rows, family="binomial", link="probit")
    return make_fit(model, {"Intercept": -0.5, "x": 0.3})


def negative_binomial_fit() -> bg.Fit:
    rows = pd.DataFrame({"y": [0, 2, 5, 30], "t": [4.0, 4, 5, 9], "x": [0.0, 1, 2, 3]})
    model = bg.Model("y ~ x", rows, family="negative_binomial", exposure="t")
    return make_fit(model, {"Intercept": -0.5, "x": 0.3, "alpha": 1.7})


def scipy_density(fit, eta):
    """Log density of the observed rows from scipy, (S, n)."""
    rows, name = fit.design.rows, fit.design.spec.family.name
    if name == "poisson":
        return stats.poisson.logpmf(rows.y, rows.exposure * np.exp(eta))
    if name == "bernoulli":
        return stats.bernoulli.logpmf(rows.y.astype(int), 1 / (1 + np.exp(-eta)))
    if name == "binomial":
        return stats.binom.logpmf(rows.y, rows.trials, stats.norm.cdf(eta))
    if name == "negative_binomial":
        alpha, mean = fit.draws.flat("alpha"), rows.exposure * np.exp(eta)
        return stats.nbinom.logpmf(rows.y, alpha, alpha / (alpha + mean))
    return stats.norm.logpdf(rows.y, eta, fit.draws.flat("sigma"))


FITS = {
    "poisson": count_fit,
    "bernoulli": binary_fit,
    "gaussian": normal_fit,
    "binomial": binomial_fit,
    "negative_binomial": negative_binomial_fit,
}


@pytest.mark.parametrize("family", FITS)
def test_log_likelihood_equals_scipy(family):
    fit = FITS[family]()
    eta = fit.posterior.eta()
    found = fit.posterior.log_density()
    np.testing.assert_allclose(found, scipy_density(fit, eta), rtol=1e-9)
    np.testing.assert_array_equal(fit.posterior.log_density(slice(1, 3)), found[:, 1:3])
    np.testing.assert_allclose(fit.posterior.log_likelihood(), found.sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("family", FITS)
def test_new_responses_have_the_family_s_mean_and_variance(family):
    fit = with_one_draw(FITS[family]())
    rows, spec = slice(0, 4), fit.design.spec
    y = fit.posterior.responses(generator(8), rows)
    some = fit.design.rows.take(rows)
    probability = spec.family.name == "binomial"
    mean = fit.posterior.mean(rows)[0]
    mean = mean * some.trials if probability else mean
    parameters = {p.name: fit.draws.flat(p.name)[0] for p in spec.family.others}
    variance = spec.family.variance(mean / (some.exposure * some.trials), some, parameters)
    # Standard errors of a mean of S draws; of a variance from the fourth moment.
    assert (np.abs(y.mean(axis=0) - mean) < bound(8) * np.sqrt(variance / len(y))).all()
    squares = (y - mean) ** 2
    assert (
        np.abs(squares.mean(axis=0) - variance)
        < bound(8) * squares.std(axis=0) / np.sqrt(len(y)) + 1e-12
    ).all()


def with_one_draw(fit: bg.Fit) -> bg.Fit:
    """The fit with its first draw in every place."""
    posterior = fit.draws.posterior
    first = posterior.isel(chain=[0] * 4, draw=[0] * posterior.sizes["draw"])
    first = first.assign_coords(chain=posterior["chain"], draw=posterior["draw"])
    return replace(fit, draws=replace(fit.draws, posterior=first))


def test_thin_keeps_every_chain():
    posterior = count_fit().posterior
    some = posterior.thin(100)
    assert (some.chains, some.size) == (4, 100)
    np.testing.assert_array_equal(some.draws.array("x"), posterior.draws.array("x")[:, ::20])
    assert posterior.thin(10_000).size == posterior.size
