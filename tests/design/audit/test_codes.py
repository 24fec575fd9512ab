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


MEASURES = {
    "nkids": (0, 1, 2, 3, 4),
    "doses": (1, 2, 3, 4),
    "grade": (1, 2, 3, 4, 5),
    "ages": (4, 5),
    "week": (1, 2),
    "temperature": (5, 6),
    "nitrogen": (40, 80),
    "score": (1, 2, 3, 4, 5, 6, 7),
    "n_sibs": (0, 1, 2, 3),
}


@pytest.mark.parametrize("name", MEASURES)
def test_counts_doses_ages_and_grades_are_numbers(name):
    values = np.array(MEASURES[name])
    weights = 0.7 ** np.arange(len(values))
    column = values[np.searchsorted(np.cumsum(weights / weights.sum()), RNG.uniform(size=120))]
    assert "CODES" not in look(f"y ~ {name}", ROWS.assign(**{name: column})).codes


@pytest.mark.parametrize(
    ("name", "values"),
    [("age", (1, 2, 3, 4)), ("notes", (1, 2, 3, 4)), ("region2", (1, 2)), ("side", (-1, 1))],
)
def test_classes_are_codes(name, values):
    data = ROWS.assign(**{name: np.array(values)[np.arange(120) % len(values)]})
    assert f"{name} has the values" in one(look(f"y ~ {name}", data), "CODES").sentence


def test_periods_may_be_levels():
    data = ROWS.assign(period=np.arange(120) % 4 + 1)
    finding = one(look("y ~ period", data), "CODES", "note")
    assert "period has the values 1, 2, 3, 4 and enters as a number" in finding.sentence
    assert finding.fix == "If they need not lie on a line, write C(period)."


def test_a_column_of_an_offset_alone_has_no_coefficient():
    data = ROWS.assign(k=RNG.poisson(3, size=120), amount=np.arange(120) % 3 + 1)
    found = look("k ~ sex + offset(log(amount))", data, family="poisson")
    assert not any("amount" in item.sentence for item in found.findings if item.code == "CODES")
