"""Names between two bars: what a spec holds of them, and which it refuses."""

from __future__ import annotations

import pytest

from bayesglmm.errors import FormulaError
from bayesglmm.spec import parse_formula, specify


@pytest.mark.parametrize("text", ["(1 + x |p| g)", "(1 + x|p|g)", "( 1 + x | p | g )"])
def test_blanks_do_not_matter(text):
    (bar,) = parse_formula(f"y ~ x + {text}").bars
    assert (bar.columns, bar.factors, bar.correlated, bar.shared) == ("1 + x", ("g",), True, "p")
    assert str(bar) == "(1 + x |p| g)"


def test_a_spec_says_what_was_written():
    spec = specify("y ~ x + (1 + x |p| g)", sigma="~ z + (1 |p| g)")
    assert spec.text == "y ~ x + (1 + x |p| g); sigma ~ z + (1 |p| g)"
    again = specify(spec.formula.text, sigma=spec.formulas["sigma"].text)
    assert again.formulas == spec.formulas
    assert [bar.shared for one in spec.formulas.values() for bar in one.bars] == ["p", "p"]


def test_names_may_be_used_once_and_several_at_a_time():
    spec = specify("y ~ (1 |p| g) + (1 |q| h) + (0 + x | g)", sigma="~ (1 |q| h)")
    assert [bar.shared for bar in spec.formula.bars] == ["p", "q", ""]


# Formula of the mean; of sigma; the formula at fault; where its caret stands; what is said.
DIFFERENT_FACTORS = [
    ("y ~ (1 |p| g) + (1 |p| h)", "~ 1", "mu", 20, "'p' names terms of g and of h"),
    ("y ~ (1 |p| g)", "~ z + (1 |q| g) + (1 |p| h)", "sigma", 22, "terms of g and of h"),
    ("y ~ (1 |p| g) + (x |p| g)", "~ (1 |p| g:h)", "sigma", 6, "'p' names terms of g and of g:h"),
    ("y ~ (1 |p| g) + (1 |p| h) + (x |p| g)", "~ 1", "mu", 20, "Give (1 |p| h) another name."),
]


@pytest.mark.parametrize(("mean", "sigma", "at_fault", "place", "says"), DIFFERENT_FACTORS)
def test_effects_of_different_factors_are_not_correlated(mean, sigma, at_fault, place, says):
    with pytest.raises(FormulaError) as caught:
        specify(mean, sigma=sigma)
    text = mean if at_fault == "mu" else sigma
    assert f"    {text}\n    {' ' * place}^\n" in str(caught.value)
    assert says in str(caught.value)
