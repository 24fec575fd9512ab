"""Models without a fixed effect, or with nothing but an intercept, answer as any other."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm.engine import make_settings

GROUPS = np.arange(60) % 10
DATA = pd.DataFrame(
    {
        "y": np.sin(np.arange(60)) + np.cos(GROUPS),
        "n": 1 + np.arange(60) % 3,
        "x": np.cos(np.arange(60.0)),
        "g": GROUPS,
        "h": np.arange(60) % 4,
    }
)
WITHOUT = ["0 + (1 | g)", "0 + (x | g)", "0 + (1 | g) + (1 | h)", "0 + (0 + x | g)"]


@pytest.mark.parametrize("right", WITHOUT)
def test_a_model_without_fixed_effects_has_its_tables(right):
    fit = make_fit(bg.Model(f"y ~ {right}", DATA), {"sigma": 0.5})
    assert fit.ratios().frame.empty
    assert "No rows." in repr(fit.ratios())
    assert fit.fixef().frame.empty
    default = replace(fit, draws=replace(fit.draws, settings=make_settings()))
    assert default.ratios().frame.empty
    captions = [table.caption for table in fit.table().tables]
    assert len(captions) == 2
    assert captions[1] == "Random part"
    new = DATA.head(3).drop(columns="y")
    assert len(fit.predictions(new).frame) == len(fit.predict(new).frame) == 3
    assert fit.avg_predictions().frame["median"].tolist() == pytest.approx([0.0])
    assert len(fit.moments(new).frame) == 3 + 3 + 2 * 3
    assert not fit.variance().frame.empty


def test_a_model_without_fixed_effects_is_sampled_and_reported(tmp_path):
    """sigma has a posterior sd of about 1 / sqrt(2 n) of itself: within 6 of them of the ML."""
    fit = bg.Model(f"y ~ {WITHOUT[2]}", DATA).fit(seed=seed(1), draws=200)
    frame = fit.table().tables[1].frame.set_index("")
    known = fit.ml().estimate("sigma")
    assert frame.loc["sigma", "median"] == pytest.approx(known, rel=6 / np.sqrt(120))
    assert "Random part" in fit.report(tmp_path / "report.html").read_text()


@pytest.mark.parametrize("response", ["y", "n"])
@pytest.mark.parametrize("rows", [1, 3])
def test_new_rows_of_a_model_with_an_intercept_alone(response, rows):
    family = "poisson" if response == "n" else "gaussian"
    model = bg.Model(f"{response} ~ 1", DATA, family=family)
    fit = make_fit(model, {"Intercept": 0.5}, noise=0)
    mean = np.exp(0.5) if family == "poisson" else 0.5
    for new in (pd.DataFrame(index=range(rows)), DATA[["x"]].head(rows)):
        assert fit.predictions(new).frame["median"].tolist() == pytest.approx([mean] * rows)
        assert fit.predict(new).frame["median"].tolist() == pytest.approx([mean] * rows)
        assert len(fit.predict(new, kind="response").frame) == rows
        means = fit.moments(new).frame["median"].head(rows)
        assert means.tolist() == pytest.approx([mean] * rows)
    assert len(fit.predictions(fit.grid()).frame) == 1
    assert fit.avg_predictions(DATA).frame["median"].tolist() == pytest.approx([mean])
