"""Tables of statistical agencies: words among numbers, totals among parts, windows that overlap."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.errors import DataError

WONDER = """"Notes"\t"County"\t"County Code"\tDeaths\tPopulation\tCrude Rate
\t"Adams County, OH"\t"39001"\t34\t27477\t123.7
\t"Allen County, OH"\t"39003"\t12\t101115\tUnreliable
\t"Brown County, OH"\t"39015"\tSuppressed\t43676\tSuppressed
\t"Darke County, OH"\t"39037"\t0\t51881\t0.0 (Unreliable)
"Total"\t\t\t52\t224149\t23.2
"---"
"Dataset: Underlying Cause of Death, 2018-2022, Single Race"
"Query Parameters:"
"Show Zero Values: True"
"Show Suppressed: {shown}"
"---"
"Query Date: Nov 7, 2024 9:01:51 AM"
"""
EUROSTAT = """freq,unit,sex,age,geo\\TIME_PERIOD\t2020 \t2021 \t2022
A,NR,F,Y15-19,DE\t120 \t130 b\t: c
A,NR,M,Y15-19,DE\t220 \t230 \t240 ep
A,NR,T,Y15-19,DE\t340 \t360 \t:
A,NR,F,Y15-19,EU27_2020\t5000 \t: \t5200 p
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_wonder(tmp_path: Path) -> None:
    frame = bg.read_wonder(write(tmp_path, "deaths.txt", WONDER.format(shown="True")))
    assert list(frame) == ["county", "county_code", "deaths", "population", "crude_rate"]
    np.testing.assert_array_equal(frame["deaths"], [34, 12, np.nan, 0])
    np.testing.assert_array_equal(frame["crude_rate"], [123.7, np.nan, np.nan, 0])
    assert frame["county_code"].tolist() == ["39001", "39003", "39015", "39037"]
    assert frame.attrs["source"] == (
        "CDC WONDER. Dataset: Underlying Cause of Death, 2018-2022, Single Race. "
        "Query Date: Nov 7, 2024 9:01:51 AM. File deaths.txt"
    )
    assert frame.attrs["caveats"] == (
        "Left out: 1 row of totals.",
        "1 value of deaths is suppressed: from 1 to 9. Write suppressed(deaths, 1, 9) on the left "
        "of the formula to keep them.",
    )
    model = bg.Model(
        "suppressed(deaths, 1, 9) ~ 1 + (1 | county)",
        frame,
        family="poisson",
        exposure="population",
    )
    assert model.design.n == 4
    assert model.design.caveats == frame.attrs["caveats"]


def test_a_query_that_left_suppressed_rows_out_is_told(tmp_path: Path) -> None:
    frame = bg.read_wonder(write(tmp_path, "deaths.txt", WONDER.format(shown="Disabled")))
    assert "'Show Suppressed: Disabled'" in frame.attrs["caveats"][-1]


@pytest.mark.parametrize(
    ("words", "lower"), [("represents zero to nine (0-9) deaths", 0), ("one to nine deaths", 1)]
)
def test_the_file_says_which_counts_are_suppressed(words: str, lower: int, tmp_path: Path) -> None:
    text = WONDER.replace("\t0\t51881\t0.0 (Unreliable)", "\t21\t51881\t40.5")
    frame = bg.read_wonder(write(tmp_path, "d.txt", text.format(shown="True") + f'"{words}"\n'))
    assert f"from {lower} to 9" in frame.attrs["caveats"][1]


def test_eurostat(tmp_path: Path) -> None:
    frame = bg.read_eurostat(write(tmp_path, "demo.tsv", EUROSTAT))
    assert list(frame) == ["freq", "unit", "sex", "age", "geo", "time", "value", "flag"]
    assert frame["time"].unique().tolist() == ["2020", "2021", "2022"]
    assert set(frame["geo"]) == {"DE"}
    assert set(frame["sex"]) == {"F", "M"}
    values = frame.pivot_table(index="sex", columns="time", values="value", dropna=False)
    np.testing.assert_array_equal(values.loc["M"], [220, 230, 240])
    assert frame.attrs["caveats"] == (
        "Left out: 3 rows of totals of sex (T).",
        "Left out: 3 rows of totals of geo (EU27_2020).",
        "1 cell is empty.",
        "1 cell is flagged b: break in time series.",
        "1 cell is flagged c: withheld to protect respondents.",
        "1 cell is flagged e: estimated.",
        "1 cell is flagged p: provisional.",
    )


@pytest.mark.skipif("BAYESGLMM_DATA" not in os.environ, reason="needs the data files")
def test_vsrr() -> None:
    path = Path(os.environ["BAYESGLMM_DATA"]) / "maternal_vsrr_asof_2025-07-06.csv"
    frame = bg.read_vsrr(path, "Age")
    assert set(frame["group"]) == {"Age"}
    assert set(frame["month"]) == {12}
    assert not frame.duplicated(["subgroup", "year"]).any()
    whole = pd.read_csv(path)
    counted = whole[(whole["group"] == "Age") & (whole["month"] == 12)]
    assert frame["maternal_deaths"].sum() == counted["maternal_deaths"].sum()
    assert "as of 2025-07-06" in frame.attrs["source"]
    with pytest.raises(DataError, match=r"Its groups: Age, Race and Hispanic origin, Total\."):
        bg.read_vsrr(path, "Ages")


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (bg.read_wonder, "is no export of CDC WONDER"),
        (bg.read_eurostat, "is no table of Eurostat"),
        (lambda path: bg.read_vsrr(path, "Age"), "is no VSRR file: it has no column group"),
    ],
)
def test_other_tables_are_refused(read, message: str, tmp_path: Path) -> None:
    path = write(tmp_path, "other.csv", "a,b\n1,2\n")
    with pytest.raises(DataError, match=message):
        read(path)
