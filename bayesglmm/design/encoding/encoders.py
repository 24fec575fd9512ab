"""Parts of a term: what gives their columns, of the first rows and of any others."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.encoding.coding import Coding
from bayesglmm.design.encoding.expressions import Expression, Values, evaluate_expression
from bayesglmm.design.encoding.learning import blame, given, learn
from bayesglmm.design.encoding.levels import (
    UnfitError,
    first_levels,
    level_among,
    level_codes,
    level_labels,
)
from bayesglmm.design.parts import Part, carried
from bayesglmm.families.links import Array
from bayesglmm.spec.expression import Call, Leaf, Node, columns_of, constant
from bayesglmm.spec.functions import CODED
from bayesglmm.spec.naming import name_of
from bayesglmm.spec.signatures import is_none


@dataclass(frozen=True, slots=True)
class NumberEncoder:
    """A column of numbers, or several of one function.

    Attributes
    ----------
    name : str
        As carried.
    variables : tuple of str
        Columns of the data that it is made from.
    of : Expression
    width : int
        Number of columns.
    """

    name: str
    variables: tuple[str, ...]
    of: Expression
    width: int

    @property
    def parts(self) -> tuple[Part, ...]:
        """What its columns are."""
        levels = [None] if self.width == 1 else [str(place) for place in range(self.width)]
        return tuple(Part(self.name, self.variables, level, False) for level in levels)

    def columns(self, data: pd.DataFrame) -> Array:
        """Values of its columns, shape (n, width)."""
        values = np.asarray(evaluate_expression(self.of, data), dtype=float)
        shape = (len(data), self.width)
        return values.reshape(shape) if values.ndim else np.full(shape, values)


@dataclass(frozen=True, slots=True)
class FactorEncoder:
    """A factor, coded.

    Attributes
    ----------
    name, variables, of
        As of `NumberEncoder`.
    levels : tuple of str
        In the order of the first rows.
    coding : Coding
    full : bool
        Whether its columns span a constant.
    """

    name: str
    variables: tuple[str, ...]
    of: Expression
    levels: tuple[str, ...]
    coding: Coding
    full: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """What its columns are."""
        names, _ = self.coding.columns(self.levels, self.full)
        return tuple(Part(self.name, self.variables, level, True) for level in names)

    @property
    def reference(self) -> str | None:
        """The level that the others are compared with; None where there is none."""
        return self.coding.reference(self.levels, self.full)

    @property
    def left_out(self) -> str | None:
        """The level without a column, where all are compared with their mean; else None."""
        return self.coding.centred(self.levels)

    def columns(self, data: pd.DataFrame) -> Array:
        """Values of its columns, shape (n, number of columns)."""
        _, rows = self.coding.columns(self.levels, self.full)
        return rows[level_codes(self.name, evaluate_expression(self.of, data), self.levels)]


type PartEncoder = NumberEncoder | FactorEncoder


def make_part(node: Node, data: pd.DataFrame, text: str) -> PartEncoder:
    """Learn a part of a term: a column, or a function of columns.

    Parameters
    ----------
    node : Node
    data : pandas.DataFrame
        n rows, factors as ordered categoricals.
    text : str
        What `node` was read from, for messages.

    Returns
    -------
    NumberEncoder or FactorEncoder
        Of a factor's columns all but one, until its term needs the full set.

    Raises
    ------
    FormulaError
        If it cannot be evaluated.
    """
    name, variables = carried(name_of(node)), columns_of(node)
    if isinstance(node, Call) and node.name in CODED:
        of = learn(node.arguments[0], data, text)
        with blame(node, text):
            levels, coding = _coded(node, evaluate_expression(of, data))
        return FactorEncoder(name, variables, of, levels, coding)
    of = learn(node, data, text)
    values = evaluate_expression(of, data)
    if isinstance(values, pd.Categorical):
        return FactorEncoder(name, variables, of, level_labels(values), Coding())
    return NumberEncoder(name, variables, of, values.shape[1] if np.ndim(values) == 2 else 1)


def with_full(part: PartEncoder, full: bool) -> PartEncoder:
    """The same part; a factor with a column for every level, or not.

    Parameters
    ----------
    part : PartEncoder
    full : bool

    Returns
    -------
    PartEncoder
    """
    return replace(part, full=full) if isinstance(part, FactorEncoder) else part


def _coded(call: Call, values: Values) -> tuple[tuple[str, ...], Coding]:
    """Levels and coding that ``C()``, ``T()`` or ``S()`` asks for."""
    levels = level_labels(values)
    how = {"S": "omit", "T": "ref"}.get(call.name, "contrast")
    asked = given(call, [how, "levels"])
    if "levels" in asked:
        order = tuple(level_among(value, levels) for value in constant(asked["levels"]))
        if sorted(order) != sorted(levels):
            raise UnfitError(
                f"levels= does not name each of {first_levels(levels)} once.", "Name all of them."
            )
        levels = order
    coding = asked.get(how)
    name = "Sum" if call.name == "S" else "Treatment"
    if how == "contrast":
        name, coding = _contrast(coding)
    level = None if coding is None else level_among(constant(coding), levels)
    return levels, Coding(name, level)


def _contrast(node: Node | None) -> tuple[str, Node | None]:
    """Name and level of a contrast: of ``Sum``, of ``Treatment('b')``, or of none."""
    if isinstance(node, Call):
        level = [*node.arguments, *(value for _, value in node.keywords)]
        return node.name, level[0] if level and not is_none(level[0]) else None
    return (str(node.column), None) if isinstance(node, Leaf) else ("Treatment", None)
