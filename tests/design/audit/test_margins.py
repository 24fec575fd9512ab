"""Overlapping margins, and totals beside their parts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator


def margins(unsplit: tuple[str, str], double: bool = True) -> pd.DataFrame:
    """Deaths of 12 months by age, then by sex: of the same people, or of others."""
    rng = generator(2)
    cells = rng.poisson(40, size=(12, 3, 2))
    by_age = cells.sum(axis=2)
    by_sex = cells.sum(axis=1) if double else 5 * cells.sum(axis=1)
    rows = [
        (month, age, unsplit[1], by_age[month, k])
        for month in range(12)
        for k, age in enumerate(["young", "middle", "old"])
    ]
    rows += [
        (month, unsplit[0], sex, by_sex[month, k])
        for month in range(12)
        for k, sex in enumerate(["female", "male"])
    ]
    return pd.DataFrame(rows, columns=["month", "age", "sex", "deaths"])


@pytest.mark.parametrize(
    "unsplit", [("Unknown", "Unknown"), ("All ages", "Both sexes"), ("-", "-")]
)
def test_two_splits_of_the_same_deaths(unsplit):
    """By the names of the levels, or by sums that agree."""
    data = margins(unsplit)
    finding = one(look("deaths ~ age + sex", data, family="poisson"), "MARGINS")
    total = data["deaths"][:36].sum()
    assert f"sums to {total:,} in the one and {total:,} in the other" in finding.sentence
    assert "counted twice" in finding.sentence
    assert len(finding.rows) in (24, 36)


def test_other_people_under_other_names_are_no_overlap():
    data = margins(("-", "-"), double=False)
    assert "MARGINS" not in look("deaths ~ age + sex", data, family="poisson").codes


def test_named_margins_whose_sums_differ_are_told_as_they_are():
    data = margins(("Unknown", "Unknown"), double=False)
    finding = one(look("deaths ~ age + sex", data, family="poisson"), "MARGINS")
    assert "may be counted twice" in finding.sentence


def test_unknown_answers_in_one_table_are_no_margins():
    rng = generator(3)
    data = pd.DataFrame(
        {
            "deaths": rng.poisson(30, size=90),
            "age": rng.choice(["young", "old", "Unknown"], size=90),
            "sex": rng.choice(["female", "male", "Unknown"], size=90),
        }
    )
    assert "MARGINS" not in look("deaths ~ age + sex", data, family="poisson").codes


def test_a_renamed_factor_is_an_alias_and_no_margin():
    data = pd.DataFrame({"y": np.arange(12), "a": ["All", "some"] * 6, "b": ["none", "All"] * 6})
    found = look("y ~ a + b", data, family="poisson")
    assert "ALIAS" in found.codes
    assert "MARGINS" not in found.codes


def test_a_total_beside_its_parts():
    data = margins(("Total", "Total"))
    data = data[data["sex"] != "Total"].assign(age=lambda rows: rows["sex"])
    total = data.groupby("month")["deaths"].sum().reset_index().assign(age="Total")
    both = pd.concat([data[["month", "age", "deaths"]], total], ignore_index=True)
    finding = one(look("deaths ~ age", both, family="poisson"), "MARGINS")
    assert "'Total' of age (12 rows)" in finding.sentence
    assert finding.rows == tuple(range(24, 36))
    parts = both[both["age"] != "Total"]
    assert "MARGINS" not in look("deaths ~ age", parts, family="poisson").codes
