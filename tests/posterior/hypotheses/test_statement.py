"""The grammar of hypotheses, and what it answers to what it cannot read."""

from __future__ import annotations

import numpy as np
import pytest

from bayesglmm.errors import FormulaError
from bayesglmm.posterior.hypotheses.equation import Rows, rows_of, solve
from bayesglmm.posterior.hypotheses.statement import Comparison, Equation, read_statement

X1, X2, SEX, SAME = VALUES = np.array([[2.0, 3.0, 5.0], [1.0, -1.0, 4.0], [7, 8, 9], [1, 1, 1]])
ROWS = Rows(VALUES.T, [("x1",), ("x2",), ("sex[male]", "sex[man]"), ("x1:x2",)])

EQUATIONS = {
    "x1 = x2": X1 - X2,
    "b1 = b2": X1 - X2,
    "b1 == b2": X1 - X2,
    "x1 - x2 = 0": X1 - X2,
    "x1 - x2": X1 - X2,
    "x1 = 2*x2": X1 - 2 * X2,
    "x1 = 2 * x2 - 1": X1 - (2 * X2 - 1),
    "b1": X1,
    "-x1": -X1,
    "-b1^2": -(X1**2),
    "2 ** -b2": 2**-X2,
    "b1 / b3 = 1": X1 / SEX - 1,
    "(b1 + b2)/2 = b3": (X1 + X2) / 2 - SEX,
    "`sex[male]` = 0": SEX,
    "`sex[man]` - x1": SEX - X1,
    "`x1:x2` = b4": SAME - SAME,
    "exp(x1) - 1 = log(b3)": np.exp(X1) - 1 - np.log(SEX),
    "sqrt(b1) + abs(x2)": np.sqrt(X1) + abs(X2),
    "x1 - x2 - b3": X1 - X2 - SEX,
    "0.5e1*b1": 5 * X1,
    "b1 = 3": X1 - 3,
    "1 = 2": np.full(3, -1.0),
}


@pytest.mark.parametrize("text", EQUATIONS)
def test_equations(text):
    statement = read_statement(text)
    assert isinstance(statement, Equation)
    np.testing.assert_allclose(solve(statement, ROWS), EQUATIONS[text])


def test_which_rows_an_equation_names():
    assert rows_of(read_statement("b3 - x1 = x1 * 2"), ROWS) == [0, 2]


COMPARISONS = {
    "pairwise": Comparison("difference", "pairwise"),
    " meandev ": Comparison("difference", "meandev"),
    "~ reference": Comparison("difference", "reference"),
    "~revpairwise": Comparison("difference", "revpairwise"),
    "difference ~ sequential": Comparison("difference", "sequential"),
    "ratio~pairwise|period": Comparison("ratio", "pairwise", ("period",)),
    "ratio ~ meanotherdev | period + `age group`": Comparison(
        "ratio", "meanotherdev", ("period", "age group")
    ),
}


@pytest.mark.parametrize("text", COMPARISONS)
def test_comparisons(text):
    assert read_statement(text) == COMPARISONS[text]


# text: (place of the caret, words of the message)
MISTAKES = {
    "b1 = b2 = b3": (8, "one equals sign", "as a list"),
    "= b1": (0, "nothing left of '='"),
    "b1 =": (3, "nothing right of '='"),
    "b1 > b2": (3, "'>' has no meaning", "P(>0)"),
    "b1 + ": (3, "nothing right of '+'"),
    "(b1 - b2": (0, "never closed"),
    "b1 b2": (3, "cannot follow 'b1'"),
    "b9 = b1": (0, "No row is called 'b9'", "rows are b1 to b4"),
    "b0 = b1": (0, "No row is called 'b0'", "rows are b1 to b4"),
    "x1 = x3": (5, "No row is called 'x3'", "Known: sex[male], x1, x1:x2, x2."),
    "x1:x2 = 0": (2, "':' has no meaning", "`a:b`"),
    "sex[male] = 0": (3, "'[' has no meaning", "`sex[male]`"),
    "b1 = 'x'": (5, "has no meaning in a hypothesis"),
    "C(b1)": (0, "'C' has no meaning", "Python function"),
    "plogis(b1)": (0, "Unknown function 'plogis'"),
    "b1 & b2": (3, "'&' has no meaning in a hypothesis", "Python function"),
    "`sex = 0": (0, "'`' has no meaning", "Close the quote"),
    "[b1, b2]": (0, "'[' has no meaning"),
    "difference ~": (11, "followed by no pattern", "pairwise"),
    "difference ~ pairs": (13, "Unknown pattern 'pairs'", "Did you mean 'pairwise'?"),
    "quotient ~ pairwise": (0, "Unknown kind of comparison", "ratio"),
    "ratio ~ pairwise period": (17, "cannot follow 'pairwise'", "right of a bar"),
    "ratio ~ pairwise |": (17, "No column is named"),
    "ratio ~ pairwise | a b": (21, "No column is named"),
    "ratio ~ pairwise | a +": (21, "No column is named"),
    "ratio ~ pairwise | 3": (19, "No column is named"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_are_pointed_at(text):
    place, *said = MISTAKES[text]
    with pytest.raises(FormulaError) as error:
        solve(read_statement(text), ROWS)
    assert error.value.position == place, str(error.value)
    for words in said:
        assert words in str(error.value)


def test_nothing_is_said():
    with pytest.raises(FormulaError, match="is empty"):
        read_statement("  ")


def test_a_name_of_several_rows_is_refused():
    rows = Rows(VALUES.T, [("a",), ("a",), ("b1",), ("c",)])
    with pytest.raises(FormulaError, match="'a' names 2 rows"):
        solve(read_statement("a = 0"), rows)
    np.testing.assert_array_equal(solve(read_statement("b1"), rows), SEX)
