"""Arrow-shaped matrices: one solver for the pilot and for maximum likelihood.

The information of coefficients and effects is an arrow. The effects of one grouping factor are its
shaft: `q` x `q` blocks along the diagonal, because a row has one level of a factor. All others, and
the fixed effects, are its head, a dense matrix:

    ( S   C )      S  block diagonal, (G q, G q)
    ( C'  H )      C  cross term, (G q, h);  H  head, (h, h)

With a penalty on its diagonal (the precision of a prior) it is eliminated block by block, which
leaves the Schur complement ``H - C' inverse(S) C`` of the head.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from bayesglmm.engine.dense import positive_inverse
from bayesglmm.families.links import Array


def nothing_between() -> None:
    """What is called between pieces of work that nobody wants to end."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrow:
    """An arrow-shaped symmetric matrix.

    Attributes
    ----------
    shaft : array of shape (G, q, q)
    cross : matrix of shape (G * q, h)
        Dense, or sparse (CSR) where it is large. Rows of one level have their values in the same
        columns.
    head : array of shape (h, h)
    """

    shaft: Array
    cross: Any
    head: Array

    @property
    def dense(self) -> Array:
        """The whole matrix, the head first."""
        from scipy.linalg import block_diag

        cross = as_array(self.cross)
        return np.block([[self.head, cross.T], [cross, block_diag(*self.shaft)]])

    def factorise(
        self,
        shaft_penalty: Array,
        head_penalty: Array,
        between: Callable[[], None] = nothing_between,
    ) -> FactorisedArrow:
        """Eliminate the shaft and invert what is left.

        Parameters
        ----------
        shaft_penalty : array of shape (q, q)
            Added to each block of the shaft.
        head_penalty : array of shape (h, h)
            Added to the head.
        between : callable
            Called between pieces of work; what it raises ends it.

        Returns
        -------
        FactorisedArrow

        Raises
        ------
        numpy.linalg.LinAlgError
            If the sum is not positive definite.
        """
        inverses, log_determinant = _invert_blocks(self.shaft + shaft_penalty)
        eliminated = _times_blocks(inverses, self.cross)
        schur = self.head - as_array(self.cross.T @ eliminated)
        head_inverse, more = positive_inverse(schur + head_penalty, between)
        return FactorisedArrow(
            inverses, self.cross, eliminated, schur, head_inverse, log_determinant + more
        )


@dataclass(frozen=True, eq=False)
class FactorisedArrow:
    """An arrow with its penalty, ready to be solved.

    Attributes
    ----------
    shaft_inverse : array of shape (G, q, q)
        Of the blocks of the shaft, that is given the head.
    cross : matrix of shape (G * q, h)
    eliminated : matrix of shape (G * q, h)
        Those inverses times the cross term.
    schur : array of shape (h, h)
        Schur complement of the head, its penalty left out.
    head_inverse : array of shape (h, h)
        The head's part of the inverse.
    log_determinant : float
        Of the whole.
    """

    shaft_inverse: Array
    cross: Any
    eliminated: Any
    schur: Array
    head_inverse: Array
    log_determinant: float

    def solve(self, head: Array, shaft: Array) -> tuple[Array, Array]:
        """The inverse times a vector.

        Parameters
        ----------
        head : array of shape (h,)
        shaft : array of shape (G * q,)

        Returns
        -------
        head : array of shape (h,)
        shaft : array of shape (G * q,)
        """
        count, q, _ = self.shaft_inverse.shape
        first = self.head_inverse @ (head - self.eliminated.T @ shaft)
        remaining = (shaft - self.cross @ first).reshape(count, q, 1)
        return first, (self.shaft_inverse @ remaining).ravel()

    @cached_property
    def mixed(self) -> Array:
        """The part of the inverse between shaft and head, shape (G * q, h)."""
        return np.asarray(-(self.eliminated @ self.head_inverse))

    @cached_property
    def shaft_blocks(self) -> Array:
        """Blocks of the shaft's part of the inverse, shape (G, q, q)."""
        return self._blocks(self.eliminated, self.mixed)

    def shaft_blocks_within(self, width: int) -> Array:
        """The same as if but the first coordinates of the head were uncertain.

        Parameters
        ----------
        width : int
            How many.

        Returns
        -------
        array of shape (G, q, q)
        """
        rows = as_array(self.eliminated[:, :width])
        return self._blocks(rows, -rows @ self.head_inverse[:width, :width])

    def _blocks(self, rows: Any, mixed: Array) -> Array:
        found, q = self.shaft_inverse.copy(), self.shaft_inverse.shape[1]
        for i in range(q):
            for j in range(q):
                found[:, i, j] -= _row_products(rows[i::q], mixed[j::q])
        return found


def as_array(matrix: Any) -> Array:
    """A matrix, dense."""
    return matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix.toarray())


def diagonal_blocks(matrix: Array, q: int) -> Array:
    """Blocks of q rows along the diagonal, shape (G, q, q)."""
    places = np.arange(len(matrix)).reshape(-1, q)
    return np.asarray(matrix[places[:, :, None], places[:, None, :]])


def _invert_blocks(blocks: Array) -> tuple[Array, float]:
    """Inverses of symmetric blocks, and the log of the product of their determinants."""
    if blocks.shape[1] == 1:
        with np.errstate(divide="ignore"):
            inverses, pivots = 1.0 / blocks, blocks
    else:
        inverses = np.linalg.inv(blocks)
        pivots = np.square(np.diagonal(np.linalg.cholesky(blocks), axis1=1, axis2=2))
    if not np.all(pivots > 0):
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return inverses, float(np.log(pivots).sum())


def _times_blocks(blocks: Array, cross: Any) -> Any:
    """Each level's q x q block times its q rows."""
    count, q, _ = blocks.shape
    if isinstance(cross, np.ndarray):
        return (blocks @ cross.reshape(count, q, cross.shape[1])).reshape(cross.shape)
    from scipy.sparse import bsr_matrix, csr_matrix

    if q == 1:
        data = cross.data * np.repeat(blocks.ravel(), np.diff(cross.indptr))
        return csr_matrix((data, cross.indices, cross.indptr), cross.shape)
    places = np.arange(count)
    diagonal = bsr_matrix((blocks, places, np.arange(count + 1)), (count * q, count * q))
    return diagonal.tocsr() @ cross


def _row_products(left: Any, right: Array) -> Array:
    """Inner product of each row of two matrices, of which the first may be sparse."""
    if isinstance(left, np.ndarray):
        return np.asarray(np.einsum("gh,gh->g", left, right))
    return np.asarray(left.multiply(right).sum(axis=1)).ravel()
