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

SAMPLE = 10_000
"""Rows in which overlap is sought first, where there are many more."""

ADDED = 500
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
    if _maximum_exists(*_some(M, events, others)):
        return None  # what overlaps in some of the rows does so in all
    found = _separating(M, events, others)
    if found is None:
        return None
    weights, complete = found
    apart = (np.abs(M @ weights) > 10 * TOLERANCE) & ~((events > 0) & (others > 0))
    columns = np.flatnonzero(np.abs(weights) > TOLERANCE)
    if intercept:
        columns = columns[columns > 0] - 1
    rows = np.arange(len(X)) if complete else np.flatnonzero(apart[cell])
    return Separation(columns, rows, complete)


def _some(M: Array, y: Array, rest: Array) -> tuple[Array, Array, Array]:
    """Rows drawn at random, all of them where they are few."""
    if len(M) <= SAMPLE:
        return M, y, rest
    rows = np.random.default_rng(0).integers(0, len(M), size=SAMPLE)
    return M[rows], y[rows], rest[rows]


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
        least = min((1 - p)[events > 0].min(initial=0.5), p[others > 0].min(initial=0.5))
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


def _separating(M: Array, events: Array, others: Array) -> tuple[Array, bool] | None:
    """Weights of a separating combination, and whether it is complete; None where there is none."""
    Z = np.concatenate([M[events > 0], -M[others > 0]])
    total = Z.sum(axis=0)
    apart = _program(Z, np.append(total, 0.0), margin=0.0)
    if total @ apart[:-1] <= TOLERANCE * len(Z):
        return None
    ahead = np.append(np.zeros(M.shape[1]), 1.0)
    wide = _program(Z, ahead, margin=1.0)
    complete = bool(wide[-1] > TOLERANCE)
    return (wide if complete else apart)[:-1], complete


def _program(Z: Array, gain: Array, margin: float) -> Array:
    """Maximise ``gain' (b, t)`` under ``Z b >= t``, ``-1 <= b <= 1`` and ``0 <= t <= margin``.

    Constraints are added as they are violated: a program with a part of them bounds the whole.
    """
    from scipy.optimize import linprog

    chosen = np.zeros(len(Z), dtype=bool)
    chosen[np.linspace(0, len(Z) - 1, min(ADDED, len(Z))).astype(int)] = True
    bounds = [(-1.0, 1.0)] * Z.shape[1] + [(0.0, margin)]
    while True:
        held = np.column_stack([-Z[chosen], np.ones(chosen.sum())])
        found = linprog(-gain, A_ub=held, b_ub=np.zeros(len(held)), bounds=bounds)
        if found.x is None:  # zero satisfies every constraint, so this is a failed solver
            raise ArithmeticError(f"The linear program for separation failed: {found.message}")
        solution = np.asarray(found.x)
        short = Z @ solution[:-1] - solution[-1]
        violated = np.flatnonzero((short < -TOLERANCE) & ~chosen)
        if not len(violated):
            return solution
        chosen[violated[np.argsort(short[violated])][:ADDED]] = True
