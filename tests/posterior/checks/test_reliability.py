"""Calibration of predicted probabilities: right and wrong models, ties, trials."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit

import bayesglmm as bg
from bayesglmm.posterior.checks.reliability import BINS, reliability
from bayesglmm.posterior.checks.replicated import replicate


def logistic(slope: float, rows: int = 2000) -> bg.Fit:
    """Responses of slope 1, predicted with another."""
    rng = np.random.default_rng(6)  # data of a known answer
    x = rng.normal(0, 2, rows)
    y = rng.uniform(size=rows) < 1 / (1 + np.exp(-x))
    data = pd.DataFrame({"x": x, "y": y.astype(int)})
    return make_fit(bg.Model("y ~ x", data, family="bernoulli"), {"x": slope}, noise=0.01)


def reliability_of(fit):
    return reliability(replicate(fit.posterior))


def test_a_right_model_is_calibrated_and_a_wrong_one_is_not():
    right = reliability_of(logistic(1.0))
    assert right.rows.tolist() == [200] * BINS
    assert np.all(np.diff(right.predicted) > 0)
    inside = (right.observed >= right.lower) & (right.observed <= right.upper)
    assert inside.sum() >= 8
    wrong = reliability_of(logistic(3.0)).table().frame
    assert (wrong["inside"] == "no").sum() >= 4
    # Too steep: low probabilities are too low.
    assert wrong.loc[0, "observed"] > wrong.loc[0, "predicted"]


def test_rows_of_equal_probability_share_a_bin():
    data = pd.DataFrame({"x": np.repeat([0, 1], 30), "y": np.tile([0, 1], 30)})
    fit = make_fit(bg.Model("y ~ x", data, family="bernoulli"), {"x": 1.0}, noise=0.0)
    found = reliability_of(fit)
    assert found.rows.tolist() == [30, 30]
    np.testing.assert_allclose(found.predicted, [0.5, 1 / (1 + np.exp(-1))])
    np.testing.assert_allclose(found.observed, [0.5, 0.5])


def test_trials_weigh_rows():
    data = pd.DataFrame({"y": [1, 30], "n": [2, 40]})
    fit = make_fit(bg.Model("p(y, n) ~ 1", data, family="binomial"), noise=0.0)
    found = reliability_of(fit)
    assert found.observed == pytest.approx([31 / 42])
    assert found.predicted == pytest.approx([0.5])


def test_counts_have_none():
    assert reliability_of(count_fit()) is None
