"""Rows in order of time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

SERIES, MONTHS = 4, 48


def monthly(width: int, seed: int = 9) -> pd.DataFrame:
    """Counts of windows of `width` months, one ending in each month, in four regions."""
    rng = generator(seed)
    single = rng.poisson(20.0, size=(SERIES, MONTHS + width - 1))
    sums = np.stack([single[:, k : k + MONTHS] for k in range(width)]).sum(axis=0)
    ends = pd.date_range("2020-01-31", periods=MONTHS, freq="ME")
    return pd.DataFrame(
        {
            "deaths": sums.ravel(),
            "region": np.repeat(list("abcd"), MONTHS),
            "month_ending": np.tile(ends.strftime("%Y-%m-%d"), SERIES),
            "year": np.tile(ends.year, SERIES),
            "month": np.tile(ends.month, SERIES),
        }
    )


def test_windows_that_overlap():
    finding = one(look("deaths ~ region", monthly(12), family="poisson"), "SERIAL")
    assert "month_ending, 4 series" in finding.sentence
    assert "over 188 pairs of successive rows" in finding.sentence
    assert "The name of month_ending" in finding.sentence


@pytest.mark.parametrize("seed", range(9, 29))
def test_single_months_are_independent(seed):
    found = look("deaths ~ region", monthly(1, seed), family="poisson")
    assert "SERIAL" not in found.codes


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda rows: rows.drop(columns="month_ending"), "year and month"),
        (
            lambda rows: rows.assign(day=pd.to_datetime(rows["month_ending"]))[
                ["deaths", "region", "day"]
            ],
            "day",
        ),
        (
            lambda rows: rows.assign(week=np.tile(np.arange(MONTHS), SERIES))[
                ["deaths", "region", "week"]
            ],
            "week",
        ),
    ],
)
def test_time_is_found_in_other_columns(make, name):
    finding = one(look("deaths ~ region", make(monthly(12)), family="poisson"), "SERIAL")
    assert f"({name}, 4 series)" in finding.sentence


def test_the_order_of_the_rows_does_not_matter():
    data = monthly(12)
    shuffled = data.sample(frac=1, random_state=1)
    assert (
        one(look("deaths ~ region", data, family="poisson"), "SERIAL").sentence
        == one(look("deaths ~ region", shuffled, family="poisson"), "SERIAL").sentence
    )


def test_people_seen_at_dates_are_no_series():
    rng = generator(10)
    dates = pd.date_range("2020-01-01", periods=30).strftime("%Y-%m-%d").to_numpy()
    data = pd.DataFrame(
        {
            "y": rng.normal(size=600),
            "date": rng.choice(dates, size=600),
            "arm": rng.choice(["a", "b"], size=600),
        }
    )
    assert "SERIAL" not in look("y ~ arm", data).codes


def test_a_trend_in_the_model_is_no_dependence():
    rng = generator(11)
    year = np.tile(np.arange(1990, 2020), 10)
    site = np.repeat(np.arange(10), 30)
    data = pd.DataFrame(
        {
            "y": 0.3 * (year - 1990) + site + rng.normal(size=300),
            "year": year,
            "site": [f"s{k}" for k in site],
        }
    )
    assert "SERIAL" not in look("y ~ center(year) + (1 | site)", data).codes
    assert "SERIAL" in look("y ~ 1 + (1 | site)", data).codes
