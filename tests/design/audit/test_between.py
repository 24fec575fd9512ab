"""Predictors of few groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator


def years(count: int, mixed: bool = False) -> pd.DataFrame:
    rng = generator(8)
    year = np.repeat(np.arange(count), 30)
    era = np.where(year < count // 2, "before", "after")
    if mixed:
        era[year == count // 2] = np.where(np.arange(30) < 15, "before", "after")
    return pd.DataFrame(
        {
            "y": rng.normal(size=30 * count),
            "era": era,
            "year": 2000 + year,
            "x": rng.normal(size=30 * count),
        }
    )


def test_an_era_of_six_years():
    finding = one(look("y ~ era + x + (1 | year)", years(6)), "BETWEEN")
    assert "era is constant within 6 of the 6 levels of year; 100 %" in finding.sentence
    assert "comparison of 6 groups, not of 180 rows" in finding.sentence
    assert finding.rows == ()


def test_an_era_that_changes_within_a_year():
    finding = one(look("y ~ era + (1 | year)", years(6, mixed=True)), "BETWEEN")
    assert "within 5 of the 6" in finding.sentence
    assert "varies within 2003 only (30 rows)" in finding.sentence
    assert finding.rows == tuple(range(90, 120))


@pytest.mark.parametrize(
    ("formula", "count"),
    [("y ~ x + (1 | year)", 6), ("y ~ era + (1 | year)", 20), ("y ~ era + x", 6)],
)
def test_predictors_within_groups_or_of_many(formula, count):
    assert "BETWEEN" not in look(formula, years(count)).codes


def field(blocks: int) -> pd.DataFrame:
    """Blocks of three plots, each with one irrigation and two rows of four varieties."""
    rng = generator(48)
    plot = np.repeat(np.arange(3 * blocks), 8)
    return pd.DataFrame(
        {
            "y": rng.normal(size=len(plot)),
            "block": [f"b{k}" for k in plot // 3],
            "irrigation": np.array(["drip", "flood", "spray"])[plot % 3],
            "variety": [f"v{k}" for k in np.arange(len(plot)) % 4],
            "plot": [f"p{k:02d}" for k in plot],
        }
    )


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ irrigation * variety + (1 | block) + (1 | plot)",
        "y ~ irrigation * variety + (1 | block / plot)",
        "y ~ irrigation * variety + block + (1 | plot)",
        "y ~ irrigation * variety + (1 | block:irrigation)",
    ],
)
def test_whole_plots_of_blocks_are_a_design(formula):
    assert "BETWEEN" not in look(formula, field(4)).codes


def test_plots_without_blocks_are_few_groups():
    found = look("y ~ irrigation * variety + (1 | plot)", field(4))
    assert "irrigation is constant within 12" in one(found, "BETWEEN").sentence


def test_two_properties_of_the_same_few_groups():
    data = years(8).assign(party=lambda rows: np.where(rows["year"] % 3 < 2, "a", "b"))
    found = look("y ~ era + party + (1 | year)", data)
    assert [item.code for item in found.warnings] == ["BETWEEN", "BETWEEN"]
