"""Codes without labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

RNG = generator(15)
ROWS = pd.DataFrame(
    {
        "y": RNG.normal(size=120),
        "sex": RNG.integers(1, 3, size=120),
        "edu": RNG.integers(1, 5, size=120),
        "smoker": RNG.integers(0, 2, size=120),
        "visit": RNG.integers(1, 5, size=120),
        "age": RNG.integers(18, 80, size=120),
        "score": RNG.choice([0.5, 1.0, 1.5], size=120),
        "region": np.arange(120) % 6 + 1,
        "subject": np.arange(120) // 2,
    }
)


@pytest.mark.parametrize(("column", "codes"), [("sex", "1, 2"), ("edu", "1, 2, 3, 4")])
def test_codes_as_numbers(column, codes):
    finding = one(look(f"y ~ {column}", ROWS), "CODES")
    assert f"{column} has the values {codes} and enters as a number" in finding.sentence
    assert f"labels={{'{column}': {{1: '...', 2: '...'" in finding.fix


def test_codes_left_of_a_bar():
    assert "sex has the values" in one(look("y ~ 1 + (1 + sex | subject)", ROWS), "CODES").sentence


def test_zero_and_one_are_a_note():
    finding = one(look("y ~ smoker", ROWS), "CODES", "note")
    assert finding.fix == "Write labels={'smoker': {0: '...', 1: '...'}}."


def test_factors_without_labels_are_a_note():
    finding = one(look("y ~ C(edu) + factor(sex) + (1 | region)", ROWS), "CODES", "note")
    assert "edu, sex, region have codes for levels" in finding.sentence


@pytest.mark.parametrize("column", ["age", "visit", "score"])
def test_measurements(column):
    assert "CODES" not in look(f"y ~ {column}", ROWS).codes


def test_labels_settle_it():
    labels = {"sex": {1: "male", 2: "female"}}
    assert "CODES" not in look("y ~ sex + (1 | subject)", ROWS, labels=labels).codes
