"""Parameters beside the truth that simulated data were drawn from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg

TRUTH = {"Intercept": 1.0, "x": -0.5, "1|g_sigma": 0.7, "sigma": 2.0}


def make(**known: float) -> bg.Fit:
    rng = generator(1)
    frame = pd.DataFrame({"x": rng.normal(size=40), "g": np.repeat(range(10), 4), "y": 0.0})
    frame["y"] = rng.normal(size=40)
    return make_fit(bg.Model("y ~ x + (1 | g)", frame), TRUTH | known, noise=0.1)


def test_truth_inside_and_outside():
    table = make(x=0.5).recovery(TRUTH)
    frame = table.frame.set_index("")
    assert list(frame.index) == list(TRUTH)
    assert frame["truth"].to_dict() == TRUTH
    assert frame["inside"].to_dict() == {name: "no" if name == "x" else "yes" for name in TRUTH}
    draws = make(x=0.5).draws.flat("x")
    expected = (-0.5 - draws.mean()) / draws.std(ddof=1)
    assert frame.loc["x", "distance in sd"] == pytest.approx(expected)
    assert any("3 of 4 intervals" in note for note in table.notes)


def test_a_model_may_have_more_parameters_than_the_truth():
    table = make().recovery({"x": -0.5})
    assert list(table.frame[""]) == ["x"]


def test_an_unknown_parameter_is_named():
    with pytest.raises(bg.BayesglmmError, match="sigma_of"):
        make().recovery({"sigma_of": 1.0})
