"""Weighted means within cells, and rows that differ, against plain sums."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.posterior import blocks
from bayesglmm.posterior.averaging import make_averaging
from bayesglmm.posterior.distinct import distinct, distinct_rows

CELL = np.array([2, 0, 2, 1, 0, 2, 4])
WEIGHT = np.array([1.0, 2.0, 0.0, 3.0, 2.0, 4.0, 0.5])
VALUES = np.random.default_rng(2).normal(size=(5, 7))  # any draws


def by_hand(values: np.ndarray) -> np.ndarray:
    """(S, 5), a cell after the other; 0 for the cell that no row is in."""
    sums = [values[:, cell == CELL] @ WEIGHT[cell == CELL] for cell in range(5)]
    totals = [WEIGHT[cell == CELL].sum() or 1.0 for cell in range(5)]
    return np.stack(sums, axis=1) / totals


@pytest.mark.parametrize("block", [1, 10, 15, 10_000])
def test_means_are_those_of_all_rows_at_once(monkeypatch, block):
    monkeypatch.setattr(blocks, "BLOCK", block)
    averaging, asked = make_averaging(CELL, WEIGHT, 5), []

    def evaluate(rows):
        asked.extend(rows.tolist())
        return VALUES[:, rows], np.square(VALUES[:, rows])

    found = list(averaging.means(evaluate, 5))
    assert sorted(asked) == list(range(7))
    assert max(part.shape[1] for part, _ in found) == min(5, max(1, block // 5))
    for place, values in enumerate((VALUES, np.square(VALUES))):
        joined = np.concatenate([parts[place] for parts in found], axis=1)
        np.testing.assert_allclose(joined, by_hand(values), atol=1e-14)


def test_sums_of_constants_and_of_rows_with_a_factor():
    averaging = make_averaging(CELL, WEIGHT, 5)
    np.testing.assert_allclose(averaging.sums(VALUES.T), by_hand(VALUES).T, atol=1e-14)
    factor = np.arange(7.0)
    moved = averaging.times(factor).sums(VALUES.T)
    np.testing.assert_allclose(moved, by_hand(VALUES * factor).T, atol=1e-14)


@pytest.mark.parametrize("size", [1, 7, 10, 11])
def test_blocks_hold_every_row_once(monkeypatch, size):
    monkeypatch.setattr(blocks, "BLOCK", 40)
    found = list(blocks.row_blocks(size, 4))
    assert np.concatenate([np.arange(size)[some] for some in found]).tolist() == list(range(size))
    assert all(some.stop - some.start <= 10 for some in found)


def test_one_row_stands_for_all_that_are_alike():
    keys = pd.DataFrame({"a": [2.0, 1.0, 2.0, 1.0, 2.0], "b": list("xxxyx")})
    code, first = distinct(keys, 5)
    assert (code.tolist(), first.tolist()) == ([0, 1, 0, 2, 0], [0, 1, 3])
    code, first = distinct(keys, 5, sort=True)
    assert (code.tolist(), first.tolist()) == ([2, 0, 2, 1, 2], [1, 3, 0])
    code, first = distinct(keys[[]], 5)
    assert (code.tolist(), first.tolist()) == ([0] * 5, [0])


def test_rows_of_predictors_differ_in_columns_offsets_and_asked_groups():
    rows = pd.DataFrame({"y": [1, 2, 3, 4, 5, 6], "x": [0.0, 1, 0, 1, 0, 1], "g": list("aabbcc")})
    rows["z"] = [0.0, 0, 0, 0, 0, 1]
    predictors = bg.Model("y ~ x + (1 | g)", rows, sigma="~ z").design.predictors
    mean, sigma = predictors["mu"], predictors["sigma"]
    assert distinct_rows([mean])[0].tolist() == [0, 1, 0, 1, 0, 1]
    assert distinct_rows([mean, sigma])[0].tolist() == [0, 1, 0, 1, 0, 2]
    assert distinct_rows([mean], mean.groups)[0].tolist() == [0, 1, 2, 3, 4, 5]
