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
from bayesglmm.engine.kernel.compiled import compiled
from bayesglmm.engine.kernel.pointers import call_auxiliary, call_likelihood
from bayesglmm.families.links import Array

CHUNK = 1024
"""Cells whose linear predictor and score are held at a time: they stay in the nearest cache."""


@compiled
def likelihood(record: Any, natural: Array, slope: Array) -> tuple[float, float]:
    """Log-likelihood; its slope with respect to fixed and effects is added to `slope`.

    Returns
    -------
    value, auxiliary_slope : float
        The second with respect to the log of the auxiliary parameter.
    """
    sizes = longs(record, field.SIZES)
    patterns = float_matrix(record, field.PATTERNS)
    pattern_columns = longs(record, field.PATTERN_COLUMNS)
    offset = floats(record, field.OFFSET)
    pattern = integers(record, field.PATTERN)
    dense_columns = longs(record, field.DENSE_COLUMNS)
    dense = float_matrix(record, field.DENSE)
    factors = long_matrix(record, field.FACTORS)
    effects = long_matrix(record, field.EFFECTS)
    index = integer_matrix(record, field.INDEX)
    Z = float_matrix(record, field.Z)
    a = floats(record, field.A)
    b = floats(record, field.B)
    c = floats(record, field.C)
    table = float_matrix(record, field.TABLE)
    m, T = sizes[0], sizes[1]
    K = len(patterns)
    pattern_eta, pattern_slope = np.zeros(K), np.zeros(K)
    for row in range(K):
        total = 0.0
        for column in range(len(pattern_columns)):
            total += patterns[row, column] * natural[T + pattern_columns[column]]
        pattern_eta[row] = total
    eta, score, auxiliary_slope = np.empty(CHUNK), np.empty(CHUNK), np.zeros(1)
    auxiliary = math.exp(natural[T - 1]) if sizes[5] else 1.0
    value, total_slope = 0.0, 0.0
    for start in range(0, m, CHUNK):
        size = min(CHUNK, m - start)
        if len(offset):
            for i in range(size):
                eta[i] = offset[start + i] + pattern_eta[pattern[start + i]]
        else:
            for i in range(size):
                eta[i] = pattern_eta[pattern[start + i]]
        for column in range(len(dense_columns)):
            coefficient = natural[T + dense_columns[column]]
            for i in range(size):
                eta[i] += coefficient * dense[column, start + i]
        for factor in range(len(factors)):
            q, first = factors[factor, 1], factors[factor, 2]
            place = factors[factor, 3]
            for j in range(q):
                if effects[first + j, 3]:
                    for i in range(size):
                        eta[i] += natural[place + j + q * index[factor, start + i]]
                else:
                    for i in range(size):
                        effect = natural[place + j + q * index[factor, start + i]]
                        eta[i] += Z[first + j, start + i] * effect
        value += call_likelihood(
            sizes[3],
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
        for i in range(size):
            pattern_slope[pattern[start + i]] += score[i]
        for column in range(len(dense_columns)):
            total = 0.0
            for i in range(size):
                total += score[i] * dense[column, start + i]
            slope[T + dense_columns[column]] += total
        for factor in range(len(factors)):
            q, first = factors[factor, 1], factors[factor, 2]
            place = factors[factor, 3]
            for j in range(q):
                if effects[first + j, 3]:
                    for i in range(size):
                        slope[place + j + q * index[factor, start + i]] += score[i]
                else:
                    for i in range(size):
                        change = Z[first + j, start + i] * score[i]
                        slope[place + j + q * index[factor, start + i]] += change
    for column in range(len(pattern_columns)):
        total = 0.0
        for row in range(K):
            total += patterns[row, column] * pattern_slope[row]
        slope[T + pattern_columns[column]] += total
    if sizes[4]:
        value += call_auxiliary(
            sizes[4],
            table.shape[1],
            table.ctypes.data,
            auxiliary,
            auxiliary_slope.ctypes.data,
        )
        total_slope += auxiliary_slope[0]
    return value, total_slope
