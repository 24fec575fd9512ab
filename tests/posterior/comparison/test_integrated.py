"""Integrated log densities of groups: multivariate normals, scipy's quadrature, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit, with_posterior
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import multivariate_normal, nbinom, norm, poisson
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.comparison.integrated import group_log_density


def density_of(fit, factor, draws=4):
    group = None
    for term in fit.design.predictor.groups:
        group = term if term.factor == factor else group
    some = fit.posterior.thin(draws)
    return some.draws, group_log_density(some, factor, group.index, len(group.levels))


def test_a_gaussian_is_a_multivariate_normal():
    rng = generator(1)
    rows = pd.DataFrame(
        {"g": rng.permutation(np.repeat(np.arange(8), 5)), "x": rng.normal(size=40)}
    )
    rows["y"] = rng.normal(size=40)
    known = {"1|g_sigma": 1.5, "x|g_sigma": 0.7, "1+x|g_cor[1, x]": 0.4, "sigma": 0.8, "x": 0.5}
    fit = make_fit(bg.Model("y ~ x + (1 + x | g)", rows), known, noise=0.3)
    draws, found = density_of(fit, "g")
    for s in range(len(found)):
        b0, b1, sigma, s0, s1, r = (
            float(draws.flat(name)[s, 0])
            for name in ("Intercept", "x", "sigma", "1|g_sigma", "x|g_sigma", "1+x|g_cor")
        )
        cov = np.array([[s0**2, r * s0 * s1], [r * s0 * s1, s1**2]])
        for g in range(8):
            own = rows[rows["g"] == g]
            Z = np.column_stack([np.ones(5), own["x"]])
            total = Z @ cov @ Z.T + sigma**2 * np.eye(5)
            exact = multivariate_normal.logpdf(own["y"], b0 + b1 * own["x"], total)
            assert found[s, g] == pytest.approx(exact, abs=1e-6)


@pytest.mark.parametrize("sd", [1e-6, 0.3, 2.0, 8.0, 25.0])
def test_binary_pairs_against_scipy(sd):
    rows = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1, 1], "g": list("aabbccd")})
    model = bg.Model("y ~ 1 + (1 | g)", rows, family="bernoulli")
    fit = make_fit(model, {"Intercept": -2.0, "1|g_sigma": sd}, noise=0.0)
    _, found = density_of(fit, "g")
    for g, name in enumerate("abcd"):
        y = rows.loc[rows["g"] == name, "y"].to_numpy()

        def integrand(v, y=y):
            p = expit(-2.0 + sd * v)
            return np.prod(np.where(y == 1, p, 1 - p)) * norm.pdf(v)

        exact = np.log(
            quad(integrand, -12, 12, limit=500, points=[2.0 / sd] if sd > 0.2 else None)[0]
        )
        assert found[0, g] == pytest.approx(exact, abs=2e-3 if sd < 10 else 1e-2)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_counts_with_slopes_against_scipy(family):
    rows = pd.DataFrame(
        {
            "y": [0, 3, 40, 2, 7, 1, 0, 0, 5],
            "x": [0.0, 1, 2, 0, 1, 2, 0, 1, 2],
            "e": [1.0, 2, 1, 3, 1, 1, 2, 1, 1],
            "g": list("aaabbbccc"),
        }
    )
    model = bg.Model("y ~ x + (1 + x || g)", rows, family=family, exposure="e")
    known = {"Intercept": 0.5, "x": 0.2, "1|g_sigma": 0.9, "x|g_sigma": 0.6}
    if family == "negative_binomial":
        known["alpha"] = 2.5
    fit = make_fit(model, known, noise=0.0)
    _, found = density_of(fit, "g")
    for g, name in enumerate("abc"):
        own = rows[rows["g"] == name]

        a, b = np.meshgrid(np.linspace(-6, 6, 801), np.linspace(-4, 4, 801), indexing="ij")
        inside = norm.logpdf(a, 0, 0.9) + norm.logpdf(b, 0, 0.6)
        for _, row in own.iterrows():
            mean = row["e"] * np.exp(0.5 + a + (0.2 + b) * row["x"])
            law = poisson(mean) if family == "poisson" else nbinom(2.5, 2.5 / (2.5 + mean))
            inside += law.logpmf(row["y"])
        # The trapezium rule is exact to many digits for smooth functions that end at zero.
        exact = np.log(np.exp(inside).sum() * (12 / 800) * (8 / 800))
        assert found[0, g] == pytest.approx(exact, abs=1e-3)


def test_other_factors_are_conditioned_on():
    fit = count_fit(noise=0.0)
    rows = fit.design.data
    draws, found = density_of(fit, "year")
    values = {
        name: float(draws.flat(name)[0, 0]) for name in ("Intercept", "sex", "x", "1|year_sigma")
    }
    site = rows["site"].astype(str)
    u = {name: draws.flat(name)[0] for name in ("1|site", "x|site")}
    place = {level: k for k, level in enumerate(fit.design.predictor.groups[0].levels)}
    k = site.map(place).to_numpy()
    x = rows["x"].to_numpy()
    eta = values["Intercept"] + values["sex"] * (rows["sex"] == "male") + values["x"] * x
    eta = eta + u["1|site"][k] + u["x|site"][k] * x + np.log(rows["time"])
    own = (rows["year"].astype(str) == "2020").to_numpy()
    sd = values["1|year_sigma"]

    def integrand(v):
        return np.exp(
            poisson.logpmf(rows["events"][own], np.exp(eta[own] + v)).sum() + 100
        ) * norm.pdf(v, 0, sd)

    exact = np.log(quad(integrand, -2, 2)[0]) - 100
    assert found[0, 1] == pytest.approx(exact, abs=1e-3)


def test_a_model_without_the_factor_sums_its_rows():
    rows = pd.DataFrame({"y": [0.0, 1.0, 3.0, 2.0]})
    fit = make_fit(bg.Model("y ~ 1", rows), {"sigma": 2.0}, noise=0.0)
    found = group_log_density(fit.posterior, "g", np.array([1, 0, 1, 0]), 2)
    rows = norm.logpdf(rows["y"], 0, 2)
    np.testing.assert_allclose(found[0], [rows[1] + rows[3], rows[0] + rows[2]])


def test_far_start_values_do_no_harm():
    fit = count_fit(noise=0.02)
    _, plain = density_of(fit, "site")
    far = {name: 50 * fit.draws.posterior[name].to_numpy() for name in ("1|site", "x|site")}
    year = {"1|year": fit.draws.posterior["1|year"].to_numpy()}
    _, moved = density_of(with_posterior(fit, far | year), "site")
    np.testing.assert_allclose(moved, plain, atol=1e-4)


def test_nested_groups_are_refused():
    rows = pd.DataFrame({"y": np.arange(12.0), "a": np.repeat([1, 2, 3], 4), "b": [1, 1, 2, 2] * 3})
    fit = make_fit(bg.Model("y ~ 1 + (1 | a/b)", rows))
    with pytest.raises(SpecError, match=r"'a:b' lie within those of 'a'.*factor='a:b'"):
        density_of(fit, "a")
    assert density_of(fit, "a:b")[1].shape[1] == 6


def test_many_effects_are_refused():
    rng = generator(1)
    rows = pd.DataFrame(rng.normal(size=(40, 4)), columns=list("yuvw")).assign(g=np.arange(40) % 5)
    fit = make_fit(bg.Model("y ~ 1 + (1 + u + v + w || g)", rows))
    with pytest.raises(SpecError, match=r"4 effects each.*unit='row'"):
        density_of(fit, "g")


def test_the_square_root_link_is_refused():
    rows = pd.DataFrame({"y": np.arange(12), "g": np.repeat(list("abc"), 4)})
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, family="poisson", link="sqrt"))
    flat = make_fit(bg.Model("y ~ 1", rows, family="poisson", link="sqrt"))
    with pytest.raises(SpecError, match=r"two peaks.*Write unit='row', or fit with the log link"):
        bg.compare({"a": fit, "b": flat}, unit="group")
    assert len(bg.compare({"a": fit, "b": flat}).table.frame) == 2
    assert density_of_groups_without_effects(flat).shape == (4, 3)


def density_of_groups_without_effects(fit):
    index = np.repeat(np.arange(3), 4)
    return group_log_density(fit.posterior.thin(4), "g", index, 3)


# ---- effects on several predictors ----------------------------------------------------------


def grid_of(sds, correlation=0.0, size=501):
    """Effects on two predictors, log density of each pair, and the area that it stands for."""
    u, v = np.meshgrid(*2 * [np.linspace(-8, 8, size)], indexing="ij")
    inside = norm.logpdf(u) + norm.logpdf(v)
    effects = sds[0] * u, sds[1] * (correlation * u + np.sqrt(1 - correlation**2) * v)
    return effects, inside, (16 / (size - 1)) ** 2


def log_total(inside, area):
    top = inside.max()
    return top + np.log(np.exp(inside - top).sum() * area)


@pytest.mark.parametrize("unit", [1.0, 1e6])
@pytest.mark.parametrize("rows_each", [2, 6])
def test_effects_on_mean_and_sigma_are_integrated_together(rows_each, unit):
    rng = generator(6)
    rows = pd.DataFrame({"g": np.repeat(list("abcd"), rows_each)})
    rows["y"] = unit * (3 + rng.normal(size=len(rows)) * np.repeat([0.4, 1, 2, 5], rows_each))
    known = {"Intercept": 3 * unit, "1|g_sigma": 0.8 * unit, "sigma_Intercept": np.log(0.9 * unit)}
    known |= {"sigma_1|g_sigma": 0.7, "1+sigma_1|g_cor[1, sigma_1]": 0.6}
    fit = make_fit(bg.Model("y ~ 1 + (1 |p| g)", rows, sigma="~ 1 + (1 |p| g)"), known, noise=0.0)
    _, found = density_of(fit, "g")
    (u, log_scale), inside, area = grid_of((0.8, 0.7), 0.6)
    for g, name in enumerate("abcd"):
        at = inside.copy()
        for y in rows.loc[rows["g"] == name, "y"]:
            at += norm.logpdf(y / unit, 3 + u, 0.9 * np.exp(log_scale)) - np.log(unit)
        assert found[0, g] == pytest.approx(log_total(at, area), abs=3e-3)


def test_effects_on_mean_and_shape_of_counts():
    rows = pd.DataFrame(
        {"y": [0, 3, 40, 2, 7, 1, 0, 0, 5, 2, 2, 3], "g": np.repeat(list("abc"), 4)}
    )
    known = {"Intercept": 1.0, "1|g_sigma": 0.6, "alpha_Intercept": 0.4, "alpha_1|g_sigma": 0.8}
    options = {"family": "negative_binomial", "alpha": "~ 1 + (1 | g)"}
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, **options), known, noise=0.0)
    _, found = density_of(fit, "g")
    (u, log_shape), inside, area = grid_of((0.6, 0.8))
    mean, alpha = np.exp(1.0 + u), np.exp(0.4 + log_shape)
    for g, name in enumerate("abc"):
        at = inside.copy()
        for y in rows.loc[rows["g"] == name, "y"]:
            at += nbinom.logpmf(y, alpha, alpha / (alpha + mean))
        assert found[0, g] == pytest.approx(log_total(at, area), abs=2e-3)


def test_effects_on_sigma_alone():
    rng = generator(8)
    rows = pd.DataFrame({"y": rng.normal(size=15), "g": np.repeat(list("abc"), 5)})
    known = {"Intercept": 0.2, "sigma_Intercept": -0.1, "sigma_1|g_sigma": 0.9}
    fit = make_fit(bg.Model("y ~ 1", rows, sigma="~ 1 + (1 | g)"), known, noise=0.0)
    found = group_log_density(fit.posterior.thin(1), "g", np.repeat(np.arange(3), 5), 3)
    for g, name in enumerate("abc"):
        own = rows.loc[rows["g"] == name, "y"].to_numpy()

        def integrand(v, own=own):
            return norm.pdf(own, 0.2, np.exp(-0.1 + 0.9 * v)).prod() * norm.pdf(v)

        assert found[0, g] == pytest.approx(np.log(quad(integrand, -9, 9, limit=300)[0]), abs=1e-3)


def test_the_order_of_terms_makes_no_difference():
    rng = generator(9)
    rows = pd.DataFrame(
        {"y": rng.normal(size=40), "x": rng.normal(size=40), "g": np.arange(40) % 5}
    )
    known = {"1|g_sigma": 0.5, "x|g_sigma": 0.3, "sigma_1|g_sigma": 0.4}
    known |= {"Intercept": 0.0, "sigma_Intercept": 0.1, "1+sigma_1|g_cor[1, sigma_1]": 0.5}
    densities = []
    for right in ("1 + (1 |p| g) + (0 + x | g)", "1 + (0 + x | g) + (1 |p| g)"):
        fit = make_fit(bg.Model(f"y ~ {right}", rows, sigma="~ (1 |p| g)"), known, noise=0.0)
        densities.append(density_of(fit, "g")[1][0])
    np.testing.assert_allclose(densities[0], densities[1], atol=5e-4)  # the rule is turned


def test_effects_on_the_mean_and_the_share_of_zeros():
    rows = pd.DataFrame({"y": [0, 3, 0, 2, 7, 1, 0, 0, 5, 0, 0, 0], "g": np.repeat(list("abc"), 4)})
    known = {"Intercept": 1.0, "1|g_sigma": 0.6, "zi_Intercept": -0.5, "zi_1|g_sigma": 1.1}
    known |= {"1+zi_1|g_cor[1, zi_1]": -0.4}
    options = {"family": "zero_inflated_poisson", "zi": "~ 1 + (1 |p| g)"}
    fit = make_fit(bg.Model("y ~ 1 + (1 |p| g)", rows, **options), known, noise=0.0)
    _, found = density_of(fit, "g")
    (u, log_odds), inside, area = grid_of((0.6, 1.1), -0.4)
    mean, zi = np.exp(1.0 + u), expit(-0.5 + log_odds)
    for g, name in enumerate("abc"):
        at = inside.copy()
        for y in rows.loc[rows["g"] == name, "y"]:
            at += np.log(zi * (y == 0) + (1 - zi) * poisson.pmf(y, mean))
        assert found[0, g] == pytest.approx(log_total(at, area), abs=3e-3)


def test_effects_on_the_odds_of_every_category():
    rows = pd.DataFrame({"y": list("aabcbbcaccab"), "g": np.repeat(list("uvw"), 4)})
    model = bg.Model("y ~ 1 + (1 | g)", rows, family="categorical")
    known = {"mu_b_Intercept": 0.2, "mu_b_1|g_sigma": 0.9}
    known |= {"mu_c_Intercept": -0.3, "mu_c_1|g_sigma": 0.7}
    _, found = density_of(make_fit(model, known, noise=0.0), "g")
    (u, v), inside, area = grid_of((0.9, 0.7))
    odds = {"a": 1.0, "b": np.exp(0.2 + u), "c": np.exp(-0.3 + v)}
    for g, name in enumerate("uvw"):
        at = inside.copy()
        for y in rows.loc[rows["g"] == name, "y"]:
            at += np.log(odds[y] / (odds["a"] + odds["b"] + odds["c"]))
        assert found[0, g] == pytest.approx(log_total(at, area), abs=3e-3)
