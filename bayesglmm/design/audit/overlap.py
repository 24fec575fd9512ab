"""Whether binary outcomes overlap: does maximum likelihood have a finite estimate?

Albert & Anderson (1984, Biometrika 71, 1-10): it has one exactly where no combination of the
columns separates the outcomes. Konis (2007, DPhil thesis, Oxford, chapter 4) finds such a
combination by linear programming: maximise ``sum_i z_i' b`` under ``z_i' b >= 0`` and
``-1 <= b <= 1``, where ``z_i`` is the row of an event and minus the row of a non-event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array

STEPS = 40
"""Newton steps in which a finite estimate is found, or the attempt is given up."""

FLAT = 1e-9
"""Gradient, for each row, at which Newton's method has arrived."""

POSITIVE = 1e-7
"""Weight of every row that proves that outcomes overlap, far above `FLAT`."""

TOLERANCE = 1e-6
"""Of the linear program, columns scaled."""

ADDED = 2000
"""Rows that the linear program sees at first, and that are added while some are violated."""


@dataclass(frozen=True, slots=True, eq=False)
class Separation:
    """Columns that tell outcomes apart.

    Attributes
    ----------
    columns : array of int
        Places of the columns with a weight in the combination.
    rows : array of int
        Rows strictly on their side.
    complete : bool
        Whether those are all the rows.
    """

    columns: np.ndarray
    rows: np.ndarray
    complete: bool


def separation(X: Array, intercept: bool, y: Array, trials: Array) -> Separation | None:
    """Find a combination of columns that separates binary outcomes.

    Parameters
    ----------
    X : array of shape (n, p)
        Of full column rank beside the intercept.
    intercept : bool
    y, trials : array of shape (n,)
        Events, and trials.

    Returns
    -------
    Separation or None
        None where the outcomes overlap.
    """
    if X.shape[1] == 0 or not y.any() or (y == trials).all():
        return None
    scaled = (X - X.mean(axis=0)) / X.std(axis=0) if intercept else X / np.abs(X).max(axis=0)
    M = np.column_stack([np.ones(len(X)), scaled]) if intercept else scaled
    M, events, others, cell = _compressed(M, y, trials - y)
    if _maximum_exists(M, events, others):
        return None
    weights = _separating(M, events, others)
    if weights is None:
        return None
    return _described(M, events, others, weights, cell, intercept)


def _described(
    M: Array, events: Array, others: Array, weights: Array, cell: np.ndarray, intercept: bool
) -> Separation:
    side = M @ weights
    apart = (np.abs(side) > 10 * TOLERANCE) & ~((events > 0) & (others > 0))
    columns = np.flatnonzero(np.abs(weights) > TOLERANCE)
    if intercept:
        columns = columns[columns > 0] - 1
    return Separation(columns, np.flatnonzero(apart[cell]), bool(apart.all()))


def _compressed(M: Array, y: Array, rest: Array) -> tuple[Array, Array, Array, np.ndarray]:
    """Distinct rows with their numbers of events and of non-events, and where each row went."""
    key = np.zeros(len(M))
    weights = np.random.default_rng(0).normal(size=(M.shape[1],))
    for place, weight in enumerate(weights):
        key += M[:, place] * weight  # element by element, so that equal rows get equal keys
    _, first, cell = np.unique(key, return_index=True, return_inverse=True)
    size = len(first)
    return (
        M[first],
        np.bincount(cell, weights=y, minlength=size),
        np.bincount(cell, weights=rest, minlength=size),
        cell,
    )


def _maximum_exists(M: Array, events: Array, others: Array) -> bool:
    """Whether Newton's method proves that logistic regression has a finite estimate.

    At the estimate the weights ``1 - p`` of events and ``p`` of non-events are positive and the
    signed rows sum to zero under them, which no separated rows can do.
    """
    beta = np.zeros(M.shape[1])
    total = events + others
    for _ in range(STEPS):
        eta = M @ beta
        p = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
        gradient = M.T @ (events - total * p)
        least = min((1 - p)[events > 0].min(), p[others > 0].min())
        if least < POSITIVE:
            return False
        if np.abs(gradient).max() <= FLAT * total.sum():
            return True
        information = M.T @ (M * (total * p * (1 - p))[:, None])
        try:
            beta = beta + np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return False
    return False


def _separating(M: Array, events: Array, others: Array) -> Array | None:
    """Weights of a separating combination by Konis' linear program; None where there is none.

    The constraints are added as they are violated: the program with a part of them is a bound.
    """
    from scipy.optimize import linprog

    Z = np.concatenate([M[events > 0], -M[others > 0]])
    total = Z.sum(axis=0)
    chosen = np.zeros(len(Z), dtype=bool)
    chosen[np.linspace(0, len(Z) - 1, min(ADDED, len(Z))).astype(int)] = True
    while True:
        held = Z[chosen]
        found = linprog(-total, A_ub=-held, b_ub=np.zeros(len(held)), bounds=(-1, 1))
        if found.x is None or total @ found.x <= TOLERANCE * len(Z):
            return None
        side = Z @ found.x
        violated = np.flatnonzero((side < -TOLERANCE) & ~chosen)
        if not len(violated):
            return np.asarray(found.x)
        chosen[violated[np.argsort(side[violated])][:ADDED]] = True
