"""What may stand where in a formula: sums of terms, and left of a bar.

A formula that reads well may still say nothing, or say something that its author cannot mean:
``x > 2`` outside a function, ``x**2`` (the interaction of x with itself, which is x), an offset
that is multiplied.
"""

from __future__ import annotations

from bayesglmm.errors import FormulaError
from bayesglmm.spec.calls import check_call
from bayesglmm.spec.expression import (
    COMPARISONS,
    POWERS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
    calls_of,
    terms_of,
)
from bayesglmm.spec.signature_checks import check_varies
from bayesglmm.spec.tokens import Token


def check_terms(node: Node, text: str, later: bool = False) -> None:
    """Refuse what is no sum of terms.

    Parameters
    ----------
    node : Node
        Of the right-hand side.
    text : str
        The whole formula, for messages.
    later : bool
        Whether it is a signed term that others stand before.

    Raises
    ------
    FormulaError
        With the caret at what cannot stand there.
    """
    _Terms(text).sum(node, later)


def check_columns(node: Node, text: str) -> None:
    """Refuse what is no left side of a bar: a sum of terms without an offset.

    Parameters
    ----------
    node : Node
    text : str

    Raises
    ------
    FormulaError
    """
    _Terms(text).sum(node)
    for call in calls_of(node):
        if call.name == "offset":
            raise FormulaError(
                "offset() cannot stand left of a bar.",
                text,
                call.function.start,
                "Make it a term of its own: + offset(...).",
            )


class _Terms:
    """The rules, for one formula."""

    def __init__(self, text: str) -> None:
        self._text = text

    def _error(self, message: str, where: Token, fix: str = "") -> FormulaError:
        return FormulaError(message, self._text, where.start, fix)

    def sum(self, node: Node, later: bool = False) -> None:
        """Terms joined with plus and minus signs; a signed one may come later than others."""
        match node:
            case Joined() if node.operator.text == "+":
                self.sum(node.left)
                self._later(node.right)
            case Joined() if node.operator.text == "-":
                self.sum(node.left)
                self._no_offset(node.right, "subtracted", "Write offset(-x) to subtract x.")
                self._later(node.right)
            case Signed() if isinstance(node.inner, Signed):
                raise self._error("Two signs follow each other.", node.inner.sign)
            case Signed():
                inside = node.inner
                if node.sign.text == "-":
                    self._no_offset(inside, "subtracted", "Write offset(-x) to subtract x.")
                constant = isinstance(inside, Leaf) and inside.token.text in ("0", "1")
                if node.sign.text == "-" and not constant and not later:
                    name = inside.first.text + "()" * isinstance(inside, Call)
                    raise self._error(
                        f"There is nothing to take {name} away from.",
                        node.sign,
                        "Write I(-x) for the negative of a column x, or leave the term out.",
                    )
                self.term(inside)
            case _:
                self.term(node)

    def _later(self, node: Node) -> None:
        """A term that others stand before."""
        if isinstance(node, Signed):
            raise self._error("Two signs follow each other.", node.sign)
        self.term(node)

    def term(self, node: Node) -> None:
        """A column, a function, a product of such, or a sum in parentheses."""
        match node:
            case Leaf():
                self._leaf(node)
            case Bracketed():
                self.sum(node.inner)
            case Call():
                check_call(node, self._text)
                check_varies(node, self._text)
            case Joined() if node.operator.text in COMPARISONS:
                raise self._error(
                    f"'{node.operator.text}' compares nothing outside a function.",
                    node.operator,
                    f"Write I(x {node.operator.text} 2), say.",
                )
            case Joined() if node.operator.text in POWERS:
                self._power(node)
            case Joined() if node.operator.text in ("+", "-"):
                self.sum(node)
            case Joined():
                self._factor(node.left, node.operator)
                self._factor(node.right, node.operator)
            case Signed():
                raise self._error(
                    f"The sign '{node.sign.text}' cannot stand within a term.",
                    node.sign,
                    "Write I(-x) for the negative of a column x.",
                )
            case Several():
                raise self._error("A list is no term.", node.bracket, "Join terms with '+'.")

    def _leaf(self, leaf: Leaf) -> None:
        """A number or a text is no term, save 0 and 1, which speak of the intercept."""
        if leaf.column is None and leaf.token.text not in ("0", "1"):
            raise self._error(
                f"{leaf.token.text} is no column.",
                leaf.token,
                "Write 1 or 0 for with or without an intercept; use offset() to add a constant.",
            )

    def _factor(self, node: Node, operator: Token) -> None:
        """One side of a product."""
        self._no_offset(node, f"joined with '{operator.text}'", "Add it: + offset(x).")
        self._no_constant(node, operator)
        self.term(node)

    def _no_constant(self, node: Node, operator: Token) -> None:
        """Refuse a number among what a product joins."""
        for part in terms_of(node):
            if isinstance(part, Leaf) and part.column is None:
                raise self._error(
                    f"{part.token.text} is no column, and '{operator.text}' joins columns here.",
                    part.token,
                    "Write I(2*x) or I(x/100) for arithmetic."
                    if part is node
                    else "Write 0 + ... or 1 + ... outside the parentheses.",
                )

    def _power(self, node: Joined) -> None:
        """``(a + b)**2``: the terms and their interactions."""
        self._no_offset(node.left, "raised to a power", "Add it: + offset(x).")
        exponent = node.right
        whole = isinstance(exponent, Leaf) and exponent.token.text.isdigit()
        if not whole or exponent.first.text == "0":
            raise self._error(
                "The power of a sum of terms must be a whole number above 0.",
                exponent.first,
                "Write (a + b)**2 for a + b + a:b.",
            )
        base: Node = node.left
        while isinstance(base, Bracketed):
            base = base.inner
        if not isinstance(base, Joined):
            name = node.left.first.text
            raise self._error(
                "A power of one term is that term again.",
                node.operator,
                f"Write I({name}**{exponent.first.text}) for the power of a column."
                if isinstance(base, Leaf)
                else "Write I(x**2) for the square of a column x.",
            )
        self._no_constant(node.left, node.operator)
        self.term(node.left)

    def _no_offset(self, node: Node, what: str, fix: str) -> None:
        """Refuse an offset whose coefficient would not be 1."""
        for call in calls_of(node):
            if call.name == "offset":
                raise self._error(f"An offset cannot be {what}.", call.function, fix)
