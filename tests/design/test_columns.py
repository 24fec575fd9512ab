"""Fixed-effect columns against matrices known by hand, and transforms that remember."""

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design.columns import apply_columns, make_columns
from bayesglmm.design.encoding import evaluate_numbers
from bayesglmm.errors import FormulaError


def ordered(values, levels):
    return pd.Categorical(list(values), list(levels), ordered=True)


DATA = pd.DataFrame(
    {
        "x": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
        "z": [3, 1, 4, 1, 5, 9],
        "sex": ordered("fmfmfm", "fm"),
        "edu": ordered("bcabca", "bca"),  # b is the reference, though a comes first in the alphabet
        "a b": [0.0, 1.0, 0.0, 1.0, 0.0, 3.0],
    }
)
X, Z = DATA["x"].to_numpy(), DATA["z"].to_numpy(dtype=float)
M = np.array([0.0, 1, 0, 1, 0, 1])
F = 1 - M
EDU_C, EDU_A = np.array([0.0, 1, 0, 0, 1, 0]), np.array([0.0, 0, 1, 0, 0, 1])
EDU_B = 1 - EDU_C - EDU_A

# Formula; whether it has an intercept; its columns by name.
KNOWN = [
    ("1", True, {}),
    ("0", False, {}),
    ("x", True, {"x": X}),
    ("x + z", True, {"x": X, "z": Z}),
    ("x - 1", False, {"x": X}),
    ("sex", True, {"sex[m]": M}),
    ("0 + sex", False, {"sex[f]": F, "sex[m]": M}),
    ("edu", True, {"edu[c]": EDU_C, "edu[a]": EDU_A}),
    ("0 + edu", False, {"edu[b]": EDU_B, "edu[c]": EDU_C, "edu[a]": EDU_A}),
    ("0 + edu + sex", False, {"edu[b]": EDU_B, "edu[c]": EDU_C, "edu[a]": EDU_A, "sex[m]": M}),
    ("sex*x", True, {"sex[m]": M, "x": X, "sex:x[m]": M * X}),
    ("x:z", True, {"x:z": X * Z}),
    ("sex:x", True, {"sex:x[f]": F * X, "sex:x[m]": M * X}),
    ("x/sex", True, {"x": X, "x:sex[m]": X * M}),
    ("sex/x", True, {"sex[m]": M, "sex:x[f]": F * X, "sex:x[m]": M * X}),
    (
        *("sex*edu", True),
        {
            **{"sex[m]": M, "edu[c]": EDU_C, "edu[a]": EDU_A},
            **{"sex:edu[m, c]": M * EDU_C, "sex:edu[m, a]": M * EDU_A},
        },
    ),
    ("log(x) + np.sqrt(z)", True, {"log(x)": np.log(X), "np.sqrt(z)": np.sqrt(Z)}),
    ("I(x**2) + {x + z}", True, {"I(x ** 2)": X**2, "I(x + z)": X + Z}),
    ("x + I(x / z)", True, {"x": X, "I(x ÷ z)": X / Z}),  # a slash would name a group of results
    ("`a b`", True, {"a b": DATA["a b"].to_numpy()}),
    ("center(x)", True, {"center(x)": X - X.mean()}),
    ("T(sex, 'm')", True, {"T(sex, 'm')[f]": F}),
    ("S(sex)", True, {"S(sex)[f]": F - M}),
    ("x + offset(log(z))", True, {"x": X}),
]


@pytest.mark.parametrize(("text", "intercept", "expected"), KNOWN)
def test_known_matrices(text, intercept, expected):
    columns, _ = make_columns(text, DATA)
    assert columns.intercept == intercept
    assert columns.names == tuple(expected)
    assert columns.values.shape == (6, len(expected))
    for name, found in zip(columns.names, columns.values.T, strict=True):
        np.testing.assert_allclose(found, expected[name], rtol=1e-14, err_msg=name)
    assert [name for term in columns.terms for name in term.columns] == list(expected)


@pytest.mark.parametrize("text", ["x", "sex*edu", "edu/x", "x*edu + sex", "0 + sex:edu", "edu:z"])
def test_same_column_space_as_patsy(text):
    """A second opinion on which columns an interaction needs."""
    patsy = pytest.importorskip("patsy")
    columns, _ = make_columns(text, DATA)
    theirs = np.asarray(patsy.dmatrix(text, DATA))
    ones = [np.ones(6)] if columns.intercept else []
    ours = np.column_stack([*ones, columns.values])
    rank = np.linalg.matrix_rank(theirs)
    assert np.linalg.matrix_rank(ours) == ours.shape[1] == rank
    assert np.linalg.matrix_rank(np.hstack([ours, theirs])) == rank


