"""How an expression is written where tables name it: blanks normalised, parentheses kept."""

from __future__ import annotations

from collections.abc import Mapping

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


def name_of(node: Node, names: Mapping[str, str] | None = None) -> str:
    """An expression as frames name it or, with names in print, as readers see it.

    Parameters
    ----------
    node : Node
    names : mapping, optional
        Column to its name in print, where that is not its own.

    Returns
    -------
    str
        Such as ``"I((x + 1) ** 2)"`` for ``{(x+1)^2}``; columns without backquotes. In print
        ``"log(seizures at baseline)"`` for ``np.log(base)``.
    """
    match node:
        case Leaf() if node.column is not None:
            return (names or {}).get(node.column, node.column)
        case Leaf() if node.token.kind == "string":
            return node.token.text
        case Leaf():
            return str(constant(node))
        case Signed():
            return f"{node.sign.text}{name_of(node.inner, names)}"
        case Joined():
            symbol = "**" if node.operator.text in POWERS else node.operator.text
            joint = symbol if symbol == ":" else f" {symbol} "
            return f"{name_of(node.left, names)}{joint}{name_of(node.right, names)}"
        case Bracketed():
            return f"({name_of(node.inner, names)})"
        case Several():
            return f"[{', '.join(str(value) for value in constant(node))}]"
        case Call():
            return _call(node, names)


def _call(call: Call, names: Mapping[str, str] | None) -> str:
    own = "I" if call.function.text == "{" else call.function.text
    parts = [_argument(call, part, names) for part in call.arguments]
    parts += [f"{key}={_argument(call, value, names)}" for key, value in call.keywords]
    return f"{own if names is None else call.name}({', '.join(parts)})"


def _argument(call: Call, part: Node, names: Mapping[str, str] | None) -> str:
    """An argument; the bare name of a coding is no column."""
    return name_of(part, {} if call.is_coding(part) else names)
