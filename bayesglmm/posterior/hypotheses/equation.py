"""The value of an equation between rows, in every draw."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesglmm.errors import FormulaError, nearest
from bayesglmm.families.links import Array
from bayesglmm.posterior.hypotheses.statement import Equation, without_meaning
from bayesglmm.spec.expression import (
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Signed,
    columns_of,
    constant,
)
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

OPERATORS: Mapping[str, Callable[[Array, Array], Array]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "^": operator.pow,
}


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows that an equation speaks of.

    Attributes
    ----------
    values : array of shape (S, k)
        Their draws.
    names : sequence of (str, ...), length k
        What each may be called.
    """

    values: Array
    names: Sequence[tuple[str, ...]]

    def find(self, name: str) -> int | None:
        """Place of the row of a name: its number, as in b1, or what it alone is called."""
        named = [place for place, known in enumerate(self.names) if name in known]
        if len(named) == 1:
            return named[0]
        numbered = re.fullmatch(r"b([1-9]\d*)", name)
        place = int(numbered[1]) - 1 if numbered and not named else -1
        return place if 0 <= place < len(self.names) else None


def solve(equation: Equation, rows: Rows) -> Array:
    """Left side minus right side, or the one side there is.

    Parameters
    ----------
    equation : Equation
    rows : Rows

    Returns
    -------
    array of shape (S,)

    Raises
    ------
    FormulaError
        If a name is no row's, or the arithmetic has no meaning here.
    """
    found = _value(equation.left, rows, equation.text)
    if equation.right is not None:
        found = found - _value(equation.right, rows, equation.text)
    return np.broadcast_to(found, (len(rows.values),)).astype(float)


def rows_of(equation: Equation, rows: Rows) -> list[int]:
    """Places of the rows that an equation names, each once, in their order."""
    sides = [equation.left] if equation.right is None else [equation.left, equation.right]
    found = {rows.find(name) for side in sides for name in columns_of(side)}
    return sorted(place for place in found if place is not None)


def _value(node: Node, rows: Rows, text: str) -> Array:
    """The value of an expression in every draw."""
    match node:
        case Leaf() if node.column is not None:
            return _row(node, node.column, rows, text)
        case Leaf() if node.token.kind == "number":
            return np.asarray(constant(node), dtype=float)
        case Signed():
            inner = _value(node.inner, rows, text)
            return -inner if node.sign.text == "-" else inner
        case Bracketed():
            return _value(node.inner, rows, text)
        case Joined() if node.operator.text in OPERATORS:
            left, right = _value(node.left, rows, text), _value(node.right, rows, text)
            return np.asarray(OPERATORS[node.operator.text](left, right))
        case Joined():
            raise without_meaning(node.operator.text, text, node.operator.start)
        case Call() if node.name in (*NUMPY_FUNCTIONS, "I") and len(node.arguments) == 1:
            inner = _value(node.arguments[0], rows, text)
            return inner if node.name == "I" else np.asarray(getattr(np, node.name)(inner))
    raise without_meaning(node.first.text, text, node.first.start)


def _row(node: Leaf, name: str, rows: Rows, text: str) -> Array:
    place = rows.find(name)
    if place is not None:
        return rows.values[:, place]
    several = sum(name in known for known in rows.names)
    count = len(rows.names)
    numbers = f"rows are b1{f' to b{count}' if count > 1 else ''}"
    if several > 1:
        message, fix = f"'{name}' names {several} rows.", f"Write their numbers: {numbers}."
    else:
        message = f"No row is called '{name}'."
        fix = f"{nearest(name, [known[0] for known in rows.names])} By number, {numbers}."
    raise FormulaError(message, text, node.token.start, fix)
