"""Moments of responses of a new group: closed forms, and brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_rows, joined, make_fit, normal_fit
from scipy import special
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import DataError


def medians(table) -> pd.Series:
    return table.frame.set_index("")["median"]


def test_poisson_lognormal_in_closed_form():
    """Cov(Y_it, Y_it') = exp(eta_it + eta_it') e^{s2} (e^{s2} - 1)."""
    model = bg.Model("events ~ x + (1 | site)", count_rows(), family="poisson")
    fit = make_fit(model, {"Intercept": 0.4, "x": 0.3, "1|site_sigma": 0.8})
    d = joined(fit)
    table = fit.moments(pd.DataFrame({"x": [0.0, 2.0]}))
    first, second = d["Intercept"].to_numpy(), (d["Intercept"] + 2 * d["x"]).to_numpy()
    s2 = d["1|site_sigma"].to_numpy() ** 2
    mean = np.exp(first + s2 / 2)
    variance = mean + mean**2 * np.expm1(s2)
    other = np.exp(second + s2 / 2)
    covariance = np.exp(first + second) * np.exp(s2) * np.expm1(s2)
    correlation = covariance / np.sqrt(variance * (other + other**2 * np.expm1(s2)))
    for name, draws in {
        "mean, row 0": mean,
        "variance, row 0": variance,
        "covariance, rows 0 and 1": covariance,
        "correlation, rows 0 and 1": correlation,
    }.items():
        line = table.frame.set_index("").loc[name]
        expected = np.quantile(draws, [0.5, 0.025, 0.975])
        np.testing.assert_allclose(line[["median", "lower", "upper"]].tolist(), expected)
    assert "over new groups of site from the population" in table.estimand


def brute(draw, count: int = 400_000) -> tuple[np.ndarray, ...]:
    """Means and covariances of responses drawn for many new groups, with their errors."""
    rng = generator(2)
    y = draw(rng, count)
    means, covariance = y.mean(axis=0), np.cov(y.T)
    centered = y - means
    products = centered[:, :, None] * centered[:, None, :]
    return means, covariance, products.std(axis=0) / np.sqrt(count)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_binary_responses_by_brute_force(link):
    fit = binary_fit(noise=0, link=link)
    new = pd.DataFrame({"trt": ["placebo", "active"]})
    inverse = fit.design.spec.link.inverse

    def draw(rng, count):
        p = inverse(np.array([-1.0, -0.3]) + 1.2 * rng.normal(size=(count, 1)))
        return (rng.uniform(size=p.shape) < p).astype(float)

    means, covariance, errors = brute(draw)
    found = medians(fit.moments(new))
    for i in (0, 1):
        assert abs(found[f"mean, row {i}"] - means[i]) < bound(3) * np.sqrt(0.25 / 400_000)
        exact = found[f"mean, row {i}"] * (1 - found[f"mean, row {i}"])
        assert found[f"variance, row {i}"] == pytest.approx(exact, rel=1e-7)
    assert abs(found["covariance, rows 0 and 1"] - covariance[0, 1]) < bound(5) * errors[0, 1]


def test_negative_binomial_counts_with_slopes_by_brute_force():
    formula = "events ~ x + (1 + x | site)"
    model = bg.Model(formula, count_rows(), family="negative_binomial", exposure="time")
    known = {"Intercept": -7.0, "x": 0.2, "1|site_sigma": 0.4, "x|site_sigma": 0.3, "alpha": 3.0}
    fit = make_fit(model, known | {"1+x|site_cor[1, x]": -0.5}, noise=0)
    new = pd.DataFrame({"x": [0.0, 1.0], "time": [1000.0, 3000.0]})

    def draw(rng, count):
        sigma = np.array([[0.16, -0.06], [-0.06, 0.09]])
        u = rng.multivariate_normal([0, 0], sigma, size=count)
        eta = -7.0 + np.array([0.0, 0.2]) + u[:, :1] + u[:, 1:] * np.array([0.0, 1.0])
        mean = np.array([1000.0, 3000.0]) * np.exp(eta)
        return rng.poisson(mean * rng.gamma(3.0, 1 / 3.0, size=mean.shape)).astype(float)

    means, covariance, errors = brute(draw)
    found = medians(fit.moments(new))
    for i in (0, 1):
        assert abs(found[f"mean, row {i}"] - means[i]) < bound(5) * np.sqrt(
            covariance[i, i] / 400_000
        )
        assert abs(found[f"variance, row {i}"] - covariance[i, i]) < bound(5) * errors[i, i]
    assert abs(found["covariance, rows 0 and 1"] - covariance[0, 1]) < bound(5) * errors[0, 1]


def test_which_rows_share_a_group():
    fit = count_fit()
    new = fit.grid(sex=["male", "female"]).assign(time=1000.0)
    together, apart = (
        medians(fit.moments(rows)) for rows in (new, new.assign(site=["p", "q"], year=[1, 2]))
    )
    assert together["covariance, rows 0 and 1"] > 0
    whole = fit.moments(new.assign(site=["p", "q"], year=[1, 2])).frame.set_index("")
    assert (whole.loc["covariance, rows 0 and 1", ["lower", "upper"]] == 0).all()
    assert apart["covariance, rows 0 and 1"] == 0
    np.testing.assert_allclose(together["mean, row 0"], apart["mean, row 0"])


def test_gaussian_and_binomial_responses():
    rows = count_rows()
    fit = make_fit(bg.Model("x ~ sex + (1 | site)", rows), {"1|site_sigma": 2.0}, noise=0)
    found = medians(fit.moments(pd.DataFrame({"sex": ["male", "male"]})))
    assert found["variance, row 0"] == pytest.approx(5.0)  # 2 squared and sigma = 1
    assert found["correlation, rows 0 and 1"] == pytest.approx(0.8)
    data = pd.DataFrame({"y": [1, 2, 0, 3], "n": [4, 4, 3, 5], "g": list("aabb")})
    fit = make_fit(bg.Model("p(y, n) ~ 1 + (1 | g)", data, family="binomial"), noise=0)
    found = medians(fit.moments(pd.DataFrame({"n": [10]})))
    z, w = special.roots_hermitenorm(60)
    p = special.expit(z)
    p1, p2 = (p @ w / w.sum(), p**2 @ w / w.sum())
    assert found["mean, row 0"] == pytest.approx(10 * p1, rel=1e-6)
    exact = 10 * (p1 - p2) + 100 * (p2 - p1**2)
    assert found["variance, row 0"] == pytest.approx(exact, rel=1e-6)
    with pytest.raises(DataError, match="Add the number of trials: the column 'n'"):
        fit.moments(pd.DataFrame({"g": ["a"]}))


def test_without_groups_and_with_too_many_rows():
    found = medians(normal_fit(noise=0).moments(pd.DataFrame({"x": [0.0, 1.0]})))
    assert found["covariance, rows 0 and 1"] == 0
    assert found["variance, row 0"] == pytest.approx(4.0)
    with pytest.raises(DataError, match="41 rows make 820 pairs"):
        normal_fit().moments(pd.DataFrame({"x": np.zeros(41)}))
