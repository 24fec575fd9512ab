"""Means of groups beside the same means computed row by row, and the spread of their population."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, count_rows, make_fit, normal_fit
from scipy.special import expit, ndtri
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.groups import standardise
from bayesglmm.posterior.groups.means import level_effects, make_group_standard
from bayesglmm.posterior.groups.rates import ranks


def as_if_all(fit: bg.Fit, column: str, level: str, weight: np.ndarray, **fixed: object):
    """Draws of the mean over all rows with one column set to a level, at exposure 1."""
    rows = fit.design.data.assign(**{column: level}, **fixed)
    means = fit.posterior.apply(rows, 1.0).mean()
    return means @ (weight / weight.sum())


def nested_fit() -> bg.Fit:
    rng = generator(31)
    rows = pd.DataFrame(
        {
            "y": rng.integers(0, 2, 240),
            "x": np.round(rng.normal(size=240), 1),
            "region": np.repeat(["north", "south", "west"], 80),
            "state": np.repeat([f"s{k}" for k in range(12)], 20),
        }
    )
    model = bg.Model("y ~ x + (1 | region/state)", rows, family="bernoulli")
    effects = {
        "1|region": {"north": 0.5, "south": -0.5, "west": 0.1},
        "1|region:state": {f"north:s{k}": 0.1 * k for k in range(4)},
    }
    return make_fit(model, {"Intercept": -0.3, "x": 0.4}, effects)


@pytest.mark.parametrize("level", ["site A", "site E"])
def test_rates_with_slopes_are_those_of_all_rows_moved_to_the_group(level):
    fit = count_fit()
    table = fit.group_rates("site")
    weight = fit.design.data["time"].to_numpy()
    expected = 100_000 * as_if_all(fit, "site", level, weight)
    row = table.frame.set_index("level").loc[level]
    assert row["rate"] == pytest.approx(np.median(expected), rel=1e-10)
    assert row["lower"] == pytest.approx(np.quantile(expected, 0.025), rel=1e-10)
    assert row["upper"] == pytest.approx(np.quantile(expected, 0.975), rel=1e-10)
    assert table.scale == "response (rate per 100,000 time)"
    assert "standardised over all 96 rows, weighted by time" in table.estimand
    assert "effects of year as in those rows" in table.estimand


def test_rates_of_intercepts_are_ratios_of_one_rate():
    fit = count_fit()
    frame = fit.group_rates("year").frame
    weight = fit.design.data["time"].to_numpy()
    for level, value in zip(frame["level"], frame["rate"], strict=True):
        expected = 100_000 * as_if_all(fit, "year", level, weight)
        assert value == pytest.approx(np.median(expected), rel=1e-10)


def test_raw_is_events_over_exposure_and_the_threshold_that_of_all():
    fit = count_fit()
    data = fit.design.data
    table = fit.group_rates("site")
    sums = data.groupby("site", observed=True)[["events", "time"]].sum()
    np.testing.assert_allclose(table.frame["raw"], 1e5 * sums["events"] / sums["time"], rtol=1e-12)
    overall = 1e5 * data["events"].sum() / data["time"].sum()
    assert f"P(>{overall:.4g})" in table.frame
    assert "crude mean of all rows" in " ".join(table.notes)
    low = fit.group_rates("site", threshold=1e-3).frame
    assert (low["P(>0.001)"] == 1).all()


def test_exceedance_and_ranks():
    fit = count_fit()
    means = np.column_stack(
        [
            1e5 * as_if_all(fit, "site", level, fit.design.data["time"].to_numpy())
            for level in fit.design.predictor.groups[0].levels
        ]
    )
    limit = float(np.median(means[:, 2]))
    frame = fit.group_rates("site", threshold=limit, mass=0.8).frame
    name = f"P(>{limit:.4g})"
    np.testing.assert_allclose(frame[name], (means > limit).mean(axis=0), atol=1e-12)
    brute = np.array([[1 + (row > value).sum() for value in row] for row in means])
    np.testing.assert_array_equal(ranks(means), brute)
    np.testing.assert_array_equal(
        frame["rank from"], np.quantile(brute, 0.1, axis=0, method="inverted_cdf")
    )
    np.testing.assert_array_equal(
        frame["rank"], np.quantile(brute, 0.5, axis=0, method="inverted_cdf")
    )


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
@pytest.mark.parametrize("spread", [0.2, 5.0])
@pytest.mark.parametrize("exponent", [standardise.EXPONENT, np.inf])
def test_probabilities_of_many_groups(link, spread, exponent, monkeypatch):
    monkeypatch.setattr(standardise, "EXPONENT", min(exponent, 1e6))
    rng = generator(8)
    rows = pd.DataFrame({"y": rng.integers(0, 2, 900), "x": rng.normal(size=900).round(1)})
    model = bg.Model(
        "y ~ x + (1 | g)", rows.assign(g=np.arange(900) % 300), family="bernoulli", link=link
    )
    effects = {"1|g": dict(zip(map(str, range(300)), rng.normal(0, spread, 300), strict=True))}
    fit = make_fit(model, {"Intercept": -1.0, "x": 0.5}, effects, draws=100)
    standard = make_group_standard(fit.posterior, "g")
    found = standardise.standardised(standard, level_effects(fit.design, standard))
    assert found.min() > -1e-9
    assert found.max() < 1 + 1e-9
    for place in (0, 17, 299):
        expected = as_if_all(fit, "g", place, np.ones(900))
        np.testing.assert_allclose(found[:, place], expected, atol=1e-7)


def test_groups_within_groups_have_the_effects_of_both():
    fit = nested_fit()
    frame = fit.group_rates("region:state").frame.set_index("level")
    expected = as_if_all(fit, "state", "s2", np.ones(240), region="north")
    assert frame.loc["north:s2", "probability"] == pytest.approx(np.median(expected), rel=1e-7)
    region = fit.group_rates("region")
    flat = fit.draws.flat
    state = fit.design.predictor.groups[1]
    eta = flat("Intercept") + flat("x") * fit.design.data["x"].to_numpy() + flat("1|region")[:, :1]
    eta = eta + flat("1|region:state")[:, state.index]
    expected = np.median(expit(eta).mean(axis=1))
    assert region.frame["probability"][0] == pytest.approx(expected, rel=1e-10)
    assert "effects of region:state as in those rows" in region.estimand


def test_own_rows():
    fit = count_fit()
    frame = fit.group_rates("site", over="own").frame.set_index("level")
    design = fit.design
    rates = np.exp(fit.posterior.eta())
    for level in ("site B", "site F"):
        own = (design.data["site"] == level).to_numpy()
        expected = 1e5 * rates[:, own] @ design.rows.exposure[own] / design.rows.exposure[own].sum()
        assert frame.loc[level, "rate"] == pytest.approx(np.median(expected), rel=1e-10)


def test_rows_given_need_neither_the_factor_nor_the_exposure():
    fit = count_fit()
    at = pd.DataFrame({"sex": ["male"], "x": [0.5], "year": [2020]})
    table = fit.group_rates("site", at=at)
    flat = fit.draws.flat
    eta = flat("Intercept") + flat("sex") + 0.5 * flat("x") + flat("1|year")[:, 1:2]
    eta = eta + flat("1|site")[:, 3:4] + 0.5 * flat("x|site")[:, 3:4]
    assert table.frame["rate"][3] == pytest.approx(1e5 * np.median(np.exp(eta)), rel=1e-10)
    assert "the rows given" in table.estimand


def test_an_offset_is_an_exposure():
    rows = count_rows()
    plain = bg.Model("events ~ x + offset(log(time)) + (1 | site)", rows, family="poisson")
    typed = bg.Model("events ~ x + (1 | site)", rows, family="poisson", exposure="time")
    known = {"Intercept": -8.0, "x": 0.1}
    first = make_fit(plain, known).group_rates("site").frame
    second = make_fit(typed, known).group_rates("site").frame
    np.testing.assert_allclose(first["rate"], second["rate"], rtol=1e-9)
    np.testing.assert_allclose(first["raw"], second["raw"], rtol=1e-12)


def test_a_sample_of_rows_is_said_and_close():
    rng = generator(5)
    rows = pd.DataFrame({"x": rng.normal(size=4000), "g": np.arange(4000) % 40})
    rows["y"] = rng.integers(0, 2, 4000)
    model = bg.Model("y ~ x + (1 + x || g)", rows, family="bernoulli")
    fit = make_fit(model, {"x": 0.8, "1|g_sigma": 0.5}, draws=100)
    table = fit.group_rates("g")
    assert "evenly spaced" in table.notes[-1]
    for place in (0, 21):
        expected = np.median(as_if_all(fit, "g", place, np.ones(4000)))
        assert table.frame["probability"][place] == pytest.approx(expected, rel=2e-3)


def test_bad_questions():
    fit = count_fit()
    with pytest.raises(SpecError, match="Did you mean 'site'"):
        fit.group_rates("sites")
    with pytest.raises(SpecError, match="over='some'"):
        fit.group_rates("site", over="some")
    with pytest.raises(SpecError, match="share=2"):
        fit.population_interval("site", share=2)
    with pytest.raises(SpecError, match="Unknown grouping factor"):
        normal_fit().population_interval("site")


def test_most_groups_of_intercepts_lie_between_exact_ends():
    fit = count_fit()
    table = fit.population_interval("year", share=0.9)
    flat, design = fit.draws.flat, fit.design
    data = design.data
    site = design.predictor.groups[0]
    eta = flat("Intercept") + flat("x") * data["x"].to_numpy()
    eta = eta + flat("sex") * (data["sex"] == "male").to_numpy()
    eta = eta + flat("1|site")[:, site.index] + flat("x|site")[:, site.index] * site.Z[:, 1]
    base = np.exp(eta) @ (design.rows.exposure / design.rows.exposure.sum())
    sd = flat("1|year_sigma")[:, 0]
    for row, part in enumerate((0.05, 0.5, 0.95)):
        expected = 1e5 * np.median(base * np.exp(ndtri(part) * sd))
        assert table.frame["rate"][row] == pytest.approx(expected, rel=1e-10)
    assert table.frame[""].tolist()[0] == "5 % of groups lie below"
    assert table.frame[""].tolist()[2] == "5 % of groups lie above"


def test_most_groups_within_groups_have_both_spreads():
    fit = nested_fit()
    frame = fit.population_interval("region:state").frame
    flat = fit.draws.flat
    sd = np.hypot(flat("1|region_sigma"), flat("1|region:state_sigma"))
    eta = flat("Intercept") + flat("x") * fit.design.data["x"].to_numpy()
    for row, part in enumerate((0.025, 0.5, 0.975)):
        expected = np.median(expit(eta + ndtri(part) * sd).mean(axis=1))
        assert frame["probability"][row] == pytest.approx(expected, rel=1e-10)


def test_most_groups_with_slopes_by_simulation():
    fit = count_fit(noise=1e-6)
    frame = fit.population_interval("site").frame
    rng = generator(3)
    u, v = rng.multivariate_normal([0, 0], [[0.25, -0.06], [-0.06, 0.04]], 20_000).T
    design = fit.design
    data = design.data
    year = {str(2019 + k): 0.2 * (k - 1.5) for k in range(4)}
    eta = np.log(151e-6) + 0.25 * data["x"] + np.log(2) * (data["sex"] == "male")
    eta = eta + data["year"].astype(str).map(year)
    eta = eta.to_numpy() + u[:, None] + v[:, None] * data["x"].to_numpy()
    rates = 1e5 * np.exp(eta) @ (design.rows.exposure / design.rows.exposure.sum())
    for rate, part in zip(frame["rate"], (0.025, 0.5, 0.975), strict=True):
        error = bound(3) * np.sqrt(part * (1 - part) / 20_000)
        lower, upper = np.quantile(rates, [part - error, part + error])
        assert lower < rate < upper


def test_own_rows_are_all_averaged_over(monkeypatch):
    """Draws are thinned where rows are many, never rows: a small group might have none left."""
    fit = count_fit(noise=1e-4)
    every = fit.group_rates("site", over="own").frame["rate"]
    for name in ("profiles", "groups.means"):
        module = import_module(f"bayesglmm.posterior.{name}")
        monkeypatch.setattr(module, "BUDGET", 400 * 10)
    np.testing.assert_allclose(fit.group_rates("site", over="own").frame["rate"], every, rtol=1e-4)


def test_an_offset_is_named_as_the_weight_and_the_unit_that_it_is():
    rows = count_rows()
    model = bg.Model("events ~ x + offset(log(time)) + (1 | site)", rows, family="poisson")
    fit = make_fit(model, {"Intercept": -6.0})
    for table in (fit.group_rates("site"), fit.population_interval("site")):
        assert "weighted by the exponential of the offset" in table.estimand
        assert "rate" in table.frame
        assert "per unit of the exponential of the offset" in table.scale
