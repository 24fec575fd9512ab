"""Words that keep one number from being read as another: levels, interactions, verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, with_statistics
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.posterior import ratios
from bayesglmm.posterior.quantities import batch_errors, summarise
from bayesglmm.posterior.summary import row_flow
from bayesglmm.report.effect_prose import findings
from bayesglmm.tables import Table
from bayesglmm.tables.table import MOST_ROWS


def rows() -> pd.DataFrame:
    rng = generator(2)
    return pd.DataFrame(
        {
            "y": rng.poisson(3, 60),
            "hit": np.arange(60) % 2,
            "f": np.repeat(["a", "b", "c"], 20),
            "h": np.tile(["u", "v"], 30),
            "x": rng.normal(size=60),
            "births": rng.uniform(1e5, 2e5, 60),
            "known": rng.uniform(0, 1, 60),
        }
    )


def test_levels_without_an_intercept_are_rates_not_ratios():
    spec = {"family": "poisson", "exposure": "births", "per": 100_000}
    model = bg.Model("y ~ 0 + f + x", rows(), **spec)
    fit = make_fit(
        model,
        {"f[a]": np.log(2e-5), "f[b]": np.log(3e-5), "f[c]": np.log(4e-5), "x": 0.1},
        noise=1e-6,
    )
    table = ratios(fit.posterior)
    frame = table.frame.set_index("")
    names = [f"rate per 100,000 births, f[{level}]" for level in "abc"]
    np.testing.assert_allclose(frame.loc[names, "IRR"], [2, 3, 4], rtol=1e-5)
    assert frame.loc[names, "P(>1)"].isna().all()
    assert frame.loc["x", "IRR"] == pytest.approx(np.exp(0.1), rel=1e-5)
    sentences = findings(fit.design, table)
    assert sentences[0].startswith("The rate per 100,000 births, f[a] is 2.00")
    assert not any("ratio" in sentence for sentence in sentences[:3])


@pytest.mark.parametrize(
    ("formula", "notes"),
    [
        ("hit ~ f * h", ["f: the effect where h = u.", "h: the effect where f = a."]),
        ("hit ~ f * x", ["f: the effect where x = 0.", "x: the effect where f = a."]),
        ("hit ~ f + x", []),
    ],
)
def test_main_effects_say_where_they_hold(formula, notes):
    fit = make_fit(bg.Model(formula, rows(), family="bernoulli"))
    found = ratios(fit.posterior).notes
    assert [note for note in found if "the effect where" in note] == notes
    assert ("An interaction (a:b) is a ratio of odds ratios." in found) == bool(notes)


@pytest.mark.parametrize(
    ("formula", "note"),
    [
        ("y ~ x", "The baseline holds with x at 0."),
        ("y ~ f + x", "The baseline holds with factors at their reference, x at 0."),
        ("y ~ f + offset(known)", "factors at their reference, the offset at 0."),
        ("y ~ x + (1 + known | h)", "The baseline holds with x at 0, known at 0."),
        ("y ~ x + (1 + x || h)", "The baseline holds with x at 0."),
    ],
)
def test_the_baseline_says_where_it_stands(formula, note):
    fit = make_fit(bg.Model(formula, rows(), family="poisson"))
    assert any(note in found for found in ratios(fit.posterior).notes)


def test_tables_of_a_failed_fit_say_so():
    fit = make_fit(bg.Model("y ~ x", rows(), family="poisson"))
    diverged = np.ones(fit.draws.sample_stats["diverging"].shape, dtype=bool)
    failed = with_statistics(fit, diverging=diverged)
    for table in (failed.ratios(), failed.fixef(), failed.predict()):
        assert table.notes[0] == failed.verdict.sentence()
        assert "NOT converged" in table.notes[0]
    assert "converged" not in " ".join(fit.ratios().notes)


def test_an_extended_graph_is_named():
    fit = make_fit(bg.Model("y ~ x", rows(), family="poisson"))
    run = replace(fit.draws.run, extensions=("my_potential",))
    extended = replace(fit, draws=replace(fit.draws, run=run))
    assert "extended by my_potential" in repr(extended.table())
    assert "extended" not in repr(fit.table())
    assert row_flow(fit.design, fit.engine).notes == ()


def test_a_fit_knows_what_was_added_to_its_graph(monkeypatch):
    import pymc as pm

    model = bg.Model("y ~ x", rows(), family="poisson")
    draws = make_fit(model).draws
    monkeypatch.setattr("bayesglmm.engine.sample.sample_graph", lambda *_: draws)
    assert model.fit(seed=seed(1)).draws.run.extensions == ()
    with model.pymc:
        pm.Potential("steep", -(model.pymc["x"] ** 2))
    fit = model.fit(seed=seed(1))
    assert fit.draws.run.extensions == ("steep",)
    assert fit.pymc is model.pymc


def test_own_rows_are_not_encoded_twice():
    """Labels that look like codes of the raw column stay what they are."""
    data = rows().assign(era=np.arange(60) % 2)
    spec = {"family": "poisson", "exposure": "births", "labels": {"era": {0: "old", 1: "new"}}}
    fit = make_fit(bg.Model("y ~ era", data, **spec), {"era[new]": 0.7}, noise=1e-6)
    found = fit.predict(exposure=1.0).frame
    assert found["era"].tolist() == ["old", "new"] * 30
    assert found["median"][1] / found["median"][0] == pytest.approx(np.exp(0.7), rel=1e-4)


def test_batch_errors_agree_with_the_error_of_each_quantity():
    draws = generator(6).normal(size=(4, 1000, 200))
    found = batch_errors(draws.reshape(-1, 200), (0.5, 0.025))
    one_by_one = summarise(draws, 0.95)
    # Each is the mean of 200 noisy estimates of one error; theirs scatter by about a sixth.
    assert found[0].mean() == pytest.approx(one_by_one["mcse_median"].mean(), rel=0.15)
    assert found[1].mean() == pytest.approx(one_by_one["mcse_lower"].mean(), rel=0.25)


def test_a_long_table_is_cut_only_to_be_looked_at():
    table = Table(pd.DataFrame({"value": np.arange(1000)}), "Long", kinds={"value": "count"})
    assert len(table.head().frame) == MOST_ROWS
    assert "of 1,000 rows; all are in .frame." in repr(table)
    assert table.to_html().count("<tr") > 1000
    assert table._repr_html_().count("<tr") < 2 * MOST_ROWS
