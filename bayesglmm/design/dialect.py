"""Our reading of a formula as formulae's, so that formulae never reads text itself.

Its own reader stops at the first token that cannot follow and drops the rest without a word; it
takes ``-x**2`` for ``(-x)**2``, knows no lists, and prints ``I((a + b)*c)`` as ``I(a + b * c)``.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from bayesglmm.design.memory import remember_calls
from bayesglmm.spec.algebra import expand
from bayesglmm.spec.expression import (
    LITERALS,
    POWERS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
)
from bayesglmm.spec.functions import NUMPY_FUNCTIONS

_KINDS = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    ":": "COLON",
    "**": "STAR_STAR",
    "==": "EQUAL_EQUAL",
    "!=": "BANG_EQUAL",
    "<=": "LESS_EQUAL",
    "<": "LESS",
    ">=": "GREATER_EQUAL",
    ">": "GREATER",
}
"""Operators, and formulae's names of them."""


def describe(node: Node) -> Any:
    """A sum of terms, without its offsets, as formulae's model description.

    Parameters
    ----------
    node : Node
        Checked; an intercept is added to it, which ``0`` or ``-1`` takes away.

    Returns
    -------
    formulae.terms.terms.Model
    """
    from formulae.terms.terms import Intercept, Model, Term

    class FullRank(Model):  # type: ignore[misc]
        """A model that spans all cells of an interaction, whatever is written beside it."""

        def add_extra_terms(self, encodings: Any, data: Any, env: Any) -> None:
            """Look until no term is missing: formulae looks once only."""
            while any(len(ways) > 1 for ways in encodings.values()):
                super().add_extra_terms(encodings, data, env)
                encodings = self._get_encoding_bools()

    terms = [[_component(part) for part in parts] for parts in expand(node)]
    return FullRank(*(Term(*parts) if parts else Intercept() for parts in terms))


def arithmetic(node: Node) -> Any:
    """An expression of columns that remembers what its functions learnt.

    Parameters
    ----------
    node : Node
        An argument of a function.

    Returns
    -------
    object
        Its ``eval(data, environment)`` gives the values.
    """
    from formulae.terms.call_resolver import CallResolver
    from formulae.transforms import TRANSFORMS

    expression = CallResolver(_argument(node)).resolve()
    remember_calls(expression, TRANSFORMS)
    return expression


def environment() -> Any:
    """What a formula's functions are: a closed list, never the caller's names."""
    from formulae.categorical import ENCODINGS
    from formulae.environment import Environment
    from formulae.transforms import TRANSFORMS, C

    functions = {name: getattr(np, name) for name in NUMPY_FUNCTIONS}
    numpy = SimpleNamespace(**functions)  # formulae copies it, which it cannot a module
    return Environment([{**functions, "np": numpy, "factor": C, **TRANSFORMS, **ENCODINGS}])


def columns_in(call: Any) -> list[str]:
    """Data columns that an evaluated function uses, in order.

    Parameters
    ----------
    call : object
        formulae's, from ``component.call``.

    Returns
    -------
    list of str
    """
    from formulae.terms.call_resolver import LazyVariable

    if isinstance(call, LazyVariable):
        return [call.name]
    parts = [*getattr(call, "args", ()), *getattr(call, "kwargs", {}).values()]
    return list(dict.fromkeys(name for part in parts for name in columns_in(part)))


class _InParentheses:
    """An expression in parentheses, which formulae would not print."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.args = (inner,)

    def __str__(self) -> str:
        return f"({self.inner})"

    def __hash__(self) -> int:
        return hash(self.inner)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _InParentheses) and bool(self.inner == other.inner)

    def accept(self, visitor: Any) -> Any:
        """What a visitor of formulae makes of it: of what is inside."""
        return self.inner.accept(visitor)

    def eval(self, data: Any, env: Any) -> Any:
        """Its values."""
        return self.inner.eval(data, env)


class _Parentheses:
    """Parentheses within a function, as a node that formulae's resolver visits."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def accept(self, visitor: Any) -> _InParentheses:
        """Resolve what is inside."""
        return _InParentheses(self.inner.accept(visitor))


def _operator(text: str) -> Any:
    from formulae.token import Token

    return Token(_KINDS["**" if text in POWERS else text], text)


def _component(node: Node) -> Any:
    """A column, or a function of columns, as a part of a term."""
    from formulae.resolver import Resolver

    (component,) = Resolver(_argument(node)).resolve().components
    return component


def _argument(node: Node) -> Any:
    """An argument of a function, where operators are arithmetic."""
    from formulae import expr
    from formulae.token import Token

    match node:
        case Leaf() if node.column is not None:
            return expr.Variable(Token("IDENTIFIER", node.column))
        case Leaf():
            text = node.token.text
            return expr.Literal(_value(node), text if node.token.kind == "string" else None)
        case Signed():
            inner = _argument(node.inner)
            return expr.Unary(_operator(node.sign.text), inner)
        case Joined():
            sides = _argument(node.left), _argument(node.right)
            return expr.Binary(sides[0], _operator(node.operator.text), sides[1])
        case Bracketed():
            return _Parentheses(_argument(node.inner))
        case Several():
            values = [_constant(item) for item in node.items]
            shown = ", ".join(str(value) for value in values)
            return expr.Literal(values, f"[{shown}]")
        case Call():
            return _function(node)


def _function(call: Call) -> Any:
    from formulae import expr
    from formulae.token import Token

    name = "I" if call.function.text == "{" else call.function.text
    arguments = [_coding(call, part) or _argument(part) for part in call.arguments]
    for key, part in call.keywords:
        keyword = expr.Variable(Token("IDENTIFIER", key))
        arguments.append(expr.Assign(keyword, _coding(call, part) or _argument(part)))
    return expr.Call(expr.Variable(Token("IDENTIFIER", name)), arguments)


def _coding(call: Call, part: Node) -> Any:
    """The coding that a bare name stands for, as in ``C(f, Sum)``."""
    from formulae import expr
    from formulae.categorical import ENCODINGS

    if not call.is_coding(part):
        return None
    name = part.first.text
    return expr.Literal(ENCODINGS[name], name)


def _value(leaf: Leaf) -> Any:
    text = leaf.token.text
    if leaf.token.kind == "string":
        return text[1:-1]
    if text in LITERALS:
        return LITERALS[text]
    return int(text) if text.isdigit() else float(text)


def _constant(node: Node) -> Any:
    """A member of a list: a value, not a column."""
    match node:
        case Leaf():
            return _value(node)
        case Signed():
            value = _constant(node.inner)
            return -value if node.sign.text == "-" else value
    raise TypeError(node)  # meaning.check_terms lets nothing else through
