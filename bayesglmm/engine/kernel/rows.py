"""The pass over the cells in compiled code: linear predictors, likelihood, slopes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.engine.compiled import YES, compiled_sums, inlined_sums, merged
from bayesglmm.engine.kernel import cell_arrays, layout
from bayesglmm.engine.kernel.access import (
    float_matrix,
    integer_matrix,
    integers,
    long_matrix,
    longs,
)
from bayesglmm.engine.kernel.pointers import call_likelihood, call_rest
from bayesglmm.families.links import Array

CHUNK = 1024
"""Cells whose linear predictors and scores are held at a time: they stay in the nearest cache."""


@inlined_sums
def _add_runs(
    values: Array, starts: Any, run: int, start: int, column: Array, ones: bool, eta: Array
) -> None:
    """Add to the predictor of cells from `start` the value of the run of cells that each is in.

    Parameters
    ----------
    values : array of shape (runs,)
    starts : array of int, shape (runs + 1,)
        First cell of each run.
    run : int
        That of the first of the cells.
    start : int
    column : array of shape (size,)
        What values are multiplied by.
    ones : bool
        Whether it is one everywhere.
    eta : array of shape (size,), added to
    """
    begin, size = 0, len(eta)
    while begin < size:
        stop = min(size, starts[run + 1] - start)
        value, part, factor = values[run], eta[begin:stop], column[begin:stop]
        if ones:
            for i in range(len(part)):
                part[i] += value
        else:
            for i in range(len(part)):
                part[i] += factor[i] * value
        run, begin = run + 1, stop


@inlined_sums
def _sum_runs(
    score: Array, starts: Any, run: int, start: int, column: Array, ones: bool, slopes: Array
) -> None:
    """Add the scores of cells to the slope of the value of their run; see `_add_runs`."""
    begin, size = 0, len(score)
    while begin < size:
        stop = min(size, starts[run + 1] - start)
        total, part, factor = 0.0, score[begin:stop], column[begin:stop]
        if ones:
            for i in range(len(part)):
                total += part[i]
        else:
            for i in range(len(part)):
                total += factor[i] * part[i]
        slopes[run] += total
        run, begin = run + 1, stop


@compiled_sums
def _predict(
    record: Any, natural: Array, pattern_eta: Array, start: int, size: int, eta: Array
) -> None:
    """Linear predictors of the cells from `start`, written to the rows of `eta`."""
    sizes = longs(record, layout.SIZES)
    offset = float_matrix(record, cell_arrays.OFFSET)
    pattern = integers(record, cell_arrays.PATTERN)[start : start + size]
    pattern_start = longs(record, cell_arrays.PATTERN_START)
    dense, dense_columns = (
        float_matrix(record, cell_arrays.DENSE),
        longs(record, cell_arrays.DENSE_COLUMNS),
    )
    predictor = longs(record, cell_arrays.PREDICTOR)
    factors, effects = long_matrix(record, layout.FACTORS), long_matrix(record, layout.EFFECTS)
    index, Z = integer_matrix(record, cell_arrays.LEVEL), float_matrix(record, cell_arrays.Z)
    level_start = longs(record, cell_arrays.LEVEL_START)
    for k in range(len(eta)):
        own, values = eta[k, :size], pattern_eta[k, ::1]
        if len(pattern_start):
            own[:] = 0.0
            _add_runs(values, pattern_start, pattern[0], start, own, YES, own)
        else:
            for i in range(size):
                own[i] = values[pattern[i]]
    for k in range(len(offset)):
        own, added = eta[k, :size], offset[k, start : start + size]
        for i in range(size):
            own[i] += added[i]
    for place in range(len(dense_columns)):
        own, column = eta[predictor[dense_columns[place]], :size], dense_columns[place]
        coefficient, values = natural[sizes[layout.THETA] + column], dense[place]
        for i in range(size):
            own[i] += coefficient * values[start + i]
    for factor in range(len(factors)):
        q, first, place = (
            factors[factor, layout.Q],
            factors[factor, layout.FIRST_EFFECT],
            factors[factor, layout.PLACE],
        )
        levels = index[factor, start : start + size]
        for j in range(q):
            own = eta[effects[first + j, layout.PREDICTOR], :size]
            of_levels = natural[place + j : place + q * factors[factor, layout.LEVELS] : q]
            ones, values = effects[first + j, layout.ONES], Z[first + j, start : start + size]
            if factor == len(factors) - 1:
                _add_runs(of_levels, level_start, levels[0], start, values, ones != 0, own)
            elif ones:
                for i in range(size):
                    own[i] += of_levels[levels[i]]
            else:
                for i in range(size):
                    own[i] += values[i] * of_levels[levels[i]]


@compiled_sums
def _collect(
    record: Any, score: Array, start: int, size: int, pattern_slope: Array, slope: Array
) -> None:
    """Add the scores of the cells from `start` to the slopes of what made their predictors."""
    sizes = longs(record, layout.SIZES)
    pattern = integers(record, cell_arrays.PATTERN)[start : start + size]
    pattern_start = longs(record, cell_arrays.PATTERN_START)
    dense, dense_columns = (
        float_matrix(record, cell_arrays.DENSE),
        longs(record, cell_arrays.DENSE_COLUMNS),
    )
    predictor = longs(record, cell_arrays.PREDICTOR)
    factors, effects = long_matrix(record, layout.FACTORS), long_matrix(record, layout.EFFECTS)
    index, Z = integer_matrix(record, cell_arrays.LEVEL), float_matrix(record, cell_arrays.Z)
    level_start = longs(record, cell_arrays.LEVEL_START)
    for k in range(len(score)):
        own, slopes = score[k, :size], pattern_slope[k, ::1]
        if len(pattern_start):
            _sum_runs(own, pattern_start, pattern[0], start, own, YES, slopes)
        else:
            for i in range(size):
                slopes[pattern[i]] += own[i]
    for place in range(len(dense_columns)):
        own, column = score[predictor[dense_columns[place]], :size], dense_columns[place]
        values, total = dense[place], 0.0
        for i in range(size):
            total += own[i] * values[start + i]
        slope[sizes[layout.THETA] + column] += total
    for factor in range(len(factors)):
        q, first, place = (
            factors[factor, layout.Q],
            factors[factor, layout.FIRST_EFFECT],
            factors[factor, layout.PLACE],
        )
        levels = index[factor, start : start + size]
        for j in range(q):
            own = score[effects[first + j, layout.PREDICTOR], :size]
            slopes = slope[place + j : place + q * factors[factor, layout.LEVELS] : q]
            ones, values = effects[first + j, layout.ONES], Z[first + j, start : start + size]
            if factor == len(factors) - 1:
                _sum_runs(own, level_start, levels[0], start, values, ones != 0, slopes)
            elif ones:
                for i in range(size):
                    slopes[levels[i]] += own[i]
            else:
                for i in range(size):
                    slopes[levels[i]] += values[i] * own[i]


@merged
def likelihood(record: Any, natural: Array, slope: Array) -> tuple[float, float]:
    """Log-likelihood; its slope with respect to fixed and effects is added to `slope`.

    Returns
    -------
    value, scalar_slope : float
        The second with respect to the log of the scalar parameter.
    """
    sizes = longs(record, layout.SIZES)
    patterns, pattern_columns = (
        float_matrix(record, cell_arrays.PATTERNS),
        longs(record, cell_arrays.PATTERN_COLUMNS),
    )
    predictor = longs(record, cell_arrays.PREDICTOR)
    statistics = float_matrix(record, cell_arrays.STATISTICS)
    rest = float_matrix(record, cell_arrays.REST)
    m, T, K = sizes[layout.CELLS], sizes[layout.THETA], sizes[layout.PREDICTORS]
    pattern_eta, pattern_slope = np.zeros((K, len(patterns))), np.zeros((K, len(patterns)))
    for column in range(len(pattern_columns)):
        coefficient = natural[T + pattern_columns[column]]
        own = pattern_eta[predictor[pattern_columns[column]]]
        for row in range(len(patterns)):
            own[row] += patterns[row, column] * coefficient
    eta, score, change = np.empty((K, CHUNK)), np.empty((K, CHUNK)), np.zeros(1)
    scalar = math.exp(natural[T - 1]) if sizes[layout.HAS_SCALAR] else 1.0
    value, total_slope = 0.0, 0.0
    for start in range(0, m, CHUNK):
        size = min(CHUNK, m - start)
        _predict(record, natural, pattern_eta, start, size, eta)
        value += call_likelihood(
            sizes[layout.ROWS_ADDRESS],
            size,
            eta.ctypes.data,
            score.ctypes.data,
            CHUNK,
            statistics.ctypes.data + 8 * start,
            m,
            scalar,
            change.ctypes.data,
        )
        total_slope += change[0]
        _collect(record, score, start, size, pattern_slope, slope)
    for column in range(len(pattern_columns)):
        own, total = pattern_slope[predictor[pattern_columns[column]]], 0.0
        for row in range(len(patterns)):
            total += patterns[row, column] * own[row]
        slope[T + pattern_columns[column]] += total
    if sizes[layout.REST_ADDRESS]:
        value += call_rest(
            sizes[layout.REST_ADDRESS],
            rest.shape[1],
            rest.ctypes.data,
            scalar,
            change.ctypes.data,
        )
        total_slope += change[0]
    return value, total_slope
