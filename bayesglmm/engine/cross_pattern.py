"""Where the cross term of an arrow has its numbers: known once for a set of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.level_columns import LevelColumns, Places, pair_sums
from bayesglmm.families.links import Array

SMALL = 100_000
"""Numbers in the cross term up to which it is dense: sparse ones cost more."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossPattern:
    """Where the cross term of an arrow has its numbers.

    Attributes
    ----------
    shape : tuple of int
        (G * q, h)
    pairs : tuple of arrays of int, shape (m,)
        For each factor of the head, the number of the pair of levels that a cell has.
    counts : tuple of int
        How many pairs of levels each of those factors has with the shaft.
    order : array of int
        Of the numbers as they are summed (fixed effects, then factor by factor): their places in
        the dense term, or the order in which the sparse one holds them.
    sparse : (indices, indptr) or None
        None for a dense term.
    """

    shape: tuple[int, int]
    pairs: tuple[Places, ...]
    counts: tuple[int, ...]
    order: Places
    sparse: tuple[NDArray[np.int32], NDArray[np.int32]] | None

    def sums(self, X: Array, head: Sequence[LevelColumns], shaft: LevelColumns) -> Any:
        """The cross term: sums over cells of ``z r'``, z of the shaft and r of the head.

        Parameters
        ----------
        X : array of shape (P, m)
        head : sequence of LevelColumns
        shaft : LevelColumns

        Returns
        -------
        matrix of shape (G * q, h)
            Dense or CSR.
        """
        parts = [shaft.sums_with(X).ravel()]
        for own, pair, count in zip(head, self.pairs, self.counts, strict=True):
            parts.append(pair_sums(shaft, own, pair, count).ravel())
        values = np.concatenate(parts)
        if self.sparse is None:
            found = np.zeros(self.shape[0] * self.shape[1])
            found[self.order] = values
            return found.reshape(self.shape)
        from scipy.sparse import csr_matrix

        return csr_matrix((values[self.order], *self.sparse), self.shape)


def make_pattern(P: int, head: Sequence[LevelColumns], shaft: LevelColumns) -> CrossPattern:
    """Find which levels of the shaft meet which of the head.

    Parameters
    ----------
    P : int
        Columns of fixed effects, the first of the head.
    head : sequence of LevelColumns
    shaft : LevelColumns

    Returns
    -------
    CrossPattern
    """
    rows = [np.repeat(np.arange(shaft.size), P)]
    columns, pairs, counts, start = [np.tile(np.arange(P), shaft.size)], [], [], P
    for own in head:
        codes, pair = np.unique(shaft.index * own.levels + own.index, return_inverse=True)
        at, level = np.divmod(codes, own.levels)
        block = (len(codes), shaft.q, own.q)
        row = at[:, None, None] * shaft.q + np.arange(shaft.q)[:, None]
        column = start + level[:, None, None] * own.q + np.arange(own.q)
        rows.append(np.broadcast_to(row, block).ravel())
        columns.append(np.broadcast_to(column, block).ravel())
        pairs.append(pair)
        counts.append(len(codes))
        start += own.size
    row, column = np.concatenate(rows), np.concatenate(columns)
    if shaft.size * start <= SMALL:
        order, sparse = row * start + column, None
    else:
        order = np.lexsort([column, row])
        ends = np.append(0, np.cumsum(np.bincount(row, minlength=shaft.size)))
        sparse = column[order].astype(np.int32), ends.astype(np.int32)
    return CrossPattern((shaft.size, start), tuple(pairs), tuple(counts), order, sparse)
