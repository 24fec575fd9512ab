"""Expressions of a formula, as values: what stands where, and which columns it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeGuard

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

    @property
    def coding(self) -> Node | None:
        """How a factor is coded: the second argument of ``C()``."""
        if self.name not in ("C", "factor"):
            return None
        named = [node for key, node in self.keywords if key == "contrast"]
        return next(iter([*self.arguments[1:2], *named]), None)

    def is_coding(self, node: Node) -> bool:
        """Whether an argument is the bare name of a coding, as in ``C(f, Sum)``."""
        return (
            node is self.coding
            and isinstance(node, Leaf)
            and node.token.kind == "name"
            and node.token.text in CODINGS
        )


type Node = Leaf | Signed | Joined | Bracketed | Several | Call


def parts_of(node: Node) -> tuple[Node, ...]:
    """The expressions that an expression is made of, without bare codings; none of a leaf.

    Parameters
    ----------
    node : Node

    Returns
    -------
    tuple of Node
    """
    match node:
        case Signed() | Bracketed():
            return (node.inner,)
        case Joined():
            return node.left, node.right
        case Several():
            return node.items
        case Call():
            parts = (*node.arguments, *(value for _, value in node.keywords))
            return tuple(part for part in parts if not node.is_coding(part))
    return ()


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
    if isinstance(node, Leaf):
        return () if node.column is None else (node.column,)
    return tuple(dict.fromkeys(name for part in parts_of(node) for name in columns_of(part)))


def constant(node: Node) -> Any:
    """The value that stands in a formula: a number, a text, True, False, None, or a list of such.

    Parameters
    ----------
    node : Node
        Without columns.

    Returns
    -------
    object
    """
    match node:
        case Leaf() if node.token.kind == "string":
            return node.token.text[1:-1]
        case Leaf() if node.token.text in LITERALS:
            return LITERALS[node.token.text]
        case Leaf():
            text = node.token.text
            return int(text) if text.isdigit() else float(text)
        case Signed():
            value = constant(node.inner)
            return -value if node.sign.text == "-" else value
        case Several():
            return [constant(item) for item in node.items]
    raise TypeError(node)  # meaning.check_terms lets nothing else through


def calls_of(node: Node) -> list[Call]:
    """All functions that are called in an expression."""
    inner = [call for part in parts_of(node) for call in calls_of(part)]
    return [node, *inner] if isinstance(node, Call) else inner


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
