"""Rows and columns that are there twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

RNG = generator(18)


def people(n: int = 100) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "y": RNG.integers(0, 2, size=n),
            "sex": RNG.choice(["f", "m"], size=n),
            "x": RNG.normal(size=n),
        }
    )


def test_rows_entered_twice():
    data = people()
    data = pd.concat([data, data.iloc[[3, 8]]], ignore_index=True)
    finding = one(look("y ~ sex", data, family="bernoulli"), "ROWSTWICE")
    assert "2 rows equal an earlier one in all 4 columns" in finding.sentence
    assert finding.rows == (100, 101)


def test_rows_that_agree_in_the_columns_used_are_people():
    assert "ROWSTWICE" not in look("y ~ sex", people(), family="bernoulli").codes


def test_binary_data_repeat_without_an_identifier():
    data = people()[["y", "sex"]]
    assert "ROWSTWICE" not in look("y ~ sex", data, family="bernoulli").codes


def test_values_that_cannot_be_compared():
    data = people().assign(notes=[[k] for k in range(100)])
    data = pd.concat([data, data.iloc[[3]]], ignore_index=True)
    finding = one(look("y ~ sex", data, family="bernoulli"), "ROWSTWICE")
    assert finding.rows == (100,)


def test_a_column_under_two_names():
    data = people().assign(gender=lambda rows: rows["sex"], z=lambda rows: rows["x"])
    found = look("y ~ sex + x", data, family="bernoulli")
    said = [item.sentence for item in found.notes if item.code == "COLUMNTWICE"]
    assert said == [
        "sex and gender hold the same values in every row.",
        "x and z hold the same values in every row.",
    ]


def test_columns_that_differ_in_one_row():
    data = people().assign(gender=lambda rows: rows["sex"], z=lambda rows: rows["x"])
    data.loc[99, ["gender", "z"]] = ["d", 0.0]
    assert "COLUMNTWICE" not in look("y ~ sex + x", data, family="bernoulli").codes


@pytest.mark.parametrize(
    "columns", [["y"], ["y", "x"], ["y", "x", "kind"], ["y", "x", "kind", "g"]]
)
def test_ties_of_rounded_values_are_no_repeats(columns):
    rng = generator(46)
    n = 300
    data = pd.DataFrame(
        {
            "y": rng.normal(50, 10, size=n).round(1),
            "x": rng.integers(1, 4, size=n),
            "kind": rng.choice(["a", "b"], size=n),
            "g": np.arange(n) // 30,
        }
    )[columns]
    data = pd.concat([data, data.iloc[:0]])
    formula = "y ~ x" if "x" in columns else "y ~ 1"
    assert "ROWSTWICE" not in look(formula, data).codes


@pytest.mark.parametrize("decimals", [3, 6])
def test_rows_of_two_numbers_that_were_entered_twice(decimals):
    rng = generator(47)
    data = pd.DataFrame(rng.normal(size=(80, 2)).round(decimals), columns=["y", "x"])
    data = pd.concat([data, data.iloc[[4]]], ignore_index=True)
    assert one(look("y ~ x", data), "ROWSTWICE").rows == (80,)
