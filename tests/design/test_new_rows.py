"""Columns of new rows are those that the same rows have in the data, whatever is beside them."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import DataError

N = 24
DATA = pd.DataFrame(
    {
        "y": np.sin(np.arange(N)),
        "x": 1 + np.cos(np.arange(N)) ** 2,
        "f": list("abcd") * 6,
        "k": [1, 2, 3, 5] * 6,
        "trt": [0, 1] * 12,
        "text": ["u", "u", "v"] * 8,
        "flag": [False, True] * 12,
        "code": pd.Categorical([3, 1, 2, 1] * 6, [3, 1, 2]),
        "n": np.arange(N) + 1,
    }
)
ROWS = {
    "one row": [5],
    "one level": [1, 5, 9],
    "reordered": list(range(N))[::-1],
    "shuffled": list(generator(1).permutation(N)),
    "repeated": [3, 3, 0],
}
TERMS = [
    *("x", "f", "flag", "code", "f*x", "f:x", "x/f", "0 + f", "0 + f + text", "f*text"),
    *("binary(trt)", "B(trt)", "binary(trt, 1)", "binary(f)", "binary(f, 'c')", "B(text)"),
    *("binary(flag)", "binary(x)", "x*binary(trt)", "I(binary(trt) + x)"),
    *("center(x)", "scale(x)", "standardize(x)", "scale(log(x))", "I(center(x)**2)"),
    *("center(n)", "scale(n)", "poly(n, 2)", "poly(x, 2)", "poly(x, 3, raw=True)"),
    *("bs(x, df=4)", "bs(x, df=5, intercept=True)", "0 + bs(log(x), df=4)", "f:poly(x, 2)"),
    *("C(f)", "C(f, Sum)", "C(f, Treatment)", "0 + C(f, Sum)", "C(text, Sum)*center(x)"),
    *("T(f)", "T(f, 'c')", "S(f)", "S(f, 'b')", "factor(f)", "C(code)", "S(code)", "C(flag)"),
    *("C(k)", "C(k, Sum)", "T(k, 3)", "S(k, 2)", "factor(k)", "0 + C(k)", "C(k):x", "C(k) + k"),
    *("I(x**2)", "log(x)", "sqrt(x)", "exp(x)", "np.log1p(x)", "I(x > 1.5)", "x + offset(log(n))"),
]


@pytest.mark.parametrize("term", TERMS)
def test_new_rows_have_the_columns_of_the_data(term):
    alone = term.removesuffix(" + k").removesuffix(" + offset(log(n))")
    design = bg.Model(f"y ~ {term} + (0 + {alone} | f:text)", DATA).design
    for name, rows in ROWS.items():
        new = design.apply(DATA.iloc[rows].drop(columns="y"))
        found, own = new.predictor, design.predictor
        np.testing.assert_array_equal(found.X, own.X[rows], err_msg=name)
        np.testing.assert_array_equal(found.offset, own.offset[rows], err_msg=name)
        np.testing.assert_array_equal(found.groups[0].Z, own.groups[0].Z[rows], err_msg=name)


@pytest.mark.parametrize("function", ["binary", "B"])
def test_binary_keeps_what_success_is(function):
    """Success is the first value, 0: the mean is 2 where trt is 0 and 5 where it is 1."""
    model = bg.Model(f"y ~ {function}(trt)", DATA)
    fit = make_fit(model, {"Intercept": 5, f"{function}(trt)": -3}, noise=0)
    for trt, mean in ((0, 2), (1, 5)):
        table = fit.predictions(fit.grid(trt=trt))
        assert table.frame["median"].tolist() == pytest.approx([mean])
    assert fit.avg_comparisons("trt").frame["median"].tolist() == pytest.approx([3])


@pytest.mark.parametrize("term", ["C(k)", "C(f)", "T(f)", "S(f)", "factor(k)"])
def test_a_level_that_the_model_has_not_seen_is_refused(term):
    design = bg.Model(f"y ~ {term}", DATA).design
    column = "k" if "(k)" in term else "f"
    with pytest.raises(DataError, match=f"'{column}' has the level '9'"):
        design.apply(DATA.assign(**{column: 9 if column == "k" else "9"}))


def test_a_level_to_compare_with_may_be_written_as_the_number_it_is():
    assert bg.Model("y ~ T(k, 3)", DATA).design.references == {"T(k, 3)": "3"}
    assert bg.Model("y ~ T(code, 1)", DATA).design.references == {"T(code, 1)": "1"}
    assert bg.Model("y ~ S(k, 2)", DATA).design.predictor.fixed.names == (
        *("S(k, 2)[1]", "S(k, 2)[3]", "S(k, 2)[5]"),
    )
