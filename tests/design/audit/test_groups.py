"""Few groups, and small binary groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

import bayesglmm as bg


def binary(groups: int, size: int) -> pd.DataFrame:
    rng = generator(12)
    n = groups * size
    return pd.DataFrame(
        {
            "y": rng.integers(0, 2, size=n),
            "x": rng.normal(size=n),
            "trials": 1,
            "many": 20,
            "hits": rng.binomial(20, 0.5, size=n),
            "g": [f"g{k}" for k in np.repeat(np.arange(groups), size)],
        }
    )


def test_five_groups_are_few_and_six_are_not():
    finding = one(look("y ~ x + (1 | g)", binary(5, 40), family="bernoulli"), "FEWGROUPS")
    assert "g has 5 levels (g0, g1, g2, g3, g4)" in finding.sentence
    assert "priors={'g':" in finding.fix
    assert "FEWGROUPS" not in look("y ~ x + (1 | g)", binary(6, 40), family="bernoulli").codes


def test_a_prior_that_was_given_makes_it_a_note():
    priors = {"g": bg.Prior("HalfNormal", sigma=1)}
    found = look("y ~ x + (1 | g)", binary(5, 40), family="bernoulli", priors=priors)
    assert "the prior you gave" in one(found, "FEWGROUPS", "note").sentence


def test_each_factor_is_told_once():
    found = look("y ~ x + (1 | g) + (0 + x | g)", binary(5, 40), family="bernoulli")
    one(found, "FEWGROUPS")


@pytest.mark.parametrize(("size", "small"), [(2, True), (4, True), (6, False)])
def test_small_binary_groups(size, small):
    found = look("y ~ x + (1 | g)", binary(30, size), family="bernoulli")
    assert ("SMALLGROUPS" in found.codes) == small


def test_groups_with_one_outcome_are_counted():
    data = binary(30, 2)
    alike = int(data.groupby("g")["y"].mean().isin([0, 1]).sum())
    finding = one(look("y ~ x + (1 | g)", data, family="bernoulli"), "SMALLGROUPS")
    assert f"{alike} of them have only one outcome" in finding.sentence


def test_one_trial_is_no_trials():
    finding = one(look("y ~ x + (1 | g)", binary(30, 1), family="bernoulli"), "SMALLGROUPS")
    assert "a median of 1 binary trial each (as good as" in finding.sentence


@pytest.mark.parametrize(("response", "small"), [("p(y, trials)", True), ("p(hits, many)", False)])
def test_trials_count_not_rows(response, small):
    found = look(f"{response} ~ x + (1 | g)", binary(30, 2), family="binomial")
    assert ("SMALLGROUPS" in found.codes) == small


def test_counts_and_measurements_may_be_few():
    found = look("y ~ x + (1 | g)", binary(30, 2), family="poisson")
    assert "SMALLGROUPS" not in found.codes
