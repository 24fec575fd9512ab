"""LOO-PIT: uniform for a right model and not for wrong ones; the band has the level it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy.stats import binom, kstest
from seeds import CHANCE, generator

import bayesglmm as bg
from bayesglmm.posterior.checks.loo_pit import MOST_ROWS, judge_uniform, loo_pit
from bayesglmm.posterior.checks.replicated import replicate


def normal(sigma: float, rows: int = 500) -> bg.Fit:
    """Standard normal responses under a model of another standard deviation."""
    y = np.random.default_rng(2).normal(size=rows)  # data of a known answer
    model = bg.Model("y ~ 1", pd.DataFrame({"y": y}))
    return make_fit(model, {"sigma": sigma}, noise=0.02)


def counts(mean: float) -> bg.Fit:
    y = np.random.default_rng(3).poisson(0.8, 500)  # data of a known answer
    model = bg.Model("y ~ 1", pd.DataFrame({"y": y}), family="poisson")
    return make_fit(model, {"Intercept": np.log(mean)}, noise=0.02)


def pit_of(fit):
    return loo_pit(replicate(fit.posterior))


@pytest.mark.parametrize("fit", [normal(1.0), counts(0.8)], ids=["normal", "counts"])
def test_a_right_model_gives_uniform_values(fit):
    found = pit_of(fit)
    assert found.inside
    assert found.tail > 0.05
    assert kstest(found.values, "uniform").pvalue > 0.01
    assert found.k.max() < 0.62
    assert "rows with Pareto k > 0.63" in found.table().frame  # 500 draws: 1 - 1 / log10(500)


@pytest.mark.parametrize(
    "fit", [normal(2.0), normal(0.5), counts(1.2)], ids=["wide", "narrow", "high"]
)
def test_a_wrong_model_does_not(fit):
    found = pit_of(fit)
    assert not found.inside
    assert found.tail < 0.001
    row = found.table().formatted().iloc[0]
    assert row["inside the band"] == "no"
    assert row["P(uniform strays as far)"].startswith("<0.001")


def test_discrete_values_are_randomised():
    found = pit_of(counts(0.8))
    assert len(np.unique(found.values)) > 400


def test_the_band_holds_95_of_100_uniform_sets():
    rng = generator(12)
    sets = rng.uniform(size=(100, 60))
    inside = [judge_uniform(values, np.zeros(60), 0.7, 60, generator(1)).inside for values in sets]
    # Discrete: at least 0.95 of the sets.
    assert binom.ppf(CHANCE, 100, 0.95) <= np.sum(inside)


def test_many_rows_are_sampled_from():
    found = pit_of(normal(1.0, rows=MOST_ROWS + 500))
    assert len(found.values) == MOST_ROWS
    assert any(f"{MOST_ROWS:,} of {MOST_ROWS + 500:,} rows" in note for note in found.table().notes)


@pytest.mark.parametrize(("bad", "doubted"), [(25, False), (26, True)])
def test_a_judgement_that_rests_on_unreliable_rows_says_so(bad, doubted):
    found = pit_of(normal(2.0))
    k = np.where(np.arange(len(found.values)) < bad, found.good_k + 0.1, 0.0)
    sentence = replace(found, k=k).sentence()
    assert "band of uniform ones" in sentence
    assert (f"For {bad} of 500 rows" in sentence) == doubted
