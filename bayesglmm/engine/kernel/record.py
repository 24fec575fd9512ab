"""What the compiled density reads: one tuple of arrays, and the same as addresses for C."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bayesglmm.families.links import Array


class Record(NamedTuple):
    """Data of a density. The vector that it is a function of is laid out as

        theta (T): log sds, correlation coordinates, log auxiliary parameter
        fixed (P): intercept and coefficients, on the sampler's scale
        effects:   each factor in turn, level by level, q coordinates each

    where the factors stand in the order in which the map builds them, each given those before it.

    Attributes
    ----------
    sizes : int64 (12,)
        Cells m, T, P, addresses of the likelihood and of its auxiliary part (0 for none), whether
        there is an auxiliary parameter, the largest q, the addresses of the density's parts, and
        the first factors that make the joint block, and their effects H.
    a, b, c : float64 (m,)
        Statistics of the cells.
    table : float64 (2, k)
        What the auxiliary part of the likelihood needs.
    offset : float64 (m,)
        Empty where zero.
    pattern : uint32 (m,)
        Row of `patterns` of each cell.
    patterns : float64 (K, P')
        Values of the columns that take few values.
    pattern_columns : int64 (P',)
        Their places in `fixed`.
    dense : float64 (D, m)
        Values of the other columns.
    dense_columns : int64 (D,)
    index : uint32 (F, m)
        Level of each cell, factor by factor.
    shaft : int64 (G + 1,)
        First cell of each level of the last factor, by which the cells are sorted.
    Z : float64 (E, m)
        Value of each effect's column.
    factors : int64 (F, 7)
        Levels, q, first effect, first place in the vector, first number in `information`, first
        row in `cross_start`, first number in `rotation` (-1: none).
    effects : int64 (E, 4)
        Place within the factor, place where its correlated block starts, first correlation
        coordinate in theta, whether its column is all ones.
    lkj : float64 (E,)
        Power of the Cholesky factor's diagonal in the density of the correlations.
    spread : float64 (E,)
        Mean square of the effect's column.
    means : float64 (E,)
        Mean of the effect's column, where theta has a triangle for it (see `triangle`); else 0.
    priors : float64 (P + E + 1, 4)
        Of `fixed`, of the sds and of the auxiliary parameter.
    constant : float64 (1,)
        Everything that does not depend on the vector.
    theta_center (T,), theta_factor (T, T), theta_shape (T, 4 * pieces) : float64
        Map of theta: ``center + factor @ bend(z)``; no pieces where nothing is bent.
    fixed_center (P,), fixed_factor (P, P), fixed_cross (P, H) : float64
        Map of the fixed effects; how they fall with the deviations of the joint block.
    scaling : float64 (3,)
        c of the common scale, the log of the scale at the pilot, whether it is the residual sd
        instead; see `mapping.common_scale`.
    information : float64
        W of the joint block, H x H, then of each level, q x q.
    linear, center : float64 (effects,)
        Linear term and mean of the effects in the pilot.
    cross_start, cross_index, cross_value
        Sparse rows: how each effect's linear term falls with the deviations before it.
    rotation : float64
        Orthogonal matrices, G x G.
    """

    sizes: Any
    a: Array
    b: Array
    c: Array
    table: Array
    offset: Array
    pattern: Any
    patterns: Array
    pattern_columns: Any
    dense: Array
    dense_columns: Any
    index: Any
    shaft: Any
    Z: Array
    factors: Any
    effects: Any
    lkj: Array
    spread: Array
    means: Array
    priors: Array
    constant: Array
    theta_center: Array
    theta_factor: Array
    theta_shape: Array
    fixed_center: Array
    fixed_factor: Array
    fixed_cross: Array
    scaling: Array
    information: Array
    linear: Array
    center: Array
    cross_start: Any
    cross_index: Any
    cross_value: Array
    rotation: Array


UNSIGNED = ("pattern", "index", "cross_index")
INT64 = ("sizes", "pattern_columns", "dense_columns", "factors", "effects", "cross_start", "shaft")
MATRICES = (
    *("table", "patterns", "dense", "index", "Z", "factors", "effects", "priors"),
    *("theta_factor", "theta_shape", "fixed_factor", "fixed_cross"),
)

(
    SIZES,
    A,
    B,
    C,
    TABLE,
    OFFSET,
    PATTERN,
    PATTERNS,
    PATTERN_COLUMNS,
    DENSE,
    DENSE_COLUMNS,
    INDEX,
    SHAFT,
    Z,
    FACTORS,
    EFFECTS,
    LKJ,
    SPREAD,
    MEANS,
    PRIORS,
    CONSTANT,
    THETA_CENTER,
    THETA_FACTOR,
    THETA_SHAPE,
    FIXED_CENTER,
    FIXED_FACTOR,
    FIXED_CROSS,
    SCALING,
    INFORMATION,
    LINEAR,
    CENTER,
    CROSS_START,
    CROSS_INDEX,
    CROSS_VALUE,
    ROTATION,
) = range(len(Record._fields))
"""Places of the fields."""

CELLS, THETA, FIXED, ROWS_ADDRESS, TABLE_ADDRESS, HAS_AUXILIARY, WIDEST = range(7)
MAP_PART, ROWS_PART, BACK_PART = range(7, 10)
JOINT_FACTORS, JOINT_SIZE = range(10, 12)
"""Places in `sizes`."""

LEVELS, Q, FIRST_EFFECT, PLACE, FIRST_NUMBER, FIRST_ROW, TURN = range(7)
"""Places in a row of `factors`."""

OWN_PLACE, BLOCK, CORRELATIONS, ONES = range(4)
"""Places in a row of `effects`."""

LATENT, LOG_CENTER, RESIDUAL = range(3)
"""Places in `scaling`."""

LENGTH = 3 * len(Record._fields)
"""Numbers of a record as addresses."""


def make_record(**arrays: Any) -> Record:
    """A record whose arrays have the types and the order in memory that compiled code expects.

    Parameters
    ----------
    **arrays
        The fields of `Record`.

    Returns
    -------
    Record
    """
    kinds = dict.fromkeys(UNSIGNED, np.uint32) | dict.fromkeys(INT64, np.int64)
    made: dict[str, Any] = {
        name: np.ascontiguousarray(arrays[name], dtype=kinds.get(name, np.float64))
        for name in Record._fields
    }
    for name, values in made.items():
        if values.ndim != (2 if name in MATRICES else 1):
            raise ValueError(f"{name} has {values.ndim} dimensions")
    return Record(**made)


def addresses(record: Record) -> Any:
    """Address and shape of every array, as the compiled entry points read them.

    Parameters
    ----------
    record : Record
        Must stay alive as long as the addresses are used.

    Returns
    -------
    array of int64, shape (LENGTH,)
    """
    header = np.zeros((len(record), 3), dtype=np.int64)
    for row, values in zip(header, record, strict=True):
        row[:] = values.ctypes.data, *values.shape, *([1] * (2 - values.ndim))
    return header.ravel()
