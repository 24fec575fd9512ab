"""Rows and groups lost, and rows selected on the outcome."""

from __future__ import annotations

import numpy as np
import pandas as pd
from audit_maker import look, one
from seeds import generator

RNG = generator(5)


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": RNG.normal(size=200),
            "x": RNG.normal(size=200),
            "g": [f"g{k:02d}" for k in np.arange(200) // 10],
        }
    )


def test_nothing_lost():
    assert "LOST" not in look("y ~ x + (1 | g)", rows()).codes


def test_a_missing_outcome_is_a_warning():
    data = rows()
    data.loc[[3, 7], "y"] = np.nan
    finding = one(look("y ~ x + (1 | g)", data, missing="drop"), "LOST")
    assert finding.rows == (3, 7)
    assert "Where 'y' is missing for a reason" in finding.sentence


def test_a_few_missing_predictors_are_a_note_and_many_a_warning():
    data = rows()
    data.loc[[3], "x"] = np.nan
    assert one(look("y ~ x + (1 | g)", data, missing="drop"), "LOST", "note").rows == (3,)
    data.loc[10:25, "x"] = np.nan
    assert len(one(look("y ~ x", data, missing="drop"), "LOST").rows) == 17


def test_a_group_without_rows_is_a_warning():
    data = rows()
    data.loc[10:19, "x"] = np.nan
    finding = one(look("y ~ x + (1 | g)", data, missing="drop"), "LOST")
    assert "1 g level has no rows: g01" in finding.sentence


def test_gaps_in_the_codes_of_a_grouping_factor():
    data = rows().assign(g=lambda frame: frame["g"].str[1:].astype(int))
    finding = one(look("y ~ x + (1 | g)", data[data["g"] != 7]), "LOST")
    assert "The codes of g run from 0 to 19, but 7 has no rows" in finding.sentence
    sparse = data.assign(g=data["g"] * 3)
    assert "LOST" not in look("y ~ x + (1 | g)", sparse).codes


def panel(means: dict[str, float]) -> pd.DataFrame:
    """60 months of counts in each region."""
    rng = generator(6)
    frames = [
        pd.DataFrame({"deaths": rng.poisson(mean, size=60), "region": region})
        for region, mean in means.items()
    ]
    return pd.concat(frames, ignore_index=True)


def test_rows_kept_by_the_size_of_the_count():
    data = panel({"north": 200, "south": 120, "west": 90, "islands": 16})
    kept = data[data["deaths"] >= 20]
    finding = one(look("deaths ~ region", kept, family="poisson"), "SELECTED")
    few = int((kept["region"] == "islands").sum())
    assert 2 < few < 30
    assert "'islands', whose counts are the smallest (20 to" in finding.sentence
    assert f"has {few} rows where others have 60" in finding.sentence
    assert len(finding.rows) == few


def test_whole_panels_and_small_counts_are_not_selected():
    whole = panel({"north": 200, "south": 120, "west": 90, "islands": 40})
    assert "SELECTED" not in look("deaths ~ region", whole, family="poisson").codes
    low = panel({"north": 200, "south": 120, "west": 90, "islands": 3})
    assert "SELECTED" not in look("deaths ~ region", low, family="poisson").codes


def test_a_short_series_of_large_counts_is_not_selected():
    data = panel({"north": 200, "south": 120, "west": 90, "islands": 60}).iloc[:200]
    assert "SELECTED" not in look("deaths ~ region", data, family="poisson").codes
