"""Data sets of a model's own: what is drawn, what is watched, and what cannot be drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.calibration.replication import replicate, watched
from bayesglmm.calibration.simulated import draw_truth, with_responses
from bayesglmm.errors import DataError, SpecError

ROWS = pd.DataFrame(
    {
        "y": np.tile([1, 2, 3], 10),
        "x": np.linspace(-1, 1, 30),
        "g": np.repeat([f"g{k}" for k in range(5)], 6),
        "w": np.linspace(1, 2, 30),
        "lost": np.tile([True, False], 15),
    }
)
NARROW = {"Intercept": bg.Prior("Normal", mu=0.5, sigma=0.5)}
GROUPED = NARROW | {"sd": bg.Prior("HalfNormal", sigma=0.5)}


def test_parameters_the_ends_of_effects_and_the_likelihood_are_watched():
    model = bg.Model("y ~ x + (1 + x | g)", ROWS, family="negative_binomial")
    assert watched(model.design) == {
        "Intercept": "Intercept",
        "x": "x",
        "1|g_sigma": "sd(1|g)",
        "x|g_sigma": "sd(x|g)",
        "1+x|g_cor[1, x]": "cor(1, x|g)",
        "alpha": "alpha",
        "1|g[g0]": "1|g[g0]",
        "1|g[g4]": "1|g[g4]",
        "x|g[g0]": "x|g[g0]",
        "x|g[g4]": "x|g[g4]",
        "log likelihood": "log likelihood",
    }


def test_the_rows_stay_and_the_responses_are_new():
    model = bg.Model("y ~ x + (1 | g)", ROWS, family="poisson", priors=GROUPED)
    truth, simulated = draw_truth(model.design, model.priors, generator(3))
    assert truth.size == 1
    assert simulated.predictors is model.design.predictors
    assert not np.array_equal(simulated.rows.y, model.design.rows.y)
    np.testing.assert_array_equal(simulated.rows.y, np.floor(simulated.rows.y))
    np.testing.assert_array_equal(model.design.rows.y, ROWS["y"])


def test_counts_that_the_spec_suppresses_are_known_by_their_bounds():
    model = bg.Model(
        "suppressed(y, 1, 9) ~ x", ROWS.assign(y=np.tile([12.0, np.nan, 0.0], 10)), family="poisson"
    )
    found = with_responses(model.design, np.arange(30.0)).rows
    np.testing.assert_array_equal(found.known, (np.arange(30) < 1) | (np.arange(30) > 9))
    assert set(found.y[~found.known]) == {1.0}
    assert set(found.upper[~found.known]) == {9.0}
    assert with_responses(model.design, np.full(30, 20.0)).rows.upper is None


def test_truncated_responses_stay_within_their_bounds():
    model = bg.Model("truncated(y, 1, 5) ~ x", ROWS, family="poisson", priors=NARROW)
    for number in range(5):
        _, simulated = draw_truth(model.design, model.priors, generator(number))
        assert simulated.rows.y.min() >= 1
        assert simulated.rows.y.max() <= 5


@pytest.mark.parametrize(
    ("formula", "options", "message"),
    [
        ("y ~ x", {"survey_weights": "w"}, "no distribution draws such responses"),
        ("censored(y, 'right', lost) ~ x", {}, "cannot be simulated: where the responses"),
    ],
)
def test_responses_that_nothing_draws(formula, options, message):
    with pytest.raises(SpecError, match=message):
        bg.Model(formula, ROWS, **options).calibrate(20, processes=1, progress=False)


def test_data_that_no_double_holds_have_no_fit():
    priors = {"Intercept": bg.Prior("Normal", mu=-1000, sigma=1)}
    model = bg.Model("y ~ 1", ROWS, family="exponential", priors=priors)
    found = replicate(model.design, model.priors, {"progress": False}, seed(2), 0)
    assert (
        "was drawn: in double precision one that the exponential family does not" in found.failure
    )
    assert found.rank == ()
    with pytest.raises(DataError, match="None of 20 data sets could be fitted"):
        model.calibrate(20, processes=1, progress=False, seed=seed(2))
