"""What functions are called on in a formula: arithmetic, and arguments that they take."""

from __future__ import annotations

from bayesglmm.errors import FormulaError
from bayesglmm.spec.expression import (
    COMPARISONS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
)
from bayesglmm.spec.functions import CODED, CODINGS, RESPONSES
from bayesglmm.spec.signature_checks import check_signature
from bayesglmm.spec.tokens import Token

"""Functions that make a response."""

TERMS = (*CODED, "bs", "poly")
"""Functions whose answer is more than a number a row, so that no function can be called on it."""

R_WORDS = {
    "TRUE": "True",
    "FALSE": "False",
    "NULL": "None",
    "NA": "None",
    "contr.treatment": "Treatment",
    "contr.sum": "Sum",
}
"""Words of R, and what they are called here."""


def check_call(call: Call, text: str, response: bool = False) -> None:
    """Refuse a function that cannot stand alone, or arguments that it cannot be called on.

    Parameters
    ----------
    call : Call
        A term, or left of the tilde.
    text : str
        The whole formula, for messages.
    response : bool
        Whether it stands left of the tilde.

    Raises
    ------
    FormulaError
        With the caret at the culprit.
    """
    where = call.function.start
    _check_coding(call, text)
    if call.name in RESPONSES and not response:
        raise FormulaError(
            f"{call.name}() makes a response.", text, where, f"Write {call.name}(...) ~ x."
        )
    if call.name == "offset" and (len(call.arguments) != 1 or call.keywords):
        raise FormulaError(
            "offset() takes one column or function of columns.",
            text,
            where,
            "Write offset(a) + offset(b) for two.",
        )
    if call.name == "offset":
        _check_number(call.arguments[0], call.function, text)
    _check_arguments(call, text)


def _check_arguments(call: Call, text: str) -> None:
    for argument in (*call.arguments, *(value for _, value in call.keywords)):
        if argument is call.coding and isinstance(argument, Call) and argument.name in CODINGS:
            _check_arguments(argument, text)
        elif not call.is_coding(argument):
            _check_argument(argument, text)
    check_signature(call, text)


def _check_argument(node: Node, text: str) -> None:
    """An argument of a function: arithmetic."""
    match node:
        case Joined():
            if node.operator.text == ":":
                raise FormulaError(
                    "':' has no meaning within a function.",
                    text,
                    node.operator.start,
                    "Join terms outside it, or multiply: I(a*b).",
                )
            for side in (node.left, node.right):
                if node.operator.text not in COMPARISONS:
                    _check_number(side, node.operator, text)
                _check_argument(side, text)
        case Signed():
            _check_number(node.inner, node.sign, text)
            _check_argument(node.inner, text)
        case Bracketed():
            _check_argument(node.inner, text)
        case Several():
            _check_list(node, text)
        case Call():
            _check_inner_call(node, text)
        case Leaf():
            _check_word(node, text)


def _check_number(node: Node, operator: Token, text: str) -> None:
    """Refuse texts and lists in arithmetic."""
    if isinstance(node, Several) or (isinstance(node, Leaf) and node.token.kind == "string"):
        what = "a list" if isinstance(node, Several) else "text"
        raise FormulaError(
            f"'{operator.text}' takes numbers and columns, but this is {what}.",
            text,
            node.first.start,
            "A column with an unusual name is quoted with backquotes: `column name`.",
        )


def _check_list(node: Several, text: str) -> None:
    for item in node.items:
        bare = item.inner if isinstance(item, Signed) else item
        if not isinstance(bare, Leaf) or bare.column is not None:
            raise FormulaError(
                "A list holds numbers or texts, not columns or arithmetic.",
                text,
                item.first.start,
                "Write knots=[1, 2.5], say.",
            )


def _check_inner_call(call: Call, text: str) -> None:
    _check_coding(call, text)
    if call.name in ("offset", *TERMS, *RESPONSES):
        several, factor = ": it gives several columns", ": it makes a factor"
        why = {"bs": several, "poly": several, **dict.fromkeys(CODED, factor)}
        raise FormulaError(
            f"{call.name}() cannot stand within a function{why.get(call.name, '')}.",
            text,
            call.function.start,
            f"Write {call.name}(...) ~ x."
            if call.name in RESPONSES
            else f"Make it a term of its own: + {call.name}(...).",
        )
    _check_arguments(call, text)


def _check_coding(call: Call, text: str) -> None:
    """Refuse a coding that stands anywhere but in ``C()``."""
    if call.name in CODINGS:
        raise FormulaError(
            f"{call.name}() says how a factor is coded, and stands in C() only.",
            text,
            call.function.start,
            f"Write C(f, {call.name}) for a factor f.",
        )


def _check_word(leaf: Leaf, text: str) -> None:
    ours = R_WORDS.get(leaf.token.text)
    if ours and leaf.token.kind == "name":
        raise FormulaError(
            f"'{leaf.token.text}' is R's word.",
            text,
            leaf.token.start,
            f"Write {ours}; a column of that name is quoted: `{leaf.token.text}`.",
        )
