"""A known population beside the levels' own rows, and the errors of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm.errors import DataError
from bayesglmm.posterior.population.evaluate import evaluate
from bayesglmm.posterior.population.strata import raw_means, strata, truth_of
from bayesglmm.tables import Table

POLLS = Path(__file__).parents[3] / "models" / "election_polls.py"


def test_own_rows_of_a_binary_response():
    fit = binary_fit()
    frame = raw_means(fit.design, "trt", 0.9).frame.set_index("trt")
    y = np.asarray(fit.design.rows.y)
    for level in (0, 1):
        own = y[fit.design.given["trt"] == level]
        beta = scipy.stats.beta(own.sum() + 0.5, len(own) - own.sum() + 0.5)
        found = frame.loc[level, ["rows", "raw", "lower", "upper"]].to_numpy(dtype=float)
        wanted = [len(own), own.mean(), beta.ppf(0.05), beta.ppf(0.95)]
        np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_own_rows_of_a_rate():
    design = count_fit().design
    table = raw_means(design, "sex")
    y, time = np.asarray(design.rows.y), np.asarray(design.rows.exposure)
    male = (design.given["sex"] == "male").to_numpy()
    row = table.frame.set_index("sex").loc["male"]
    assert row["raw"] == pytest.approx(100_000 * y[male].sum() / time[male].sum())
    gamma = scipy.stats.gamma(y[male].sum() + 0.5, scale=100_000 / time[male].sum())
    assert row["upper"] == pytest.approx(gamma.ppf(0.975))
    assert table.scale == "response (rate per 100,000 time)"


def test_own_rows_of_a_proportion_and_of_a_mean():
    rows = pd.DataFrame({"k": [1, 2, 3, 0], "n": [4, 5, 6, 7], "g": list("aabb"), "z": 1.0})
    rows["z"] = [0.5, 1.0, 2.0, 4.0]
    counts = bg.Model("p(k, n) ~ 1", rows, family="binomial").design
    share = raw_means(counts, "g").frame
    assert share["raw"].tolist() == pytest.approx([3 / 9, 3 / 13])
    assert share["lower"][0] == pytest.approx(scipy.stats.beta(3.5, 6.5).ppf(0.025))
    mean = raw_means(bg.Model("z ~ 1", rows).design, "g").frame
    t = scipy.stats.t.interval(0.95, 1, loc=3.0, scale=scipy.stats.sem([2.0, 4.0]))
    assert mean.loc[1, ["lower", "upper"]].tolist() == pytest.approx(list(t))


def test_one_row_has_no_interval_of_a_mean():
    rows = pd.DataFrame({"z": [0.5, 1.0, 2.0], "g": list("aab")})
    frame = raw_means(bg.Model("z ~ 1", rows).design, "g").frame
    assert frame.loc[1, "raw"] == 2.0
    assert frame.loc[1, ["lower", "upper"]].isna().all()


def test_a_column_that_the_data_do_not_have():
    with pytest.raises(DataError, match="Unknown column of the data 'sight'"):
        raw_means(normal_fit().design, "sight")


def score(frame: pd.DataFrame) -> pd.Series:
    table = evaluate(
        {"some": Table(frame, "t")},
        pd.Series({"a": 0.5, "b": 0.4, "c": 0.9}),
        pd.Series({"a": 1, "b": 3, "c": 1}),
        "g",
    )
    return table.frame.iloc[0]


def test_errors_by_hand():
    frame = pd.DataFrame({"g": ["a", "b"], "median": [0.6, 0.2], "lower": [0.4, 0.1]})
    found = score(frame.assign(upper=[0.7, 0.3]))
    assert found["levels"] == 2
    assert found["inside"] == 1
    assert found["mean error"] == pytest.approx(-0.05)
    assert found["MAE"] == pytest.approx(0.15)
    assert found["RMSE"] == pytest.approx(np.sqrt((0.01 + 0.04) / 2))
    assert found["MAE, weighted"] == pytest.approx((0.1 + 3 * 0.2) / 4)
    assert found["mean width"] == pytest.approx(0.25)


def test_no_levels_no_score():
    frame = pd.DataFrame({"g": ["a"], "raw": [np.nan], "lower": [0.4], "upper": [0.5]})
    assert score(frame)["levels"] == 0


def test_a_truth_is_one_number_a_level():
    frame = pd.DataFrame({"g": ["a", "a"], "N": [1, 1], "t": [0.1, 0.2]})
    with pytest.raises(DataError, match="several values within g = a"):
        truth_of(bg.Population(frame, "g", "N", "t"))
    with pytest.raises(DataError, match="Unknown column of the population 'u'"):
        truth_of(bg.Population(frame, "g", "N", "u"))


def test_levels_without_rows_are_there_without_a_raw_mean():
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "site": list("aabb")})
    fit = make_fit(bg.Model("y ~ 1 + (1 | site)", rows, family="poisson"))
    frame = pd.DataFrame({"site": list("abz"), "N": 1, "t": [1.0, 1.5, 1.2]})
    table = strata(fit.posterior, bg.Population(frame, "site", "N", "t"))
    assert table.frame["rows"].tolist() == [2, 2, 0]
    assert table.frame["t"].tolist() == [1.0, 1.5, 1.2]
    assert table.frame["raw"].tolist()[:2] == [0.5, 1.5]
    assert np.isnan(table.frame["raw"].iloc[2])


@pytest.mark.usefixtures("data_folder")
def test_the_polls_come_nearer_to_the_result_than_the_states_own_rows():
    study = bg.read_study(POLLS)
    fit, known = study.model().fit(seed=seed(1), progress=False), study.extra("population")
    table = strata(fit.posterior, known)
    assert len(table.frame) == 51
    assert table.frame["N"].sum() == 191_694_117
    assert set(table.frame.loc[table.frame["rows"] == 0, "state"]) == {"AK", "HI"}
    width = (table.frame["upper"] - table.frame["lower"]).set_axis(table.frame["state"])
    assert width[["AK", "HI"]].min() > width["CA"] * 2
    found = bg.evaluate({"post": fit}, known).frame.set_index("")
    assert found["levels"].tolist() == [49, 49, 2]
    assert found.loc["post", "MAE"] < 0.6 * found.loc["own rows", "MAE"]
    assert found.loc["post", "inside"] >= 46


def test_fits_against_a_truth():
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "site": list("aabb")})
    pooled = make_fit(bg.Model("y ~ 1 + (1 | site)", rows, family="poisson"))
    apart = make_fit(bg.Model("y ~ 1 + site", rows, family="poisson"))
    frame = pd.DataFrame({"site": list("abz"), "N": [1, 3, 2], "t": [1.0, 1.5, 1.2]})
    known = bg.Population(frame, "site", "N", "t")
    table = bg.evaluate({"pooled": pooled, "apart": apart}, known)
    names = ["own rows", "pooled", "pooled, levels without rows", "apart"]
    assert table.frame[""].tolist() == names
    assert table.frame["levels"].tolist() == [2, 2, 1, 2]
    median = pooled.strata(known).frame["median"].to_numpy()
    error = np.abs(median - frame["t"].to_numpy())
    found = table.frame.set_index("")
    assert found.loc["pooled, levels without rows", "MAE"] == pytest.approx(error[2])
    expected = (error[0] + 3 * error[1]) / 4
    assert found.loc["pooled", "MAE, weighted"] == pytest.approx(expected)
    assert "Has a fixed effect for each site" in table.notes[-1]
    for fits, population in (({}, known), ({"p": pooled}, bg.Population(frame, "site", "N"))):
        with pytest.raises(bg.BayesglmmError, match="there is not"):
            bg.evaluate(fits, population)


@pytest.mark.parametrize("labels", [{}, {"site": {1: "north", 2: "south"}}])
def test_levels_match_whatever_type_they_come_in(labels):
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "site": [1, 1, 2, 2]})
    fit = make_fit(bg.Model("y ~ 1 + (1 | site)", rows, family="poisson", labels=labels))
    kinds = [[1, 2, 9], [1.0, 2.0, 9.0], ["1", "2", "9"], pd.Categorical([1, 2, 9])]
    if labels:
        kinds = [[1, 2], ["1", "2"], ["north", "south"], [1, "south"]]
    found = []
    for sites in kinds:
        frame = pd.DataFrame({"site": sites, "N": 1, "t": [1.0, 1.5, 1.2][: len(sites)]})
        known = bg.Population(frame, "site", "N", "t")
        strata = fit.strata(known).frame
        assert strata[["rows", "raw"]].iloc[:2].to_numpy().tolist() == [[2, 0.5], [2, 1.5]]
        assert sorted(strata["t"]) == sorted(frame["t"])
        assert set(strata["site"]) == set(sites)
        found.append(bg.evaluate({"post": fit}, known).frame)
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other)
    assert found[0]["levels"].tolist() == ([2, 2] if labels else [2, 2, 1])


def test_pictures_of_levels():
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "site": list("aabb")})
    fit = make_fit(bg.Model("y ~ 1 + (1 | site)", rows, family="poisson"))
    frame = pd.DataFrame({"site": list("abz"), "N": 1, "t": [1.0, 1.5, 1.2]})
    drawn = fit.strata_plot(bg.Population(frame, "site", "N", "t"))
    assert "t (upright strokes)" in drawn.description
    assert drawn.svg.startswith("<svg")
    assert "Each dot is one site" in fit.shrinkage_plot("site").description
