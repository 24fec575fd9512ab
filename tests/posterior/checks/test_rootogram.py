"""Rootogram: bins hold every count once; frequencies against the Poisson distribution."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, make_fit
from scipy.stats import poisson
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.posterior.checks.replicated import replicate
from bayesglmm.posterior.checks.rootogram import BINS, rootogram


def poisson_counts(mean: float, rows: int = 800) -> bg.Fit:
    y = np.random.default_rng(8).poisson(mean, rows)  # data of a known answer
    model = bg.Model("y ~ 1", pd.DataFrame({"y": y}), family="poisson")
    return make_fit(model, {"Intercept": np.log(mean)}, noise=0.001)


def test_expected_frequencies():
    fit = poisson_counts(2.0)
    found = rootogram(replicate(fit.posterior))
    np.testing.assert_array_equal(found.first, found.last)
    exact = 800 * poisson.pmf(found.first, 2.0)
    # The mean of 500 binomial counts.
    assert np.all(np.abs(found.expected - exact) < bound(12) * np.sqrt(exact / 500) + 0.05)
    assert found.observed.sum() == 800
    inside = (found.observed >= found.lower) & (found.observed <= found.upper)
    assert inside.mean() > 0.7


@pytest.mark.parametrize("mean", [3.0, 45.0, 5000.0])
def test_bins_hold_every_count_once(mean):
    fit = poisson_counts(mean)
    found = rootogram(replicate(fit.posterior))
    assert found.first[0] == 0
    np.testing.assert_array_equal(found.first[1:], found.last[:-1] + 1)
    assert len(found.first) <= max(BINS, 41)
    assert found.observed.sum() == fit.design.n
    assert len(found.table().frame) == len(found.labels) == len(set(found.labels))


def test_excess_zeros_are_outside():
    y = generator(8).poisson(4.0, 500)
    y[:100] = 0
    model = bg.Model("y ~ 1", pd.DataFrame({"y": y}), family="poisson")
    fit = make_fit(model, {"Intercept": np.log(y.mean())}, noise=0.02)
    table = rootogram(replicate(fit.posterior)).table().frame
    assert table.loc[0, "observed"] > table.loc[0, "97.5 %"]
    assert table.loc[0, "inside"] == "no"


def test_no_counts_no_rootogram():
    fit = binary_fit()
    assert rootogram(replicate(fit.posterior)) is None
