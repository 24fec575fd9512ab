"""More group effects than the data can tell, and the same groups twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = generator(32)
    place = np.arange(60)
    return pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "k": rng.poisson(4, size=60),
            "o": rng.integers(0, 2, size=60),
            "n": 12,
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "row": [f"r{k}" for k in place],
            "pair": [f"p{k // 2}" for k in place],
            "five": [f"f{k // 12}" for k in place],
            "couple": [f"c{k // 2}" for k in place],
            "a": [f"a{k % 4}" for k in place],
            "b": [f"b{k // 4 % 5}" for k in place],
            "dose": (place // 2).astype(float),
        }
    )


@pytest.mark.parametrize(
    ("response", "family", "rest"),
    [
        ("y", "gaussian", "the residual sigma"),
        ("k", "negative_binomial", "the residual alpha"),
        ("o", "bernoulli", "the chance of a single outcome"),
    ],
)
def test_one_row_a_level(rows, response, family, rest):
    finding = one(look(f"{response} ~ x + (1 | row)", rows, family=family), "EFFECTS")
    assert "as many levels as there are rows (60)" in finding.sentence
    assert f"cannot be told from {rest}" in finding.sentence


@pytest.mark.parametrize(("response", "family"), [("k", "poisson"), ("p(k, n)", "binomial")])
def test_one_row_a_level_is_overdispersion(rows, response, family):
    data = rows.assign(k=rows["k"].clip(upper=12))
    assert "EFFECTS" not in look(f"{response} ~ x + (1 | row)", data, family=family).codes


def test_as_many_effects_as_rows(rows):
    finding = one(look("y ~ x + (1 + x | pair)", rows), "EFFECTS")
    assert "30 levels with 2 effects each, 60 in all, for 60 rows" in finding.sentence
    several = one(look("y ~ x + (1 | pair) + (0 + x | pair)", rows), "EFFECTS")
    assert several.sentence == finding.sentence


def test_more_spreads_than_levels(rows):
    finding = one(look("y ~ x + z + (1 + x + z | five)", rows), "EFFECTS")
    assert (
        "five has 5 levels, from which 6 standard deviations and correlations" in finding.sentence
    )
    assert "EFFECTS" not in look("y ~ x + z + (1 + x + z || five)", rows).codes
    assert "EFFECTS" not in look("y ~ x + (1 + x | five)", rows).codes


def test_slopes_that_no_level_shows(rows):
    finding = one(look("k ~ dose + (1 + dose | pair)", rows, family="poisson"), "EFFECTS", "note")
    assert (
        "dose is constant within every level of pair, so no level shows a slope" in finding.sentence
    )
    assert "EFFECTS" not in look("k ~ x + (1 + x | pair)", rows, family="poisson").codes


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("y ~ x + (1 | pair) + (1 | couple)", ("pair", "couple")),
        ("y ~ x + (1 | a:b) + (1 | b:a)", ("a:b", "b:a")),
        ("y ~ x + (1 | five) + (1 | five:pair) + (1 | pair)", ("five:pair", "pair")),
        ("y ~ x + (1 + x | five:pair) + (1 | pair)", ("five:pair", "pair")),
    ],
)
def test_the_same_groups_under_two_names(rows, formula, names):
    finding = one(look(formula, rows), "SAMEGROUPS")
    assert f"{names[0]} and {names[1]} divide the rows into the same" in finding.sentence
    assert f"take the term of {names[1]} out" in finding.fix


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (1 | a) + (1 | b)",
        "y ~ x + (1 | a) + (1 | a:b)",
        "y ~ x + (1 | pair) + (0 + x | couple)",
        "y ~ x + (1 | pair) + (0 + x | pair)",
    ],
)
def test_other_pairs_of_factors(rows, formula):
    assert "SAMEGROUPS" not in look(formula, rows).codes


@pytest.mark.parametrize("fixed", ["five", "x * five", "0 + five"])
def test_a_factor_that_is_a_fixed_effect_too(rows, fixed):
    finding = one(look(f"y ~ {fixed} + (1 | five)", rows), "SAMEGROUPS")
    assert (
        "fixed effects of five already differ for each of the 5 levels of five" in finding.sentence
    )


def test_slopes_by_a_fixed_factor(rows):
    assert "SAMEGROUPS" not in look("y ~ five + (0 + x | five)", rows).codes
    assert "SAMEGROUPS" not in look("y ~ five + (1 | pair)", rows).codes
