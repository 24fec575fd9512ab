"""Dispersion given the model: the statistic by hand, and a judge of right and wrong families."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.posterior.checks.dispersion import dispersion, pearson
from bayesglmm.posterior.checks.replicated import TAIL, replicate


def counts(alpha: float, family: str) -> bg.Fit:
    """400 rates about 6 per year, their shape known, fitted as they are or as Poisson."""
    rng = np.random.default_rng(5)  # data of a known answer
    years = rng.uniform(0.5, 4, 400)
    y = rng.poisson(rng.gamma(alpha, 6 * years / alpha))
    rows = pd.DataFrame({"y": y, "years": years})
    model = bg.Model("y ~ 1", rows, family=family, exposure="years")
    known = {"Intercept": np.log(6)} | ({"alpha": alpha} if family != "poisson" else {})
    return make_fit(model, known, noise=0.01)


def test_statistic_by_hand():
    fit = count_fit(noise=0.0)
    same = replicate(fit.posterior)
    y = fit.design.rows.y
    mean = np.exp(same.posterior.eta()[0]) * fit.design.data["time"].to_numpy()
    np.testing.assert_allclose(pearson(same, y), np.mean((y - mean) ** 2 / mean))


def test_statistic_of_a_negative_binomial_and_of_proportions():
    fit = counts(3.0, "negative_binomial")
    same = replicate(fit.posterior)
    mean = np.exp(same.posterior.eta()[0]) * fit.design.rows.exposure
    alpha = float(same.posterior.draws.flat("alpha")[0, 0])
    found = pearson(same, fit.design.rows.y)[0]
    assert found == pytest.approx(
        np.mean((fit.design.rows.y - mean) ** 2 / (mean + mean**2 / alpha))
    )
    rows = pd.DataFrame({"y": [0, 2, 5], "n": [4, 4, 5]})
    fit = make_fit(bg.Model("p(y, n) ~ 1", rows, family="binomial"), noise=0.0)
    found = pearson(replicate(fit.posterior), fit.design.rows.y)
    expected = np.mean([(0 - 2) ** 2 / 1, 0, (5 - 2.5) ** 2 / 1.25])
    np.testing.assert_allclose(found, expected)


def test_a_poisson_model_of_overdispersed_counts_is_found_out():
    wrong = dispersion(replicate(counts(3.0, "poisson").posterior)).frame.iloc[0]
    # Variance over mean is 1 + mean / alpha, on average 1 + 6 * 2.25 / 3 = 5.5.
    assert wrong["observed"] == pytest.approx(5.5, rel=0.25)
    assert wrong["observed"] > wrong["97.5 %"]
    assert wrong[TAIL] == 0.0
    assert wrong["lower"] < wrong["ratio"] < wrong["upper"]
    right = dispersion(replicate(counts(3.0, "negative_binomial").posterior)).frame.iloc[0]
    assert right["2.5 %"] < right["observed"] < right["97.5 %"]
    assert 0.01 < right[TAIL] < 0.99


@pytest.mark.parametrize("make", [binary_fit, normal_fit])
def test_responses_that_cannot_show_it(make):
    assert dispersion(replicate(make().posterior)) is None
