"""Files as their own tools wrote them: values, labels in the order of codes, missing codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import bayesglmm as bg
from bayesglmm.design.making import make_design
from bayesglmm.errors import DataError
from bayesglmm.files.coded import MISSING_CODES, PARTLY_LABELLED, Column, decoded
from bayesglmm.files.reading import READERS

FIXTURES = Path(__file__).parent / "fixtures"
DATA = pd.DataFrame(
    {
        "y": [1.5, 2.5, 4.0, 3.0, 2.0, 5.0],
        "income": [1.0, 2.0, 99.0, 98.0, 99.0, np.nan],
        "rating": [3.0, 1.0, 2.0, 3.0, 1.0, 2.0],
        "age": [20.0, 30.0, 97.0, 50.0, 60.0, 70.0],
        "place": ["a", "b", "a", "b", "a", "b"],
    }
)
LABELS = {
    "rating": {1.0: "low", 2.0: "mid", 3.0: "high"},
    "income": {98.0: "don't know", 99.0: "refused"},
    "age": {97.0: "97 or more"},
}


def spss(folder: Path) -> Path:
    path = folder / "survey.sav"
    pyreadstat.write_sav(
        DATA, str(path), variable_value_labels=LABELS, missing_ranges={"income": [98, 99]}
    )
    return path


def test_spss(tmp_path: Path) -> None:
    """Labels in the order of their codes; pandas.read_spss sorts them: high, low, mid."""
    frame = bg.read_data(spss(tmp_path))
    assert frame["rating"].tolist() == ["high", "low", "mid", "high", "low", "mid"]
    assert frame["rating"].cat.categories.tolist() == ["low", "mid", "high"]
    assert frame["income"].tolist()[:2] == [1, 2]
    assert frame["income"].isna().sum() == 4
    assert frame["income"].dtype == float
    assert frame["age"].tolist() == DATA["age"].tolist()
    assert frame.attrs == {
        "source": "survey.sav",
        MISSING_CODES: {"income": {"99 (refused)": 2, "98 (don't know)": 1}},
        PARTLY_LABELLED: {"age": {"97": "97 or more"}},
    }


def test_codes_are_counted_in_the_row_flow_and_told_by_the_audit(tmp_path: Path) -> None:
    model = bg.Model("y ~ age + (1 | place)", bg.read_data(spss(tmp_path)))
    assert not any("codes" in sentence for sentence in model.design.flow.sentences())
    found = [finding for finding in model.audit().findings if finding.code == "PARTLY"]
    assert ["97 is '97 or more'" in finding.sentence for finding in found] == [True]
    spec = bg.specify("y ~ 0 + income", missing="drop")
    flow = make_design(spec, bg.read_data(spss(tmp_path))).flow
    assert flow.used == 2
    assert (
        "In its file 'income' has codes for missing values: 99 (refused) in 2, "
        "98 (don't know) in 1." in flow.sentences()
    )


def test_stata(tmp_path: Path) -> None:
    path = tmp_path / "survey.dta"
    pyreadstat.write_dta(DATA, str(path), variable_value_labels={"rating": LABELS["rating"]})
    frame = bg.read_data(path)
    assert frame["rating"].cat.categories.tolist() == ["low", "mid", "high"]
    pd.testing.assert_frame_equal(
        frame.drop(columns="rating"), DATA.drop(columns="rating"), check_dtype=False
    )


def test_codes_of_the_user_are_missing(tmp_path: Path) -> None:
    DATA.to_csv(tmp_path / "survey.csv", index=False)
    frame = bg.read_data(tmp_path / "survey.csv", missing={"income": [98, 99], "place": ["b"]})
    assert frame["income"].isna().sum() == 4
    assert frame["place"].isna().sum() == 3
    assert frame.attrs[MISSING_CODES] == {"income": {"99": 2, "98": 1}, "place": {"b": 3}}
    with pytest.raises(DataError, match="incom"):
        bg.read_data(tmp_path / "survey.csv", missing={"incom": [98]})
    found = bg.Model("y ~ income", bg.read_data(tmp_path / "survey.csv"), missing="drop").audit()
    said = [each.sentence for each in found.findings if each.code == "NOANSWER"]
    assert ["income is 98, 99 in 3 rows" in sentence for sentence in said] == [True]


def test_letters_of_stata_and_sas_are_missing() -> None:
    """A code of ``.a`` stands in a column of numbers and such texts."""
    codes = pd.Series([1.0, ".a", 3.0, ".b", ".a"], dtype=object)
    column = Column(codes, {".a": "refused"}, lambda code: code in (".a", ".b"))
    frame = decoded({"income": column})
    np.testing.assert_array_equal(frame["income"], [1, np.nan, 3, np.nan, np.nan])
    assert frame["income"].dtype == float
    assert frame.attrs == {MISSING_CODES: {"income": {".a (refused)": 2, ".b": 1}}}


def test_labels_that_two_codes_share_are_one_level() -> None:
    frame = decoded({"q": Column(pd.Series([1, 2, 3]), {1: "no", 2: "yes", 3: "no"})})
    assert frame["q"].cat.categories.tolist() == ["no", "yes"]
    assert frame["q"].tolist() == ["no", "yes", "no"]


def test_sas_transport(tmp_path: Path) -> None:
    path = tmp_path / "survey.xpt"
    pyreadstat.write_xport(DATA[["y", "rating"]], str(path))
    pd.testing.assert_frame_equal(bg.read_data(path), DATA[["y", "rating"]], check_dtype=False)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".feather", ".xlsx", ".CSV"])
def test_plain_tables(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"survey{ending}"
    write = {
        ".tsv": lambda: DATA.to_csv(path, sep="\t", index=False),
        ".parquet": lambda: DATA.to_parquet(path),
        ".feather": lambda: DATA.to_feather(path),
        ".xlsx": lambda: DATA.to_excel(path, index=False),
    }
    write.get(ending, lambda: DATA.to_csv(path, index=False))()
    frame = bg.read_data(path)
    pd.testing.assert_frame_equal(frame, DATA, check_dtype=False)
    assert frame.attrs["source"] == path.name


@pytest.mark.parametrize("name", ["frame.rds", "tibble.rds", "one.rda"])
def test_r(name: str) -> None:
    frame = bg.read_data(FIXTURES / name)
    np.testing.assert_array_equal(frame["y"], [1.5, np.nan, 4])
    np.testing.assert_array_equal(frame["count"], [1, np.nan, 3])
    assert frame["arm"].cat.categories.tolist() == ["b", "a"]
    assert frame["dose"].cat.categories.tolist() == ["low", "high"]
    assert frame["day"].tolist() == [pd.Timestamp("2020-01-01"), pd.NaT, pd.Timestamp("2021-05-05")]
    assert frame["at"].tolist()[1:] == [pd.Timestamp("2020-01-02 10:00"), pd.NaT]
    assert frame["said"].isna().tolist() == frame["yes"].isna().tolist() == [False, True, False]
    assert frame["yes"].dtype == "boolean"
    assert frame["q"].tolist() == ["yes", "no", "yes"]
    assert frame["age"].tolist() == [20, 97, 40]
    assert frame.attrs == {"source": name, PARTLY_LABELLED: {"age": {"97": "97 or more"}}}


def test_which_data_frame_of_r() -> None:
    assert len(bg.read_data(FIXTURES / "two.RData", table="tibble")) == 3
    with pytest.raises(DataError, match=r"holds the data frames data, tibble\. Write read_data"):
        bg.read_data(FIXTURES / "two.RData")
    with pytest.raises(DataError, match="holds no data frame"):
        bg.read_data(FIXTURES / "none.rda")
    with pytest.raises(DataError, match="holds no data frame"):
        bg.read_data(FIXTURES / "model.rds")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.csv", None, "there is no such file"),
        ("notes.txt", b"", "cannot be read: its name does not end in one of .csv"),
        ("empty.csv", b"", "cannot be read: No columns"),
        ("broken.sav", b"not SPSS", "cannot be read"),
        ("broken.rds", b"not R", "cannot be read"),
        ("broken.parquet", b"no", "cannot be read"),
        ("broken.xlsx", b"no", "cannot be read"),
    ],
)
def test_what_cannot_be_read(
    name: str, content: bytes | None, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        bg.read_data(tmp_path / name)


def test_one_table_needs_no_name(tmp_path: Path) -> None:
    DATA.to_csv(tmp_path / "survey.csv")
    with pytest.raises(DataError, match="leave table= out"):
        bg.read_data(tmp_path / "survey.csv", table="x")
    assert {".sav", ".dta", ".rds"} <= set(READERS)
