"""Group effects on sigma and alpha."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError

LEVELS = {"a": 0.5, "b": -0.25, "c": 0.0}


@pytest.fixture(scope="module")
def fit() -> bg.Fit:
    rng = generator(61)
    rows = pd.DataFrame(
        {
            "y": rng.normal(size=30),
            "x": rng.normal(size=30),
            "g": np.repeat(["a", "b", "c"], [5, 10, 15]),
            "h": np.tile([1, 2], 15),
        }
    )
    model = bg.Model("y ~ 1 + (1 | h)", rows, sigma="~ (1 + x || g)", labels={"x": "dose"})
    effects = {"sigma_1|g": LEVELS, "sigma_x|g": {"a": 0.1}}
    return make_fit(model, effects=effects, noise=0.0, draws=100)


def test_effects_on_sigma_are_those_of_the_posterior(fit):
    table = fit.ranef("g", parameter="sigma")
    frame = table.frame
    assert list(frame["level"]) == [*LEVELS, *LEVELS]
    assert list(frame["effect"]) == ["1"] * 3 + ["x"] * 3
    assert frame["shrunken"].tolist() == [*LEVELS.values(), 0.1, 0.0, 0.0]
    assert frame["rows"].tolist() == [5, 10, 15] * 2
    assert table.scale == "link (log, of sigma)"
    assert table.printed()["effect"].tolist() == ["1"] * 3 + ["dose"] * 3
    assert not {"raw", "shrinkage"} & set(frame)
    assert "the group's sigma as a multiple of a typical group's" in " ".join(table.notes)


def test_the_ratio_of_a_group_to_a_typical_one_is_that_of_its_predictions(fit):
    rows = pd.DataFrame({"x": 0.0, "g": [*LEVELS]})
    own = fit.predictions(rows, parameter="sigma", re="observed").frame["median"]
    typical = fit.predictions(rows, parameter="sigma").frame["median"]
    shrunken = fit.ranef("g", parameter="sigma").frame["shrunken"][:3]
    np.testing.assert_allclose(np.log(own / typical), shrunken, atol=1e-12)


def test_the_mean_named_is_the_mean(fit):
    named, plain = fit.ranef("h", parameter="mu"), fit.ranef("h")
    pd.testing.assert_frame_equal(named.frame, plain.frame)
    assert list(plain.frame["level"]) == [1, 2]


@pytest.mark.parametrize(
    ("factor", "parameter", "said"),
    [
        ("g", None, r"'g' groups sigma only, not the mean.*ranef\('g', parameter='sigma'\)"),
        ("h", "sigma", r"'h' groups the mean, not sigma. Leave parameter= out."),
        ("k", "sigma", "Unknown grouping factor 'k'"),
        ("g", "alpha", "parameter='alpha'"),
        ("g", 3, "parameter=3"),
    ],
)
def test_what_is_not_there_is_said(fit, factor, parameter, said):
    with pytest.raises(SpecError, match=said):
        fit.ranef(factor, parameter=parameter)
