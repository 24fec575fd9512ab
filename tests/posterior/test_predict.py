"""Predictions: kinds, exposure, new rows, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, joined, make_fit, normal_fit, response_draws
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError
from bayesglmm.posterior import predict

NEW = pd.DataFrame(
    {
        "sex": ["male", "female"],
        "x": [0.5, 1.5],
        "site": ["site A", "site B"],
        "year": [2019, 2022],
        "time": [1000.0, 2000.0],
    }
)


@pytest.fixture(scope="module")
def fit() -> bg.Fit:
    return count_fit()


def eta_of_new(fit):
    """Draws of the linear predictor of `NEW`, (S, 2)."""
    draws = joined(fit)
    columns = []
    for _, row in NEW.iterrows():
        site = {"site__factor_dim": row["site"]}
        year = {"year__factor_dim": str(row["year"])}
        columns.append(
            draws["Intercept"]
            + draws["sex"][0] * (row["sex"] == "male")
            + draws["x"] * row["x"]
            + draws["1|site"].sel(site)
            + draws["x|site"].sel(site) * row["x"]
            + draws["1|year"].sel(year)
        )
    return np.column_stack(columns)


def test_kinds_against_explicit_numbers(fit):
    eta = eta_of_new(fit)
    exact = {"linear": eta, "mean": NEW["time"].to_numpy() * np.exp(eta)}
    for kind, draws in exact.items():
        found = predict(fit.posterior, NEW, kind=kind, mass=0.9).frame
        for name, at in (("median", 0.5), ("lower", 0.05), ("upper", 0.95)):
            np.testing.assert_allclose(found[name], np.quantile(draws, at, axis=0), rtol=1e-10)


def test_new_responses_scatter_around_the_mean(fit):
    new = NEW.assign(time=1e6)
    y = response_draws(fit, fit.design.apply(new), seed=1)
    mean = 1e6 * np.exp(eta_of_new(fit))
    # A Poisson count with a random mean: standard errors of the mean of the difference.
    assert (np.abs((y - mean).mean(axis=0)) < bound(4) * np.sqrt(mean.mean(axis=0) / len(y))).all()
    ratio = (y - mean).var(axis=0) / mean.mean(axis=0)
    np.testing.assert_allclose(ratio, 1, atol=bound(4) * np.sqrt(2 / len(y)))
    np.testing.assert_array_equal(y, np.round(y))


def test_own_rows_where_none_are_given(fit):
    found = predict(fit.posterior)
    again = predict(fit.posterior, fit.design.data)
    assert len(found.frame) == 96
    keys = ["sex", "site", "year"]
    text = [frame.astype(dict.fromkeys(keys, str)) for frame in (found.frame, again.frame)]
    pd.testing.assert_frame_equal(*text, check_dtype=False)
    assert "events" not in found.frame
    assert {"sex", "x", "site", "year", "time"} <= set(found.frame)


def test_exposure_overrides_the_column(fit):
    per_row = predict(fit.posterior, NEW).frame
    fixed = predict(fit.posterior, NEW.drop(columns="time"), exposure=100_000).frame
    expected = per_row["median"] * 100_000 / NEW["time"]
    np.testing.assert_allclose(fixed["median"], expected, rtol=1e-12)
    own = predict(fit.posterior, exposure=1.0).frame
    means = predict(fit.posterior).frame
    np.testing.assert_allclose(own["median"] * means["time"], means["median"], rtol=1e-10)
    assert (own["time"] == 1.0).all()


@pytest.mark.parametrize(
    ("kind", "scale"),
    [
        ("linear", "link (log)"),
        ("mean", "response (mean), at the time of each row"),
        ("response", "response (new responses), at the time of each row"),
    ],
)
def test_scale_and_estimand_are_told(fit, kind, scale):
    table = predict(fit.posterior, NEW, kind=kind)
    assert table.scale == scale
    assert table.estimand == "conditional on the groups that each row names"
    unseen = predict(fit.posterior, NEW.assign(site=["p", "q"], year=2050), kind=kind)
    assert unseen.estimand.endswith("3 unseen groups drawn from the population")
    one = predict(fit.posterior, NEW.assign(year=2050), kind=kind)
    assert one.estimand.endswith("1 unseen group drawn from the population")


def test_unseen_groups_widen_the_interval(fit):
    known = predict(fit.posterior, NEW, kind="linear").frame
    unseen = predict(fit.posterior, NEW.assign(site="new"), kind="linear").frame
    assert (unseen["upper"] - unseen["lower"] > 3 * (known["upper"] - known["lower"])).all()


def test_the_same_call_gives_the_same_numbers(fit):
    new = NEW.assign(site="new")
    frames = [predict(fit.posterior, new, kind="response").frame for _ in range(2)]
    pd.testing.assert_frame_equal(*frames)


def test_without_groups():
    fit = normal_fit()
    new = pd.DataFrame({"x": [0.0, 2.0]})
    table = predict(fit.posterior, new)
    draws = fit.draws.flat("Intercept") + fit.draws.flat("x") * [0.0, 2.0]
    np.testing.assert_allclose(table.frame["median"], np.median(draws, axis=0), rtol=1e-12)
    assert table.estimand == "for the columns of each row"
    assert table.scale == "response (mean)"


def test_probability_of_one_trial():
    fit = binary_fit(noise=0.02)
    new = pd.DataFrame({"trt": ["active", "placebo"], "ID": [1, 2]})
    found = predict(fit.posterior, new).frame["median"]
    # The error of a median of draws with sd 0.02 * sqrt(3), times the slope of at most 1/4.
    expected = 1 / (1 + np.exp([0.3, 1.0]))
    np.testing.assert_allclose(found, expected, atol=bound(2) * 1.25 * 0.035 / 4 / np.sqrt(2000))
    values = predict(fit.posterior, new.assign(trt=[1, 0])).frame["median"]
    np.testing.assert_array_equal(values, found)  # the values behind the labels do as well


def binomial_fit() -> bg.Fit:
    rows = pd.DataFrame({"y": [0, 2, 5, 3], "n": [4, 4, 5, 9], "x": [0.0, 1, 2, 3]})
    return make_fit(bg.Model("p(y, n) ~ x", rows, family="binomial"), {"Intercept": -0.5})


def test_trials_are_asked_for_by_new_responses_only():
    fit = binomial_fit()
    new = pd.DataFrame({"x": [0.5, 1.5]})
    probability = predict(fit.posterior, new).frame["median"]
    assert ((probability > 0) & (probability < 1)).all()
    with pytest.raises(DataError, match="number of trials: add the column 'n'"):
        predict(fit.posterior, new, kind="response")
    counts = predict(fit.posterior, new.assign(n=[1, 1000]), kind="response").frame
    assert counts["upper"][0] == 1
    assert counts["median"][1] == pytest.approx(1000 * probability[1], rel=0.1)
    own = predict(fit.posterior, kind="response").frame
    assert (own["upper"] <= [4, 4, 5, 9]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sex": ["male", "other"]}, "'sex' has the level 'other'"),
        ({"site": ["site A", None]}, "'site' has 1 missing value"),
        ({"x": [np.nan, 1.0]}, "'x' has 1 missing value"),
        ({"time": [0.0, 1.0]}, "exposure 'time' must be above 0"),
        ({"x": ["a", "b"]}, "'x' is a number in the model, but text"),
    ],
)
def test_rows_that_do_not_fit(fit, change, message):
    with pytest.raises(DataError, match=message):
        predict(fit.posterior, NEW.assign(**change))


@pytest.mark.parametrize("column", ["sex", "x", "site", "year", "time"])
def test_a_missing_column_is_named(fit, column):
    with pytest.raises(DataError, match=f"no column '{column}'"):
        predict(fit.posterior, NEW.drop(columns=column))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "men"}, "linear, mean, response"),
        ({"mass": 95}, "mass=95 must lie between 0 and 1. Write 0.95"),
        ({"exposure": 0}, "exposure=0 must be a number above 0"),
        ({"exposure": -3.0}, "above 0"),
        ({"exposure": np.nan}, "above 0"),
        ({"exposure": np.inf}, "exposure=inf"),
    ],
)
def test_options_that_cannot_be(fit, options, message):
    with pytest.raises(SpecError, match=message):
        predict(fit.posterior, NEW, **options)


def test_exposure_of_a_model_without_one():
    fit = normal_fit()
    with pytest.raises(SpecError, match="the model has no exposure"):
        predict(fit.posterior, exposure=2.0)


@pytest.mark.parametrize("name", ["median", "lower", "upper", "mcse_dose"])
def test_a_column_may_bear_the_name_of_a_result(name):
    rng = generator(5)
    rows = pd.DataFrame({name: rng.normal(size=20), "y": rng.normal(size=20)})
    fit = make_fit(bg.Model(f"y ~ {name}", rows), {name: 2.0, "Intercept": 10.0})
    table = predict(fit.posterior, pd.DataFrame({name: [0.0, 1.0]}))
    shown = table.formatted()
    assert shown.iloc[:, 0].tolist() == ["0", "1"]
    # The median of 2000 draws with sd 0.05 * sqrt(2).
    np.testing.assert_allclose(
        table.frame["median"], [10, 12], atol=bound(2) * 1.25 * 0.0708 / np.sqrt(2000)
    )


def test_a_small_probability_is_not_printed_as_0():
    fit = binary_fit(noise=3.0)
    shown = predict(fit.posterior).formatted()
    assert all(float(text.strip("<>")) > 0 for text in shown["lower"])
