"""Expressions of a formula, as values: what stands where, and which columns it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from bayesglmm.spec.functions import CODINGS
from bayesglmm.spec.tokens import Token

LITERALS = {"True": True, "False": False, "None": None}
"""Names that stand for a value."""

COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
POWERS = ("**", "^")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column, a number, a text in quotes, or a literal."""

    token: Token

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.token

    @property
    def column(self) -> str | None:
        """The column that it names, or None."""
        if self.token.kind == "quoted":
            return self.token.text.strip("`")
        named = self.token.kind == "name" and self.token.text not in LITERALS
        return self.token.text if named else None


@dataclass(frozen=True, slots=True)
class Signed:
    """A sign and what it stands before."""

    sign: Token
    inner: Node

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.sign


@dataclass(frozen=True, slots=True)
class Joined:
    """Two expressions and the operator between them."""

    left: Node
    operator: Token
    right: Node

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.left.first


@dataclass(frozen=True, slots=True)
class Bracketed:
    """An expression in parentheses."""

    bracket: Token
    inner: Node

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.bracket


@dataclass(frozen=True, slots=True)
class Several:
    """A list or a tuple, such as ``[1, 2.5]``."""

    bracket: Token
    items: tuple[Node, ...]

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.bracket


@dataclass(frozen=True, slots=True)
class Call:
    """A function with what it is called on; ``{x + 1}`` is ``I(x + 1)``."""

    function: Token
    arguments: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...] = ()

    @property
    def name(self) -> str:
        """Name of the function, without ``np.``."""
        return "I" if self.function.text == "{" else self.function.text.removeprefix("np.")

    @property
    def first(self) -> Token:
        """Where it begins."""
        return self.function

    def is_coding(self, node: Node) -> bool:
        """Whether an argument is the bare name of a coding, as in ``C(f, Sum)``."""
        second = self.arguments[1:2] + tuple(n for key, n in self.keywords if key == "contrast")
        return (
            self.name in ("C", "factor")
            and node in second
            and isinstance(node, Leaf)
            and node.token.kind == "name"
            and node.token.text in CODINGS
        )


type Node = Leaf | Signed | Joined | Bracketed | Several | Call


def columns_of(node: Node) -> tuple[str, ...]:
    """Names of the data columns that an expression uses, in order, each once.

    Parameters
    ----------
    node : Node

    Returns
    -------
    tuple of str
        Without functions, keywords, literals and bare codings.
    """
    match node:
        case Leaf():
            found = [node.column] if node.column is not None else []
        case Signed() | Bracketed():
            found = list(columns_of(node.inner))
        case Joined():
            found = [*columns_of(node.left), *columns_of(node.right)]
        case Several():
            found = [name for item in node.items for name in columns_of(item)]
        case Call():
            parts = [*node.arguments, *(value for _, value in node.keywords)]
            used = [part for part in parts if not node.is_coding(part)]
            found = [name for part in used for name in columns_of(part)]
    return tuple(dict.fromkeys(found))


def calls_of(node: Node) -> list[Call]:
    """All functions that are called in an expression."""
    match node:
        case Call():
            inner = [*node.arguments, *(value for _, value in node.keywords)]
            return [node, *(call for part in inner for call in calls_of(part))]
        case Signed() | Bracketed():
            return calls_of(node.inner)
        case Joined():
            return [*calls_of(node.left), *calls_of(node.right)]
        case Several():
            return [call for item in node.items for call in calls_of(item)]
    return []


def is_offset(term: Node) -> TypeGuard[Call]:
    """Whether a term is an ``offset()``."""
    return isinstance(term, Call) and term.name == "offset"


def terms_of(node: Node) -> list[Node]:
    """Terms of a sum, those in its parentheses included, without their signs.

    Parameters
    ----------
    node : Node
        Checked.

    Returns
    -------
    list of Node
    """
    match node:
        case Signed() | Bracketed():
            return terms_of(node.inner)
        case Joined() if node.operator.text in ("+", "-"):
            return [*terms_of(node.left), *terms_of(node.right)]
    return [node]
