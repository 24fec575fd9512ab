"""Estimands: which rows, which words, which columns, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_rows, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError
from bayesglmm.tables import Table


@pytest.fixture(scope="module")
def counts() -> bg.Fit:
    return count_fit()


def test_a_grid_holds_what_is_typical(counts):
    rows = count_rows()
    frame = counts.grid(sex=["male", "female"], x=[0.0, 1.0, 2.0])
    assert frame.shape == (6, 2)
    assert frame["sex"].tolist() == ["male"] * 3 + ["female"] * 3
    alone = counts.grid()
    assert alone["x"].item() == pytest.approx(rows["x"].mean())
    assert alone["sex"].item() == "female"  # as many as male: the first in order
    assert counts.grid(site="site B").columns.tolist() == ["site", "sex", "x"]


def test_a_grid_speaks_the_codes_of_the_user():
    fit = binary_fit()
    assert fit.grid(trt=[1, 0])["trt"].tolist() == [1, 0]
    assert fit.grid()["trt"].item() == 0
    table = fit.predictions(fit.grid(trt=[0, 1]))
    assert table.frame["trt"].tolist() == ["placebo", "active"]
    rows = pd.DataFrame({"y": [0, 1, 1, 0, 1], "seen": [0, 1, 1, 1, 0], "x": [1.0, 2, 3, 4, 9]})
    fit = make_fit(bg.Model("y ~ seen + x", rows, family="bernoulli"))
    assert fit.grid()[["seen", "x"]].iloc[0].tolist() == [1, 3.8]


@pytest.mark.parametrize(
    ("variables", "labels"),
    [
        ("x", ["x: +1"]),
        ({"x": -2}, ["x: -2"]),
        ({"x": (1, 3)}, ["x: 3 - 1"]),
        (["sex", "x"], ["sex: male - female", "x: +1"]),
        ({"sex": ("male", "female")}, ["sex: female - male"]),
        ({"sex": "pairwise"}, ["sex: male - female"]),
        ({"sex": None}, ["sex: male - female"]),
    ],
)
def test_what_is_compared(counts, variables, labels):
    assert counts.avg_comparisons(variables).frame["comparison"].tolist() == labels


def test_codes_stand_for_their_labels_and_indicators_go_from_0_to_1():
    fit = binary_fit(noise=1e-9)
    frame = fit.avg_comparisons({"trt": (0, 1)}).frame
    assert frame["comparison"].item() == "trt: active - placebo"
    rows = pd.DataFrame({"y": np.arange(8) % 2, "seen": [0, 1, 1, 1, 0, 0, 1, 1]})
    fit = make_fit(bg.Model("y ~ seen", rows, family="bernoulli"), {"seen": 2.0}, noise=1e-9)
    table = fit.avg_comparisons("seen")
    assert table.frame["comparison"].item() == "seen: 1 - 0"
    expected = 1 / (1 + np.exp(-2)) - 0.5
    assert table.frame["median"].item() == pytest.approx(expected, rel=1e-6)


def test_levels_that_others_determine_are_compared_and_left_empty():
    rows = pd.DataFrame({"y": [1, 2, 3, 4, 5, 6], "f": list("aabbcc"), "g": list("uuvvww")})
    fit = make_fit(bg.Model("y ~ f + g", rows, family="poisson"))
    table = fit.avg_comparisons("f")
    assert table.frame["comparison"].tolist() == ["f: b - a", "f: c - a"]
    assert table.frame["median"].isna().all()
    notes = fit.comparisons({"g": ("u", "v")}).notes
    assert any(note.startswith("Not estimable, hence empty: f = a, g = u;") for note in notes)
    assert any(note.startswith("Not identified: g[v]") for note in notes)


SAYINGS = [
    ("predictions", {}, "rate per 100,000 time; conditional: for a typical group"),
    ("predictions", {"exposure": 50}, "expected count at 50 time; "),
    ("predictions", {"scale": "link"}, "linear predictor (log scale), exposure left out; "),
    ("predictions", {"re": "observed"}, "conditional on the groups that each row names"),
    ("avg_predictions", {"re": "observed"}, "averaged over the observed groups"),
    ("avg_predictions", {}, "averaged over the 96 rows of the data"),
    ("avg_predictions", {"by": ["sex", "year"]}, "of the data within each sex x year"),
    ("comparisons", {"variables": "sex"}, "difference in rate per 100,000 time; conditional"),
    ("comparisons", {"variables": "sex", "scale": "ratio"}, "rate ratio; conditional"),
    ("slopes", {"variables": "x"}, "change in rate per 100,000 time for one unit"),
    ("predictions", {"scale": "link", "re": "integrate"}, "also the mean over new groups"),
]


@pytest.mark.parametrize(("call", "options", "words"), SAYINGS)
def test_every_table_says_what_it_estimates(counts, call, options, words):
    table = getattr(counts, call)(**options)
    assert words in table.estimand
    assert "95 % equal-tailed credible interval" in table.notes[0]
    assert {"median", "lower", "upper"} < set(table.frame)
    assert {"mcse_median", "mcse_lower", "mcse_upper"} < set(table.frame)


def test_rows_of_new_data_are_counted(counts):
    new = counts.grid(sex=["male", "female"])
    assert counts.predictions(new).estimand.endswith("for each of the 2 new rows")
    assert counts.predictions(counts.grid()).estimand.endswith("for 1 new row")
    alike = "averaged over the 2 new rows, rows counting alike: they have no column 'time'"
    assert counts.avg_predictions(new).estimand.endswith(alike)


def test_names_of_means_and_ratios():
    assert binary_fit().avg_comparisons("trt", scale="ratio").scale == "risk ratio"
    assert binary_fit().avg_comparisons("trt", scale="or").scale == "odds ratio"
    assert normal_fit().avg_comparisons("x", scale="ratio").scale == "ratio of means"
    assert "which has no group terms" in normal_fit().avg_predictions().estimand


def test_by_takes_columns_beside_the_model_and_new_rows_need_neither_groups_nor_exposure(counts):
    rows = count_rows().assign(region=np.repeat(["n", "s"], 48), size=np.arange(96.0))
    model = bg.Model("events ~ sex + (1 | site)", rows, family="poisson", exposure="time")
    fit = make_fit(model)
    frame = fit.avg_predictions(by="region", weights="size").frame
    assert frame["region"].tolist() == ["n", "s"]
    new = pd.DataFrame({"sex": ["male", "female"], "x": [0.0, 1.0]})
    assert len(counts.predictions(new, re="integrate").frame) == 2
    with pytest.raises(DataError, match="There is no column 'site'"):
        counts.predictions(new, re="observed")


def test_lines_keep_the_order_and_columns_of_their_rows(counts):
    frame = counts.predictions().frame
    pd.testing.assert_series_equal(frame["x"], count_rows()["x"])
    assert frame["site"].tolist() == count_rows()["site"].tolist()
    assert "events" not in frame
    assert "time" not in frame


@pytest.mark.parametrize(
    ("call", "options", "message"),
    [
        ("predictions", {"re": "random"}, "re='random' is unknown. Write one of: typical"),
        ("predictions", {"scale": "log"}, "scale='log' is unknown"),
        ("predictions", {"by": "sexx"}, "Unknown column 'sexx' in by=. Did you mean 'sex'"),
        ("predictions", {"weights": "time"}, "weights= weigh an average"),
        (
            "avg_predictions",
            {"weights": "tim"},
            "Unknown column 'tim' in weights=. Did you mean 'time'?",
        ),
        ("avg_predictions", {"weights": "sex"}, "The weights 'sex' are no numbers"),
        ("predictions", {"exposure": -1}, "exposure=-1 must be a number above 0"),
        ("predictions", {"mass": 1}, "mass=1 must lie between 0 and 1. Write a share such as"),
        ("predictions", {"mass": 95}, "mass=95 must lie between 0 and 1. Write 0.95."),
        ("predictions", {"newdata": [1, 2]}, "newdata=[1, 2] is no DataFrame"),
        ("predictions", {"newdata": pd.DataFrame({"sex": ["other"], "x": [1]})}, "level 'other'"),
        ("predictions", {"newdata": pd.DataFrame({"sex": ["male"]})}, "There is no column 'x'"),
        ("comparisons", {"variables": "sx"}, "Unknown column of the fixed part 'sx'"),
        ("comparisons", {"variables": []}, "Nothing is compared"),
        ("comparisons", {"variables": "site"}, "'site' is a grouping factor"),
        ("comparisons", {"variables": "x", "scale": "or"}, "compares probabilities"),
        ("comparisons", {"variables": "x", "scale": "rr"}, "scale='rr' is unknown"),
        ("comparisons", {"variables": {"x": 0}}, "Write a step other"),
        ("comparisons", {"variables": {"x": "pairwise"}}, "'x' is a number"),
        ("comparisons", {"variables": {"sex": ("male", "mle")}}, "Did you mean 'male'"),
        ("comparisons", {"variables": {"sex": "male"}}, "Write a pair of its levels"),
        ("slopes", {"variables": "sex"}, "'sex' is a factor and has no slope"),
        ("slopes", {"variables": "site"}, "'site' is a grouping factor"),
    ],
)
def test_what_is_refused(counts, call, options, message):
    with pytest.raises((SpecError, DataError)) as caught:
        getattr(counts, call)(**options)
    assert message in str(caught.value)


def test_more_that_is_refused():
    with pytest.raises(SpecError, match="the model has no exposure"):
        normal_fit().predictions(exposure=2.0)
    rows = pd.DataFrame({"x": [-1.0, 0, 1, 2], "y": [-3.0, 0, 2, 5]})
    fit = make_fit(bg.Model("y ~ x", rows), {"x": 2.0})
    with pytest.raises(SpecError, match="is not defined: a mean is not above 0"):
        fit.comparisons("x", scale="ratio")
    with pytest.raises(SpecError, match="Unknown column of the right-hand side 'z'"):
        fit.grid(z=1)
    with pytest.raises(SpecError, match="'x' has no values"):
        fit.grid(x=[])
    with pytest.raises(DataError, match="'h' in by= is missing in row 1"):
        fit.predictions(rows.assign(h=["a", None, "b", "b"]), by="h")


@pytest.mark.parametrize("weights", [[1, -1, 2, 3], [1, np.nan, 2, 3], [0, 0, 1, 1]])
def test_weights_that_cannot_be(weights):
    rows = pd.DataFrame({"x": [-1.0, 0, 1, 2], "y": [-3.0, 0, 2, 5], "f": list("aabb")})
    fit = make_fit(bg.Model("y ~ x", rows), {"x": 2.0})
    with pytest.raises(DataError, match="weights"):
        fit.predictions(rows.assign(w=weights), by="f", weights="w")


def test_tables_of_a_failed_fit_say_so(counts):
    from posterior_maker import with_statistics

    diverged = np.ones(counts.draws.sample_stats["diverging"].shape, dtype=bool)
    failed = with_statistics(counts, diverging=diverged)
    tables: list[Table] = [
        failed.predictions(),
        failed.avg_predictions(),
        failed.comparisons("sex"),
        failed.avg_comparisons("sex"),
        failed.slopes("x"),
        failed.avg_slopes("x"),
    ]
    assert all("NOT converged" in table.notes[0] for table in tables)


def test_errors_of_the_answers_are_monte_carlo_errors():
    fit = count_fit(noise=0.2)
    frame = fit.avg_predictions(scale="link", by="sex").frame
    # 2000 independent draws: the error of a median is 1.25 sds / sqrt(2000).
    sd = (frame["upper"] - frame["lower"]) / (2 * 1.96)
    np.testing.assert_allclose(frame["mcse_median"], 1.25 * sd / np.sqrt(2000), rtol=0.8)
    shares = fit.avg_comparisons("x", scale="ratio").frame
    p = shares["P(>1)"].item()
    error = np.sqrt(p * (1 - p) / 2000)
    assert shares["mcse_P(>1)"].item() == pytest.approx(error, rel=0.6)
