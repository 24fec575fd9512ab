"""Rows and columns: kinds of column, order of levels, missing values, and the account of losses."""

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design import make_design
from bayesglmm.design.frame import make_frame
from bayesglmm.design.labels import label_of, natural_order
from bayesglmm.design.uses import column_uses
from bayesglmm.errors import DataError
from bayesglmm.spec import specify


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (3, "3"),
        (3.0, "3"),
        (np.float32(3), "3"),
        (np.int64(-2), "-2"),
        ("3", "3"),
        ("3.0", "3.0"),
        (0.25, "0.25"),
        (True, "True"),
        (np.False_, "False"),
        ("Ünï", "Ünï"),
    ],
)
def test_label_of(value, label):
    assert label_of(value) == label


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["b", "a"], ["a", "b"]),
        (["10", "9", "-1"], ["-1", "9", "10"]),
        (["10", "9", "x"], ["10", "9", "x"]),
        (["Progabide", "placebo"], ["placebo", "Progabide"]),
        (
            ["b", "B", "a", "A", "é", "f", "Élan", "eta"],
            ["a", "A", "b", "B", "é", "Élan", "eta", "f"],
        ),
        (["None", "mild", "Severe"], ["mild", "None", "Severe"]),
        (["ab", "AB", "Ab"], ["ab", "Ab", "AB"]),
        ([], []),
    ],
)
def test_natural_order(labels, ordered):
    assert natural_order(labels) == ordered


def test_column_uses():
    spec = specify("p(y, n) ~ x + log(z) + (1 + w | a/b)", family="binomial")
    assert column_uses(spec) == {
        "y": "the response",
        "n": "the number of trials",
        **dict.fromkeys(("x", "z", "w"), "the fixed part"),
        **dict.fromkeys(("a", "b"), "a grouping factor"),
    }
    spec = specify("log(y) ~ g + (1 | g)")
    assert column_uses(spec) == {"y": "the response", "g": "the fixed part"}
    spec = specify("y ~ 1", family="poisson", exposure="t")
    assert column_uses(spec) == {"y": "the response", "t": "the exposure"}


Y = [1.0, 2.0, 4.0, 8.0]

# A column x; options of the spec; the levels of the factor (None: a number).
KINDS = {
    "text": (["b", "a", "c", "a"], {}, ["a", "b", "c"]),
    "numerals": (["10", "9", "9", "100"], {}, ["9", "10", "100"]),
    "integers": ([3, 1, 2, 1], {}, None),
    "floats": ([3.5, 1, 2, 1], {}, None),
    "bool": ([True, False, True, True], {}, None),
    "nullable integers": (pd.array([3, 1, 2, 1], "Int64"), {}, None),
    "nullable bool": (pd.array([True, False, True, True], "boolean"), {}, None),
    "string dtype": (pd.array(["b", "a", "c", "a"], "string"), {}, ["a", "b", "c"]),
    "categorical": (pd.Categorical(list("abca"), ["c", "a", "b"]), {}, ["c", "a", "b"]),
    "unused": (pd.Categorical(list("abca"), list("zcyab")), {}, ["c", "a", "b"]),
    "ordered": (pd.Categorical(list("abca"), ["c", "a", "b"], ordered=True), {}, ["c", "a", "b"]),
    "integer categorical": (pd.Categorical([3, 1, 2, 1], [2, 3, 1]), {}, ["2", "3", "1"]),
    "reference": (["b", "a", "c", "a"], {"reference": {"x": "c"}}, ["c", "a", "b"]),
    "reference of a number": ([3, 1, 2, 1], {"reference": {"x": 2}}, ["2", "1", "3"]),
    "reference as label": ([3.0, 1, 2, 1], {"reference": {"x": "2"}}, ["2", "1", "3"]),
    "labels": ([3, 1, 2, 1], {"labels": {"x": {3: "z", 2: "y", 1: "x"}}}, ["z", "y", "x"]),
    "labels of floats": ([3.0, 1, 2, 1], {"labels": {"x": {3: "z", 2: "y", 1: "x"}}}, list("zyx")),
    "unused label": (
        [3, 1, 2, 1],
        {"labels": {"x": dict(zip([9, 3, 1, 2], "wzyx", strict=True))}},
        list("zyx"),
    ),
    "merging labels": ([3, 1, 2, 1], {"labels": {"x": {1: "lo", 2: "hi", 3: "hi"}}}, ["lo", "hi"]),
    "labelled already": (
        list("abca"),
        {"labels": {"x": dict(zip([3, 2, 1], "cba", strict=True))}},
        list("cba"),
    ),
    "labels and reference": (
        *(
            [3, 1, 2, 1],
            {"labels": {"x": dict(zip([3, 2, 1], "zyx", strict=True))}, "reference": {"x": "y"}},
        ),
        ["y", "z", "x"],
    ),
}


