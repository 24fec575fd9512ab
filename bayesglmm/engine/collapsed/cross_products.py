"""The Schur complement of an arrow's head, and the cross term scaled for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from bayesglmm.engine.jit import cached_njit
from bayesglmm.families.links import Array


def cross_products(cross: Any, factors: Array, into: Array) -> Any:
    """Blocks of rows times a factor each, whose products with themselves are subtracted.

    Parameters
    ----------
    cross : matrix of shape (G * q, h)
        See `bayesglmm.engine.arrow.Arrow`.
    factors : array of shape (G, q, q)
        Lower triangular.
    into : array of shape (h, h)
        From whose lower part the products are subtracted, at least.

    Returns
    -------
    matrix of shape (G * q, h)
        ``factor @ rows`` of each block, of the kind of `cross`.
    """
    if isinstance(cross, np.ndarray):
        blocks = cross.reshape(len(factors), factors.shape[1], cross.shape[1])
        scaled = (factors @ blocks).reshape(cross.shape)
        into -= scaled.T @ scaled
        return scaled
    values = np.empty(len(cross.data))
    cached_njit(_sparse_products)(
        cross.indptr, cross.indices, cross.data, np.ascontiguousarray(factors), values, into
    )
    return csr_matrix((values, cross.indices, cross.indptr), cross.shape)


def _sparse_products(
    starts: Any, columns: Any, data: Array, factors: Array, values: Array, into: Array
) -> None:
    """The sparse case: rows of one block have their values in the same columns."""
    G, q = factors.shape[:2]
    for g in range(G):
        first = starts[g * q]
        width = starts[g * q + 1] - first
        for i in range(q):
            place = first + i * width
            for a in range(width):
                total = 0.0
                for j in range(i + 1):
                    total += factors[g, i, j] * data[first + j * width + a]
                values[place + a] = total
            for a in range(width):
                column, value = columns[place + a], values[place + a]
                for b in range(width):
                    row = columns[place + b]
                    if row >= column:
                        into[row, column] -= values[place + b] * value
