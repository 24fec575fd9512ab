"""What errors say."""

import pytest

from bayesglmm import errors
from bayesglmm.errors import BayesglmmError, FormulaError, first_rows, nearest, unknown

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)
]

NUMBERS = [f"{number:04}" for number in range(1100)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_ours(kind):
    assert issubclass(kind, BayesglmmError)


@pytest.mark.parametrize(
    ("name", "options", "sentence"),
    [
        ("poison", ["poisson", "gaussian"], "Did you mean 'poisson'?"),
        ("Poisson", ["poisson"], "Did you mean 'poisson'?"),
        ("AGE", ["Age", "wage"], "Did you mean 'Age'?"),
        ("zzz", ["b", "a", "b"], "Known: a, b."),
        ("zzz", [], "There are none."),
        ("zzz", NUMBERS[:30], f"Known: {', '.join(NUMBERS[:30])}."),
        ("zzz", NUMBERS, f"Known: {', '.join(NUMBERS[:30])} and 1,070 more."),
        (3, ["3"], "Did you mean '3'?"),
    ],
)
def test_nearest(name, options, sentence):
    assert nearest(name, options) == sentence


def test_unknown():
    assert unknown("link", "lgo", ["log"]) == "Unknown link 'lgo'. Did you mean 'log'?"


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([17], "row 17"),
        ([17, 40, 41], "rows 17, 40, 41"),
        (range(5), "rows 0, 1, 2, 3, 4"),
        (range(17), "rows 0, 1, 2, 3, 4 and 12 more"),
    ],
)
def test_first_rows(rows, text):
    assert first_rows(rows) == text


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ("y ~ x", 4, "Wrong.\n    y ~ x\n        ^\nMend it."),
        ("y ~ x", 0, "Wrong.\n    y ~ x\n    ^\nMend it."),
        ("y ~ x", None, "Wrong.\n    y ~ x\nMend it."),
        (None, None, "Wrong.\nMend it."),
        # Over several lines the caret keeps its place, as the formula is shown on one.
        ("y ~\n\tx", 5, "Wrong.\n    y ~  x\n         ^\nMend it."),
    ],
)
def test_formula_error_points_at_the_culprit(text, position, expected):
    error = FormulaError("Wrong.", text, position, "Mend it.")
    assert str(error) == expected
    assert error.position == position
