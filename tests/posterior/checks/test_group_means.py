"""Means by group: rates, proportions, coverage, and groups outside by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.checks.group_means import group_means
from bayesglmm.posterior.checks.replicated import replicate


def means_of(fit, mass=0.95):
    return group_means(replicate(fit.posterior), mass)


def test_rates_of_every_factor():
    fit = count_fit()
    site, year = means_of(fit)
    assert (site.factor, year.factor) == ("site", "year")
    rows = fit.design.data
    sums = rows.groupby(rows["site"].astype(str))[["events", "time"]].sum()
    np.testing.assert_allclose(site.observed, 100_000 * sums["events"] / sums["time"])
    assert site.levels == tuple(sums.index)
    assert site.what == "events per 100,000 time"
    assert site.rows.tolist() == [16] * 6


def test_a_group_outside_is_named():
    rows = pd.DataFrame({"y": np.zeros(60), "g": np.repeat(list("abcdef"), 10)})
    rows.loc[rows["g"] == "d", "y"] = 9.0
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows), {"sigma": 1.0})
    (found,) = means_of(fit)
    assert found.covered.tolist() == [True, True, True, False, True, True]
    assert found.sentence() == (
        "5 of 6 observed means of g lie inside their 95 % replicated interval; outside: d."
    )
    frame = found.table().frame.set_index("g")
    assert frame.loc["d", "inside"] == "no"
    # Means of 10 rows have standard deviation 1 / sqrt(10).
    assert frame.loc["a", "upper"] == pytest.approx(1.96 / np.sqrt(10), rel=0.3)


def test_share_covered_of_a_right_model():
    rng = generator(4)
    effects = rng.normal(size=300)
    rows = pd.DataFrame({"g": np.repeat(np.arange(300), 4)})
    rows["y"] = effects[rows["g"]] + rng.normal(size=1200)
    known = {str(g): value for g, value in enumerate(effects)}
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows), {"sigma": 1.0}, {"1|g": known}, noise=0.001)
    (found,) = means_of(fit, mass=0.8)
    # Effects known, not fitted: 80 % of 300.
    assert found.covered.mean() == pytest.approx(0.8, abs=bound() * np.sqrt(0.16 / 300))


def test_binary_means_and_models_without_groups():
    (found,) = means_of(binary_fit())
    assert found.what == "mean ill"
    assert set(found.observed) <= {0.0, 0.5, 1.0}
    assert means_of(normal_fit()) == []


def test_mass_out_of_range():
    with pytest.raises(SpecError, match="mass=2"):
        means_of(count_fit(), mass=2)
