"""Draws of tables: the numbers are theirs, whatever is asked, and rows keep their names."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, joined, make_fit, normal_fit
from same_draws import check_draws, tables_of

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.tables import Table

NEW = pd.DataFrame({"sex": ["male", "female", "male"], "x": [0.0, 1.0, 2.0]}).assign(
    site=["site A", "site B", "a new one"], year=[2019, 2030, 2020], time=[900.0, 500.0, 1000.0]
)
CELLS = NEW.assign(N=[3, 1, 2])

COUNTS = {
    "ratios": lambda fit: fit.ratios(),
    "fixef": lambda fit: fit.fixef(0.8),
    "summary": lambda fit: fit.table(),
    "ranef": lambda fit: fit.ranef("site"),
    "group_rates": lambda fit: fit.group_rates("site"),
    "group_rates of own rows": lambda fit: fit.group_rates("site", over="own"),
    "population_interval": lambda fit: fit.population_interval("site"),
    "variance": lambda fit: fit.variance(),
    "predict": lambda fit: fit.predict(NEW),
    "own rows": lambda fit: fit.predict(),
    "new responses": lambda fit: fit.predict(NEW, kind="response"),
    "predictions": lambda fit: fit.predictions(re="integrate"),
    "unseen groups": lambda fit: fit.predictions(NEW, re="observed"),
    "avg_predictions": lambda fit: fit.avg_predictions(by=["sex", "year"]),
    "all rows": lambda fit: fit.avg_predictions(),
    "comparisons": lambda fit: fit.comparisons("sex", NEW),
    "avg_comparisons": lambda fit: fit.avg_comparisons(["sex", "x"], by="site", scale="ratio"),
    "slopes": lambda fit: fit.slopes("x", NEW),
    "avg_slopes": lambda fit: fit.avg_slopes("x", by="sex", re="observed"),
    "moments": lambda fit: fit.moments(NEW.head(2)),
    "poststratify": lambda fit: fit.poststratify(CELLS, "sex", weights="N"),
    "strata": lambda fit: fit.strata(bg.Population(CELLS, "sex", "N")),
    "recovery": lambda fit: fit.recovery({"x": 0.2, "sex[male]": 0.7}),
}


@pytest.fixture(scope="module")
def counts() -> bg.Fit:
    return count_fit()


@pytest.mark.parametrize("answer", COUNTS)
def test_numbers_are_those_of_the_draws(counts, answer):
    tables = tables_of(COUNTS[answer](counts))
    assert tables
    for table in tables:
        check_draws(table)


def test_rows_bear_their_names(counts):
    draws = counts.fixef().draws
    assert list(draws["row"].values) == ["Intercept", "sex[male]", "x"]
    np.testing.assert_array_equal(
        draws.sel(row="x").to_numpy(), counts.draws.posterior["x"].to_numpy()
    )
    by = counts.avg_predictions(by=["sex", "year"]).draws
    assert by["row"].values[0] == "female, 2019"
    assert by.sel(row="male, 2020")["year"].item() == 2020
    assert set(by["sex"].values) == {"female", "male"}
    compared = counts.avg_comparisons(["sex", "x"]).draws
    assert list(compared["row"].values) == ["sex: male - female", "x: +1"]
    assert list(counts.avg_predictions().draws["row"].values) == ["row 1"]
    assert counts.ranef("site").draws["row"].values[7] == "site B, x"


def test_labels_are_in_the_names():
    fit = make_fit(
        bg.Model(
            "y ~ t",
            pd.DataFrame({"y": [1.0, 2, 3, 4], "t": [0, 1, 0, 1]}),
            labels={"t": {0: "before", 1: "after"}},
        )
    )
    assert list(fit.fixef().draws["row"].values) == ["Intercept", "t[after]"]
    assert list(fit.avg_predictions(by="t").draws["row"].values) == ["before", "after"]


def test_some_rows_of_a_table_have_their_draws(counts):
    table = counts.ranef("site")
    for part in (table.where("effect", "x"), table.extremes("shrunken", 2)):
        assert len(part.frame) < len(table.frame)
        check_draws(part)
    long = counts.predict(pd.concat([NEW] * 50, ignore_index=True))
    check_draws(long.head())


def test_what_the_data_cannot_tell_has_no_draws():
    rows = pd.DataFrame(
        {"y": np.arange(8.0), "trt": np.repeat(["a", "b"], 4), "site": np.repeat([*"uv"], 4)}
    )
    fit = make_fit(bg.Model("y ~ trt + site", rows))
    for table in (fit.avg_comparisons("trt"), fit.ratios(), fit.fixef()):
        check_draws(table)
    assert np.isnan(fit.avg_comparisons("trt").draws).all()


def test_a_table_travels_with_its_draws(counts):
    table = counts.avg_comparisons("sex", by="site")
    for other in (pickle.loads(pickle.dumps(table)), copy.deepcopy(table), copy.copy(table)):
        np.testing.assert_array_equal(other.draws, table.draws)
        assert other.draws["row"].equals(table.draws["row"])


def test_asking_does_not_change_the_draws(counts):
    table = counts.fixef()
    kept = counts.draws.posterior["x"].to_numpy().copy()
    table.draws[...] = 0.0
    np.testing.assert_array_equal(counts.draws.posterior["x"], kept)
    check_draws(table)


def test_categories_have_draws_too():
    rng = np.random.default_rng(5)  # a worked example
    rows = pd.DataFrame({"y": rng.choice([*"abc"], 60), "x": rng.normal(size=60)})
    fit = make_fit(bg.Model("y ~ x", rows, family="cumulative", labels={"y": [*"abc"]}))
    draws = check_draws(fit.avg_predictions())
    assert list(draws["row"].values) == ["a", "b", "c"]
    np.testing.assert_allclose(draws.sum("row"), 1.0)
    for answer in (fit.table(), fit.avg_comparisons("x"), fit.avg_slopes("x")):
        for one in tables_of(answer):
            check_draws(one)


def test_a_formula_of_sigma_has_draws():
    rows = pd.DataFrame({"y": np.sin(np.arange(30)), "x": np.cos(np.arange(30))})
    fit = make_fit(bg.Model("y ~ x", rows, sigma="~ x"))
    for table in tables_of(fit.table()):
        check_draws(table)


def test_tables_without_draws_say_so(counts):
    with pytest.raises(SpecError, match="sum up no draws"):
        _ = counts.table().tables[0].draws
    with pytest.raises(SpecError, match="those of the parameters"):
        _ = Table(pd.DataFrame({"a": [1]}), "Some rows").draws


def test_odds_ratios_are_drawn_as_they_are_shown():
    fit = binary_fit()
    odds = np.exp(joined(fit)["trt"].to_numpy())
    draws = fit.ratios().draws.sel(row="trt[active]")
    np.testing.assert_allclose(np.sort(draws.to_numpy().ravel()), np.sort(odds.ravel()))


def test_means_of_draws_are_means_of_the_table():
    check_draws(normal_fit().fixef())
