"""Exact row compression: rows that share a linear predictor become one cell.

Cells carry sufficient statistics of their rows, so the likelihood is the same to the last term,
and it costs what the cells cost, not the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock, Group, by_block
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.expressible import predicted_parameters
from bayesglmm.engine.likelihoods import Likelihood
from bayesglmm.engine.likelihoods.likelihood import Statistics
from bayesglmm.families.links import Array

FEW = 4096
"""A column with more distinct values than this is kept value by value."""
LOOK = 4096
"""Values of a column that are looked at before all of them are."""
ALWAYS, CELLS_A_PATTERN = 64, 4
"""Patterns of columns that are always worth having, and cells that a pattern must stand for."""


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A grouping factor with all its terms: q effects of each of its levels.

    Attributes
    ----------
    name : str
    groups : tuple of Group
        Its terms, those of a block side by side, else in the order of the formulas.
    levels : int
    index : array of int32, shape (m,)
        Level of each cell.
    Z : array of shape (q, m)
        Values of the effects' columns.
    predictors : tuple of int
        Which linear predictor each effect is part of, by its number.
    """

    name: str
    groups: tuple[Group, ...]
    levels: int
    index: NDArray[np.int32]
    Z: Array
    predictors: tuple[int, ...]

    @property
    def q(self) -> int:
        """Number of effects of a level."""
        return len(self.Z)

    @property
    def blocks(self) -> tuple[EffectBlock, ...]:
        """The blocks of its effects, in their order."""
        return tuple(by_block(self.groups))

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the q effects."""
        return tuple(effect for group in self.groups for effect in group.effects)

    @property
    def size(self) -> int:
        """Number of coordinates, levels times q."""
        return self.levels * self.q


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A design as the kernel reads it: m cells in place of n rows, sorted by the largest factor.

    Where the model has several linear predictors, a cell stands there once for each, side by side,
    with 0 in the columns of the others, so that m counts predictors of cells.

    Attributes
    ----------
    rows : int
        Number of rows, n.
    parameters : tuple of str
        Those of the family that have a linear predictor in each cell, the location first.
    cell : array of int, shape (n,)
        The cell of each row.
    statistics : Statistics
        Sufficient statistics of the cells, each once.
    offset : array of shape (m,)
        Empty where it is zero or folded into the statistics.
    pattern : array of int32, shape (m,)
        Row of `patterns`.
    patterns : array of shape (K, P')
        Columns of fixed effects that take few values, on the sampler's scale.
    pattern_columns : array of int, shape (P',)
    dense : array of shape (D, m)
        The other columns.
    dense_columns : array of int, shape (D,)
    factors : tuple of Factor
        In the order in which the map builds them: the largest, by coordinates, last.
    """

    rows: int
    parameters: tuple[str, ...]
    cell: NDArray[np.int64]
    statistics: Statistics
    offset: Array
    pattern: NDArray[np.int32]
    patterns: Array
    pattern_columns: NDArray[np.int64]
    dense: Array
    dense_columns: NDArray[np.int64]
    factors: tuple[Factor, ...]

    @property
    def predictors(self) -> int:
        """Linear predictors of a cell."""
        return len(self.parameters)

    @property
    def count(self) -> int:
        """Number of predictors of cells, m."""
        return len(self.pattern)

    def fixed(self) -> Array:
        """Columns of the fixed effects, shape (m, P)."""
        width = len(self.pattern_columns) + len(self.dense_columns)
        values = np.empty((self.count, width))
        values[:, self.pattern_columns] = self.patterns[self.pattern]
        values[:, self.dense_columns] = self.dense.T
        return values


def make_cells(design: Design, likelihood: Likelihood) -> Cells:
    """Compress the rows of a design.

    Parameters
    ----------
    design : Design
    likelihood : Likelihood

    Returns
    -------
    Cells
    """
    parameters = predicted_parameters(design, likelihood)
    sides = [design.predictors[name] for name in parameters]
    columns = [(side, column) for side, one in enumerate(sides) for column in fixed_columns(one)]
    factors = _factors([one.groups for one in sides])
    keys = [] if likelihood.folds_offset else [one.offset for one in sides]
    keys += [np.asarray(getattr(design.rows, name)) for name in likelihood.keys]
    effect_columns = [column for factor in factors for column in factor.Z]
    every = (*(column for _, column in columns), *keys, *effect_columns)
    varied = [values for values in every if values.ndim]
    cell, first = _cells([factor.index for factor in factors], varied, design.alike)
    if likelihood.suppressed:
        cell, first = _cross([cell, _own_cells(~design.rows.known)], design.n)
    shown = [column[first] for _, column in columns]
    pattern, representatives, few = _patterns(shown, len(first))
    order = _sorting([factor.index[first] for factor in factors], pattern)
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    statistics = likelihood.summarise(design.rows, sides[0].offset, place[cell], len(first))
    first, k = first[order], len(sides)
    stacks = [_Stack(side, k) for side in range(k)]
    of_columns = [side for side, _ in columns]
    many = [number for number in range(len(columns)) if number not in few]
    offset = np.sum([stacks[side](one.offset[first]) for side, one in enumerate(sides)], axis=0)
    return Cells(
        rows=design.n,
        parameters=parameters,
        cell=place[cell],
        statistics=statistics,
        offset=np.zeros(0) if likelihood.folds_offset or not np.any(offset) else offset,
        pattern=(pattern[order][:, None] * k + np.arange(k)).ravel().astype(np.int32),
        patterns=_side_by_side(
            [stacks[of_columns[number]](shown[number][representatives]) for number in few], k
        ),
        pattern_columns=np.array(few, dtype=np.int64),
        dense=_stacked(
            [stacks[of_columns[number]](shown[number][order]) for number in many], k * len(first)
        ),
        dense_columns=np.array(many, dtype=np.int64),
        factors=tuple(
            Factor(
                factor.name,
                factor.groups,
                factor.levels,
                np.repeat(factor.index[first], k),
                np.stack(
                    [
                        stacks[side](Z[first])
                        for side, Z in zip(factor.predictors, factor.Z, strict=True)
                    ]
                ),
                factor.predictors,
            )
            for factor in factors
        ),
    )


