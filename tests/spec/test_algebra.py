"""What products, powers, parentheses and signs of terms stand for."""

import pytest

from bayesglmm.errors import FormulaError
from bayesglmm.spec.algebra import expand
from bayesglmm.spec.expression import Leaf
from bayesglmm.spec.formula import parse_formula, read_terms

# Wilkinson & Rogers (1973) and R's formula(); "1" is the intercept.
TERMS = {
    "a": "1 a",
    "0 + a": "a",
    "a - 1": "a",
    "a - 0": "1 a",
    "0 + a + 1": "1 a",
    "a - 1 - 1": "a",
    "a + a": "1 a",
    "a + `a`": "1 a",
    "a - b": "1 a",
    "(0 + a)": "a",
    "(a - 1)": "a",
    "b + (0 + a)": "b a",
    "b - (1 + a)": "b",
    "a + b - (a + b)": "1",
    "a:a": "1 a",
    "a*a": "1 a",
    "a:b + b:a": "1 a:b",
    "a*b + b:a": "1 a b a:b",
    "a*b - b:a": "1 a b",
    "a*b*c - b:c:a": "1 a b a:b c a:c b:c",
    "(a*b)**2": "1 a b a:b",
    "(a + b)^2": "1 a b a:b",
    "(a + b + c)**2 - a:c": "1 a b c a:b b:c",
    "(a + b)**1000000": "1 a b a:b",
    "a/b": "1 a a:b",
    "(a + b)/c": "1 a b a:b:c",
    "a/(b + c)": "1 a a:b a:c",
    "a/b/c": "1 a a:b a:b:c",
    "a:(b + c)": "1 a:b a:c",
    "a:b + a": "1 a a:b",
    "a:b:c + a:b + c": "1 c a:b a:b:c",
    "a + offset(b)": "1 a",
    "a + (offset(b) + c)": "1 a c",
}


@pytest.mark.parametrize("text", TERMS)
def test_the_terms_of_a_formula(text):
    found = expand(read_terms(text))
    assert all(isinstance(part, Leaf) for parts in found for part in parts)
    assert (
        " ".join(":".join(part.column for part in parts) or "1" for parts in found) == (TERMS[text])
    )


@pytest.mark.parametrize(
    "text", ["log(a) + np.log(a)", "I(a^2) + {a**2}", "C(a, Sum):b + b:C(a,Sum)"]
)
def test_functions_that_say_the_same_are_one_term(text):
    assert len(expand(read_terms(text))) == 2


@pytest.mark.parametrize(
    ("text", "caret", "fragment"),
    [
        ("y ~ f*(1 + x)", 7, "1 is no column, and '*' joins columns here"),
        ("y ~ (0 + x):f", 5, "0 is no column, and ':' joins columns here"),
        ("y ~ (1 + x + z)**2", 5, "1 is no column, and '**' joins columns here"),
        ("y ~ I(-1 < x < 1)", 13, "'<' cannot follow another comparison"),
        ("y ~ I(x == z == 1)", 13, "Multiply two conditions: I((x > 0)*(x < 2))"),
        ("y ~ I(x > 0 and z > 2)", 12, "Multiply two conditions"),
        ("y ~ I(x > 0 or z > 2)", 12, "Add two conditions"),
        ("y ~ I(f in ['a'])", 8, "Compare with each value"),
        ("y ~ x == z", 6, "Write I(x == 2), say."),
        ("y ~ Sum(f)", 4, "Sum() says how a factor is coded, and stands in C() only"),
        ("y ~ x + Treatment(f):x", 8, "Write C(f, Treatment)"),
        ("Sum(y) ~ x", 0, "stands in C() only"),
        ("y ~ C(f, contr.treatment)", 9, "Write Treatment"),
        ("y ~ C(f, contr.sum)", 9, "Write Sum"),
        ("y ~ x offset(z)", 6, "such as '+': x + offset( ... )."),
        ("y ~ (x + z) f", 12, "such as '+': ( ... ) + f."),
        ("y ~ log(z", 7, "Write log(z)."),
        ("y ~ x + (z", 8, "Write (z)."),
    ],
)
def test_what_is_refused_and_where(text, caret, fragment):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert fragment in str(caught.value)
    assert f"\n    {' ' * caret}^" in str(caught.value)


def test_a_chain_of_comparisons_may_be_written_with_parentheses():
    assert parse_formula("y ~ I((x < z) == 1) + I((x > 0)*(x < 2))").fixed_variables == ("x", "z")
