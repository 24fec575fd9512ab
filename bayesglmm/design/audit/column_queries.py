"""What several checks ask of the columns of a design."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.objects import read_objects
from bayesglmm.design.parts import Part
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import variables


def fixed_factors(design: Design) -> list[str]:
    """Factors of the fixed part, left of bars included, that are columns of the data."""
    return [name for name in design.spec.fixed_variables if name in design.levels]


def used_as_factor(design: Design) -> list[str]:
    """Columns of numbers that a formula turns into a factor: ``C(edu)``, ``factor(edu)``."""
    parts = [part for side in design.sides for part in _parts(side) if part.column is None]
    names = dict.fromkeys(name for part in parts if part.is_factor for name in part.variables)
    return [
        name
        for name in names
        if name not in design.spec.labels and numbers_of(design.given[name]) is not None
    ]


def used_as_number(design: Design, one: Predictor | None = None) -> list[str]:
    """Columns of numbers that enter a fixed part, or the left of a bar, as numbers.

    Parameters
    ----------
    design : Design
    one : Predictor, optional
        Whose columns are meant; those of all predictors where left out.

    Returns
    -------
    list of str
    """
    whose = one or design
    parts = [part for side in whose.sides for part in _parts(side) if not part.is_factor]
    names = dict.fromkeys(name for part in parts for name in part.variables)
    return [name for name in names if name not in design.levels]


def beside_mean(predictor: Predictor, word: str) -> str:
    """Which parameter is meant, such as ``" of sigma"``; nothing for the mean."""
    return f" {word} {predictor.parameter.name}" if predictor.prefix else ""


def _parts(side: Columns) -> list[Part]:
    """What the columns of the fixed part, or left of a bar, are made of."""
    return [part for parts in side.products.values() for part in parts]


def response_columns(design: Design) -> tuple[str, ...]:
    """Data columns left of the tilde that hold the response itself."""
    formula = design.spec.formula
    if formula.successes is not None:
        return (formula.successes,)
    return variables(formula.response)


def response_column(design: Design) -> str | None:
    """The data column of the response where it is a plain one that was given."""
    names = response_columns(design)
    return names[0] if len(names) == 1 and names[0] in design.given else None


def numbers_of(column: pd.Series) -> Array | None:
    """A column as floats, missing values as NaN; None where it does not hold numbers."""
    column = read_objects(column)
    if pd.api.types.is_bool_dtype(column) or not pd.api.types.is_numeric_dtype(column):
        return None
    if pd.api.types.is_complex_dtype(column):
        return None
    return column.to_numpy(dtype=float, na_value=np.nan)


def codes_of(column: pd.Series) -> tuple[Any, int]:
    """Each row's value as an integer, and how many values there are.

    Returns
    -------
    codes : array of int, shape (n,)
        -1 for missing values.
    count : int
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(dtype=np.int64), len(column.cat.categories)
    codes, values = pd.factorize(column)
    return codes.astype(np.int64), len(values)


def mean_by(codes: Any, values: Array, count: int) -> Array:
    """Mean of values within each code, shape (count,); NaN for a code without rows."""
    size = np.bincount(codes, minlength=count).astype(float)
    total = np.bincount(codes, weights=values, minlength=count)
    mean: Array = np.divide(total, size, out=np.full(count, np.nan), where=size > 0)
    return mean


def spelled(name: str) -> str:
    """A column name as words: lower case, blanks for underscores, dots and hyphens."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(name))
    return re.sub(r"[\W_]+", " ", apart).strip().lower()
