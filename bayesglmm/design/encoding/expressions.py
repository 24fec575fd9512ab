"""Arithmetic of columns, as plain data that can be evaluated on any rows.

An expression is a tree of frozen records of numbers and text, so that it pickles, compares and
prints; `bayesglmm.design.encoding.transforms` has those that learnt something from the first rows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from bayesglmm.families.links import Array

type Values = Any
"""An array of numbers, a column of text or labels as a pandas.Categorical, or one value."""


class Expression(Protocol):
    """What gives a value for each row."""

    def values(self, data: pd.DataFrame) -> Values:
        """Its values.

        Parameters
        ----------
        data : pandas.DataFrame
            n rows.

        Returns
        -------
        array of shape (n,) or (n, k), pandas.Categorical of length n, or a scalar
        """


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the data: numbers, or labels where it holds anything else."""

    name: str

    def values(self, data: pd.DataFrame) -> Values:
        """The column."""
        column = data[self.name]
        if pd.api.types.is_numeric_dtype(column):
            return column.to_numpy(dtype=float)
        return pd.Categorical(column)


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a text or a truth value that stands in the formula."""

    value: Any

    def values(self, data: pd.DataFrame) -> Values:  # noqa: ARG002 (whatever the rows)
        """The value itself."""
        return self.value


ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
}
"""Operators of two numbers."""

SIGNS: Mapping[str, Callable[..., Any]] = {"+": np.positive, "-": np.negative}

COMPARISONS: Mapping[str, Callable[..., Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""Operators that give True or False, of numbers or of labels."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Signed, joined or compared expressions."""

    symbol: str
    operands: tuple[Expression, ...]

    def values(self, data: pd.DataFrame) -> Values:
        """Numbers, or truth values of a comparison."""
        sides = [side.values(data) for side in self.operands]
        if self.symbol in COMPARISONS:
            return np.asarray(COMPARISONS[self.symbol](*sides))
        functions = ARITHMETIC if len(sides) == 2 else SIGNS
        return functions[self.symbol](*(np.asarray(side, dtype=float) for side in sides))


@dataclass(frozen=True, slots=True)
class Function:
    """A function of NumPy, element by element."""

    name: str
    of: Expression

    def values(self, data: pd.DataFrame) -> Array:
        """Numbers."""
        found: Array = getattr(np, self.name)(np.asarray(self.of.values(data), dtype=float))
        return found


def evaluate_expression(expression: Expression, data: pd.DataFrame) -> Values:
    """Values of an expression; what is not finite comes without a warning.

    Parameters
    ----------
    expression : Expression
    data : pandas.DataFrame
        n rows.

    Returns
    -------
    array of shape (n,) or (n, k), pandas.Categorical of length n, or a scalar
    """
    with np.errstate(all="ignore"):
        return expression.values(data)
