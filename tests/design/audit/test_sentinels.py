"""Codes for "no answer" among numbers: found where they lie apart, and nowhere else."""

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one

ROWS = 40


def data(column):
    return pd.DataFrame({"y": np.arange(ROWS) % 7 + 0.5, "x": np.resize(column, ROWS)})


@pytest.mark.parametrize(
    ("column", "codes"),
    [
        ([1, 2, 3, 4, 5, 99], "99"),
        ([0, 1, 2, 3, 77, 88], "77, 88"),
        ([12.5, 30.1, 18.2, 22.0, -9], "-9"),
        ([1200, 800, 2100, 9999, 1500, 9998], "9998, 9999"),
    ],
)
def test_codes_far_from_the_rest(column, codes):
    finding = one(look("y ~ x", data(column)), "NOANSWER")
    assert f"x is {codes} in" in finding.sentence
    assert f"replace([{codes}], numpy.nan)" in finding.fix
    assert set(data(column)["x"].iloc[list(finding.rows)]) == {float(c) for c in codes.split(", ")}


@pytest.mark.parametrize(
    "column",
    [
        [20, 34, 55, 71, 88, 99],  # ages
        [-1, 0, 1],
        [99, 99, 98],  # nothing else
        [1.5, 99.0],  # one other value
    ],
)
def test_numbers_that_may_be_true(column):
    assert "NOANSWER" not in look("y ~ x", data(column)).codes
