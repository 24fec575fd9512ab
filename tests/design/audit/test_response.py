"""Responses that never change, and ones that are not Gaussian."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

import bayesglmm as bg


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = generator(31)
    place = np.arange(200)
    return pd.DataFrame(
        {
            "x": rng.normal(size=200),
            "n": 10,
            "rating": place % 4 + 1,
            "answer": place % 2,
            "small": place % 5,
            "cover": 0.02 + 0.9 * (place % 97) / 97,
            "share": 0.3 + 0.1 * (place % 97) / 97,
            "percent_burnt": 1 + 80 * (place % 97) / 97,
            "seconds": 0.3 + 0.2 * (place % 97) / 97,
            "index": -1 + 2 * (place % 97) / 97,
            "long": place % 30,
        }
    )


@pytest.mark.parametrize(
    ("value", "response", "family"),
    [
        (0, "y", "poisson"),
        (3, "y", "negative_binomial"),
        (0, "y", "bernoulli"),
        (1, "y", "bernoulli"),
        (0, "p(y, n)", "binomial"),
        (10, "p(y, n)", "binomial"),
    ],
)
def test_a_response_that_never_changes(rows, value, response, family):
    found = look(f"{response} ~ x", rows.assign(y=value), family=family)
    assert "never changes" in one(found, "RESPONSE").sentence


def test_half_of_every_row_is_no_constant(rows):
    assert "RESPONSE" not in look("p(y, n) ~ x", rows.assign(y=5), family="binomial").codes


def test_ratings_and_small_counts(rows):
    finding = one(look("rating ~ x", rows), "RESPONSE")
    assert "rating has the whole numbers 1 to 4 and is taken as Gaussian" in finding.sentence
    assert "data['high'] = data['rating'] >= 3 with family='bernoulli'" in finding.fix
    data = rows.assign(high=rows["rating"] >= 3)
    assert bg.Model("high ~ x", data, family="bernoulli").design.rows.y.mean() == 0.5
    finding = one(look("small ~ x", rows), "RESPONSE")
    assert "If it counts, write family='poisson'" in finding.fix


def test_an_outcome_of_zeros_and_ones(rows):
    assert one(look("answer ~ x", rows), "RESPONSE").fix == "Write family='bernoulli'."


@pytest.mark.parametrize(("name", "scale"), [("cover", 1), ("share", 1), ("percent_burnt", 100)])
def test_shares(rows, name, scale):
    finding = one(look(f"{name} ~ x", rows), "RESPONSE")
    assert "looks like a share" in finding.sentence
    said = "family='beta'" + (f" for {name} / {scale}" if scale > 1 else "")
    assert f"{said}, where no value is 0 or {scale}" in finding.fix
    written = f"I({name} / {scale})" if scale > 1 else name
    design = bg.Model(f"{written} ~ x", rows, family="beta").design
    np.testing.assert_allclose(design.rows.y, rows[name] / scale)
    assert "RESPONSE" not in look(f"{written} ~ x", rows, family="beta").codes


@pytest.mark.parametrize("name", ["seconds", "index", "long", "x"])
def test_other_numbers(rows, name):
    assert "RESPONSE" not in look(f"{name} ~ n + small".replace("n + ", ""), rows).codes
