"""Data simulated for the benchmarks, from a seed each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

CELLS = 1000
"""Distinct rows of `cells`: 5 x 4 levels in each of 50 groups."""


def crossed_binary() -> pd.DataFrame:
    """7,500 yes-no answers of 316 people to 24 items."""
    rng = np.random.default_rng(1)
    predictor, data = _crossed(rng, rows=7_500, levels=(316, 24), sds=(1.0, 0.8))
    return data.assign(y=rng.binomial(1, 1 / (1 + np.exp(-predictor))))


def crossed_gaussian() -> pd.DataFrame:
    """73,000 ratings by 3,000 people of 1,100 teachers."""
    rng = np.random.default_rng(1)
    predictor, data = _crossed(rng, rows=73_000, levels=(3_000, 1_100), sds=(0.5, 0.6))
    return data.assign(y=predictor + 1.2 * rng.normal(size=len(data)))


def poisson(rows: int, groups: int) -> pd.DataFrame:
    """Counts in groups, with five continuous columns."""
    rng = np.random.default_rng(1)
    group = rng.integers(groups, size=rows)
    columns = rng.normal(size=(rows, 5))
    effects = 0.5 * rng.normal(size=groups)
    predictor = -1 + columns @ [0.3, -0.2, 0.1, 0.0, 0.2] + effects[group]
    data = pd.DataFrame(columns, columns=list("abcde"))
    return data.assign(g=group, y=rng.poisson(np.exp(predictor)))


def binary(rows: int, groups: int) -> pd.DataFrame:
    """Yes-no answers in groups, with two continuous columns."""
    rng = np.random.default_rng(2)
    group = rng.integers(groups, size=rows)
    columns = rng.normal(size=(rows, 2)).round(5)
    predictor = -0.5 + columns @ [0.4, -0.3] + rng.normal(0, 0.6, groups)[group]
    data = pd.DataFrame(columns, columns=list("ab"))
    return data.assign(g=group, y=rng.binomial(1, 1 / (1 + np.exp(-predictor))))


def three_crossed() -> pd.DataFrame:
    """73,421 ratings by 2,972 students of 1,128 teachers in 14 departments."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=73_421).round(4)
    predictor, data = 3.2 + 0.1 * x, pd.DataFrame({"x": x})
    for name, levels, sd in (("g", 2972, 0.33), ("h", 1128, 0.52), ("k", 14, 0.15)):
        codes = rng.integers(levels, size=len(x))
        predictor = predictor + rng.normal(0, sd, levels)[codes]
        data[name] = np.char.add(name, codes.astype(str))
    return data.assign(y=(predictor + 1.18 * rng.normal(size=len(x))).round(4))


def cells(rows: int) -> pd.DataFrame:
    """Yes-no answers whose columns are categorical: each of 1,000 distinct rows equally often."""
    rng = np.random.default_rng(1)
    effects = 0.7 * rng.normal(size=50)
    cell = np.arange(CELLS)
    a, b, g = cell % 5, cell // 5 % 4, cell // 20
    probability = 1 / (1 + np.exp(-(-0.3 + 0.2 * a - 0.1 * b + effects[g])))
    repeats = rows // CELLS
    data = {
        name: pd.Categorical.from_codes(
            np.tile(codes.astype(np.int8), repeats),
            categories=pd.Index([f"{name}{level}" for level in range(codes.max() + 1)]),
        )
        for name, codes in (("a", a), ("b", b), ("g", g))
    }
    answers = rng.random(rows, dtype=np.float32) < np.tile(probability.astype(np.float32), repeats)
    return pd.DataFrame(data).assign(y=answers.astype(np.int8))


def _crossed(
    rng: np.random.Generator, rows: int, levels: tuple[int, int], sds: tuple[float, float]
) -> tuple[NDArray[np.float64], pd.DataFrame]:
    """Linear predictor and data of two crossed factors and one continuous column."""
    x = rng.normal(size=rows)
    predictor = -0.2 + 0.5 * x
    factors = {}
    for name, size, sd in zip("gh", levels, sds, strict=True):
        codes = rng.integers(size, size=rows)
        predictor = predictor + (sd * rng.normal(size=size))[codes]
        factors[name] = np.char.add(name, codes.astype(str))
    return predictor, pd.DataFrame({"x": x, **factors})
