"""Formulas: what they mean, and where the caret stands when they mean nothing."""

import pytest

from bayesglmm.errors import FormulaError
from bayesglmm.spec import Bar, parse_formula
from bayesglmm.spec.formula import variables

# Formula; response; fixed part; bars as (columns, factor, correlated).
GOOD = [
    ("y ~ 1", "y", "1", []),
    ("y ~ x", "y", "x", []),
    ("  y  ~  x  +  z ", "y", "x + z", []),
    ("y ~ x\n  + z", "y", "x + z", []),
    ("y~x*z", "y", "x*z", []),
    ("y ~ 0 + x", "y", "0 + x", []),
    ("y ~ -1 + x", "y", "- 1 + x", []),
    ("y ~ x - 1", "y", "x - 1", []),
    ("y ~ a*b - a:b", "y", "a*b - a:b", []),
    ("y ~ (a + b)**2", "y", "(a + b)**2", []),
    ("y ~ (a + b)^2 + I(x^2)", "y", "(a + b)**2 + I(x**2)", []),
    ("y ~ (I(x^2) | g)", "y", "1", [("I(x**2)", "g", True)]),
    ("y ~ log (x) + (z)", "y", "log (x) + (z)", []),
    ("y ~ (x + offset(e)) + z", "y", "(x + offset(e)) + z", []),
    ("y ~ - 1 + x", "y", "- 1 + x", []),
    ("y ~ (0 + x) + (a - b)", "y", "(0 + x) + (a - b)", []),
    ("y ~ x.1 + _x + Treatment", "y", "x.1 + _x + Treatment", []),
    ("y ~ bs(x, knots=[1, -2.5]) + bs(z, knots=(3,))", "y", None, []),
    ("I(y > 1) ~ x", "I(y > 1)", "x", []),
    ("y ~ I(x**2) + {x + z}", "y", "I(x**2) + {x + z}", []),
    ("y ~ bs(x, df=4) + np.log(z)", "y", "bs(x, df=4) + np.log(z)", []),
    ("y ~ x + offset(log(pop))", "y", "x + offset(log(pop))", []),
    ("log(y) ~ x", "log(y)", "x", []),
    ("p(y, n) ~ x", "p(y, n)", "x", []),
    ("y ~ `the age` + T(sex, 'm')", "y", "`the age` + T(sex, 'm')", []),
    ("größe ~ 年齢", "größe", "年齢", []),
    ("y ~ (1 | g)", "y", "1", [("1", "g", True)]),
    ("y ~ 0 + (1 | g)", "y", "0", [("1", "g", True)]),
    ("y ~ (1|g) + x", "y", "x", [("1", "g", True)]),
    ("y ~ x + (1 + x | g)", "y", "x", [("1 + x", "g", True)]),
    ("y ~ x + (1 + x || g)", "y", "x", [("1 + x", "g", False)]),
    ("y ~ x + (0 + x | g) - 1", "y", "x - 1", [("0 + x", "g", True)]),
    ("y ~ (x*z + log(w) | g)", "y", "1", [("x*z + log(w)", "g", True)]),
    ("y ~ (1 | a:b)", "y", "1", [("1", "a:b", True)]),
    ("y ~ (1 | a/b)", "y", "1", [("1", "a", True), ("1", "a:b", True)]),
    ("y ~ (1 || a/b)", "y", "1", [("1", "a", False), ("1", "a:b", False)]),
    (
        *("y ~ (x | a/b/c)", "y", "1"),
        [("x", "a", True), ("x", "a:b", True), ("x", "a:b:c", True)],
    ),
    ("y ~ (1 | a/b:c)", "y", "1", [("1", "a", True), ("1", "a:b:c", True)]),
    ("y ~ (1 | a) + (1 | b)", "y", "1", [("1", "a", True), ("1", "b", True)]),
    ("y ~ (1 | g) + (0 + x | g)", "y", "1", [("1", "g", True), ("0 + x", "g", True)]),
    ("y ~ (1 + `my x` | `the group`)", "y", "1", [("1 + `my x`", "the group", True)]),
]


