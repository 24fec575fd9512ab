"""Predictors that hardly vary."""

from __future__ import annotations

import numpy as np
import pandas as pd
from audit_maker import look, one
from seeds import generator

RNG = generator(17)


def rows(n: int = 400) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": RNG.normal(size=n),
            "x": RNG.normal(size=n),
            "flag": np.arange(n) % 2,
            "kind": np.array(["a", "b"])[np.arange(n) % 2],
        }
    )


def test_levels_of_a_few_rows():
    data = rows()
    data.loc[[5, 6, 7], "kind"] = "c"
    data.loc[[9], "kind"] = "d"
    finding = one(look("y ~ kind", data), "RARE")
    assert "'c' in 3, 'd' in 1" in finding.sentence
    assert finding.rows == (5, 6, 7, 9)


def test_a_number_that_is_nearly_constant():
    data = rows().assign(flag=0)
    data.loc[[5, 6], "flag"] = 1
    finding = one(look("y ~ flag + x", data), "RARE")
    assert "A value of flag other than 0 occurs in 2 rows of 400" in finding.sentence
    assert finding.rows == (5, 6)


def test_small_levels_of_small_data_are_their_share():
    data = rows(40)
    data.loc[[5, 6, 7], "kind"] = "c"
    assert "RARE" not in look("y ~ kind", data).codes


def test_predictors_that_vary():
    assert "RARE" not in look("y ~ x + flag + kind", rows()).codes


def test_many_levels_of_a_few_rows_each_are_a_design():
    data = rows(400).assign(kind=[f"k{k:03d}" for k in np.arange(400) // 4])
    assert "RARE" not in look("y ~ kind", data).codes
    uneven = data.assign(kind=data["kind"].where(np.arange(400) != 0, "alone"))
    assert "'alone' in 1" in one(look("y ~ kind", uneven), "RARE").sentence
