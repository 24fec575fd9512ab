"""How an expression is written where tables name it: blanks normalised, parentheses kept."""

from __future__ import annotations

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


def name_of(node: Node) -> str:
    """An expression as tables name it.

    Parameters
    ----------
    node : Node

    Returns
    -------
    str
        Such as ``"I((x + 1) ** 2)"`` for ``{(x+1)^2}``; columns without backquotes.
    """
    match node:
        case Leaf() if node.column is not None:
            return node.column
        case Leaf() if node.token.kind == "string":
            return node.token.text
        case Leaf():
            return str(constant(node))
        case Signed():
            return f"{node.sign.text}{name_of(node.inner)}"
        case Joined():
            symbol = "**" if node.operator.text in POWERS else node.operator.text
            return f"{name_of(node.left)} {symbol} {name_of(node.right)}"
        case Bracketed():
            return f"({name_of(node.inner)})"
        case Several():
            return f"[{', '.join(str(value) for value in constant(node))}]"
        case Call():
            return _call(node)


def _call(call: Call) -> str:
    name = "I" if call.function.text == "{" else call.function.text
    named = [f"{key}={name_of(value)}" for key, value in call.keywords]
    return f"{name}({', '.join([*(name_of(part) for part in call.arguments), *named])})"
