"""The fixed part of linear predictors, in compiled code."""

from __future__ import annotations

from bayesglmm.engine.compiled import compiled_sums
from bayesglmm.families.links import Array


@compiled_sums
def add_columns(eta: Array, X: Array, first: int, coefficients: Array) -> None:
    """Add columns times coefficients, from a first cell on."""
    for p in range(len(coefficients)):
        coefficient, column = coefficients[p], X[p, first : first + len(eta)]
        for i in range(len(eta)):
            eta[i] += coefficient * column[i]
