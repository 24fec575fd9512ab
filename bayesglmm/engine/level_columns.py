"""Columns of the effects of a grouping factor, and sums of their products over cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array

type Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelColumns:
    """Columns of the effects of one grouping factor.

    Attributes
    ----------
    levels : int
    index : array of int64, shape (m,)
        Level of each cell.
    Z : array of shape (q, m)
        Values of the effects' columns.
    """

    levels: int
    index: Places
    Z: Array

    @property
    def q(self) -> int:
        """Effects of a level."""
        return len(self.Z)

    @property
    def size(self) -> int:
        """Effects of all levels."""
        return self.levels * self.q

    def places(self, effect: int, start: int = 0) -> Places:
        """Where an effect of each cell's level stands among effects that begin at `start`."""
        return np.asarray(start + self.index * self.q + effect)

    def predictor(self, effects: Array) -> Array:
        """What effects of shape (G * q,) add to the linear predictor, shape (m,)."""
        own = effects.reshape(self.levels, self.q)[self.index]
        return np.asarray(np.einsum("mi,im->m", own, self.Z))

    def sums(self, values: Array) -> Array:
        """Columns times a number of each cell, summed, shape (G * q,)."""
        parts = [np.bincount(self.index, z * values, self.levels) for z in self.Z]
        return np.stack(parts, axis=1).ravel() if parts else np.zeros(0)

    def sums_with(self, columns: Array) -> Array:
        """Sums of ``z x'`` over the cells of each level, for columns (P, m), shape (G * q, P)."""
        found = np.empty((self.levels, self.q, len(columns)))
        for i, z in enumerate(self.Z):
            for p, column in enumerate(columns):
                found[:, i, p] = np.bincount(self.index, z * column, self.levels)
        return found.reshape(self.size, len(columns))

    def blocks(self, weighted: LevelColumns) -> Array:
        """Sums over a level's cells of ``z s'``, s of other columns, symmetric, (G, q, q)."""
        found = np.empty((self.levels, self.q, self.q))
        for i in range(self.q):
            for j in range(i + 1):
                product = self.Z[i] * weighted.Z[j]
                found[:, i, j] = np.bincount(self.index, product, self.levels)
                found[:, j, i] = found[:, i, j]
        return found

    def quadratic(self, blocks: Array) -> Array:
        """``z' B z`` of each cell, B the block of its level, shape (m,)."""
        return np.asarray(np.einsum("im,mij,jm->m", self.Z, blocks[self.index], self.Z))


def pair_sums(own: LevelColumns, other: LevelColumns, pair: Places, count: int) -> Array:
    """Sums of ``z z'`` over the cells of each of `count` pairs of levels.

    Parameters
    ----------
    own, other : LevelColumns
    pair : array of int, shape (m,)
        Of each cell.
    count : int

    Returns
    -------
    array of shape (count, q, q')
    """
    found = np.empty((count, own.q, other.q))
    for i, z in enumerate(own.Z):
        for j, value in enumerate(other.Z):
            found[:, i, j] = np.bincount(pair, z * value, count)
    return found


def crossed_sums(own: LevelColumns, other: LevelColumns) -> Array:
    """Sums of ``z z'`` between all effects of two factors, shape (G * q, G' * q')."""
    pair = own.index * other.levels + other.index
    sums = pair_sums(own, other, pair, own.levels * other.levels)
    sums = sums.reshape(own.levels, other.levels, own.q, other.q)
    return sums.transpose(0, 2, 1, 3).reshape(own.size, other.size)
