"""Whether each function of a formula gets numbers where it needs them, and factors where it may.

NumPy says of ``log(sex)`` what went wrong inside it; here it is said of the column.
"""

from __future__ import annotations

import pandas as pd

from bayesglmm.errors import FormulaError
from bayesglmm.spec.expression import (
    COMPARISONS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Signed,
    calls_of,
    parts_of,
)
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

OF_NUMBERS = (*NUMPY_FUNCTIONS, "bs", "center", "poly", "scale", "standardize")
"""Functions that can be called on numbers only."""


def check_kinds(node: Node, data: pd.DataFrame, text: str) -> None:
    """Refuse arithmetic of texts and labels.

    Parameters
    ----------
    node : Node
        Of a sum of terms, or of a response.
    data : pandas.DataFrame
        Factors as categoricals.
    text : str
        What `node` was read from, for messages.

    Raises
    ------
    FormulaError
        With the caret at the column.
    """
    for call in calls_of(node):
        if call.name == "offset":
            continue
        if call.name in OF_NUMBERS:
            _check_number(f"{call.name}()", call.arguments[0], data, text)
        for argument in parts_of(call):
            _check_arithmetic(argument, data, text)


def _check_arithmetic(node: Node, data: pd.DataFrame, text: str) -> None:
    match node:
        case Call():
            return  # one of calls_of()
        case Signed():
            _check_number(f"'{node.sign.text}'", node.inner, data, text)
        case Joined() if node.operator.text not in ("==", "!="):
            for side, other in ((node.left, node.right), (node.right, node.left)):
                if node.operator.text in COMPARISONS and _is_text(other):
                    continue
                _check_number(f"'{node.operator.text}'", side, data, text)
    for part in parts_of(node):
        _check_arithmetic(part, data, text)


def _check_number(what: str, node: Node, data: pd.DataFrame, text: str) -> None:
    culprit = _factor(node, data)
    if culprit is None:
        return
    name = culprit.column
    raise FormulaError(
        f"{what} takes numbers, but '{name}' is text or labels.",
        text,
        culprit.first.start,
        f"Write {name} for a factor, I({name} == '{data[name].cat.categories[0]}') for one of its "
        f"levels, or make it numbers first: pandas.to_numeric(data['{name}']).",
    )


def _factor(node: Node, data: pd.DataFrame) -> Leaf | None:
    """The column whose levels an expression is; None where it is a number."""
    match node:
        case Leaf() if node.column is not None:
            return node if isinstance(data[node.column].dtype, pd.CategoricalDtype) else None
        case Bracketed():
            return _factor(node.inner, data)
        case Call() if node.name == "I":
            return _factor(node.arguments[0], data)
    return None


def _is_text(node: Node) -> bool:
    return isinstance(node, Leaf) and node.token.kind == "string"