@pytest.mark.parametrize(("text", "response", "fixed", "bars"), GOOD)
def test_good_formulas(text, response, fixed, bars):
    formula = parse_formula(text)
    assert formula.text == text.strip()
    assert formula.response == response
    assert formula.fixed == (fixed or text.partition("~")[2].strip())
    assert [(bar.columns, bar.factor, bar.correlated) for bar in formula.bars] == bars


# Formula; the same with a caret beneath the culprit (None: no one place); part of the message.
BAD = [
    ("y ~ x + (1 + z | g", "        ^", "'(' is never closed"),
    ("y ~ log(x", "       ^", "Write log(x)."),
    ("y ~ x) + z", "     ^", "')' closes nothing"),
    ("y ~ (x] + z", "      ^", "']' closes nothing"),
    ("y ~ `x + z", "    ^", "Close the backquote"),
    ("y ~ T(x, 'a)", "         ^", "Close the quote"),
    ("y ~ x^2", "     ^", "Write I(x**2) for the power of a column"),
    ("y ~ a %in% b", "      ^", "Write a:b"),
    ("y ~ x & z", "      ^", "'&' has no meaning"),
    ("y ~ foo(x)", "    ^", "Unknown function 'foo'"),
    ("y ~ x + lgo(z)", "        ^", "Did you mean 'log'?"),
    ("y ~ np.foo(x)", "    ^", "Unknown function 'np.foo'"),
    ("y + x", None, "There is no '~'"),
    ("", None, "There is no '~'"),
    ("y ~ x ~ z", "      ^", "more than one '~'"),
    ("~ x", "^", "no response left of '~'"),
    ("y ~", "  ^", "nothing right of '~'"),
    ("(1 | g) ~ x", "   ^", "cannot stand left of '~'.\n"),
    ("k | trials(n) ~ x", "  ^", "Write p(k, n) for k successes of n trials"),
    ("y | weights(n) ~ x", "  ^", "weights='w'"),
    ("y ~ bs(x, knots=c(1, 2))", "                ^", "Write a list in brackets: [1, 2]."),
    ("y ~ x +", "      ^", "ends with a sign"),
    ("y ~ x + - z", "        ^", "Two signs follow each other"),
    ("y ~ x + 2", "        ^", "2 is no column"),
    ("y ~ 'x'", "    ^", "'x' is no column"),
    ("y ~ None", "    ^", "None is no column"),
    ("y ~ 1 | g", "      ^", "must stand alone in parentheses"),
    ("y ~ x * (1 | g)", "           ^", "must stand alone in parentheses"),
    ("y ~ (1 | g)*(x)", "       ^", "must stand alone in parentheses"),
    ("y ~ log(1 | g)", "          ^", "must stand alone in parentheses"),
    ("y ~ ((1 | g))", "        ^", "must stand alone in parentheses"),
    ("y ~ (x + (1 | g))", "            ^", "must stand alone in parentheses"),
    ("y ~ (1 |p| g | h)", "             ^", "two bars in one term", "Write (1 | group), or"),
    ("y ~ (1 |p q| g)", "           ^", "two bars in one term"),
    ("y ~ (1 |1| g)", "        ^", "1 between two bars is no name.", "(1 |p| group)"),
    ("y ~ (1 |a.b| g)", "        ^", "a.b between two bars is no name."),
    ("y ~ (1 |`p`| g)", "        ^", "`p` between two bars is no name."),
    ("y ~ (1 |p|| g)", "         ^", "'p' are correlated, which || says", "Write |p|, or ||"),
    ("y ~ (1 ||p| g)", "       ^", "'p' are correlated, which || says"),
    ("y ~ (1 || g || h)", "       ^", "'g' are correlated, which || says"),
    ("y ~ (1 |p| a/b)", "        ^", "'p' names terms of a and a:b", "a name of its own or none"),
    ("y ~ (1 |p| )", "         ^", "no grouping factor right of the bar"),
    ("y ~ ( |p| g)", "      ^", "nothing left of the bar"),
    ("y ~ (1 |p| g) + (1 |q| g)", None, "(1 |q| g) appears twice"),
    ("y ~ x - (1 | g)", "      ^", "cannot be subtracted"),
    ("y ~ ( | g)", "      ^", "nothing left of the bar"),
    ("y ~ (1 | )", "       ^", "no grouping factor right of the bar"),
    ("y ~ (1 | a + b)", "           ^", "one term for each crossed factor"),
    ("y ~ (1 | a*b)", "          ^", "joined by ':' or '/'"),
    ("y ~ (1 | log(a))", "            ^", "joined by ':' or '/'"),
    ("y ~ (1 | 2)", "         ^", "joined by ':' or '/'"),
    ("y ~ (1 | a/)", "          ^", "cut off"),
    ("y ~ (1 | a b)", "           ^", "joined by ':' or '/'"),
    ("y ~ (1 | g) + (1 | g)", None, "(1 | g) appears twice"),
    ("y ~ (1 | a/b) + (1 | a)", None, "(1 | a) appears twice"),
    # An operator is missing, or a token that cannot follow: nothing is left unread.
    ("y ~ x z", "      ^", "'z' cannot follow 'x'.", "such as '+': x + z."),
    ("y ~ x, z", "     ^", "',' cannot follow 'x'.", "Join terms with '+'."),
    ("y ~ 1 x", "      ^", "'x' cannot follow '1'."),
    ("y ~ (1 + x z | g)", "           ^", "'z' cannot follow 'x'."),
    ("y z ~ x", "  ^", "'z' cannot follow 'y'."),
    ("y ~ x [z]", "      ^", "'[' cannot follow 'x'.", "quote a column with brackets"),
    ("y ~ (x + z) f", "            ^", "'f' cannot follow ')'."),
    ("y ~ x offset(log(e))", "      ^", "'offset' cannot follow 'x'.", "x + offset"),
    ("y ~ x (z)", "      ^", "'(' cannot follow 'x'.", "x + ( ... )."),
    ("y ~ x(z)", "    ^", "Unknown function 'x'.", "x*( ... )."),
    ("y ~ (x)(z)", "       ^", "'(' cannot follow ')'."),
    ("y ~ (1 | g) x", "       ^", "must stand alone in parentheses"),
    ("y ~ x (1 | g)", "         ^", "must stand alone in parentheses"),
    ("y ~ x {z + 1}", "      ^", "'{' cannot follow 'x'."),
    ("y ~ `a b` x", "          ^", "'x' cannot follow '`a b`'."),
    ("y ~ x 'a'", "      ^", "''a'' cannot follow 'x'."),
    ("y ~ x 2", "      ^", "'2' cannot follow 'x'."),
    ("y ~ 2x", "     ^", "'x' cannot follow '2'."),
    ("y ~ x + z w + v", "          ^", "'w' cannot follow 'z'."),
    ("y ~ log(x z)", "          ^", "'z' cannot follow 'x'."),
    ("y ~ I(x 2)", "        ^", "'2' cannot follow 'x'."),
    ("y ~ bs(x, df=4 5)", "               ^", "'5' cannot follow '4'."),
    ("y ~ bs(x, df=4, z)", "                ^", "without a name cannot follow"),
    ("log(y) z ~ x", "       ^", "'z' cannot follow ')'."),
    ("p(y, n) w ~ x", "        ^", "'w' cannot follow ')'."),
    ("y, z ~ x", " ^", "',' cannot follow 'y'."),
    ("y['a'] ~ x", " ^", "'[' cannot follow 'y'."),
    ("y ~ x = z", "      ^", "'=' cannot follow 'x'."),
    ("y ~ x + + z", "        ^", "Two signs follow each other"),
    ("y ~ (x + - z)", "         ^", "Two signs follow each other"),
    ("y ~ x *", "      ^", "There is nothing right of '*'."),
    ("y ~ * x", "    ^", "There is nothing left of '*'."),
    ("y ~ x : + z", "      ^", "There is nothing right of ':'."),
    ("y ~ x ** * z", "         ^", "'*' cannot follow '**'."),
    ("y ~ (x + )", "         ^", "')' cannot follow '+'."),
    ("y ~ ()", "    ^", "nothing in the brackets"),
    ("y ~ (x, z)", "    ^", "A list is no term"),
    ("y ~ [x]", "    ^", "A list is no term"),
    ("y ~ log()", "    ^", "called on nothing"),
    ("y ~ .", "    ^", "Name the columns one by one"),
    # What reads well and still cannot be meant.
    ("y ~ x > 2", "      ^", "Write I(x > 2)"),
    ("y ~ x == 'a'", "      ^", "compares nothing outside a function"),
    ("y ~ x**2", "     ^", "Write I(x**2)"),
    ("y ~ (a + b)**0", "             ^", "whole number above 0"),
    ("y ~ (a + b)**x", "             ^", "whole number above 0"),
    ("y ~ x/100", "      ^", "Write I(2*x) or I(x/100)"),
    ("y ~ 2*x", "    ^", "Write I(2*x)"),
    ("y ~ x:1", "      ^", "joins columns here"),
    ("y ~ -x", "    ^", "nothing to take x away from"),
    ("y ~ x:-z", "     ^", "nothing right of ':'"),
    ("y ~ (x*-z)", "       ^", "cannot stand within a term"),
    ("y ~ I(a:b)", "       ^", "':' has no meaning within a function"),
    ("y ~ bs(x, knots=[1, 7/2])", "                    ^", "A list holds numbers"),
    ("y ~ bs(x, knots=[z])", "                 ^", "A list holds numbers"),
    ("y ~ poly(x, 2, raw=TRUE)", "                   ^", "Write True"),
    ("y/n ~ x", " ^", "Write p(y, n) with family='binomial'", "I(y/n) for the ratio"),
    ("y > 2 ~ x", "  ^", "Write I(y > 2)"),
    ("y + z ~ x", "  ^", "The response must be one column"),
    ("-y ~ x", "^", "The response must be one column"),
    ("(y) ~ x", "^", "The response must be one column"),
    ("1 ~ x", "^", "The response must be one column"),
    ("-p(y, n) ~ x", "^", "The response must be one column"),
    ("p(y) ~ x", "^", "Write p(k, n)"),
    ("p(y + 1, n) ~ x", "^", "Write p(k, n)"),
    ("log(p(y, n)) ~ x", "    ^", "p() cannot stand within a function"),
    ("y ~ p(k, n)", "    ^", "p() makes a response"),
    ("cbind(k, n - k) ~ x", "^", "Write p(k, n) with family='binomial'"),
    ("y ~ s(x)", "    ^", "Write bs(x, df=5) for a spline"),
    ("y ~ as.factor(x)", "    ^", "Write C(x) for a factor"),
    ("y ~ sin(x)", "    ^", "Make a column of it in the data"),
    # Offsets whose coefficient would not be 1.
    ("y ~ x - offset(le)", "        ^", "An offset cannot be subtracted", "Write offset(-x)"),
    ("y ~ -offset(le)", "     ^", "An offset cannot be subtracted"),
    ("y ~ x*offset(le)", "      ^", "An offset cannot be joined with '*'"),
    ("y ~ offset(le):x", "    ^", "An offset cannot be joined with ':'"),
    ("y ~ offset(le)/x", "    ^", "An offset cannot be joined with '/'"),
    ("y ~ x*(z + offset(le))", "           ^", "An offset cannot be joined with '*'"),
    ("y ~ x - (z + offset(le))", "             ^", "An offset cannot be subtracted"),
    ("y ~ (x + offset(le))**2", "         ^", "An offset cannot be raised to a power"),
    ("y ~ I(offset(le))", "      ^", "offset() cannot stand within a function"),
    ("y ~ log(offset(le))", "        ^", "offset() cannot stand within a function"),
    ("y ~ (1 + offset(le) | g)", "         ^", "offset() cannot stand left of a bar"),
    ("y ~ offset(a, b)", "    ^", "Write offset(a) + offset(b)"),
    ("y ~ offset()", "    ^", "called on nothing"),
    ("offset(y) ~ x", "^", "An offset is no response"),
]


