"""Separation against the whole linear program, solved at once, and against known cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from seeds import generator

from bayesglmm.design.audit import overlap
from bayesglmm.design.audit.overlap import separation


def separable(X: np.ndarray, y: np.ndarray, trials: np.ndarray) -> bool:
    """Konis' linear program with every row a constraint."""
    M = np.column_stack([np.ones(len(X)), X])
    Z = np.concatenate([M[y > 0], -M[y < trials]])
    found = linprog(-Z.sum(axis=0), A_ub=-Z, b_ub=np.zeros(len(Z)), bounds=(-1, 1))
    return bool(-found.fun > 1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_it_agrees_with_the_whole_program(seed):
    """Small samples, of which about half are separated."""
    rng = generator(seed)
    X = np.column_stack([rng.normal(size=24), rng.integers(0, 3, size=24), rng.normal(size=24)])
    y = (rng.uniform(size=24) < 1 / (1 + np.exp(-2.5 * X[:, 0] - X[:, 1] + 1))).astype(float)
    trials = np.ones(24)
    assert (separation(X, True, y, trials) is not None) == separable(X, y, trials)


def test_both_outcomes_of_that_comparison_occur():
    found = set()
    for seed in range(40):
        rng = generator(seed)
        X = np.column_stack([rng.normal(size=24), rng.integers(0, 3, size=24), rng.normal(size=24)])
        y = rng.uniform(size=24) < 1 / (1 + np.exp(-2.5 * X[:, 0] - X[:, 1] + 1))
        found.add(separation(X, True, y.astype(float), np.ones(24)) is None)
    assert found == {True, False}


def test_a_threshold_is_complete():
    x = np.arange(20.0)[:, None]
    found = separation(x, True, (x[:, 0] > 7.5).astype(float), np.ones(20))
    assert found.complete
    assert list(found.columns) == [0]
    assert len(found.rows) == 20


def test_a_tie_at_the_threshold_is_quasi_complete():
    x = np.array([0.0, 1, 2, 3, 3, 4, 5])[:, None]
    found = separation(x, True, np.array([0.0, 0, 0, 0, 1, 1, 1]), np.ones(7))
    assert not found.complete
    assert list(found.rows) == [0, 1, 2, 5, 6]


def test_a_combination_is_found_where_no_column_alone_separates():
    rng = generator(5)
    X = rng.normal(size=(60, 3))
    y = (X[:, 0] - X[:, 1] > 0).astype(float)
    found = separation(X, True, y, np.ones(60))
    assert {0, 1} <= set(found.columns)
    assert len(found.rows) == 60


def test_proportions_overlap_by_themselves():
    x = np.array([0.0, 1, 2])[:, None]
    assert separation(x, True, np.array([1.0, 3, 2]), np.full(3, 4.0)) is None
    found = separation(x, True, np.array([0.0, 2, 4]), np.full(3, 4.0))
    assert list(found.rows) == [0, 2]


def test_without_an_intercept_the_zero_is_fixed():
    x = np.array([1.0, 2, 3, 4])[:, None]
    y = np.array([0.0, 0, 1, 1])
    assert separation(x, True, y, np.ones(4)) is not None
    assert separation(x, False, y, np.ones(4)) is None


@pytest.mark.parametrize("y", [np.zeros(5), np.ones(5)])
def test_one_outcome_is_no_separation_by_a_column(y):
    assert separation(np.arange(5.0)[:, None], True, y, np.ones(5)) is None


@pytest.mark.parametrize("broken", [0, 1])
def test_rows_are_added_to_the_program_as_they_are_violated(monkeypatch, broken):
    """One row among thousands decides; the program starts with a handful of them."""
    monkeypatch.setattr(overlap, "ADDED", 5)
    monkeypatch.setattr(overlap, "SAMPLE", 100)
    rng = generator(6)
    X = rng.normal(size=(3000, 2))
    y = (X @ [1.0, 0.5] > 0).astype(float)
    if broken:
        place = int(np.argmax(X @ [1.0, 0.5]))
        y[place] = 0
    assert (separation(X, True, y, np.ones(3000)) is None) == bool(broken)
