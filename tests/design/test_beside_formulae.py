"""Our reading of a formula beside formulae's own, and what only ours can say."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from formulae.environment import Environment
from formulae.matrices import DesignMatrices
from formulae.model_description import model_description
from formulae.transforms import C

from bayesglmm.design import make_design
from bayesglmm.design.columns import apply_columns, make_columns
from bayesglmm.errors import DataError, FormulaError
from bayesglmm.spec import specify


def ordered(values, levels):
    return pd.Categorical(list(values), list(levels), ordered=True)


N = 24
ROW = np.arange(N)
DATA = pd.DataFrame(
    {
        "x": np.exp(np.sin(ROW)) + ROW / 5,
        "z": (ROW * 7) % 11 + 1.0,
        "w": np.cos(ROW * 1.7),
        "k": ROW % 3,
        "f": ordered(np.array(list("abc"))[ROW % 3], "abc"),
        "g": ordered(np.array(list("qp"))[(ROW // 3) % 2], "qp"),
        "h": ordered(np.array(list("uvw"))[(ROW // 6) % 3], "uvw"),
        "a b": ROW**2 / 100,
        "x.1": np.sqrt(ROW),
        "größe": np.tan(ROW / 20),
        "Treatment": np.sin(3 * ROW),
        "Sum": ordered(np.array(list("mn"))[ROW % 2], "mn"),
        "C": np.cos(3 * ROW),
        "T": np.sin(5 * ROW),
        "S": np.cos(5 * ROW),
        "chain": np.sin(7 * ROW),
        "draw": np.cos(7 * ROW),
        "_x": np.sin(11 * ROW),
        "class": np.cos(11 * ROW),
        "None": np.sin(13 * ROW),
        "1st": np.cos(13 * ROW),
        "a:b": np.sin(17 * ROW),
    }
)
CROSSED = pd.DataFrame(
    {
        "f": ordered(np.array(list("abc"))[np.arange(72) % 3], "abc"),
        "g": ordered(np.array(list("qp"))[(np.arange(72) // 3) % 2], "qp"),
        "h": ordered(np.array(list("uvw"))[(np.arange(72) // 6) % 3], "uvw"),
        "k": (np.arange(72) // 18) % 4 % 3,
    }
)
X, Z = DATA["x"].to_numpy(), DATA["z"].to_numpy()

SAME = """
1 | 0 | -1 | x | 0 + x | x - 1 | x + 0 | 1 + x | x + z | x + z - x | x + x | (x + z) | ((x))
f | 0 + f | f + g | 0 + f + g | f*g | f:g | 0 + f:g | f/g | g/f | f/x | x/f | f*x | f:x | x:z
x*z*w | (x + z)**2 | (x + z + w)**2 | (x + z + w)**3 | (f + x)**2 | f*g - f:g | f*(x + z)
(f + g):x | f*g*h | f*g*x | x + f:x | (x + z)*g | f/g/x | 0 + f*x | x + (z + w)
log(x) | np.log(x) | exp(w) + sqrt(x) | log(x)*f | abs(w) | log1p(x) | I(x + z) | {x + z}
I(x**2) | I(x**0.5) | I(x*z + w) | I(x/z) | I(x - z - w) | I(x > 2) | I(k == 1) | I(x*2 >= z)
center(x) | scale(x)*f | standardize(z) | center(log(x)) | poly(x, 2) | poly(x, 3, raw=True)
poly(x, 2)*z | bs(x, df=4) | bs(x, df=5, degree=2) | 0 + bs(x, df=5, intercept=True)
bs(x, df=4):g | C(k) | C(f) | C(k)*x | 0 + C(k) | factor(k) | T(f, 'b') | T(f, ref="b") | S(f)
S(f)*x | C(f, Sum) | C(f, Treatment) | C(f, Sum('a')) | C(k, Sum)*g
C(f, contrast=Sum) | S(f, omit='a') | binary(f, 'b') | B(k, 1)
`a b` | `a b`*f | log(`a b` + 1) | x.1 + größe | größe:x.1 | C + T + S | C(C, Sum) | log (x)
"""
"""Formulas that formulae reads as we do."""


def theirs(text):
    functions = {name: getattr(np, name) for name in ("log", "exp", "sqrt", "abs", "log1p")}
    environment = Environment([{**functions, "np": np, "factor": C}])
    data = DATA.drop(columns=["Treatment", "Sum"])  # formulae takes these for the codings
    return DesignMatrices(model_description(text), data, environment).common


@pytest.mark.parametrize(
    "text", [part.strip() for part in SAME.replace("\n", "|").split("|")][1:-1]
)
def test_the_columns_are_those_of_formulae(text):
    columns, offset = make_columns(text, DATA)
    common = theirs(text)
    names, blocks = ["1"], [np.ones((N, 1))]
    for term in common.terms.values() if common is not None else ():
        if term.kind != "intercept":
            blocks.append(np.asarray(term.data, dtype=float).reshape(N, -1))
            names += [term.name] * blocks[-1].shape[1]
    matrix = np.concatenate(blocks, axis=1)[:, 1:]
    kept = {term.name.replace("÷", "/"): len(term.columns) for term in columns.terms}
    for alias in columns.aliased:
        name = alias.term.replace("÷", "/")
        kept[name] = kept.get(name, 0) + 1
    assert kept == {name: names.count(name) for name in names[1:]}
    assert columns.intercept == (common is not None and "Intercept" in common.terms)
    for column in columns.values.T:
        assert (np.abs(matrix - column[:, None]).max(axis=0) < 1e-12).any()
    assert not offset.any()


# What formulae reads otherwise, or not at all: formula; its columns by name.
OURS = {
    "I(-x**2)": {"I(-x ** 2)": -(X**2)},
    "I(2**3**2 * x)": {"I(2 ** 3 ** 2 * x)": 512 * X},
    "I((x + z)*2)": {"I((x + z) * 2)": (X + Z) * 2},
    "I((x + z)*2) + I(x + z*2)": {"I((x + z) * 2)": (X + Z) * 2, "I(x + z * 2)": X + Z * 2},
    "I(x^2)": {"I(x ** 2)": X**2},
    "(x + z)^2": {"x": X, "z": Z, "x:z": X * Z},
    "I(x*1e-3)": {"I(x * 0.001)": X / 1000},
    "I(x/2.)": {"I(x ÷ 2.0)": X / 2},
    "_x": {"_x": DATA["_x"]},
    "log(_x + 2) + _x": {"log(_x + 2)": np.log(DATA["_x"] + 2), "_x": DATA["_x"]},
    "class + `None` + `1st` + `a:b`": {n: DATA[n] for n in ("class", "None", "1st", "a:b")},
    "chain*draw": {
        **{"`chain`": DATA["chain"], "`draw`": DATA["draw"]},
        "`chain`:`draw`": DATA["chain"] * DATA["draw"],
    },
    "Treatment": {"Treatment": DATA["Treatment"]},
    "I(Treatment**2) + Sum": {
        "I(Treatment ** 2)": DATA["Treatment"] ** 2,
        "Sum[n]": (DATA["Sum"] == "n") * 1.0,
    },
    "C(Sum, Sum)": {"C(Sum, Sum)[m]": np.where(DATA["Sum"] == "m", 1.0, -1.0)},
    "Treatment + C(g, Treatment)": {
        "Treatment": DATA["Treatment"],
        "C(g, Treatment)[p]": (DATA["g"] == "p") * 1.0,
    },
    "C(g, Treatment('p'))": {"C(g, Treatment('p'))[q]": (DATA["g"] == "q") * 1.0},
    "C(k, levels=[2, 0, 1])": {
        "C(k, levels=[2, 0, 1])[0]": (DATA["k"] == 0) * 1.0,
        "C(k, levels=[2, 0, 1])[1]": (DATA["k"] == 1) * 1.0,
    },
}


@pytest.mark.parametrize("text", OURS)
def test_what_only_we_read(text):
    columns, _ = make_columns(text, DATA)
    assert columns.names == tuple(OURS[text])
    for found, expected in zip(columns.values.T, OURS[text].values(), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)
    again, *_ = apply_columns(columns, DATA.iloc[3:9])
    np.testing.assert_allclose(again, columns.values[3:9], rtol=1e-13)


# Interactions whose lower terms are not all written: they span all cells, as in R.
CELLS = [
    "f:g",
    "f:g:h",
    "C(f):C(g)",
    "C(f):C(g):C(h)",
    "C(k, Sum):C(f):g",
    "f:g:h + f",
    "f:g + f:h:g",
]
CELLS += ["C(f, levels=['c', 'a', 'b']):g", "h:f + f:g:h + g:f", "f/g/h", "0 + f:g:h"]


@pytest.mark.parametrize("text", CELLS)
def test_an_interaction_spans_its_cells(text):
    columns, _ = make_columns(text, CROSSED)
    names = [name for name in "fgh" if name in text] + ["k"] * ("k" in text)
    cells = len(CROSSED.groupby(names, observed=True))
    assert columns.values.shape[1] + columns.intercept == cells
    assert columns.aliased == ()
    again, *_ = apply_columns(columns, CROSSED.iloc[7:12])
    np.testing.assert_array_equal(again, columns.values[7:12])


# Interaction; the reference level of each of its factors. g:T() needs T() alone beside it.
CODED = {
    "f:g": {"f": "a", "g": "q"},
    "T(k, 1):g": {"T(k, 1)": "1", "g": "q"},
    "g:T(k, 1)": {"T(k, 1)": "1", "g": "q"},
    "C(f, levels=['c', 'a', 'b']):g": {"C(f, levels=[c, a, b])": "c", "g": "q"},
    "g:C(f, levels=['c', 'a', 'b'])": {"C(f, levels=[c, a, b])": "c", "g": "q"},
    "g:C(f, Treatment('b'))": {"C(f, Treatment('b'))": "b", "g": "q"},
}


@pytest.mark.parametrize("text", CODED)
def test_an_interaction_keeps_the_coding_of_its_factors(text):
    columns, _ = make_columns(text, CROSSED)
    assert columns.references == CODED[text]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("C(f, levels=['a', 'b'])", "levels= does not name each of a, b, c once"),
        ("C(f, levels=['a', 'b', 'b'])", "levels= does not name each of a, b, c once"),
        ("C(f, levels=['a', 'b', 'd'])", "'d' is none of the levels a, b, c."),
        ("C(f, 1)", "Write C(f, Treatment(1)) to compare with the level 1."),
    ],
)
def test_a_coding_that_does_not_fit_is_refused(text, fragment):
    with pytest.raises(FormulaError, match=re.escape(fragment)):
        make_columns(text, CROSSED)


def test_levels_are_chosen_as_they_are_written_in_the_data():
    data = pd.DataFrame({"y": ROW * 1.0, "k": ROW % 3})
    fixed = make_design(specify("y ~ C(k, levels=[2, 0, 1])"), data).predictor.fixed
    assert [part.level for parts in fixed.products.values() for part in parts] == ["0", "1"]
    assert fixed.references == {"C(k, levels=[2, 0, 1])": "2"}


@pytest.mark.parametrize("knots", ["[2, 3.5]", "(2, 3.5)", "[+2, 3.5,]"])
def test_knots_are_given_as_a_list_or_a_tuple(knots):
    columns, _ = make_columns(f"bs(x, knots={knots})", DATA)
    patsy = pytest.importorskip("patsy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = np.asarray(patsy.dmatrix("bs(x, knots=[2, 3.5], degree=3) - 1", DATA))
    np.testing.assert_allclose(columns.values, expected, atol=1e-10)
    one, *_ = apply_columns(columns, DATA.iloc[[5]])
    np.testing.assert_allclose(one[0], expected[5], atol=1e-10)


# Offset terms; what they add up to.
OFFSETS = {
    "x + offset(log(z))": np.log(Z),
    "offset(z) + offset(log(x)) + f": Z + np.log(X),
    "offset(z) + offset(z)": 2 * Z,
    "(x + offset(z)) + w": Z,
    "offset(log(100))": np.full(N, np.log(100)),
    "offset(2)": np.full(N, 2.0),
    "offset(-z)": -Z,
    "offset(2*z)": 2 * Z,
    "offset(log(x/z))": np.log(X / Z),
    "offset(-z**2)": -(Z**2),
    "offset(center(z))": Z - Z.mean(),
    "offset(`a b`)": DATA["a b"].to_numpy(),
    "offset(binary(k, 1))": (DATA["k"] == 1).to_numpy(dtype=float),
    "offset(2*binary(k))": 2.0 * (DATA["k"] == 0).to_numpy(),
    "offset(k == 1)": (DATA["k"] == 1).to_numpy(dtype=float),
}


@pytest.mark.parametrize("text", OFFSETS)
def test_offsets_add_up_and_hold_on_new_rows(text):
    columns, offset = make_columns(text, DATA)
    np.testing.assert_allclose(offset, OFFSETS[text], rtol=1e-14, atol=1e-14)
    assert not any("offset" in name for name in columns.names)
    for rows in ([4], [9, 2, 7]):
        _, again, *_ = apply_columns(columns, DATA.iloc[rows])
        np.testing.assert_allclose(again, OFFSETS[text][rows], rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize(
    ("values", "fragment"),
    [
        (["1.5", "-Inf", "2"] * 4, "offset(e) adds a number to each row, but 'e' is text"),
        (["1.5", "-Inf", "2"] * 4, "'-Inf' in rows 1, 4, 7, 10"),
        (["1.5", "0.5", "2"] * 4, "'1.5' in every row"),
        (["lo", "hi", "lo"] * 4, "'lo' in rows 0, 1, 2"),
    ],
)
def test_an_offset_of_text_is_refused_by_value_and_row(values, fragment):
    data = pd.DataFrame({"y": ROW[:12] * 1.0, "e": values})
    with pytest.raises(DataError) as caught:
        make_design(specify("y ~ offset(e)"), data)
    assert fragment in str(caught.value)


def test_an_offset_and_an_exposure_add_up():
    data = pd.DataFrame({"y": ROW % 4, "t": 1.0 + ROW, "e": np.sin(ROW)})
    design = make_design(specify("y ~ offset(e)", family="poisson", exposure="t"), data)
    np.testing.assert_allclose(design.predictor.offset, np.sin(ROW))
    np.testing.assert_allclose(design.rows.exposure, 1.0 + ROW)
