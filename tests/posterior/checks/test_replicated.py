"""Posterior predictive statistics against direct computation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from seeds import bound

import bayesglmm as bg
from bayesglmm.posterior.checks.replicated import (
    TAIL,
    group_sums,
    replicate,
    replicated_statistics,
    tail_table,
)


def binomial_fit():
    rows = pd.DataFrame({"y": [0, 2, 5, 0, 3], "n": [4, 4, 5, 2, 9], "x": [0.0, 1, 2, 3, 4]})
    return make_fit(bg.Model("p(y, n) ~ x", rows, family="binomial"), {"Intercept": -0.5})


def statistics_of(fit):
    return replicated_statistics(replicate(fit.posterior))


def group_sd(y, labels):
    return pd.Series(y).groupby(np.asarray(labels)).mean().std(ddof=0)


def count_facts(fit):
    y = fit.design.rows.y
    return {
        "mean": y.mean(),
        "sd": y.std(),
        "share of zeros": np.mean(y == 0),
        "maximum": y.max(),
        "sd between groups of site": group_sd(y, fit.design.data["site"].astype(str)),
    }


def normal_facts(fit):
    y = fit.design.rows.y
    return {"mean": y.mean(), "sd": y.std(), "minimum": y.min(), "maximum": y.max()}


def binary_facts(fit):
    y = fit.design.rows.y
    return {
        "mean": y.mean(),
        "sd between groups of ID": group_sd(y, fit.design.data["ID"].astype(str)),
    }


CASES = {
    "count": (count_fit, count_facts),
    "normal": (normal_fit, normal_facts),
    "binary": (binary_fit, binary_facts),
    "binomial": (binomial_fit, lambda _: {"mean": 2.0, "sd": np.sqrt(3.6), "share of zeros": 0.4}),
}


@pytest.mark.parametrize(("make", "facts"), CASES.values(), ids=CASES)
def test_observed_statistics(make, facts):
    fit = make()
    found = statistics_of(fit)
    observed = {name: value for name, (value, _) in found.items()}
    assert observed == pytest.approx(facts(fit))
    assert {len(values) for _, values in found.values()} == {500}


def test_replicates_follow_the_model():
    fit = normal_fit(noise=0.001)
    found = statistics_of(fit)
    eta = 10 - 1.5 * fit.design.data["x"].to_numpy()
    _, means = found["mean"]
    # A mean of 30 rows has standard deviation 2 / sqrt(30); 500 replicates.
    spread = 2 / np.sqrt(30)
    assert abs(means.mean() - eta.mean()) < bound(2) * spread / np.sqrt(500)
    assert means.std() == pytest.approx(spread, rel=bound(2) / np.sqrt(1000))


def test_the_same_fit_gives_the_same_replicates():
    fit = count_fit()
    first, second = (statistics_of(fit) for _ in range(2))
    for name, (_, values) in first.items():
        np.testing.assert_array_equal(values, second[name][1])


def test_tail_probabilities_and_their_digits():
    simulated = np.repeat([1.0, 2.0, 3.0, 4.0], 125)
    table = tail_table(
        {
            "middle": (2.0, simulated),
            "below": (0.0, simulated),
            "above": (9.0, simulated),
            "constant": (5.0, np.full(500, 5.0)),
        }
    )
    # Half of those equal to the observed value count.
    assert table.frame[TAIL].tolist() == [0.625, 1.0, 0.0, 0.5]
    assert table.frame["2.5 %"].tolist() == [1.0, 1.0, 1.0, 5.0]
    # 500 replicates: the standard error of 0.625 is 0.02, and one in 1000 cannot be seen.
    assert table.formatted()[TAIL].tolist() == ["0.6", ">0.99", "<0.01", "0.5"]


def test_new_groups_are_drawn_from_the_population():
    rows = pd.DataFrame({"y": np.arange(4000.0), "g": np.repeat(np.arange(2000), 2)})
    fit = make_fit(
        bg.Model("y ~ 1 + (1 | g)", rows), {"1|g_sigma": 3.0, "sigma": 0.01}, noise=0.001, draws=100
    )
    same, new = (replicate(fit.posterior, new_groups=what) for what in (False, True))
    assert (same.groups, new.groups) == ("these", "new")
    # The effects of the hand-made groups are 0; 2000 new ones have standard deviation 3.
    assert same.posterior.eta().std() < 0.01
    assert new.posterior.eta(effects=new.posterior.new_effects())[0].std() == pytest.approx(
        3.0, rel=bound(2) / np.sqrt(4000)
    )
    spread = replicated_statistics(new)["sd between groups of g"][1]
    assert spread.mean() == pytest.approx(3.0, rel=0.02)
    table = tail_table(replicated_statistics(new), new.groups)
    assert table.estimand == "data sets of the same rows, for new groups from the population"


def test_sums_by_group():
    y = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 0.0]])
    np.testing.assert_array_equal(group_sums(y, np.array([1, 0, 1, 2]), 3), [[2, 4, 4], [0, 1, 0]])
