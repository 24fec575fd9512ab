"""Means over the cells of a population, by hand and in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, mean_draws, normal_fit
from seeds import bound

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError


def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sex": ["female", "male"] * 3,
            "x": [0.0, 1.0, 2.0, 0.5, 1.5, -1.0],
            "site": ["site A", "site A", "site B", "site B", "site C", "site C"],
            "year": [2019, 2020, 2019, 2021, 2022, 2020],
            "N": [10, 30, 5, 5, 0, 8],
        }
    )


def by_hand(fit: bg.Fit, frame: pd.DataFrame, rows: list[int]) -> np.ndarray:
    """Weighted mean of the draws of some cells, per 100,000."""
    target = fit.design.apply(frame.iloc[rows], exposure=100_000)
    means = mean_draws(fit, target)
    return np.average(means, axis=1, weights=frame["N"].iloc[rows])


def test_weighted_means_of_the_cells_of_each_level():
    fit, frame = count_fit(), cells()
    table = fit.poststratify(frame, "site", weights="N")
    assert list(table.frame["site"]) == ["site A", "site B", "site C"]
    assert list(table.frame["cells"]) == [2, 2, 1]
    assert list(table.frame["N"]) == [40, 10, 8]
    for place, rows in enumerate([[0, 1], [2, 3], [5]]):
        wanted = np.quantile(by_hand(fit, frame, rows), [0.5, 0.025, 0.975])
        found = table.frame.loc[place, ["median", "lower", "upper"]].to_numpy(dtype=float)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert table.scale == "response (rate per 100,000 time)"
    assert "weighted by N" in table.estimand
    assert any("1 of 6 cells have weight 0" in note for note in table.notes)


def test_the_whole_population():
    fit, frame = count_fit(), cells()
    table = bg.poststratify(fit, frame, weights="N", mass=0.5)
    wanted = np.quantile(by_hand(fit, frame, [0, 1, 2, 3, 5]), [0.5, 0.25, 0.75])
    found = table.frame.loc[0, ["median", "lower", "upper"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)
    assert len(table.frame) == 1


def test_levels_of_two_columns():
    table = count_fit().poststratify(cells(), ["site", "sex"], weights="N")
    assert list(table.frame.columns[:2]) == ["site", "sex"]
    assert len(table.frame) == 6
    empty = table.frame[table.frame["cells"] == 0]
    assert empty[["site", "sex"]].to_numpy().tolist() == [["site C", "female"]]
    assert empty[["median", "lower", "upper"]].isna().all(axis=None)
    assert any("no estimate: site C, female" in note for note in table.notes)


def test_blocks_do_not_matter(monkeypatch):
    fit = count_fit()
    whole = fit.poststratify(cells(), "site", weights="N").frame
    monkeypatch.setattr("bayesglmm.posterior.blocks.BLOCK", fit.draws.size * 2)
    pd.testing.assert_frame_equal(fit.poststratify(cells(), "site", weights="N").frame, whole)


def unseen_fit() -> bg.Fit:
    """Poisson counts of a typical mean of 1 and a spread of 0.8 between sites."""
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "site": list("aabb")})
    model = bg.Model("y ~ 1 + (1 | site)", rows, family="poisson")
    return make_fit(model, {"Intercept": 0.0, "1|site_sigma": 0.8}, noise=0.0, draws=5000)


def test_an_unseen_group_is_drawn_once_for_all_its_cells():
    fit = unseen_fit()
    one = fit.poststratify(pd.DataFrame({"site": ["z"], "N": [3]}), weights="N").frame
    two = fit.poststratify(pd.DataFrame({"site": ["z", "z"], "N": [1, 2]}), weights="N").frame
    np.testing.assert_allclose(
        one[["median", "lower", "upper"]], two[["median", "lower", "upper"]], rtol=1e-12
    )
    # 95 % of exp(N(0, 0.8)) lie between exp(-1.96 * 0.8) and exp(1.96 * 0.8).
    for name, z in {"lower": -1.959964, "median": 0.0, "upper": 1.959964}.items():
        wanted, error = np.exp(0.8 * z), one[f"mcse_{name}"].iloc[0]
        assert abs(one[name].iloc[0] - wanted) < bound(3, scatter=0.15) * error


def test_two_unseen_groups_are_drawn_apart():
    fit = unseen_fit()
    many = pd.DataFrame({"site": [f"new {k}" for k in range(400)], "N": 1})
    table = fit.poststratify(many, weights="N")
    # The mean of many independent exp(N(0, 0.8)): exp(0.32), with variance (e^0.64 - 1) e^0.64 / n.
    spread = np.sqrt((np.exp(0.64) - 1) * np.exp(0.64) / 400)
    width = (table.frame["upper"] - table.frame["lower"]).iloc[0]
    assert abs(table.frame["median"].iloc[0] - np.exp(0.32)) < 0.05 * spread + 0.01
    assert width == pytest.approx(2 * 1.96 * spread, rel=0.05)
    assert any(
        "new 0, new 1" in note and "(new 0" in note and "400" in note for note in table.notes
    )


def test_an_unseen_combination_of_levels():
    rows = pd.DataFrame({"y": [0, 1, 2, 1], "a": list("uuvv"), "b": list("pqpp")})
    model = bg.Model("y ~ 1 + (1 | a:b)", rows, family="poisson")
    table = make_fit(model).poststratify(
        pd.DataFrame({"a": ["v"], "b": ["q"], "N": [1]}), "a", weights="N"
    )
    assert any("Groups of a:b without rows in the data" in note for note in table.notes)
    assert any("(v:q)" in note for note in table.notes)


def test_a_probability_names_its_success():
    frame = pd.DataFrame({"trt": [0, 1], "ID": [1, 1], "w": [0.25, 0.75]})
    table = binary_fit().poststratify(frame, "trt", weights="w")
    assert table.scale == "response (probability)"
    assert "Success: ill = ill; the other outcome is well." in table.notes
    assert table.formatted()["w"].tolist() == ["0.25", "0.75"]
    assert table.frame[["lower", "upper"]].to_numpy().ravel().max() < 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"N": [1, 2, 3, 4, np.nan, 6]}, "missing or infinite in row 4"),
        ({"N": [1, 2, -3, 4, 5, -6]}, "below 0 in rows 2, 5"),
        ({"N": 0}, "no population"),
        ({"N": list("abcdef")}, "no numbers"),
        ({"site": ["site A", None, *["site B"] * 4]}, "'site' is missing in row 1"),
        ({"sex": ["female", "other"] * 3}, "which the model has never seen"),
    ],
)
def test_cells_that_cannot_be_used(change, message):
    with pytest.raises(DataError, match=message):
        count_fit().poststratify(cells().assign(**change), "site", weights="N")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "sites", "weights": "N"}, "Unknown column of the population 'sites'. Did you mean"),
        ({"by": "site", "weights": "n"}, "'n'. Did you mean 'N'"),
    ],
)
def test_columns_that_are_not_there(options, message):
    with pytest.raises(DataError, match=message):
        count_fit().poststratify(cells(), **options)


def test_a_column_of_the_model_is_needed():
    with pytest.raises(DataError, match="'x'"):
        count_fit().poststratify(cells().drop(columns="x"), "site", weights="N")


def test_no_probability():
    with pytest.raises(SpecError, match="mass"):
        normal_fit().poststratify(pd.DataFrame({"x": [1.0], "N": [1]}), weights="N", mass=95)
