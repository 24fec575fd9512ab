"""The inverse of a large matrix, in pieces between which a run may end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesglmm.families.links import Array

LARGE = 1000
"""Rows from which a matrix is inverted in pieces."""
COLUMNS = 256
"""Of one piece: for 4,000 rows about half a second."""


def inverse(matrix: Array, between: Callable[[], None]) -> Array:
    """Inverse of a symmetric positive definite matrix.

    Parameters
    ----------
    matrix : array of shape (n, n)
    between : callable
        Called between pieces of a large one; what it raises ends the work.

    Returns
    -------
    array of shape (n, n)

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is none.
    """
    n = len(matrix)
    if n < LARGE:
        return np.linalg.inv(matrix)
    from scipy.linalg import cho_factor, cho_solve

    factor = cho_factor(matrix, lower=True, check_finite=False)
    found = np.empty((n, n))
    for first in range(0, n, COLUMNS):
        between()
        columns = slice(first, min(first + COLUMNS, n))
        right = np.zeros((n, columns.stop - first))
        right[columns] = np.eye(columns.stop - first)
        found[:, columns] = cho_solve(factor, right, check_finite=False)
    return found
