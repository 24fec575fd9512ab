"""Levels with one outcome, and separation, as findings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator


def rows() -> pd.DataFrame:
    rng = generator(13)
    return pd.DataFrame(
        {
            "ill": rng.integers(0, 2, size=90),
            "x": rng.normal(size=90),
            "site": np.array(["north", "south", "west"])[np.arange(90) % 3],
            "treated": np.arange(90) % 2,
            "n": 5,
        }
    )


def test_outcomes_that_overlap():
    found = look("ill ~ x + site + treated", rows(), family="bernoulli")
    assert "SEPARATION" not in found.codes


def test_a_level_with_one_outcome():
    data = rows()
    data.loc[data["site"] == "west", "ill"] = 1
    found = look("ill ~ x + site", data, family="bernoulli", labels={"ill": {0: "well", 1: "sick"}})
    finding = one(found, "SEPARATION")
    assert (
        "ill 'sick' has one outcome only in the level 'west' (30 of 30) of site" in finding.sentence
    )
    assert finding.rows == tuple(range(2, 90, 3))


def test_a_number_of_two_values_is_a_level():
    data = rows()
    data.loc[data["treated"] == 1, "ill"] = 0
    finding = one(look("ill ~ x + treated", data, family="bernoulli"), "SEPARATION")
    assert "'1' (0 of 45) of treated" in finding.sentence


def test_an_offset_of_two_values_is_no_level():
    data = rows().assign(known=lambda frame: 0.5 * frame["treated"])
    data.loc[data["treated"] == 1, "ill"] = 0
    for family in ("bernoulli", "poisson"):
        assert "SEPARATION" not in look("ill ~ x + offset(known)", data, family=family).codes
        assert "SEPARATION" in look("ill ~ known + offset(known)", data, family=family).codes


def test_a_threshold_separates_completely():
    data = rows().assign(ill=lambda frame: (frame["x"] > 0.1).astype(int))
    finding = one(look("ill ~ x + site", data, family="bernoulli"), "SEPARATION")
    assert "Complete separation" in finding.sentence
    assert "x" in finding.sentence
    assert finding.rows == tuple(range(90))


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_a_cell_of_an_interaction_separates(link):
    data = rows()
    data.loc[(data["site"] == "west") & (data["treated"] == 1), "ill"] = 0
    found = look("ill ~ site * treated", data, family="bernoulli", link=link)
    finding = one(found, "SEPARATION")
    assert "Quasi-complete" in finding.sentence
    assert len(finding.rows) == 15


def test_proportions():
    data = rows()
    assert "SEPARATION" not in look("p(ill, n) ~ site", data, family="binomial").codes
    data.loc[data["site"] == "south", "ill"] = 5
    finding = one(look("p(ill, n) ~ site", data, family="binomial"), "SEPARATION")
    assert "'south' (150 of 150)" in finding.sentence


def test_a_level_of_counts_that_are_all_zero():
    data = rows().assign(ill=lambda frame: frame["ill"] * 3)
    assert "SEPARATION" not in look("ill ~ site", data, family="poisson").codes
    data.loc[data["site"] == "west", "ill"] = 0
    finding = one(look("ill ~ site", data, family="poisson"), "SEPARATION")
    assert "ill is 0 in the level 'west' (0 in all 30 rows) of site" in finding.sentence


def test_measurements_are_not_separated():
    data = rows()
    data.loc[data["site"] == "west", "ill"] = 0
    assert "SEPARATION" not in look("ill ~ site", data).codes
