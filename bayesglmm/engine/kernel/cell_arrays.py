"""What the pass over the cells reads; see `record`."""

from __future__ import annotations

from typing import NamedTuple

from bayesglmm.engine.kernel import layout
from bayesglmm.engine.kernel.access import (
    FloatMatrix,
    IntegerMatrix,
    Integers,
    Longs,
)


class CellArrays(NamedTuple):
    """The m cells, sorted by the last factor, and what makes their K linear predictors.

    Attributes
    ----------
    statistics : array of shape (S, m)
        Those of `Likelihood.cells`, in their order.
    rest : array of shape (R, k)
        Those of `Likelihood.rest_statistics`.
    offset : array of shape (K, m)
        Of shape (0, 0) where it is zero.
    predictor : array of shape (P,)
        Which linear predictor each fixed effect is part of.
    pattern : array of shape (m,)
        Row of `patterns` of each cell.
    pattern_start : array
        First cell of each pattern, and m, where the cells stand in the order of their patterns;
        empty elsewhere.
    patterns : array of shape (R, P')
        Values of the columns that take few values.
    pattern_columns : array of shape (P',)
        Their places in `fixed`.
    dense : array of shape (D, m)
        Values of the other columns.
    dense_columns : array of shape (D,)
    level : array of shape (F, m)
        Level of each cell, factor by factor.
    level_start : array of shape (G + 1,)
        First cell of each level of the last factor, and m.
    Z : array of shape (E, m)
        Value of each effect's column.
    """

    statistics: FloatMatrix
    rest: FloatMatrix
    offset: FloatMatrix
    predictor: Longs
    pattern: Integers
    pattern_start: Longs
    patterns: FloatMatrix
    pattern_columns: Longs
    dense: FloatMatrix
    dense_columns: Longs
    level: IntegerMatrix
    level_start: Longs
    Z: FloatMatrix


FIRST = layout.FIRST + len(layout.Layout._fields)
(
    STATISTICS,
    REST,
    OFFSET,
    PREDICTOR,
    PATTERN,
    PATTERN_START,
    PATTERNS,
    PATTERN_COLUMNS,
    DENSE,
    DENSE_COLUMNS,
    LEVEL,
    LEVEL_START,
    Z,
) = range(FIRST, FIRST + len(CellArrays._fields))
"""Places of the fields in a record."""
