"""Scales of columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

RNG = generator(16)
ROWS = pd.DataFrame(
    {
        "y": RNG.normal(size=200),
        "k": RNG.poisson(300, size=200),
        "income": RNG.normal(50_000, 20_000, size=200),
        "gene": RNG.normal(0, 0.5, size=200),
        "year": RNG.integers(2001, 2021, size=200),
        "x": RNG.normal(size=200),
        "arm": RNG.choice(["a", "b"], size=200),
    }
)


def test_columns_far_apart():
    finding = one(look("y ~ income + gene", ROWS), "SCALE", "note")
    assert "standard deviations of income" in finding.sentence
    ratio = ROWS["income"].std() / ROWS["gene"].std()
    assert f"factor of {ratio:,.0f}" in finding.sentence


def test_a_zero_far_from_the_data():
    finding = one(look("y ~ year", ROWS), "SCALE", "note")
    assert f"year lies around {ROWS['year'].mean():,.6g}, far from 0" in finding.sentence
    assert finding.fix == "Write center(year) for an intercept at its mean."


def test_a_huge_information():
    data = ROWS.assign(year=ROWS["year"] - 2000)
    finding = one(look("k ~ year + arm", data, family="poisson"), "SCALE", "note")
    ones = np.column_stack([np.ones(200), data["year"]])
    largest = np.linalg.eigvalsh(ones.T @ ones * data["k"].mean())[-1]
    assert largest > 1e6
    assert f"largest eigenvalue is {largest:.2g}" in finding.sentence


@pytest.mark.parametrize("formula", ["y ~ x + gene", "y ~ arm", "y ~ center(year)", "y ~ 0 + year"])
def test_columns_alike(formula):
    assert "SCALE" not in look(formula, ROWS).codes


def test_centred_columns_have_no_large_information():
    data = ROWS.assign(year=ROWS["year"] - 2000)
    found = look("k ~ center(year)", data, family="poisson")
    assert "SCALE" not in found.codes