@pytest.mark.parametrize(("text", "caret", "fragments"), [(t, c, f) for t, c, *f in BAD])
def test_bad_formulas(text, caret, fragments):
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    for fragment in fragments:
        assert fragment in str(caught.value)
    assert caught.value.position == (None if caret is None else caret.index("^"))
    if caret is not None:
        shown = str(caught.value).splitlines()
        assert shown[1:3] == [f"    {text}", f"    {caret}"]


@pytest.mark.parametrize("value", [None, 3, ["y ~ x"]])
def test_a_formula_is_text(value):
    with pytest.raises(FormulaError, match="not text"):
        parse_formula(value)


@pytest.mark.parametrize(
    ("response", "successes", "trials"),
    [
        ("y", None, None),
        ("p(y, n)", "y", "n"),
        ("p( y,n )", "y", "n"),
        ("p (y, n)", "y", "n"),
        ("p(y, 20)", "y", "20"),
        ("p(`the y`, `the n`)", "the y", "the n"),
        ("log(y)", None, None),
    ],
)
def test_proportions(response, successes, trials):
    formula = parse_formula(f"{response} ~ x")
    assert (formula.successes, formula.trials) == (successes, trials)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", ()),
        ("x*z + x", ("x", "z")),
        ("log(x) + np.log(z)", ("x", "z")),
        ("bs(x, df=4, degree=z)", ("x", "z")),
        ("`my x` + `a/b`", ("my x", "a/b")),
        ("T(sex, 'm')", ("sex",)),
        ("I(x == 1) + binary(z, True)", ("x", "z")),
        ("I(x > 1.5e3)", ("x",)),
        ("offset(log(pop))", ("pop",)),
        ("Treatment + C(f, Treatment) + C(h, contrast=Sum)", ("Treatment", "f", "h")),
        ("C(f, Treatment('a')) + C(Sum, Sum)", ("f", "Sum")),
        ("log(Sum) + C(Treatment) + T(C) + S(T, S)", ("Sum", "Treatment", "C", "T", "S")),
        ("_x + x.1 + class + chain + draw", ("_x", "x.1", "class", "chain", "draw")),
        ("bs(x, knots=[1, 2], df=z)", ("x", "z")),
    ],
)
def test_variables(text, names):
    assert variables(text) == names


def test_variables_of_a_formula():
    formula = parse_formula("y ~ x + (1 + z + x | a/b) + (w | c)")
    assert formula.fixed_variables == ("x", "z", "w")
    assert formula.group_variables == ("a", "b", "c")


@pytest.mark.parametrize(
    ("bar", "text"),
    [
        (Bar("1 + x", ("g",), True), "(1 + x | g)"),
        (Bar("1", ("a", "b"), False), "(1 || a:b)"),
        (Bar("1 + x", ("g",), True, "p"), "(1 + x |p| g)"),
        (Bar("1", ("a", "b"), True, "if"), "(1 |if| a:b)"),
    ],
)
def test_a_bar_prints_as_written(bar, text):
    assert str(bar) == text
    assert parse_formula(f"y ~ {text}").bars == (bar,)