def test_terms():
    columns, _ = make_columns("x + poly(z, 2) + sex:x", DATA)
    assert [(term.name, term.levels, term.columns) for term in columns.terms] == [
        ("x", None, ("x",)),
        ("poly(z, 2)", ("0", "1"), ("poly(z, 2)[0]", "poly(z, 2)[1]")),
        ("sex:x", ("m",), ("sex:x[m]",)),
    ]


@pytest.mark.parametrize(
    ("text", "center", "scale"),
    [
        ("x + sex", [X.mean(), 0.5], [X.std(), 1.0]),
        ("0 + x + sex", [0, 0, 0], [X.std(), 1.0, 1.0]),
        ("`a b` + edu", [5 / 6, 1 / 3, 1 / 3], [DATA["a b"].std(ddof=0), 1, 1]),
        ("sex:x", [(F * X).mean(), (M * X).mean()], [(F * X).std(), (M * X).std()]),
        ("1", [], []),
    ],
)
def test_center_and_scale(text, center, scale):
    columns, _ = make_columns(text, DATA)
    np.testing.assert_allclose(columns.center, center, rtol=1e-14)
    np.testing.assert_allclose(columns.scale, scale, rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("x", 0 * X),
        ("x + offset(z)", Z),
        ("offset(z) + sex + offset(log(x))", np.log(X) + Z),
        ("1 + offset(2)", 2 + 0 * X),
    ],
)
def test_offsets_add_up(text, offset):
    found = make_columns(text, DATA)[1]
    np.testing.assert_allclose(found, offset, rtol=1e-14)


NEW = pd.DataFrame(
    {
        "x": [5.0, 2.0],
        "z": [2, 4],
        "sex": ordered("mm", "fm"),
        "edu": ordered("ac", "bca"),
        "a b": [7.0, 0.0],
    }
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("center(x)", [[5 - X.mean()], [2 - X.mean()]]),
        ("scale(x)", [[(5 - X.mean()) / X.std()], [(2 - X.mean()) / X.std()]]),
        ("sex + x:z", [[1, 10], [1, 8]]),
        ("edu", [[0, 1], [1, 0]]),
        ("0 + sex", [[0, 1], [0, 1]]),
        ("sex*x", [[1, 5, 5], [1, 2, 2]]),
        ("`a b` + log(x)", [[7, np.log(5)], [0, np.log(2)]]),
    ],
)
def test_new_data(text, expected):
    columns, _ = make_columns(text, DATA)
    values, *_ = apply_columns(columns, NEW)
    np.testing.assert_allclose(values, expected, rtol=1e-14)


@pytest.mark.parametrize(
    "text", ["bs(x, df=4)", "poly(x, 2)", "poly(z, 2, raw=True)", "center(x):sex", "scale(x) + z"]
)
def test_transforms_remember_their_parameters(text):
    """Each row alone gives what it gave among the others."""
    columns, _ = make_columns(text, DATA)
    for row in range(len(DATA)):
        values, *_ = apply_columns(columns, DATA.iloc[[row]])
        np.testing.assert_allclose(values[0], columns.values[row], rtol=1e-10, atol=1e-12)


