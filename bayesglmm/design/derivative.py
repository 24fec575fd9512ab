"""How fast the columns of a predictor change with a number: through any transform, row by row.

Central differences with steps that are halved, extrapolated to a step of 0 (Ridders 1982, Advances
in Engineering Software 4(2)); each entry of the tableau has an error estimate, the best is kept.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bayesglmm.errors import DataError
from bayesglmm.families.links import Array

SHARE = 0.05
"""First step, in shares of the row's own value or of the column's spread, whichever is less."""

LEVELS = 6
"""Halvings of the step in the tableau."""

HALVINGS = 40
"""How often the first step is halved until both ends can be evaluated."""

LARGEST_ERROR = 1e-4
"""Share of a derivative, or of a column's scale over the spread, that its error may be."""


def derivatives(
    evaluate: Callable[[Array], Array], x: Array, spread: float, scale: Array, name: str
) -> tuple[Array, Array]:
    """Derivatives of columns with respect to a number, in each row.

    Parameters
    ----------
    evaluate : callable
        Values of the number, shape (m,), to columns, shape (m, c); not finite where undefined.
    x : array of shape (m,)
    spread : float
        Standard deviation of the number.
    scale : array of shape (c,)
        Of the columns.
    name : str

    Returns
    -------
    slope : array of shape (m, c)
    step : array of shape (m,)
        The first one of each row.

    Raises
    ------
    DataError
        Where a column has no derivative, with the row, its value and the step.
    """
    step = np.full(len(x), SHARE * spread)
    near = np.abs(x) > 0
    step[near] = np.minimum(step[near], SHARE * np.abs(x[near]))
    for _ in range(HALVINGS):
        both = np.isfinite(evaluate(x - step)) & np.isfinite(evaluate(x + step))
        outside = ~both.all(axis=1)
        if not outside.any():
            break
        step[outside] /= 2
    slope, error = _extrapolated(evaluate, x, step)
    allowed = LARGEST_ERROR * np.maximum(np.abs(slope), scale / spread)
    bad = np.flatnonzero(~((error <= allowed) & ~_bends(evaluate, x, step, allowed)).all(axis=1))
    if len(bad):
        row = bad[0]
        raise DataError(
            f"The slope of '{name}' is not defined in row {row}, where {name} = {x[row]:g}: a term "
            f"of the model jumps, bends or ends within a step of {step[row]:.2g} of it. "
            "Leave the row out of newdata=, or compare two values with comparisons()."
        )
    return slope, step


def _bends(
    evaluate: Callable[[Array], Array], x: Array, step: Array, allowed: Array
) -> NDArray[np.bool_]:
    """Where the slopes to either side differ, shape (m, c), which central differences cannot see.

    Of a smooth column they differ in proportion to the step.
    """
    here = evaluate(x)

    def gap(size: Array) -> Array:
        return np.abs(evaluate(x + size) + evaluate(x - size) - 2 * here) / size[:, None]

    smallest = gap(step / 2 ** (LEVELS - 1))
    return np.asarray((smallest > allowed) & (smallest > gap(step) / 4))


def _extrapolated(evaluate: Callable[[Array], Array], x: Array, step: Array) -> tuple[Array, Array]:
    """The best entry of the tableau and its error estimate, both of shape (m, c)."""
    best, least = np.empty(0), np.empty(0)
    before: list[Array] = []
    for level in range(LEVELS):
        high, low = x + step / 2**level, x - step / 2**level
        row = [(evaluate(high) - evaluate(low)) / (high - low)[:, None]]
        if level == 0:
            best, least = row[0], np.full(row[0].shape, np.inf)
        for order, old in enumerate(before, 1):
            row.append(row[-1] + (row[-1] - old) / (4.0**order - 1))
            error = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - old))
            better = error < least
            best, least = np.where(better, row[-1], best), np.where(better, error, least)
        before = row
    return best, least
