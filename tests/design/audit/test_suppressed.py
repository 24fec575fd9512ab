"""Suppressed counts: missing because small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

OPTIONS = {"family": "poisson", "missing": "drop"}


def deaths(limit: int, means: tuple[float, ...] = (150, 60, 8)) -> pd.DataFrame:
    """Counts of three regions, those from 1 to a limit withheld."""
    rng = generator(7)
    region = np.repeat(["large", "middle", "small"], 80)
    counts = rng.poisson(np.repeat(means, 80)).astype(float)
    counts[(counts >= 1) & (counts <= limit)] = np.nan
    return pd.DataFrame({"deaths": counts, "region": region})


@pytest.mark.parametrize("limit", [4, 5, 9, 10])
def test_counts_up_to_a_limit_are_withheld(limit):
    data = deaths(limit)
    finding = one(look("deaths ~ region", data, **OPTIONS), "SUPPRESSED")
    assert f"no count between 1 and {limit} is seen" in finding.sentence
    assert f"suppressed(deaths, 1, {limit})" in finding.fix
    assert finding.rows == tuple(np.flatnonzero(data["deaths"].isna()))


def test_values_missing_at_random_are_not_suppressed():
    data = deaths(0)
    data.loc[::9, "deaths"] = np.nan
    assert "SUPPRESSED" not in look("deaths ~ region", data, **OPTIONS).codes


def test_missing_among_large_counts_is_not_suppressed():
    data = deaths(0, (150, 60, 40))
    data.loc[::9, "deaths"] = np.nan
    assert data["deaths"].min() > 9
    assert "SUPPRESSED" not in look("deaths ~ region", data, **OPTIONS).codes


def test_a_footnote_says_so():
    """Without a factor that tells small cells apart, the words decide."""
    data = deaths(9)
    assert "SUPPRESSED" not in look("deaths ~ 1", data, **OPTIONS).codes
    data["note"] = data["deaths"].isna().map({True: "Suppressed (1-9)", False: None})
    finding = one(look("deaths ~ 1", data, **OPTIONS), "SUPPRESSED")
    assert "The column 'note' says so" in finding.sentence


def test_zeros_are_seen_and_only_counts_are_meant():
    data = deaths(9)
    data.loc[240] = [0.0, "small"]
    assert "SUPPRESSED" in look("deaths ~ region", data, **OPTIONS).codes
    assert "SUPPRESSED" not in look("deaths ~ region", data, missing="drop").codes