@dataclass(frozen=True, slots=True)
class _Stack:
    """Values of the cells of one predictor among those of several, 0 for the others.

    The predictors of a cell stand side by side; see `Likelihood.predictors`.
    """

    side: int
    sides: int

    def __call__(self, values: Array) -> Array:
        if self.sides == 1:
            return values
        found = np.zeros((len(values), self.sides))
        found[:, self.side] = values
        return found.ravel()


def fixed_columns(predictor: Predictor) -> list[Array]:
    """Columns of the fixed effects on the sampler's scale: ones, then centred and scaled ones.

    Parameters
    ----------
    predictor : Predictor

    Returns
    -------
    list of arrays of shape (n,)
    """
    fixed, X = predictor.fixed, predictor.X
    ones = [np.ones(len(X))] if fixed.intercept else []
    return ones + [
        (X[:, place] - fixed.center[place]) / fixed.scale[place] for place in range(X.shape[1])
    ]


def _factors(several: Sequence[tuple[Group, ...]]) -> list[Factor]:
    """Terms of all predictors put together by factor, the largest factor last."""
    found, groups = [], [group for own in several for group in own]
    number_of = {group.name: number for number, own in enumerate(several) for group in own}
    for name in dict.fromkeys(group.factor for group in groups):
        blocks = by_block(group for group in groups if group.factor == name)
        own = tuple(group for terms in blocks.values() for group in terms)
        Z = np.concatenate([group.Z.T for group in own])
        predictors = tuple(number_of[group.name] for group in own for _ in group.columns)
        found.append(Factor(name, own, len(own[0].levels), own[0].index, Z, predictors))
    return sorted(found, key=lambda factor: factor.size)


def _cells(
    indices: list[Any], varied: list[Array], alike: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cell of each row and a row of each cell: those of the data where a column varies freely."""
    first, row = alike
    codes = list(indices)
    for values in varied:
        code = _few_values(values)
        if code is None:
            return row, first
        codes.append(code)
    return _cross(codes, len(row))


def _own_cells(suppressed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Code that no two suppressed rows share, and none of them with the others."""
    return np.where(suppressed, np.cumsum(suppressed), 0)


def _patterns(
    columns: list[Array], m: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[int]]:
    """Combinations of columns that are few beside the cells.

    Returns
    -------
    pattern : array of shape (m,)
    representatives : array
        A cell of each pattern.
    few : list of int
        The columns that make the patterns; to the others each cell has its own value.
    """
    coded = [(number, _few_values(column)) for number, column in enumerate(columns)]
    candidates = [(number, code) for number, code in coded if code is not None]
    candidates.sort(key=lambda item: int(item[1].max(initial=0)))
    pattern, representatives = np.zeros(m, dtype=np.int64), np.zeros(min(m, 1), dtype=np.int64)
    few = []
    for number, code in candidates:
        together, first = _cross([pattern, code], m)
        if len(first) <= max(ALWAYS, m // CELLS_A_PATTERN):
            pattern, representatives = together, first
            few.append(number)
    return pattern, representatives, sorted(few)


def _few_values(values: Array) -> NDArray[np.int64] | None:
    """Code of each value, or None where there are too many different ones."""
    look = values[:: max(1, len(values) // LOOK)]
    if len(values) > 2 * LOOK and len(pd.unique(look)) > FEW // 4:
        return None
    codes, distinct = pd.factorize(values)
    return codes if len(distinct) <= FEW else None


def _cross(codes: list[Any], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Combinations that occur: the code of each row's, and the first row that has each."""
    combined, size = np.zeros(n, dtype=np.int64), 1
    for code in codes:
        width = int(code.max()) + 1
        if size * width > 2**62:
            combined, distinct = pd.factorize(combined)
            size = len(distinct)
        combined = combined * width + code
        size *= width
    combined, distinct = pd.factorize(combined)
    first = np.full(len(distinct), -1, dtype=np.int64)
    first[combined[::-1]] = np.arange(n - 1, -1, -1)
    return combined, first


def _sorting(indices: list[Any], pattern: NDArray[np.int64]) -> NDArray[np.intp]:
    """Order of the cells: by the largest factor, then by the smaller ones, then by pattern."""
    return np.lexsort([pattern, *indices])


def _side_by_side(columns: list[Array], rows: int) -> Array:
    return np.column_stack(columns) if columns else np.zeros((rows, 0))


def _stacked(columns: list[Array], width: int) -> Array:
    return np.stack(columns) if columns else np.zeros((0, width))
