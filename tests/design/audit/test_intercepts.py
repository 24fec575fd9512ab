"""Intercepts at a zero far outside the data, where groups have slopes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

RNG = generator(33)
GROUPS = np.repeat(np.arange(30), 20)
ROWS = pd.DataFrame(
    {
        "y": RNG.normal(size=600),
        "x": RNG.normal(6.5, 0.46, size=600),
        "near": RNG.normal(2.0, 0.46, size=600),
        "year": np.tile(np.arange(2001, 2021), 30),
        "h": RNG.choice(["a", "b"], size=600),
        "g": GROUPS,
        "block": GROUPS // 5,
    }
)
ALL = (
    "The baseline, the standard deviation of the intercepts of g and the correlation of these "
    "with the slopes are those at"
)
SD = "The standard deviation of the intercepts of g is that at"
APART = "Intercepts and slopes that do not correlate there do correlate at the mean."


@pytest.mark.parametrize(
    ("formula", "about"),
    [
        ("y ~ x + (1 + x | g)", ALL),
        ("y ~ x + (1 + x * h | g)", ALL),
        ("y ~ x + (0 + h + x | g)", ALL),
        ("y ~ x + I(x**2) + (1 + x + I(x**2) | g)", ALL),
        ("y ~ x + (1 + x | block / g)", ALL.replace("of g", "of block, block:g")),
        ("y ~ center(x) + (1 + x | g)", ALL.replace("The baseline, the", "The").replace(",", "")),
        ("y ~ 0 + x + (1 + x || g)", SD),
        ("y ~ center(x) + (1 | g) + (0 + x | g)", SD),
    ],
)
def test_a_zero_far_outside(formula, about):
    finding = one(look(formula, ROWS), "INTERCEPT", "note")
    low, high = ROWS["x"].min(), ROWS["x"].max()
    assert finding.sentence.startswith(f"x runs from {low:.6g} to {high:.6g}. {about} x = 0, far")
    assert finding.sentence.endswith(APART) == (about == SD)
    assert finding.fix.startswith("Write center(x) wherever x stands")


def test_a_function_of_a_column():
    finding = one(look("y ~ log(x) + (1 + log(x) | g)", ROWS), "INTERCEPT", "note")
    assert f"{ALL} log(x) = 0, far outside the data." in finding.sentence
    assert finding.fix.startswith("Write center(log(x)) wherever log(x) stands")


def test_what_it_says_to_write_ends_it():
    assert "INTERCEPT" not in look("y ~ center(x) + (1 + center(x) | g)", ROWS).codes
    found = look("y ~ center(log(x)) + (1 + center(log(x)) | g)", ROWS)
    assert "INTERCEPT" not in found.codes


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (1 | g)",
        "y ~ x + (0 + x | g)",
        "y ~ x + (0 + x | g) + (1 | block)",
        "y ~ x + (1 + h | g)",
        "y ~ near + (1 + near | g)",
        "y ~ x + (1 + scale(x) | g)",
        "y ~ x + (1 + poly(x, 2) | g)",
    ],
)
def test_no_slopes_of_it_or_no_intercepts(formula):
    assert "INTERCEPT" not in look(formula, ROWS).codes


def test_a_column_is_told_once():
    """The fixed effect's intercept is in the finding; without slopes it has its own."""
    found = look("y ~ year + (1 + year | g)", ROWS)
    assert "year runs from 2001 to 2020" in one(found, "INTERCEPT", "note").sentence
    assert "SCALE" not in found.codes
    alone = look("y ~ year + (1 | g)", ROWS)
    assert "SCALE" in alone.codes
    assert "INTERCEPT" not in alone.codes
