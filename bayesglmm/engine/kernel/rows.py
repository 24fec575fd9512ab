"""The pass over the cells in compiled code: linear predictor, likelihood, slopes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.kernel import record as field
from bayesglmm.engine.kernel.access import (
    float_matrix,
    floats,
    integer_matrix,
    integers,
    long_matrix,
    longs,
)
from bayesglmm.engine.kernel.compiled import compiled, compiled_sums
from bayesglmm.engine.kernel.pointers import call_auxiliary, call_likelihood
from bayesglmm.families.links import Array

CHUNK = 1024
"""Cells whose linear predictor and score are held at a time: they stay in the nearest cache."""


@compiled_sums
def _predict(
    record: Any, natural: Array, pattern_eta: Array, start: int, size: int, eta: Array
) -> None:
    """Linear predictor of the cells from `start`, written to `eta`."""
    sizes = longs(record, field.SIZES)
    offset = floats(record, field.OFFSET)
    pattern = integers(record, field.PATTERN)[start : start + size]
    dense, dense_columns = (
        float_matrix(record, field.DENSE),
        longs(record, field.DENSE_COLUMNS),
    )
    factors, effects = long_matrix(record, field.FACTORS), long_matrix(record, field.EFFECTS)
    index, Z = integer_matrix(record, field.INDEX), float_matrix(record, field.Z)
    shaft = longs(record, field.SHAFT)
    for i in range(size):
        eta[i] = pattern_eta[pattern[i]]
    if len(offset):
        for i in range(size):
            eta[i] += offset[start + i]
    for column in range(len(dense_columns)):
        coefficient = natural[sizes[field.THETA] + dense_columns[column]]
        values = dense[column, start : start + size]
        for i in range(size):
            eta[i] += coefficient * values[i]
    for factor in range(len(factors)):
        q, first, place = (
            factors[factor, field.Q],
            factors[factor, field.FIRST_EFFECT],
            factors[factor, field.PLACE],
        )
        own = natural[place : place + q * factors[factor, field.LEVELS]]
        levels = index[factor, start : start + size]
        for j in range(q):
            ones, values = effects[first + j, field.ONES], Z[first + j, start : start + size]
            if factor < len(factors) - 1:
                if ones:
                    for i in range(size):
                        eta[i] += own[j + q * levels[i]]
                else:
                    for i in range(size):
                        eta[i] += values[i] * own[j + q * levels[i]]
                continue
            level, begin = np.int64(levels[0]), 0
            while begin < size:
                stop = min(size, shaft[level + 1] - start)
                effect, run, column_run = own[j + q * level], eta[begin:stop], values[begin:stop]
                if ones:
                    for i in range(len(run)):
                        run[i] += effect
                else:
                    for i in range(len(run)):
                        run[i] += column_run[i] * effect
                level, begin = level + 1, stop


@compiled_sums
def _collect(
    record: Any, score: Array, start: int, size: int, pattern_slope: Array, slope: Array
) -> None:
    """Add the score of the cells from `start` to the slopes of what made their predictor."""
    sizes = longs(record, field.SIZES)
    pattern = integers(record, field.PATTERN)[start : start + size]
    dense, dense_columns = (
        float_matrix(record, field.DENSE),
        longs(record, field.DENSE_COLUMNS),
    )
    factors, effects = long_matrix(record, field.FACTORS), long_matrix(record, field.EFFECTS)
    index, Z = integer_matrix(record, field.INDEX), float_matrix(record, field.Z)
    shaft = longs(record, field.SHAFT)
    for i in range(size):
        pattern_slope[pattern[i]] += score[i]
    for column in range(len(dense_columns)):
        values, total = dense[column, start : start + size], 0.0
        for i in range(size):
            total += score[i] * values[i]
        slope[sizes[field.THETA] + dense_columns[column]] += total
    for factor in range(len(factors)):
        q, first, place = (
            factors[factor, field.Q],
            factors[factor, field.FIRST_EFFECT],
            factors[factor, field.PLACE],
        )
        own = slope[place : place + q * factors[factor, field.LEVELS]]
        levels = index[factor, start : start + size]
        for j in range(q):
            ones, values = effects[first + j, field.ONES], Z[first + j, start : start + size]
            if factor < len(factors) - 1:
                if ones:
                    for i in range(size):
                        own[j + q * levels[i]] += score[i]
                else:
                    for i in range(size):
                        own[j + q * levels[i]] += values[i] * score[i]
                continue
            level, begin = np.int64(levels[0]), 0
            while begin < size:
                stop = min(size, shaft[level + 1] - start)
                total, run, column_run = 0.0, score[begin:stop], values[begin:stop]
                if ones:
                    for i in range(len(run)):
                        total += run[i]
                else:
                    for i in range(len(run)):
                        total += column_run[i] * run[i]
                own[j + q * level] += total
                level, begin = level + 1, stop


@compiled
def likelihood(record: Any, natural: Array, slope: Array) -> tuple[float, float]:
    """Log-likelihood; its slope with respect to fixed and effects is added to `slope`.

    Returns
    -------
    value, auxiliary_slope : float
        The second with respect to the log of the auxiliary parameter.
    """
    sizes = longs(record, field.SIZES)
    patterns, pattern_columns = (
        float_matrix(record, field.PATTERNS),
        longs(record, field.PATTERN_COLUMNS),
    )
    a, b, c = floats(record, field.A), floats(record, field.B), floats(record, field.C)
    table = float_matrix(record, field.TABLE)
    m, T, K = sizes[field.CELLS], sizes[field.THETA], len(patterns)
    pattern_eta, pattern_slope = np.zeros(K), np.zeros(K)
    for row in range(K):
        for column in range(len(pattern_columns)):
            pattern_eta[row] += patterns[row, column] * natural[T + pattern_columns[column]]
    eta, score, auxiliary_slope = np.empty(CHUNK), np.empty(CHUNK), np.zeros(1)
    auxiliary = math.exp(natural[T - 1]) if sizes[field.HAS_AUXILIARY] else 1.0
    value, total_slope = 0.0, 0.0
    for start in range(0, m, CHUNK):
        size = min(CHUNK, m - start)
        _predict(record, natural, pattern_eta, start, size, eta)
        value += call_likelihood(
            sizes[field.ROWS_ADDRESS],
            size,
            eta.ctypes.data,
            score.ctypes.data,
            a[start:].ctypes.data,
            b[start:].ctypes.data,
            c[start:].ctypes.data,
            auxiliary,
            auxiliary_slope.ctypes.data,
        )
        total_slope += auxiliary_slope[0]
        _collect(record, score, start, size, pattern_slope, slope)
    for row in range(K):
        for column in range(len(pattern_columns)):
            slope[T + pattern_columns[column]] += patterns[row, column] * pattern_slope[row]
    if sizes[field.TABLE_ADDRESS]:
        value += call_auxiliary(
            sizes[field.TABLE_ADDRESS],
            table.shape[1],
            table.ctypes.data,
            auxiliary,
            auxiliary_slope.ctypes.data,
        )
        total_slope += auxiliary_slope[0]
    return value, total_slope
