"""The inverse of a large matrix, in pieces between which a run may end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesglmm.families.links import Array

LARGE = 1000
"""Rows from which a matrix is inverted in pieces."""
COLUMNS = 256
"""Of one piece: for 4,000 rows about half a second."""


def positive_inverse(matrix: Array, between: Callable[[], None]) -> tuple[Array, float]:
    """Inverse of a symmetric positive definite matrix, and the log of its determinant.

    Parameters
    ----------
    matrix : array of shape (n, n)
    between : callable
        Called between pieces of a large one; what it raises ends the work.

    Returns
    -------
    inverse : array of shape (n, n)
    log_determinant : float

    Raises
    ------
    numpy.linalg.LinAlgError
        If it is not positive definite.
    """
    from scipy.linalg import cho_solve
    from scipy.linalg.lapack import dpotrf, dpotri

    n = len(matrix)
    if not n:
        return np.zeros((0, 0)), 0.0
    root, failed = dpotrf(matrix, lower=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        log_determinant = 2 * float(np.log(np.diagonal(root)).sum())
    if failed or not np.isfinite(log_determinant):  # what is not a number does not fail
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    if n < LARGE:
        below = np.tril(dpotri(root, lower=1)[0])
        return below + np.tril(below, -1).T, log_determinant
    found = np.empty((n, n))
    for first in range(0, n, COLUMNS):
        between()
        columns = slice(first, min(first + COLUMNS, n))
        right = np.zeros((n, columns.stop - first))
        right[columns] = np.eye(columns.stop - first)
        found[:, columns] = cho_solve((root, True), right, check_finite=False)
    return found, log_determinant