def test_polynomials_are_orthonormal_and_splines_sum_to_one():
    poly = make_columns("poly(x, 3)", DATA)[0].values
    np.testing.assert_allclose(poly.T @ poly, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(poly.sum(axis=0), 0, atol=1e-12)
    spline = make_columns("0 + bs(x, df=5, intercept=True)", DATA)[0].values
    np.testing.assert_allclose(spline.sum(axis=1), 1, rtol=1e-12)


def test_aliased_columns_are_kept_out_and_named_in_words():
    data = DATA.assign(double=2 * X, mix=X - 3 * Z + 1, zero=np.where(M == 2, X, 0.0))
    columns, _ = make_columns("x + double + z + mix", data)
    assert columns.names == ("x", "z")
    assert [str(alias) for alias in columns.aliased] == ["double = 2 × x", "mix = 1 + x - 3 × z"]


def test_two_margins_of_one_table_are_aliased():
    """Rows are split by ethnicity or by age, never both: each marks the other as unknown."""
    data = pd.DataFrame(
        {
            "eth": ordered(["A", "B", "U", "U"] * 3, ["A", "B", "U"]),
            "age": ordered(["U", "U", "old", "young"] * 3, ["U", "old", "young"]),
        }
    )
    columns, _ = make_columns("eth + age", data)
    assert columns.names == ("eth[B]", "eth[U]", "age[old]")
    (alias,) = columns.aliased
    assert str(alias) == "age[young] = eth[U] - age[old]"
    others = {**dict(zip(columns.names, columns.values.T, strict=True)), "1": 1.0}
    found = sum(weight * others[name] for weight, name in alias.parts)
    np.testing.assert_allclose(found, (data["age"] == "young").to_numpy(dtype=float), atol=1e-12)


def test_an_empty_cell_is_aliased_with_nothing():
    data = DATA.iloc[[0, 1, 2, 3]].assign(b=ordered("ppqp", "pq"))
    columns, _ = make_columns("sex*b", data)
    assert columns.names == ("sex[m]", "b[q]")
    assert [str(alias) for alias in columns.aliased] == ["sex:b[m, q] = 0"]


def test_nearly_dependent_columns_are_kept():
    noise = np.array([1, -1, 1, 1, -1, -1.0])
    columns, _ = make_columns("x + near", DATA.assign(near=X + 1e-4 * noise))
    assert columns.names == ("x", "near")


def test_large_means_do_not_look_dependent():
    year = 2000 + np.arange(6.0)
    columns, _ = make_columns("year + later", DATA.assign(year=year, later=year**2))
    assert columns.names == ("year", "later")


@pytest.mark.parametrize("text", ["log(x)", "x", "I(x + z)"])
def test_evaluate_numbers(text):
    expected = {"log(x)": np.log(X), "x": X, "I(x + z)": X + Z}[text]
    np.testing.assert_allclose(evaluate_numbers(text, DATA), expected, rtol=1e-15)


@pytest.mark.parametrize("text", ["edu", "C(x)", "poly(x, 2)"])
def test_evaluate_numbers_wants_one_column(text):
    with pytest.raises(FormulaError, match="not a single column"):
        evaluate_numbers(text, DATA)


def test_names_never_come_from_the_callers_scope():
    hidden = np.ones(6)  # in scope here, yet no column
    with pytest.raises(FormulaError):
        make_columns("x + hidden", DATA)
    assert hidden.sum() == 6


SECONDS = 1.7e9 + np.arange(100)
NOISE = np.sin(np.arange(100.0))


@pytest.mark.parametrize("side", ["t", "0 + t", "0 + half + t", "half*t", "x + t"])
def test_a_trend_far_from_zero_is_a_column(side):
    """Seconds since 1970: the trend is 2e-8 of the column, and all that it says."""
    data = pd.DataFrame({"t": SECONDS, "x": NOISE, "half": ordered("uv" * 50, "uv")})
    columns, _ = make_columns(side, data)
    assert columns.aliased == ()
    assert "t" in columns.names


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("t + u", "u = -3 + 2 × t"),
        ("0 + t + u", "u = 2 × t"),
        ("t + x + v", "v = x + t"),
        ("x + e", "e = 1"),
    ],
)
def test_what_others_determine_far_from_zero_is_left_out(side, said):
    third = 2.0 if side.startswith("0") else 2 - 3 / SECONDS
    data = pd.DataFrame({"t": SECONDS, "x": NOISE})
    data = data.assign(u=third * SECONDS, v=SECONDS + NOISE, e=1 + 1e-15 * np.arange(100))
    columns, _ = make_columns(side, data)
    (alias,) = columns.aliased
    others = dict(zip(columns.names, columns.values.T, strict=True)) | {"1": np.ones(100)}
    found = sum(weight * others[name] for weight, name in alias.parts)
    np.testing.assert_allclose(found, data[alias.column], rtol=1e-9)
    assert alias.column == said[0]


def test_what_other_columns_determine_is_known_of_new_rows():
    data = pd.DataFrame({"a": ordered("ppq", "pq"), "b": ordered("rsr", "rs")})
    columns, _ = make_columns("a*b", data)
    new = pd.DataFrame({"a": ordered("pqpq", "pq"), "b": ordered("rrss", "rs")})
    _, _, gaps = apply_columns(columns, new)
    np.testing.assert_array_equal(gaps, [[0], [0], [0], [1]])
