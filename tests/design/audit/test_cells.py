"""Cells of interactions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator


def grid(edu: int, age: int) -> pd.DataFrame:
    rng = generator(14)
    cells = list(product([f"e{k}" for k in range(edu)], [f"a{k}" for k in range(age)], range(8)))
    data = pd.DataFrame(cells, columns=["edu", "age", "k"])
    return data.assign(y=rng.normal(size=len(data)), x=rng.normal(size=len(data)))


@pytest.mark.parametrize("formula", ["y ~ edu * age", "y ~ edu:age", "y ~ edu + age + edu:age"])
def test_empty_cells_are_named(formula):
    data = grid(3, 3)
    data = data[~((data["edu"] == "e2") & (data["age"] != "a0"))]
    finding = one(look(formula, data), "CELLS")
    assert "2 of the 9 cells of edu:age have no rows: edu e2 × age a1, edu e2 × age a2" in (
        finding.sentence
    )
    assert "2 of its columns cannot be estimated" in finding.sentence
    assert finding.fix.startswith("Write edu + age + (1 | edu:age)")


@pytest.mark.parametrize(("formula", "columns"), [("y ~ edu * age", 6), ("y ~ edu:age", 9)])
def test_many_full_cells_are_a_note(formula, columns):
    finding = one(look(formula, grid(4, 3)), "CELLS", "note")
    assert f"spends {columns} coefficients on 12 cells" in finding.sentence
    assert "smallest has 8 rows" in finding.sentence


@pytest.mark.parametrize("formula", ["y ~ edu * age", "y ~ edu + age"])
def test_four_full_cells_are_nothing(formula):
    assert "CELLS" not in look(formula, grid(2, 2)).codes


@pytest.mark.parametrize("formula", ["y ~ edu + age", "y ~ edu * x", "y ~ x + (1 | edu:age)"])
def test_no_interaction_of_factors(formula):
    data = grid(4, 4)
    data = data[~((data["edu"] == "e2") & (data["age"] != "a0"))]
    assert "CELLS" not in look(formula, data).codes


def test_the_largest_interaction_speaks_for_all():
    data = grid(3, 3).assign(sex=lambda rows: np.where(rows["k"] % 2, "f", "m"))
    data = data[~((data["edu"] == "e2") & (data["age"] == "a1") & (data["sex"] == "f"))]
    finding = one(look("y ~ edu * age * sex", data), "CELLS")
    assert "1 of the 18 cells of edu:age:sex has no rows: edu e2 × age a1 × sex f" in (
        finding.sentence
    )
