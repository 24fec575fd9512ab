"""Designs in which sigma or alpha has a formula of its own: names, columns, rows and new rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(5)  # any data
    return pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "f": np.tile(["a", "b", "c"], 20),
            "g": np.repeat(np.arange(6), 10).astype(str),
            "h": np.tile(np.arange(5), 12).astype(str),
        }
    )


REFUSED = [
    ("y ~ x", "~ y", {}, "The response 'y' is also a predictor"),
    ("y ~ sigma_z", "~ z", {}, "Two columns of the model are named 'sigma_z'"),
    ("y ~ x + sigma_Intercept", "~ z", {}, "A column is named 'sigma_Intercept'"),
    ("y ~ (0 + sigma_1 | g)", "~ (1 | g)", {}, "Two group effects .* named 'sigma_1|g'"),
]


@pytest.mark.parametrize(("formula", "sigma", "options", "says"), REFUSED)
def test_names_that_would_meet(rows, formula, sigma, options, says):
    data = rows.assign(sigma_z=rows["x"], sigma_1=rows["x"], sigma_Intercept=rows["x"] ** 2)
    with pytest.raises(DataError, match=says.replace("|", r"\|")):
        bg.Model(formula, data, sigma=sigma, **options)


def test_an_offset_stays_one_where_new_rows_have_zeros(rows):
    """Whether sigma is one number is a matter of its formula, not of the rows at hand."""
    model = bg.Model("y ~ x", rows, sigma="~ 1 + offset(z)")
    fit = make_fit(model, {"sigma_Intercept": 0.2}, draws=100)
    new = rows.head(2).assign(z=[0.0, 0.0])
    found = fit.posterior.apply(new).parameters()["sigma"]
    np.testing.assert_allclose(found, np.exp(fit.draws.flat("sigma_Intercept")) * np.ones(2))
    assert fit.predict(new, kind="response").frame["median"].notna().all()
    zeros = bg.Model("y ~ x", rows.assign(z=0.0), sigma="~ offset(z)")
    assert list(zeros.priors) == ["Intercept", "x", "sigma_Intercept"]


def test_names_of_nested_factors_of_sigma(rows):
    model = bg.Model("y ~ x", rows, sigma="~ (1 | g/h)", labels={"g:h": "cell"})
    assert "sd(sigma: 1|cell)" in [chosen.printed for chosen in model.priors.values()]


def test_the_audit_sees_columns_of_sigma_that_others_determine(rows):
    model = bg.Model("y ~ x", rows.assign(w=2 * rows["z"]), sigma="~ z + w")
    (text,) = [finding.sentence for finding in model.audit().findings if finding.code == "ALIAS"]
    assert text.startswith("w cannot be told from the other columns of sigma: w = 2 × z.")
    fit = make_fit(model, draws=100)
    about = fit.avg_predictions(parameter="sigma")
    assert any(note.startswith("Not identified: w = 2 × z") for note in about.notes)
    assert not any("Not identified" in note for note in fit.ratios().notes)


def test_groups_of_sigma_alone_are_counted_and_told_from_unknown_ones(rows):
    model = bg.Model("y ~ x + (1 | g)", rows, sigma="~ (1 | h)")
    fit = make_fit(model, draws=100)
    counts = fit.table().tables[0].frame.set_index("")["N"]
    assert (counts["groups of g"], counts["groups of h"]) == (6, 5)
    for ask in (fit.ranef, fit.group_rates, fit.population_interval):
        with pytest.raises(SpecError, match="'h' groups sigma only, not the mean"):
            ask("h")
        with pytest.raises(SpecError, match="Unknown grouping factor 'k'"):
            ask("k")
    with pytest.raises(SpecError, match=r"ranef\('h', parameter='sigma'\) has the effects"):
        fit.ranef("h")


def test_rows_that_miss_a_column_of_sigma_are_counted(rows):
    data = rows.assign(z=rows["z"].mask(rows.index.isin([1, 5])))
    with pytest.raises(DataError, match="'z' has 2 missing values"):
        bg.Model("y ~ x", data, sigma="~ z")
    flow = bg.Model("y ~ x", data, sigma="~ z", missing="drop").design.flow
    assert (flow.read, flow.used) == (60, 58)
    assert "'z' is missing in 2: rows 1, 5." in flow.sentences()


def test_references_labels_and_forms_reach_the_formula_of_sigma(rows):
    model = bg.Model(
        "y ~ x",
        rows,
        sigma="~ f + z + (1 | g)",
        reference={"f": "b"},
        labels={"z": "dose"},
        centered={"g": True},
    )
    names = [chosen.printed for chosen in model.priors.values()]
    assert names[3:6] == ["sigma: f[a]", "sigma: f[c]", "sigma: dose"]
    assert model.forms["sigma_1|g"].centered
    fit = make_fit(model, draws=100)
    new = rows.head(1).assign(f="new")
    with pytest.raises(DataError, match="'f' has the level 'new'"):
        fit.predictions(new, parameter="sigma")
    assert len(fit.predict(new).frame) == 1  # the mean does not depend on f
