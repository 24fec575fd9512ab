"""Weighted means of rows within cells, in each draw, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.blocks import row_blocks

if TYPE_CHECKING:
    from scipy.sparse import csr_array

type Evaluate = Callable[[NDArray[np.int64]], tuple[Array, ...]]
"""From m rows to draws at them, each of shape (S, m)."""


@dataclass(frozen=True, slots=True, eq=False)
class Averaging:
    """Which cell each of u rows is averaged in, and how much it counts there.

    Attributes
    ----------
    cell : array of int, shape (u,)
    share : array of shape (u,)
        Those of a cell sum to 1.
    count : int
        Number of cells.
    """

    cell: NDArray[np.int64]
    share: Array
    count: int

    def times(self, factor: Array) -> Averaging:
        """The averaging of rows that are multiplied by a factor each, shape (u,)."""
        return replace(self, share=self.share * factor)

    def sums(self, values: NDArray[Any]) -> Array:
        """Weighted means of constants: from (u, k) to (count, k)."""
        return np.asarray(self._matrix(np.arange(len(self.cell)), slice(0, self.count)) @ values)

    def means(self, evaluate: Evaluate, draws: int) -> Iterator[tuple[Array, ...]]:
        """Weighted means of what is evaluated, a stretch of cells at a time.

        Parameters
        ----------
        evaluate : callable
        draws : int
            Their number, S.

        Yields
        ------
        tuple of arrays of shape (S, cells)
            One for each array that `evaluate` gives.
        """
        order = np.argsort(self.cell, kind="stable")
        bounds = np.searchsorted(self.cell[order], np.arange(self.count + 1))
        for cells in row_blocks(self.count, draws):
            rows = order[bounds[cells.start] : bounds[cells.stop]]
            total: tuple[Array, ...] = ()
            for some in [*row_blocks(len(rows), draws)] or [slice(0)]:  # cells may have no rows
                matrix = self._matrix(rows[some], cells)
                parts = [matrix @ np.ascontiguousarray(v.T) for v in evaluate(rows[some])]
                total = tuple(map(np.add, total, parts)) if total else tuple(parts)
            yield tuple(part.T for part in total)

    def _matrix(self, rows: NDArray[np.int64], cells: slice) -> csr_array:
        """Shares of some rows in some cells, sparse, shape (cells, rows)."""
        from scipy.sparse import csr_array

        places = (self.cell[rows] - cells.start, np.arange(len(rows)))
        shape = (cells.stop - cells.start, len(rows))
        return csr_array((self.share[rows], places), shape=shape)


def make_averaging(cell: NDArray[np.int64], weight: Array, count: int) -> Averaging:
    """Average rows by weights in any unit.

    Parameters
    ----------
    cell : array of int, shape (u,)
        From 0 to `count` - 1.
    weight : array of shape (u,)
        Not all 0 in any cell.
    count : int

    Returns
    -------
    Averaging
    """
    total = np.bincount(cell, weight, minlength=count)
    return Averaging(cell, weight / total[cell], count)
