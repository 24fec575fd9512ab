"""Fixed effects as people read them, with baseline, estimand and references."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import (
    COUNT_KNOWN,
    binary_fit,
    count_fit,
    count_model,
    count_rows,
    make_fit,
    mean_draws,
    normal_fit,
)
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.posterior import fixef, random_part, ratios


def rows_of(table) -> pd.DataFrame:
    return table.frame.set_index("")


def test_rate_ratios_and_baseline_per_units_of_exposure():
    fit = count_fit()
    found = rows_of(ratios(fit.posterior))
    baseline = "baseline rate per 100,000 time"
    assert list(found.index) == [baseline, "sex[male]", "x"]
    # The median of 2000 draws has a standard error of 1.25 * 0.02 / sqrt(2000) = 0.0006.
    allowed = bound(3) * 1.25 * 0.02 / np.sqrt(2000)
    assert np.log(found.loc[baseline, "IRR"] / 15.1) == pytest.approx(0, abs=allowed)
    assert np.log(found.loc["sex[male]", "IRR"] / 2) == pytest.approx(0, abs=allowed)
    assert np.log(found.loc["x", "IRR"]) == pytest.approx(0.25, abs=allowed)
    draws = np.exp(fit.draws.flat("x"))
    for name, at in (("lower", 0.025), ("IRR", 0.5), ("upper", 0.975)):
        assert found.loc["x", name] == pytest.approx(np.quantile(draws, at))


def test_a_small_baseline_is_never_printed_as_zero():
    fit = count_fit()
    shown = ratios(fit.posterior).formatted().set_index("")
    assert shown.loc["baseline rate per 100,000 time", "IRR"].startswith("15.")
    tiny = make_fit(count_model(per=1), COUNT_KNOWN, noise=0.5)
    shown = ratios(tiny.posterior).formatted()
    for text in shown[["IRR", "lower", "upper"]].to_numpy().ravel():
        assert text.startswith("<") or float(text.replace(",", "")) > 0


@pytest.mark.parametrize("mean", [0.0, 0.01, 0.03, -0.03, 0.5])
def test_probability_above_no_effect(mean):
    fit = make_fit(count_model(), COUNT_KNOWN | {"x": mean}, noise=0.02)
    found = rows_of(ratios(fit.posterior))
    expected = stats.norm.cdf(mean / 0.02)
    # 2000 independent draws, and one more where the expected number of them is nearly 0.
    allowed = bound() * np.sqrt(expected * (1 - expected) / 2000) + 1 / 2000
    assert abs(found.loc["x", "P(>1)"] - expected) <= allowed
    assert np.isnan(found["P(>1)"].iloc[0])


def test_a_probability_shows_no_more_digits_than_its_error_supports():
    fit = make_fit(count_model(), COUNT_KNOWN | {"x": 0.01}, noise=0.02)
    table = ratios(fit.posterior)
    # About 0.69, with a standard error of sqrt(0.69 * 0.31 / 2000) = 0.01.
    error = table.frame.set_index("").loc["x", "mcse_P(>1)"]
    assert error == pytest.approx(np.sqrt(0.69 * 0.31 / 2000), rel=0.3)
    shown = table.formatted().set_index("").loc["x", "P(>1)"]
    assert re.fullmatch(r"0\.\d\d?", shown)
    assert table.formatted().set_index("").loc["sex[male]", "P(>1)"] == ">0.999"
    # 400 draws, all above: nothing is known of one in 1000.
    few = make_fit(count_model(), COUNT_KNOWN, noise=0.02, draws=100)
    shown = ratios(few.posterior).formatted().set_index("")
    assert shown.loc["sex[male]", "P(>1)"] == ">0.99"


def test_odds_ratios_start_from_a_probability():
    fit = binary_fit(noise=0.02)
    table = ratios(fit.posterior)
    found = rows_of(table)
    assert list(found.index) == ["baseline probability", "trt[active]"]
    allowed = bound(2) * 1.25 * 0.02 / np.sqrt(2000)  # on the log-odds scale
    assert found.loc["baseline probability", "OR"] == pytest.approx(1 / (1 + np.e), abs=allowed)
    assert np.log(found.loc["trt[active]", "OR"]) == pytest.approx(0.7, abs=allowed)
    assert table.caption == "Fixed effects: odds ratio"
    assert "Reference levels: trt = placebo." in table.notes
    assert "Success: ill = ill; the other outcome is well." in table.notes
    assert "typical group" in table.estimand


@pytest.mark.parametrize(
    ("link", "column", "inverse"),
    [("probit", "Diff.", stats.norm.cdf), ("cloglog", "HR", lambda eta: 1 - np.exp(-np.exp(eta)))],
)
def test_other_probability_links(link, column, inverse):
    fit = binary_fit(noise=0.02, link=link)
    found = rows_of(ratios(fit.posterior))
    allowed = bound(2) * 1.25 * 0.02 / np.sqrt(2000)
    assert found.loc["baseline probability", column] == pytest.approx(inverse(-1), abs=allowed)
    expected = 0.7 if column == "Diff." else np.exp(0.7)
    assert found.loc["trt[active]", column] == pytest.approx(expected, rel=2 * allowed)
    assert f"P(>{0 if column == 'Diff.' else 1})" in found


def test_means_are_differences():
    fit = normal_fit()
    table = ratios(fit.posterior)
    found = rows_of(table)
    assert list(found.index) == ["baseline mean", "x"]
    assert found.loc["x", "Diff."] == np.median(fit.draws.flat("x"))
    assert found.loc["baseline mean", "Diff."] == np.median(fit.draws.flat("Intercept"))
    assert found.loc["x", "P(>0)"] == 0.0
    assert "no groups" not in table.estimand
    assert "typical group" not in table.estimand


def test_differences_of_rates_are_per_units_of_exposure_like_their_baseline():
    model = bg.Model(
        "events ~ sex",
        count_rows(),
        family="poisson",
        link="identity",
        exposure="time",
        per=100_000,
    )
    fit = make_fit(model, {"Intercept": 2e-3, "sex[male]": 1e-3}, noise=1e-5)
    table = ratios(fit.posterior)
    found = rows_of(table)["Diff."]
    allowed = 1e5 * bound(2) * 1.25 * 1e-5 / np.sqrt(2000)
    assert found["baseline rate per 100,000 time"] == pytest.approx(200, abs=allowed)
    assert found["sex[male]"] == pytest.approx(100, abs=allowed)
    assert "per 100,000 time" in table.scale


def test_an_aliased_column_is_named_with_its_reason():
    rows = count_rows().assign(z=lambda data: 2 * data["x"])
    model = bg.Model("events ~ x + z", rows, family="poisson")
    fit = make_fit(model)
    table = ratios(fit.posterior)
    shown = table.formatted().set_index("")
    assert shown.loc["z (not identified)"].tolist() == [""] * (shown.shape[1])
    note = "Not identified: z = 2 × x in the rows of the data, so the column was left out."
    assert note in table.notes
    assert note in table.to_html().replace("&times;", "×")
    coefficients = fixef(fit.posterior)
    assert note in coefficients.notes
    assert list(coefficients.frame[""]) == ["Intercept", "x"]


@pytest.mark.parametrize("mass", [0.5, 0.89, 0.95])
def test_kind_and_mass_of_the_interval_are_told(mass):
    fit = count_fit()
    for table in (
        ratios(fit.posterior, mass),
        fixef(fit.posterior, mass),
        random_part(fit.posterior, mass),
    ):
        assert table.notes[0] == (
            f"Posterior median and {100 * mass:g} % equal-tailed credible interval."
        )
    found = rows_of(fixef(fit.posterior, mass)).loc["x"]
    half = stats.norm.ppf((1 + mass) / 2) * 0.02
    for name, value in (("lower", 0.25 - half), ("upper", 0.25 + half)):
        assert abs(found[name] - value) < bound(2, scatter=0.15) * found[f"mcse_{name}"]


def test_coefficients_are_on_the_link_scale():
    fit = count_fit()
    table = fixef(fit.posterior)
    found = rows_of(table)
    assert table.scale == "link (log)"
    for name in ("Intercept", "x"):
        assert found.loc[name, "mean"] == pytest.approx(fit.draws.flat(name).mean(), rel=1e-12)
        assert found.loc[name, "sd"] == pytest.approx(fit.draws.flat(name).std(ddof=1), rel=1e-9)


def test_random_part_names_spread_correlation_and_groups():
    fit = count_fit()
    table = random_part(fit.posterior)
    found = rows_of(table)
    labels = ["sd(1|site)", "sd(x|site)", "cor(1, x|site)", "sd(1|year)"]
    assert sorted(found.index) == sorted(labels)
    found = found.loc[labels]
    assert found["N groups"].tolist() == ["6", "6", "", "4"]
    np.testing.assert_allclose(found["median"], [0.5, 0.2, -0.6, 0.3], rtol=0.05)
    residual = normal_fit()
    table = random_part(residual.posterior)
    assert list(table.frame[""]) == ["sigma"]
    assert "sigma is no group effect: residual standard deviation." in table.notes
    assert table.scale == "natural scale for sigma"


@pytest.mark.parametrize("factor", [0.001, 7.0, 1e6])
def test_exposure_in_other_units_changes_the_baseline_and_no_ratio(factor):
    rows = count_rows()
    other = rows.assign(time=rows["time"] * factor)
    formula = "events ~ sex + x + (1 | site)"
    options = {"family": "poisson", "exposure": "time", "per": 1000}
    one, two = bg.Model(formula, rows, **options), bg.Model(formula, other, **options)
    # The prior moves with the crude rate, so that the posterior does, too.
    shift = [dict(model.priors["Intercept"].prior.arguments)["mu"] for model in (one, two)]
    assert shift[0] - shift[1] == pytest.approx(np.log(factor), abs=1e-9)
    known = {"Intercept": -6.0, "sex[male]": 0.4, "x": 0.1}
    first = make_fit(one, known)
    second = make_fit(two, known | {"Intercept": -6.0 - np.log(factor)})
    a, b = (rows_of(ratios(fit.posterior)) for fit in (first, second))
    np.testing.assert_allclose(b["IRR"].iloc[0], a["IRR"].iloc[0] / factor, rtol=1e-9)
    for column in ("IRR", "lower", "upper", "P(>1)"):
        np.testing.assert_allclose(b[column].iloc[1:], a[column].iloc[1:], rtol=1e-12)
    means = [mean_draws(fit, fit.design) for fit in (first, second)]
    np.testing.assert_allclose(means[1], means[0], rtol=1e-9)


def test_a_variance_for_each_arm_counts_the_groups_of_that_arm():
    rng = generator(3)
    frame = pd.DataFrame({"g": np.repeat(range(9), 4), "y": rng.normal(size=36)})
    frame["arm"] = np.where(frame["g"] < 3, "a", "b")
    fit = make_fit(bg.Model("y ~ arm + (0 + arm || g)", frame))
    found = rows_of(random_part(fit.posterior))
    assert found["N groups"].tolist() == ["3", "6", ""]


def test_groups_without_data_on_a_slope_are_explained():
    rng = generator(3)
    frame = pd.DataFrame({"g": np.repeat(range(9), 4), "y": rng.normal(size=36)})
    frame["x"] = np.where(frame["g"] < 3, 0.0, rng.normal(size=36))
    table = random_part(make_fit(bg.Model("y ~ x + (1 + x || g)", frame)).posterior)
    assert rows_of(table)["N groups"].tolist() == ["9", "6", ""]
    (note,) = [note for note in table.notes if note.startswith("N groups: ")]
    assert note == (
        "N groups: groups of g in whose rows the column of the effect is not always 0; the others "
        "have no data on it."
    )
    alike = random_part(count_fit().posterior)
    assert not [note for note in alike.notes if note.startswith("N groups")]


@pytest.mark.parametrize("left", ["1", "1 + x"])
def test_a_standard_deviation_is_never_printed_as_zero(left):
    """Beside correlations, which may be 0, too."""
    rng = generator(3)
    columns = {"g": np.repeat(range(9), 4), "y": rng.normal(size=36), "x": rng.normal(size=36)}
    model = bg.Model(f"y ~ 1 + ({left} | g)", pd.DataFrame(columns))
    fit = make_fit(model, {"1|g_sigma": 0.05}, noise=1.0, draws=100)
    found = random_part(fit.posterior).formatted().set_index("")
    spreads = [name for name in found.index if name.startswith("sd(")]
    assert all(float(bound.removeprefix("<")) > 0 for bound in found.loc[spreads, "lower"])
    assert left == "1" or float(found.loc["cor(1, x|g)", "lower"]) < 0


def test_a_rate_for_one_unit_of_exposure_has_no_number_before_it():
    rows = count_rows().rename(columns={"time": "expected"})
    model = bg.Model("events ~ sex", rows, family="poisson", exposure="expected")
    fit = make_fit(model)
    assert fit.ratios().frame[""].iloc[0] == "baseline rate per unit of expected"
    assert "per unit of expected" in fit.predictions().scale
    assert not any("per 1 " in prior.reason for prior in model.priors.values())


@pytest.mark.parametrize(
    ("link", "long"),
    [
        ("log", "ratio of counts"),
        ("identity", "difference in expected counts"),
        ("sqrt", "difference in square roots of the expected count"),
    ],
)
def test_counts_without_an_exposure_have_no_rates(link, long):
    plain = bg.Model("events ~ sex", count_rows(), family="poisson", link=link)
    assert plain.design.measure.long == long
    rates = bg.Model("events ~ sex", count_rows(), family="poisson", link=link, exposure="time")
    assert "rate" in rates.design.measure.long