@pytest.mark.parametrize(("values", "options", "levels"), KINDS.values(), ids=KINDS)
def test_kinds_of_column(values, options, levels):
    frame = make_frame(specify("y ~ x", **options), pd.DataFrame({"y": Y, "x": values}))
    if levels is None:
        assert "x" not in frame.levels
        np.testing.assert_array_equal(frame.data["x"], np.asarray(values, dtype=float))
    else:
        assert list(frame.levels["x"]) == levels
        assert frame.data["x"].cat.ordered
        mapping = {label_of(k): v for k, v in options.get("labels", {}).get("x", {}).items()}
        names = [label_of(value) for value in values]
        assert list(frame.data["x"]) == [mapping.get(name, name) for name in names]


def test_level_names_are_carried_unchanged():
    names = ["Ærø", "北京", "naïve café", "a/b:c[d]", "100 %, <b>"]
    data = pd.DataFrame({"y": np.arange(5.0), "x": names, "g": names})
    frame = make_frame(specify("y ~ x + (1 | g)"), data)
    assert sorted(frame.levels["x"]) == sorted(frame.levels["g"]) == sorted(names)
    assert list(frame.data["x"]) == names


def make_missing():
    return pd.DataFrame(
        {
            "y": [1.0, 2, np.nan, 4, 5, 6, 7],
            "x": [1.0, np.nan, np.nan, 4, 5, 6, 7.5],
            "s": ["a", "b", "a", None, "a", "b", "a"],
            "g": ["p", "q", "q", "r", "s", "s", "s"],
            "unused": [np.nan] * 7,
        },
        index=[7, 7, 5, 5, 3, 2, 1],  # of no meaning: rows are counted from 0
    )


def test_missing_values_are_an_error():
    with pytest.raises(DataError) as caught:
        make_frame(specify("y ~ x + s + (1 | g)"), make_missing())
    *columns, advice = str(caught.value).splitlines()
    assert sorted(columns) == [
        "'s' has 1 missing value (row 3) and is used for the fixed part.",
        "'x' has 2 missing values (rows 1, 2) and is used for the fixed part.",
        "'y' has 1 missing value (row 2) and is used for the response.",
    ]
    assert advice == 'Drop them with missing="drop", or fill them before the call.'


def test_row_flow():
    frame = make_frame(specify("y ~ x + s + (1 | g)", missing="drop"), make_missing())
    assert (frame.flow.read, frame.flow.used) == (7, 4)
    assert frame.rows.tolist() == [0, 4, 5, 6]
    assert list(frame.data["y"]) == [1, 5, 6, 7]
    assert {item.column: item.rows for item in frame.flow.dropped} == {
        "x": (1, 2),
        "s": (3,),
        "y": (2,),
    }
    assert frame.flow.groups_lost == {"g": ("q", "r")}
    assert frame.levels["g"] == ("p", "s")
    sentences = frame.flow.sentences()
    assert sentences[0] == "7 rows read, 3 dropped, 4 used."
    assert "'x' is missing in 2: rows 1, 2." in sentences
    assert sentences[-1] == "2 g levels have no rows: q, r."


@pytest.mark.parametrize(
    ("values", "options", "lost"),
    [
        (list("ppqq"), {}, {}),
        (pd.Categorical(list("ppqq"), list("pqr")), {}, {"g": ("r",)}),
        ([1, 1, 2, 2], {"labels": {"g": {1: "p", 2: "q", 3: "r"}}}, {"g": ("r",)}),
    ],
)
def test_declared_groups_without_rows_are_counted(values, options, lost):
    frame = make_frame(specify("y ~ (1 | g)", **options), pd.DataFrame({"y": Y, "g": values}))
    assert frame.flow.groups_lost == lost


def test_nothing_lost_is_said_in_one_sentence():
    frame = make_frame(specify("y ~ 1"), pd.DataFrame({"y": Y}))
    assert frame.flow.sentences() == ["4 rows read, 0 dropped, 4 used."]


def test_the_users_data_are_not_altered():
    data = make_missing()
    before = data.copy(deep=True)
    frame = make_frame(specify("y ~ x + s + (1 | g)", missing="drop"), data)
    frame.data["y"] = 0.0
    pd.testing.assert_frame_equal(data, before)


HALF = "v\udc80"
"""What Python makes of a byte of another encoding with errors="surrogateescape"."""


@pytest.mark.parametrize(
    ("rows", "formula", "words"),
    [
        ({"y": [0, 1], HALF: [1, 2]}, f"y ~ `{HALF}`", r"A column is named 'v\\udc80'"),
        ({"y": [0, 1], "x": ["u", HALF]}, "y ~ x", r"column 'x' has the value 'v\\udc80'"),
        ({"y": [0, 1], "x": ["u", HALF]}, "y ~ 1 + (1 | x)", r"column 'x' has the value"),
    ],
    ids=["name", "value", "group"],
)
def test_text_that_is_not_unicode(rows, formula, words):
    data = pd.concat([pd.Series(values, dtype=object) for values in rows.values()], axis=1)
    data.columns = pd.Index(list(rows), dtype=object)
    with pytest.raises(DataError, match=f"{words}.*encoding="):
        make_design(specify(formula), data)
