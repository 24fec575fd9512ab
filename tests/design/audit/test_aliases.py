"""Aliased columns: the dependency in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from audit_maker import look, one
from seeds import generator

RNG = generator(1)
ROWS = pd.DataFrame({"y": RNG.normal(size=60), "x": RNG.normal(size=60).round(3)})
ROWS["twice"] = 2 * ROWS["x"]
ROWS["size"] = np.array(["small", "large", "huge"])[np.arange(60) % 3]
ROWS["weight"] = ROWS["size"].map({"small": "light", "large": "heavy", "huge": "heavy"})


def test_a_multiple_of_a_column():
    finding = one(look("y ~ x + twice", ROWS), "ALIAS")
    assert "twice = 2 × x" in finding.sentence
    assert "not identified (aliased with x)" in finding.sentence
    assert finding.fix == "Leave twice or x out, or merge levels."
    assert finding.rows == ()


def test_a_level_that_others_determine():
    finding = one(look("y ~ size + weight", ROWS), "ALIAS")
    assert "weight[light] = size[small]" in finding.sentence
    assert finding.rows == tuple(np.flatnonzero(ROWS["size"] == "small"))


def test_rows_are_those_of_the_frame_given():
    data = ROWS.copy()
    data.loc[0, "y"] = np.nan  # row 0 is small
    finding = one(look("y ~ size + weight", data, missing="drop"), "ALIAS")
    assert finding.rows[:2] == (3, 6)


def test_independent_columns():
    assert "ALIAS" not in look("y ~ x + size", ROWS).codes
