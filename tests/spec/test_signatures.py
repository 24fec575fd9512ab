"""Arguments that a function of a formula does not take are answered at their place."""

import re

import pytest

from bayesglmm.errors import FormulaError
from bayesglmm.spec import parse_formula
from bayesglmm.spec.functions import CODINGS, FUNCTIONS, RESPONSES
from bayesglmm.spec.signatures import SIGNATURES

# Term with a bar before what the caret must stand under; a part of the message.
WRONG = [
    ("bs(x, knots=|0)", "Write knots=[0] for one knot, or df=5 for the number of columns."),
    ("bs(x, knots=|z)", "knots= of bs() must be a list of numbers, such as [1, 2.5]."),
    ("bs(x, knots=|['a'])", "knots= of bs() must be a list of numbers"),
    ("|bs(x)", "bs() needs df=, the number of its columns, or knots=."),
    ("|bs(x, None)", "bs() needs df="),
    ("bs(x, df=|2)", "A spline of degree 3 has at least 3 columns.\n"),
    ("bs(x, |1, degree=2, intercept=True)", "A spline of degree 2 has at least 3 columns with its"),
    ("bs(x, |5, [1])", "df=5 makes 2 inner knots, but knots= has 1."),
    ("bs(x, df=|2.5)", "df= of bs() must be a whole number above 0."),
    ("bs(x, df=|z)", "df= of bs() must be a whole number above 0."),
    ("bs(x, df=5, degree=|-1)", "degree= of bs() must be a whole number above 0."),
    ("bs(x, df=5, degree=|None)", "degree= of bs() must be a whole number above 0."),
    ("bs(x, df=5, intercept=|'no')", "intercept= of bs() must be True or False."),
    ("bs(x, 5, |df=5)", "df= of bs() is given twice."),
    (
        "bs(x, df=5, |lower_bond=0)",
        "bs() has no argument lower_bond=. Did you mean 'lower_bound='?",
    ),
    ("scale(x, |center=False)", "scale() has no argument center=.\n"),
    ("scale(x, |center=False)", "or I(x/2) to divide it by a number."),
    ("center(x, |z)", "center() takes 1 argument, and this is one more."),
    ("I(x, |z)", "Write I(x + z) for arithmetic, or x + z for two terms."),
    ("log(x, |2)", "for another base I(log(x)/log(2)), log2(x) or log10(x)."),
    ("np.log(x, |x)", "log() takes 1 argument, and this is one more."),
    ("log(x, |base=2)", "log() has no argument base=."),
    ("poly(x, |0)", "degree= of poly() must be a whole number above 0."),
    ("poly(x, |2.5)", "degree= of poly() must be a whole number above 0."),
    ("poly(x, 2, raw=|1)", "raw= of poly() must be True or False."),
    ("C(f, |Foo)", "contrast= of C() must be Treatment or Sum."),
    ("C(f, |'a')", "Write C(f, Treatment('a')) to compare with the level 'a'."),
    ("factor(f, |g)", "contrast= of factor() must be Treatment or Sum."),
    ("C(f, levels=|2)", "levels= of C() must be a list of all levels"),
    ("C(f, Treatment(|a))", "Write reference='a' for the level a."),
    ("C(f, Treatment('a', |'b'))", "Treatment() takes 1 argument, and this is one more."),
    ("T(f, |a)", "Write ref='a' for the level a."),
    ("S(f, |omitted='a')", "S() has no argument omitted=. Did you mean 'omit='?"),
    (
        "binary(f, |['a'])",
        "success= of binary() must be a number, a text in quotes, True or False.",
    ),
    ("C(|2)", "C() is called on no column."),
    ("log(|2)", "log() is called on no column."),
    ("center(|1)", "center() is called on no column."),
    ("I(|[1, 2])", "I() is called on no column."),
    ("I(exp(|[1, 2]) + x)", "exp() is called on no column."),
    ("I(x + |'a')", "'+' takes numbers and columns, but this is text."),
    ("I(x * |[1, 2])", "'*' takes numbers and columns, but this is a list."),
    ("offset(|'a')", "'offset' takes numbers and columns, but this is text."),
    ("I(|poly(x, 2) + z)", "poly() cannot stand within a function: it gives several columns."),
    ("log(|C(f))", "C() cannot stand within a function: it makes a factor."),
    ("C(|bs(x, df=4))", "Make it a term of its own: + bs(...)."),
    ("binary(|C(f))", "C() cannot stand within a function: it makes a factor."),
    ("log(|Treatment('a'))", "Treatment() says how a factor is coded, and stands in C() only."),
    ("C(f, levels=|Treatment('a'))", "Treatment() says how a factor is coded"),
]


@pytest.mark.parametrize(("term", "fragment"), WRONG)
@pytest.mark.parametrize("form", ["y ~ x + {}", "y ~ (1 + {} | g)"])
def test_the_caret_stands_at_the_argument(term, fragment, form):
    place = form.index("{}") + term.index("|")
    text = form.format(term.replace("|", ""))
    with pytest.raises(FormulaError, match=re.escape(fragment)) as caught:
        parse_formula(text)
    assert caught.value.position == place


# Arguments that are taken.
RIGHT = [
    *("bs(x, 5)", "bs(x, df=5, degree=2)", "bs(x, knots=[1, -2.5])", "bs(x, knots=(3,))"),
    *("bs(x, 5, [1, 2])", "bs(x, None, [1])", "bs(x, df=3, lower_bound=-1.5, upper_bound=9)"),
    *("bs(x, df=4, intercept=True)", "bs(log(x), df=1, degree=1)", "poly(x)", "poly(x, 2)"),
    *("poly(x, degree=2, raw=True)", "C(f)", "C(f, Sum)", "C(f, contrast=Treatment('a'))"),
    *("C(f, Sum(2))", "C(f, None, ['a', 'b'])", "C(f, levels=(1, 2, -3))", "factor(f)"),
    *("C(x + z)", "T(f)", "T(f, 'a')", "T(f, ref=2)", "S(f, omit=True)", "binary(f, 'a')"),
    *("B(x > 2)", "I(log(x)/log(2))", "I(f == 'a')", "scale(log(x))", "center(x)", "I(x**-1)"),
]


@pytest.mark.parametrize("term", RIGHT)
def test_what_a_function_takes(term):
    assert parse_formula(f"y ~ {term} + (1 + {term} | g)").fixed == term


def test_every_function_has_a_signature():
    assert set(SIGNATURES) == {*FUNCTIONS, *CODINGS} - {"offset", *RESPONSES}
