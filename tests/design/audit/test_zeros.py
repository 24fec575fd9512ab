"""Zeros against families that have a probability of their own for them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.errors import DataError

COUNTS = np.array([0, 1, 2, 2, 3, 1, 4, 2, 3, 2, 1, 5, 2, 0, 3, 2])
ROWS = pd.DataFrame({"y": COUNTS, "n": 9, "births": 2.0})


def found(family, y, **options):
    response = "p(y, n)" if family == "zero_inflated_binomial" else "y"
    model = bg.Model(f"{response} ~ 1", ROWS.assign(y=y), family=family, **options)
    return model.audit().only("ZEROS").findings


@pytest.mark.parametrize(
    ("family", "instead"),
    [
        ("zero_inflated_poisson", "poisson"),
        ("zero_inflated_negative_binomial", "negative_binomial"),
        ("zero_inflated_binomial", "binomial"),
    ],
)
def test_no_more_zeros_than_without(family, instead):
    some = np.maximum(COUNTS, 1)
    (finding,) = found(family, some)
    assert "0 of 16 values of y are 0, no more than the" in finding.sentence
    assert "the prior of zi decides" in finding.sentence
    assert finding.fix == f"Write family='{instead}'."
    assert not found(family, COUNTS * (np.arange(16) % 2))


def test_the_zeros_expected_are_those_of_the_exposures():
    """16 exposures of 2 at (33 + 0.5) / 32 events each: 16 exp(-2.094) = 1.97, below 2."""
    assert not found("zero_inflated_poisson", COUNTS, exposure="births")
    assert found("zero_inflated_poisson", np.minimum(COUNTS + 1, 5), exposure="births")


@pytest.mark.parametrize("family", ["hurdle_poisson", "hurdle_negative_binomial"])
def test_a_hurdle_without_zeros(family):
    (finding,) = found(family, COUNTS + 1)
    assert "No y is 0" in finding.sentence
    assert finding.fix.startswith(f"Write family='{family.replace('hurdle', 'zero_truncated')}'")
    assert not found(family, COUNTS)


@pytest.mark.parametrize(
    ("family", "deciding"),
    [("ordered_beta", "cutzero and gap"), ("zero_one_inflated_beta", "zoi and coi")],
)
def test_proportions_none_of_which_is_at_an_end(family, deciding):
    inside = (COUNTS + 1) / 9
    (finding,) = found(family, inside)
    assert "No y is 0 or 1" in finding.sentence
    assert f"the prior of {deciding} decides" in finding.sentence
    assert finding.fix.startswith("Write family='beta'")
    assert not found(family, np.where(COUNTS == 5, 1.0, inside))


def test_zeros_of_a_truncated_family_are_refused_with_their_rows():
    with pytest.raises(DataError, match=r"1 or more.*rows? 0"):
        bg.Model("y ~ 1", ROWS, family="zero_truncated_poisson")
