"""Columns of coefficients and effects, and the sums over cells that make an arrow of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.engine.arrow import Arrow, FactorisedArrow, diagonal_blocks
from bayesglmm.engine.cross_pattern import CrossPattern, make_pattern
from bayesglmm.engine.level_columns import LevelColumns, Places, crossed_sums
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class ArrowColumns:
    """Columns whose information is an arrow.

    Attributes
    ----------
    X : array of shape (P, m)
        Columns of fixed effects, the first of the head.
    head : tuple of LevelColumns
        The other columns of the head, factor by factor.
    shaft : LevelColumns
        Those of the shaft; no columns where there is no factor.
    pattern : CrossPattern
    """

    X: Array
    head: tuple[LevelColumns, ...]
    shaft: LevelColumns
    pattern: CrossPattern

    @property
    def starts(self) -> list[int]:
        """Where the effects of each factor of the head start in it, and where it ends."""
        sizes = np.cumsum([len(self.X), *(factor.size for factor in self.head)])
        return [int(size) for size in sizes]

    def scaled(self, factors: Sequence[Array]) -> ArrowColumns:
        """Columns of effects `v` where the effects are ``L v``.

        Parameters
        ----------
        factors : sequence of arrays of shape (q, q)
            `L` of each factor of the head, then of the shaft.

        Returns
        -------
        ArrowColumns
        """
        *head, shaft = (
            replace(own, Z=L.T @ own.Z)
            for own, L in zip((*self.head, self.shaft), factors, strict=True)
        )
        return replace(self, head=tuple(head), shaft=shaft)

    def predictor(self, head: Array, shaft: Array) -> Array:
        """Columns times coefficients of the head and of the shaft, shape (m,)."""
        starts = self.starts
        found = head[: starts[0]] @ self.X + self.shaft.predictor(shaft)
        for own, start in zip(self.head, starts, strict=False):
            found += own.predictor(head[start : start + own.size])
        return np.asarray(found)

    def sums(self, values: Array) -> tuple[Array, Array]:
        """Columns times a number of each cell, summed: of the head (h,) and the shaft (G * q,)."""
        parts = [self.X @ values, *(own.sums(values) for own in self.head)]
        return np.concatenate(parts), self.shaft.sums(values)

    def information(self, weight: Array) -> Arrow:
        """Sum over cells of ``w r r'``, `r` the row of a cell.

        Parameters
        ----------
        weight : array of shape (m,)

        Returns
        -------
        Arrow
        """
        return self.products(self.turned(lambda columns: columns * weight))

    def turned(self, turn: Callable[[Array], Array]) -> ArrowColumns:
        """All columns through a function of arrays of shape (k, m) that keeps their shape."""
        return replace(
            self,
            X=turn(self.X),
            head=tuple(replace(own, Z=turn(own.Z)) for own in self.head),
            shaft=replace(self.shaft, Z=turn(self.shaft.Z)),
        )

    def products(self, weighted: ArrowColumns) -> Arrow:
        """Sum over cells of ``r s'``, `r` the row of a cell and `s` that of other columns.

        Parameters
        ----------
        weighted : ArrowColumns
            Such that the sum is symmetric.

        Returns
        -------
        Arrow
        """
        starts = self.starts
        head = np.zeros((starts[-1], starts[-1]))
        head[: starts[0], : starts[0]] = weighted.X @ self.X.T
        for number, (own, start) in enumerate(zip(self.head, starts, strict=False)):
            here = slice(start, start + own.size)
            head[here, : starts[0]] = own.sums_with(weighted.X)
            for other, place in zip(weighted.head[:number], starts, strict=False):
                head[here, place : place + other.size] = crossed_sums(own, other)
            head[:start, here] = head[here, :start].T
            places = np.arange(start, start + own.size).reshape(own.levels, own.q)
            blocks = own.blocks(weighted.head[number])
            head[places[:, :, None], places[:, None, :]] = blocks
        cross = self.pattern.sums(weighted.X, weighted.head, self.shaft)
        return Arrow(self.shaft.blocks(weighted.shaft), cross, head)

    def through(self, inverse: FactorisedArrow) -> tuple[Array, Array, Array]:
        """The inverse times the row of each cell, at the places of that row.

        Its inner product with the row is the variance of the cell's linear predictor.

        Parameters
        ----------
        inverse : FactorisedArrow

        Returns
        -------
        fixed : array of shape (P, m)
        head : array of shape (R, m)
            Of the effects of the head's factors, factor by factor.
        shaft : array of shape (q, m)
        """
        P, C, mixed = len(self.X), inverse.head_inverse, inverse.mixed
        own = [
            (factor.places(i, start), z)
            for factor, start in zip(self.head, self.starts, strict=False)
            for i, z in enumerate(factor.Z)
        ]
        blocks = inverse.shaft_blocks[self.shaft.index]
        shaft = np.einsum("mij,jm->im", blocks, self.shaft.Z)
        fixed, head = C[:P, :P] @ self.X, np.zeros((len(own), self.X.shape[1]))
        for i, z in enumerate(self.shaft.Z):
            rows = self.shaft.places(i)
            fixed += _products(mixed[:, :P], rows, z, self.X, shaft[i])
            for number, (places, value) in enumerate(own):
                between = mixed[rows, places]
                head[number] += between * z
                shaft[i] += between * value
        for number, (places, value) in enumerate(own):
            fixed += _products(C[:, :P], places, value, self.X, head[number])
            for other, at in own:
                head[number] += C[places, other] * at
        return fixed, head, shaft

    def variances(self, inverse: FactorisedArrow) -> Array:
        """Variance of each cell's linear predictor, shape (m,)."""
        Z = np.concatenate([self.X, *(own.Z for own in self.head), self.shaft.Z])
        return np.asarray(np.einsum("im,im->m", np.concatenate(self.through(inverse)), Z))

    def block_variances(self, inverse: FactorisedArrow) -> Array:
        """The same without covariances between fixed effects and factors, or between factors.

        Each factor counts with its diagonal blocks, the shaft with those given the head.
        """
        P, C = len(self.X), inverse.head_inverse
        found = np.einsum("pm,pm->m", C[:P, :P] @ self.X, self.X)
        for own, start in zip(self.head, self.starts, strict=False):
            here = slice(start, start + own.size)
            found += own.quadratic(diagonal_blocks(C[here, here], own.q))
        return np.asarray(found + self.shaft.quadratic(inverse.shaft_inverse))


def make_arrow_columns(X: Array, factors: Sequence[LevelColumns]) -> ArrowColumns:
    """Columns of fixed effects and factors, the last of which is the shaft.

    Parameters
    ----------
    X : array of shape (P, m)
    factors : sequence of LevelColumns

    Returns
    -------
    ArrowColumns
    """
    P, m = X.shape
    none = LevelColumns(1, np.zeros(m, np.int64), np.zeros((0, m)))
    *head, shaft = factors or (none,)
    return ArrowColumns(X, tuple(head), shaft, make_pattern(P, head, shaft))


def _products(matrix: Array, rows: Places, values: Array, X: Array, into: Array) -> Array:
    """What effects at some rows and fixed effects have of each other.

    Adds the fixed effects' part to `into` (m,), and returns what is the fixed effects' (P, m).
    """
    if not len(X):
        return np.zeros_like(X)
    taken = matrix[rows].T
    into += np.einsum("pm,pm->m", taken, X)
    return np.asarray(taken * values)
