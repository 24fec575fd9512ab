"""What tables of estimands say of counts below 0, of curves, and of what an extended graph adds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg


@pytest.fixture(scope="module")
def counts() -> bg.Fit:
    rows = pd.DataFrame({"y": [1, 4, 2, 6, 3, 5], "f": list("aabbab"), "x": np.arange(6.0)})
    model = bg.Model(
        "y ~ f + x + (1 | g)", rows.assign(g=list("uvw") * 2), family="poisson", link="identity"
    )
    return make_fit(model, {"Intercept": -2.6, "x": 2.0}, noise=0.01)


def test_an_expected_count_below_0_is_said(counts):
    table = counts.predictions(counts.grid(x=[0, 3], f="a"))
    assert table.frame["median"].iloc[0] == pytest.approx(-2.6, abs=0.01)
    said = "In 1 of 2 rows the expected count lies below 0 in 100 % of the draws"
    assert any(note.startswith(said) for note in table.notes)
    at_zero = counts.predictions(counts.grid(x=0, f=["a", "b"]))
    rows = counts.grid(x=[0, 3], f="a")
    slopes = counts.slopes("x", rows), counts.avg_slopes("x", counts.grid(x=0))
    for found in (counts.ratios(), at_zero, counts.predict(), counts.comparisons("x"), *slopes):
        assert any("below 0 in" in note for note in found.notes)
    moments = counts.moments(rows)
    assert any(note.startswith(said) for note in moments.notes)
    assert "A correlation is left out where a variance is not above 0" in moments.notes[-1]
    lines = moments.frame.set_index("")["median"]
    assert np.isnan(lines["correlation, rows 0 and 1"])
    assert lines["mean, row 0"] == pytest.approx(-2.6, abs=0.01)
    fine = counts.predictions(counts.grid(x=4)), counts.predictions(scale="link")
    fine += counts.slopes("x", counts.grid(x=4)), counts.moments(counts.grid(x=[4, 5]))
    assert not any("below 0" in note for table in fine for note in table.notes)


def test_what_the_graph_adds_is_left_out_in_words(counts):
    run = replace(counts.draws.run, extensions=("u",))
    fit = replace(counts, draws=replace(counts.draws, run=run))
    tables = [fit.predictions(re="integrate"), fit.avg_slopes("x", re="integrate"), fit.predict()]
    tables += [fit.ratios(), fit.group_rates("g"), fit.population_interval("g"), fit.variance()]
    tables += fit.cells().tables
    for table in tables:
        assert "without u, which the graph was extended by" in table.estimand


def test_columns_of_a_curve_are_no_ratio_for_one_unit_more():
    rows = pd.DataFrame({"y": np.arange(24) % 5, "x": np.linspace(0, 9, 24)})
    for term in ("bs(x, df=4)", "poly(x, 2)"):
        table = make_fit(bg.Model(f"y ~ {term}", rows, family="poisson")).ratios()
        assert f"(not so for {term})" in table.estimand
        assert any(note.startswith("Read x through predictions()") for note in table.notes)
        assert f"The baseline holds with all columns of {term} at 0." in table.notes


def test_the_baseline_names_each_curve_once():
    rows = pd.DataFrame({"y": np.arange(24) % 5, "x": np.linspace(0, 9, 24), "f": list("ab") * 12})
    rows["z"] = np.sqrt(rows["x"])
    model = bg.Model("y ~ f + z + bs(x, df=4) + (1 + poly(z, 2) | f)", rows, family="poisson")
    (said,) = [n for n in make_fit(model).ratios().notes if n.startswith("The baseline")]
    assert said == (
        "The baseline holds with factors at their reference, z at 0, all columns of bs(x, df=4) at "
        "0, all columns of poly(z, 2) at 0."
    )
