"""Weights: a row stands for so many identical rows, and every answer is that of the longer data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.engine.compression import make_cells
from bayesglmm.engine.likelihoods import find_likelihood
from bayesglmm.errors import DataError, SpecError
from bayesglmm.posterior.checks.replicated import replicate, replicated_statistics
from bayesglmm.posterior.comparison.loo import leave_rows_out

FAMILIES = {
    "gaussian": "z ~ x + (1 | g)",
    "bernoulli": "b ~ x + (1 | g)",
    "binomial": "p(k, n) ~ x + (1 | g)",
    "poisson": "y ~ x + (1 | g)",
    "negative_binomial": "y ~ x + (1 | g)",
}


def make_rows() -> pd.DataFrame:
    """Rows with weights from 0 to 5; no two are alike."""
    rng = generator(5)
    n = 40
    return pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "g": np.repeat(list("abcdefgh"), 5),
            "z": rng.normal(size=n),
            "b": np.arange(n) % 2,
            "k": rng.integers(0, 5, n),
            "n": 5,
            "y": rng.poisson(3.0, n),
            "w": np.arange(n) % 6,
        }
    )


def expanded(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.loc[rows.index.repeat(rows["w"])].reset_index(drop=True)


def pair(family: str) -> tuple[bg.Model, bg.Model]:
    rows = make_rows()
    weighted = bg.Model(FAMILIES[family], rows, family=family, weights="w")
    return weighted, bg.Model(FAMILIES[family], expanded(rows), family=family)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_weighted_model_is_that_of_the_longer_data(family):
    one, other = (model.design for model in pair(family))
    assert one.n == other.n == one.flow.observations == 96
    np.testing.assert_array_equal(one.rows.y, other.rows.y)
    np.testing.assert_array_equal(one.rows.trials, other.rows.trials)
    np.testing.assert_array_equal(one.predictor.X, other.predictor.X)
    np.testing.assert_array_equal(one.predictor.groups[0].index, other.predictor.groups[0].index)
    np.testing.assert_array_equal(one.positions, np.repeat(np.arange(40), make_rows()["w"]))


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_are_those_of_the_longer_data(family):
    """Draws made by hand, the same of both models."""
    one, other = (make_fit(model, noise=0.1) for model in pair(family))
    pd.testing.assert_frame_equal(one.ratios().frame, other.ratios().frame)
    pd.testing.assert_frame_equal(one.avg_comparisons("x").frame, other.avg_comparisons("x").frame)
    pd.testing.assert_frame_equal(one.ranef("g").frame, other.ranef("g").frame)
    assert one.table().tables[0].frame["N"].tolist()[2:] == [96, 8]
    seen, expected = (replicated_statistics(replicate(fit.posterior)) for fit in (one, other))
    for name, (observed, replicated) in seen.items():
        assert observed == expected[name][0]
        np.testing.assert_array_equal(replicated, expected[name][1])


@pytest.mark.parametrize("family", FAMILIES)
def test_one_of_the_copies_is_left_out(family):
    """Each row of the data is evaluated once, and counts as often as its weight says."""
    one, other = (make_fit(model, noise=0.1).posterior for model in pair(family))
    few, many = leave_rows_out(one), leave_rows_out(other)
    for name in ("elpd", "p", "error", "k"):
        np.testing.assert_allclose(getattr(few, name), getattr(many, name), rtol=1e-9, atol=1e-12)
    assert len(few.elpd) == 96
    assert one.design.once.n == 33


@pytest.mark.parametrize("family", FAMILIES)
def test_maximum_likelihood_is_that_of_the_longer_data(family):
    one, other = (model.ml() for model in pair(family))
    np.testing.assert_array_equal(one.estimates, other.estimates)
    pd.testing.assert_frame_equal(one.criteria().frame, other.criteria().frame)


def test_draws_are_those_of_the_longer_data():
    fits = [
        model.fit(draws=100, tune=100, seed=seed(1), progress=False) for model in pair("poisson")
    ]
    assert fits[0].engine.engine == "kernel"
    for name in ("x", "1|g_sigma", "1|g"):
        np.testing.assert_array_equal(*(fit.draws.flat(name) for fit in fits))


def test_the_kernel_holds_each_row_once():
    """Also where a column takes more values than are put together."""
    rng = generator(7)
    rows = pd.DataFrame({"x": rng.normal(size=5000), "y": rng.poisson(2.0, 5000), "w": 3})
    design = bg.Model("y ~ x", rows, family="poisson", weights="w").design
    cells = make_cells(design, find_likelihood("poisson", "log"))
    assert (design.n, cells.count) == (15_000, 5_000)
    assert cells.statistics.cells.total.sum() == 3 * rows["y"].sum()


def test_predictions_of_the_rows_show_each_once():
    fit = make_fit(pair("poisson")[0])
    rows = make_rows()
    found = fit.predict().frame
    assert found["x"].tolist() == rows.loc[rows["w"] > 0, "x"].tolist()
    assert "w" not in found
    assert len(fit.predict(kind="response").frame) == 33
    assert len(fit.predict(rows.drop(columns=["w", "y"])).frame) == 40


def test_each_copy_has_an_effect_of_its_own():
    """``(1 | obs())`` is of the longer data too."""
    rows = make_rows()
    model = bg.Model("y ~ x + (1 | obs())", rows, family="poisson", weights="w")
    group = model.design.predictor.groups[0]
    assert group.levels[:5] == ("1", "2", "2 (2)", "3", "3 (2)")
    assert len(group.levels) == model.design.n == model.design.once.n == 96


def test_what_the_weights_did_is_told():
    rows = make_rows().assign(z=lambda rows: rows["z"].where(rows.index != 5))
    model = bg.Model("z ~ x", rows, weights="w", missing="drop")
    assert model.design.flow.sentences() == [
        "40 rows read, 8 dropped, 32 used.",
        "'z' is missing in 1: row 5.",
        "'w' is 0 in 7, left out: rows 0, 6, 12, 18, 24 and 2 more.",
        "By their weights 'w' they stand for 91 rows.",
    ]
    flow = make_fit(model).table().tables[0].frame
    assert flow["N"].tolist() == [40, 8, 91]


def test_a_group_whose_weights_are_zero_is_lost():
    rows = make_rows().assign(w=lambda rows: rows["w"].where(rows["g"] != "c", 0))
    design = bg.Model("y ~ x + (1 | g)", rows, family="poisson", weights="w").design
    assert design.flow.groups_lost == {"g": ("c",)}
    assert len(design.predictor.groups[0].levels) == 7


def test_a_weighted_fit_comes_back_from_its_file(tmp_path):
    fit = make_fit(pair("poisson")[0])
    again = bg.load(fit.save(tmp_path / "fit.bgm"))
    assert again.design.spec == fit.design.spec
    assert again.design.flow == fit.design.flow
    pd.testing.assert_frame_equal(again.predict().frame, fit.predict().frame, check_dtype=False)


@pytest.mark.slow
def test_a_report_is_written(tmp_path):
    fit = make_fit(pair("poisson")[0])
    page = fit.report(tmp_path / "report.html", opinion=False).read_text(encoding="utf-8")
    assert "they stand for 96 rows" in page
    assert "weights=&#39;w&#39;" in page or "weights='w'" in page
    assert "the weights" in page


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([-1, 2, 3], r"must be 0 or more, but are -1 in row 0\."),
        ([1, 2.5, 3], r"but are 2\.5 in row 1\. For sampling weights write survey_weights='w'"),
        ([0, 0, 0], "are 0 in every row used"),
        ([1, np.nan, 1], r"'w' has 1 missing value \(row 1\) and is used for the weights"),
        ([1, np.inf, 1], "infinite"),
        (["1", "2", "3"], "must be a column of numbers"),
        ([True, True, False], "must be a column of numbers"),
        ([1, 2, 5_000_000], "add up to 5,000,003 rows; at most 5,000,000"),
    ],
)
def test_weights_that_are_no_numbers_of_rows(weights, message):
    data = pd.DataFrame({"y": [1.0, 2, 4], "w": weights})
    with pytest.raises(DataError, match=message):
        bg.Model("y ~ 1", data, weights="w")


def test_other_mistakes():
    data = pd.DataFrame({"y": [1.0, 2, 4], "w": [1, 2, 3]})
    with pytest.raises(DataError, match=r"There is no column 'v' .used for the weights"):
        bg.Model("y ~ 1", data, weights="v")
    with pytest.raises(SpecError, match="weights= names a column, but is a list"):
        bg.specify("y ~ 1", weights=[1, 2, 3])
