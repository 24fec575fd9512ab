"""The arrays of a likelihood: cells, columns, group effects, and the order of the free numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.arrow_columns import ArrowColumns, make_arrow_columns
from bayesglmm.engine.level_columns import LevelColumns
from bayesglmm.families import Family, Link
from bayesglmm.families.links import Array
from bayesglmm.likelihood.sides import Side
from bayesglmm.likelihood.spread import BlockPlace
from bayesglmm.likelihood.surface import CellLikelihood, Etas, Surface


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The group effects of a grouping factor, as arrays of the cells.

    Attributes
    ----------
    name : str
    levels : int
    index : array of int, shape (m,)
        Level of each cell.
    Z : array of shape (m, q)
        Columns, each divided by its root mean square.
    scale : array of shape (q,)
        Those root mean squares.
    sides : array of int, shape (q,)
        The predictor that each effect is part of.
    names : tuple of str, length q
        Such as ``("1|county", "sigma_1|county")``.
    blocks : tuple of BlockPlace
    """

    name: str
    levels: int
    index: NDArray[np.int64]
    Z: Array
    scale: Array
    sides: NDArray[np.int64]
    names: tuple[str, ...]
    blocks: tuple[BlockPlace, ...]

    @property
    def q(self) -> int:
        """Effects of a level."""
        return len(self.scale)

    @property
    def free(self) -> int:
        """Free numbers of its spread."""
        return sum(block.size for block in self.blocks)

    def columns_of(self, side: int) -> Array:
        """`Z` with 0 in the columns of the effects on other predictors."""
        return np.asarray(self.Z * (self.sides == side))


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A likelihood to be maximised.

    Its free numbers are the coefficients of the location's predictor, the spread of each grouping
    factor, and the coefficients of the other predictors, on the sampler's scale (columns centred
    and scaled).

    Attributes
    ----------
    family : Family
    link : Link
    sides : tuple of Side
        The K predictors of m cells, the location's first.
    factors : tuple of Effects
        The largest first; their effects stand in this order in the vector of all of them.
    columns : array of int, shape (m, R)
        Where the effects of a cell stand in that vector, factor by factor.
    arrow : ArrowColumns
        The columns of all effects as an arrow, whose shaft is the largest factor: of each cell its
        `pairs`, side by side.
    active : tuple of int
        The A predictors with group effects.
    cells : CellLikelihood
    guesses : tuple of arrays
        Coefficients of all sides that the responses suggest, the better ones first.
    unit : float
        What counts as one unit of the location's predictor.
    """

    family: Family
    link: Link
    sides: tuple[Side, ...]
    factors: tuple[Effects, ...]
    columns: NDArray[np.int64]
    arrow: ArrowColumns
    active: tuple[int, ...]
    cells: CellLikelihood
    guesses: tuple[Array, ...]
    unit: float

    @property
    def effects(self) -> int:
        """How many group effects there are, of all factors."""
        return sum(f.levels * f.q for f in self.factors)

    @property
    def size(self) -> int:
        """How many free numbers there are."""
        free = sum(factor.free for factor in self.factors)
        return free + sum(side.size for side in self.sides)

    def places(self, side: int) -> slice:
        """Where the coefficients of a side stand among the free numbers."""
        if side == 0:
            return slice(0, self.sides[0].size)
        start = sum(factor.free for factor in self.factors)
        start += sum(one.size for one in self.sides[:side])
        return slice(start, start + self.sides[side].size)

    @property
    def spread_places(self) -> tuple[slice, ...]:
        """Where the spread of each factor stands among the free numbers."""
        found, place = [], self.sides[0].size
        for factor in self.factors:
            found.append(slice(place, place + factor.free))
            place += factor.free
        return tuple(found)

    @property
    def sds(self) -> NDArray[np.bool_]:
        """Which free numbers are standard deviations of group effects, shape (k,)."""
        found = np.zeros(self.size, dtype=bool)
        for factor, own in zip(self.factors, self.spread_places, strict=True):
            for block in factor.blocks:
                found[own.start + block.free : own.start + block.free + block.q] = True
        return found

    def side(self, name: str) -> int:
        """The place of a parameter among the sides."""
        return next(place for place, side in enumerate(self.sides) if side.name == name)

    def surface(self, etas: Etas, order: int = 1) -> Surface:
        """Log likelihood of the cells, with derivatives; see `CellLikelihood`."""
        return self.cells.surface(etas, order)

    def rest(self, etas: Etas) -> tuple[float, Mapping[int, Array]]:
        """The part that is of no cell; see `CellLikelihood`."""
        return self.cells.rest(etas)


def pairs(active: int) -> list[tuple[int, int]]:
    """Predictors by themselves, then in pairs: their columns, and the sums of two.

    A curvature of several predictors is one of single ones and of such sums,
    ``2 W r s' = W (r + s)(r + s)' - W r r' - W s s'``, so that each has a weight.
    """
    alone = [(a, a) for a in range(active)]
    return alone + [(a, b) for a in range(active) for b in range(a + 1, active)]


def pair_weights(curvature: Array) -> Array:
    """Weights of the `pairs` of each cell, one after the other, from curvatures (A, A, m)."""
    found = []
    for a, b in pairs(len(curvature)):
        if a != b:
            found.append(curvature[a, b])
        else:
            found.append(2 * curvature[a, a] - curvature[a].sum(axis=0))
    return np.stack(found, axis=1).ravel() if found else np.zeros(0)


def arrow_of(factors: tuple[Effects, ...], cells: int, active: tuple[int, ...]) -> ArrowColumns:
    """Columns of factors, the largest first, as an arrow whose shaft is the largest."""
    both, columns = pairs(len(active)), []
    for factor in factors:
        own = [factor.columns_of(side) for side in active]
        Z = np.stack([own[a] if a == b else own[a] + own[b] for a, b in both], axis=1)
        index = np.repeat(factor.index, len(both))
        columns.append(
            LevelColumns(factor.levels, index, np.ascontiguousarray(Z.reshape(-1, factor.q).T))
        )
    rows = cells * max(1, len(both))
    return make_arrow_columns(np.zeros((0, rows)), [*columns[1:], *columns[:1]])


def without_factors(problem: Problem) -> Problem:
    """The same rows and columns, groups ignored."""
    m = len(problem.columns)
    none = np.zeros((m, 0), dtype=np.int64)
    return replace(problem, factors=(), columns=none, arrow=arrow_of((), m, ()), active=())
