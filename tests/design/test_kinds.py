"""Functions of a formula on columns that they cannot be called on."""

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design import make_design
from bayesglmm.errors import BayesglmmError, DataError, FormulaError
from bayesglmm.spec import specify
from bayesglmm.spec.functions import FUNCTIONS

N = 24
ROW = np.arange(N)
DATA = pd.DataFrame(
    {
        "y": np.sin(ROW),
        "x": np.cos(ROW) + ROW / 9,
        "k": ROW % 4,
        "one": ROW % 2,
        "f": pd.Categorical(np.array(["lo", "mid", "hi"])[ROW % 3], ["lo", "mid", "hi"]),
        "b": ROW % 2 == 0,
        "g": np.array(list("abcd"))[ROW // 6],
    }
)

# Term with a bar before what the caret must stand under; a part of the message.
WRONG = [
    ("log(|f)", "log() takes numbers, but 'f' is text or labels."),
    ("log(|f)", "Write f for a factor, I(f == 'lo') for one of its levels, or make it numbers"),
    ("poly(|f, 2)", "poly() takes numbers, but 'f' is text or labels."),
    ("scale(|g)", "scale() takes numbers, but 'g' is text or labels."),
    ("bs(I(|f), df=4)", "bs() takes numbers, but 'f' is text or labels."),
    ("I(x + log(|f))", "log() takes numbers, but 'f' is text or labels."),
    ("I(x*|f)", "'*' takes numbers, but 'f' is text or labels."),
    ("I(-|f)", "'-' takes numbers, but 'f' is text or labels."),
    ("I(x > |f)", "'>' takes numbers, but 'f' is text or labels."),
    ("x:|T(f, 'nn')", "'nn' is none of the levels lo, mid, hi.\n"),
    ("x:|T(f, 'low')", "Did you mean 'lo'?"),
    ("|S(k, 9)", "9 is none of the levels 0, 1, 2, 3."),
    ("|T(x, 0)", ", ..."),
    ("|T(I(k*2), 3)", "3 is none of the levels 0, 2, 4, 6."),
    ("|C(f, Sum('zz'))", "'zz' is none of the levels lo, mid, hi."),
    ("|binary(f, 'zz')", "'zz' is none of the levels"),
    ("|C(f, levels=['lo', 'hi'])", "levels= does not name each of lo, mid, hi once."),
    ("|bs(x, knots=[100])", "The knot 100 of bs() lies outside its outermost knots, -0.65"),
    (
        "|bs(x, df=4, lower_bound=50)",
        "bs() needs a range of values, but its outermost knots are 50",
    ),
    ("|poly(k, 4)", "poly() of degree 4 needs more than 4 distinct values, but the column has 4."),
    ("|poly(k, 4)", "Write poly(x, 3) or less."),
    ("|poly(one, 2)", "Write x for a column of two values."),
]


@pytest.mark.parametrize(("term", "fragment"), WRONG)
def test_the_caret_stands_at_what_does_not_fit(term, fragment):
    place = term.index("|")
    with pytest.raises(FormulaError, match=re.escape(fragment)) as caught:
        make_design(specify("y ~ " + term.replace("|", "")), DATA)
    assert caught.value.position == place


@pytest.mark.parametrize("response", ["log(f)", "I(f*2)"])
def test_the_response_is_a_number(response):
    with pytest.raises(FormulaError, match="takes numbers, but 'f' is text or labels"):
        make_design(specify(f"{response} ~ x"), DATA)


def test_levels_are_compared_in_their_order():
    design = make_design(specify("y ~ I(f > 'lo')"), DATA)
    np.testing.assert_array_equal(design.predictor.X[:, 0], (DATA["f"] != "lo").astype(float))


@pytest.mark.parametrize("function", ["center", "scale", "poly", "log"])
def test_what_is_not_finite_is_told_by_row(function):
    with pytest.raises(DataError, match="is not finite in rows 0, 1, 2, 3, 4 and 19 more"):
        make_design(specify(f"y ~ {function}(x/0)"), DATA)


ARGUMENTS = ("x", "k", "f", "b", "f, 'lo'", "x, 2", "k, 1", "x + k", "x > 0", "2", "'lo'", "[1, 2]")


def refusal(text):
    """Why a formula is refused; nothing where it is fitted, and holds for a new row."""
    try:
        make_design(specify(text), DATA).apply(DATA.iloc[[5]])
    except BayesglmmError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_anything_works_or_says_in_our_words_why_not(function, capsys):
    before = DATA.copy()
    for argument, form in product(ARGUMENTS, ("y ~ {}", "{} ~ x", "y ~ (0 + {} | g)")):
        text = form.format(f"{function}({argument})")
        assert "cannot be evaluated" not in refusal(text), text
    pd.testing.assert_frame_equal(DATA, before)
    assert capsys.readouterr().out == ""


def test_a_column_of_the_response_may_stand_on_the_right_too():
    design = make_design(specify("I(y - x) ~ x + k"), DATA)
    new = design.apply(DATA.iloc[[7, 3]].drop(columns="y"))
    np.testing.assert_array_equal(new.predictor.X, DATA[["x", "k"]].to_numpy()[[7, 3]])
