"""From what is written to what is learnt: a part of a formula met by the first rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.encoding.expressions import (
    Column,
    Constant,
    Expression,
    Function,
    Operation,
    evaluate_expression,
)
from bayesglmm.design.encoding.levels import UnfitError
from bayesglmm.design.encoding.transforms import TRANSFORMS
from bayesglmm.errors import FormulaError
from bayesglmm.spec.expression import (
    POWERS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
    constant,
)
from bayesglmm.spec.naming import name_of
from bayesglmm.spec.signatures import is_none


def learn(node: Node, data: pd.DataFrame, text: str) -> Expression:
    """An expression, with what its functions learn from some rows.

    Parameters
    ----------
    node : Node
        Checked; not of `CODED`, which make factors.
    data : pandas.DataFrame
        n rows, factors as ordered categoricals.
    text : str
        What `node` was read from, for messages.

    Returns
    -------
    Expression

    Raises
    ------
    FormulaError
        With the caret at the innermost part that cannot be evaluated.
    """
    match node:
        case Leaf():
            return Constant(constant(node)) if node.column is None else Column(node.column)
        case Bracketed():
            return learn(node.inner, data, text)
        case Signed():
            found: Expression = Operation(node.sign.text, (learn(node.inner, data, text),))
        case Joined():
            symbol = "**" if node.operator.text in POWERS else node.operator.text
            sides = (learn(side, data, text) for side in (node.left, node.right))
            found = Operation(symbol, tuple(sides))
        case Call():
            found = _called(node, data, text)
        case Several():
            raise TypeError(node)  # spec.signatures lets lists through behind a column only
    with blame(node, text):
        evaluate_expression(found, data)
    return found


@contextmanager
def blame(node: Node, text: str) -> Iterator[None]:
    """Say of what goes wrong within which part of the formula it is.

    Parameters
    ----------
    node : Node
        Evaluated in the block.
    text : str
        What it was read from.

    Raises
    ------
    FormulaError
        In place of an `UnfitError`, or of what NumPy raises.
    """
    try:
        yield
    except UnfitError as error:
        raise FormulaError(error.message, text, node.first.start, error.fix) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise FormulaError(
            f"'{name_of(node)}' cannot be evaluated: {error}.",
            text,
            node.first.start,
            "Check that each part gets the kind of column it needs.",
        ) from error


def given(call: Call, names: list[str]) -> dict[str, Node]:
    """Arguments behind the first by their names, without those that are ``None``.

    Parameters
    ----------
    call : Call
    names : list of str
        Of these arguments, in order.

    Returns
    -------
    dict
    """
    nodes = dict(zip(names, call.arguments[1:], strict=False)) | dict(call.keywords)
    return {name: node for name, node in nodes.items() if not is_none(node)}


def _called(call: Call, data: pd.DataFrame, text: str) -> Expression:
    inner = learn(call.arguments[0], data, text)
    if call.name == "I":
        return inner
    if call.name not in TRANSFORMS:
        return Function(call.name, inner)
    make = TRANSFORMS[call.name]
    nodes = given(call, list(signature(make).parameters)[2:])
    arguments: dict[str, Any] = {name: constant(node) for name, node in nodes.items()}
    with blame(call, text), np.errstate(all="ignore"):  # what is not finite is reported by row
        return make(inner, evaluate_expression(inner, data), **arguments)
