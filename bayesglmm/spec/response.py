"""What may stand left of the tilde: one column, or one function."""

from __future__ import annotations

from bayesglmm.errors import FormulaError
from bayesglmm.spec.bounds import read_bounds
from bayesglmm.spec.calls import check_call
from bayesglmm.spec.expression import COMPARISONS, Call, Joined, Leaf, Node


def check_response(node: Node, text: str) -> None:
    """Refuse what is no response: it is one column, or one function.

    Parameters
    ----------
    node : Node
    text : str

    Raises
    ------
    FormulaError
    """
    if isinstance(node, Leaf) and node.column is not None:
        return
    if isinstance(node, Call):
        if node.name == "offset":
            raise FormulaError("An offset is no response.", text, node.first.start)
        check_call(node, text, response=True)
        if node.name == "p":
            _check_proportion(node, text)
        read_bounds(node, text)
        return
    where, fix = node.first, "Name one column, or write a function of it: I(2*y)."
    if isinstance(node, Joined):
        where = node.operator
        left, right = node.left.first.text, node.right.first.text
        if where.text == "/":
            fix = (
                f"Write p({left}, {right}) with family='binomial' for {left} successes of {right} "
                f"trials, or I({left}/{right}) for the ratio itself."
            )
        elif where.text in COMPARISONS:
            fix = f"Write I({left} {where.text} {right})."
    raise FormulaError("The response must be one column, or one function.", text, where.start, fix)


def _check_proportion(call: Call, text: str) -> None:
    """``p(k, n)``: a column of successes, and a column of trials or their number."""
    leaves = [part for part in call.arguments if isinstance(part, Leaf)]
    fits = len(leaves) == len(call.arguments) == 2 and not call.keywords
    if (
        not fits
        or leaves[0].column is None
        or not (leaves[1].column is not None or leaves[1].token.kind == "number")
    ):
        raise FormulaError(
            "p() takes a column of successes, and a column of trials or their number.",
            text,
            call.function.start,
            "Write p(k, n) ~ ... for k successes of n trials; compute n in the data first.",
        )


def proportion(node: Node) -> tuple[str, str] | None:
    """Take ``p(k, n)`` apart.

    Parameters
    ----------
    node : Node
        A response, checked.

    Returns
    -------
    tuple of str or None
        Successes and trials; None for another response.
    """
    if not isinstance(node, Call) or node.name != "p":
        return None
    first, second = (part for part in node.arguments if isinstance(part, Leaf))
    return first.token.text.strip("`"), second.token.text.strip("`")
