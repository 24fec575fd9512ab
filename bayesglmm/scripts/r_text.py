"""Expressions of a formula as R writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bayesglmm.errors import SpecError
from bayesglmm.spec.bars import OBSERVATIONS
from bayesglmm.spec.expression import (
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
    parts_of,
)
from bayesglmm.spec.formula import read_expression

OWN_ROWS = "row_of_data"
"""What scripts call the column that has a level for each row."""

WORDS = {"True": "TRUE", "False": "FALSE", "None": "NULL"}
RESERVED = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
RESERVED |= {"TRUE", "FALSE", "NULL", "NA", "Inf", "NaN"}


def name(column: str) -> str:
    """A column of the data as a name of R."""
    if column == OBSERVATIONS:
        return OWN_ROWS
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9._]*", column) and column not in RESERVED
    return column if plain else f"`{column}`"


def text(value: str) -> str:
    """A text in quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def vector(values: Iterable[str]) -> str:
    """Texts as a vector."""
    return f"c({', '.join(map(text, values))})"


def written(expression: str) -> str:
    """Part of a formula as R writes it.

    Parameters
    ----------
    expression : str
        As the user wrote it, such as ``"C(f, Sum)*x"``.

    Returns
    -------
    str

    Raises
    ------
    SpecError
        If R has no such function.
    """
    return of_node(read_expression(expression))


def of_node(node: Node) -> str:
    """See `written`."""
    match node:
        case Signed():
            return f"{node.sign.text}{of_node(node.inner)}"
        case Joined():
            sign = {"**": "^"}.get(node.operator.text, node.operator.text)
            close = sign in (":", "^")
            left, right = of_node(node.left), of_node(node.right)
            return f"{left}{sign}{right}" if close else f"{left} {sign} {right}"
        case Bracketed():
            return f"({of_node(node.inner)})"
        case Several():
            return f"c({', '.join(map(of_node, node.items))})"
        case Call():
            return _call(node)
    return _leaf(node)


def _leaf(node: Leaf) -> str:
    if node.column is not None:
        return name(node.column)
    if node.token.kind == "string":
        return text(node.token.text[1:-1])
    return WORDS.get(node.token.text, node.token.text)


def _call(node: Call) -> str:
    if node.name in FUNCTIONS:
        return FUNCTIONS[node.name](node)
    return _as_written(node)


def _as_written(node: Call, function: str = "") -> str:
    arguments = [of_node(part) for part in node.arguments]
    arguments += [f"{key} = {of_node(value)}" for key, value in node.keywords]
    return f"{function or node.name}({', '.join(arguments)})"


def _centered(node: Call) -> str:
    x = of_node(node.arguments[0])
    return f"I({_inside(node)} - mean({x}))"


def _scaled(node: Call) -> str:
    """R's own scale() divides by n - 1."""
    x, inside = of_node(node.arguments[0]), _inside(node)
    return f"I(({inside} - mean({x})) / sqrt(mean(({inside} - mean({x}))^2)))"


def _inside(node: Call) -> str:
    part = node.arguments[0]
    return f"({of_node(part)})" if isinstance(part, Joined | Signed) else of_node(part)


def _spline(node: Call) -> str:
    bounds = {"lower_bound", "upper_bound"}
    if bounds & {key for key, _ in node.keywords}:
        raise SpecError("bounds of bs() are not written for R.")
    return _as_written(node, "splines::bs")


def _factor(node: Call) -> str:
    """``C(f)`` with its coding, ``T(f, 'a')`` and ``S(f)``."""
    column, *how = node.arguments
    keywords = dict(node.keywords)
    how += [value for key, value in keywords.items() if key in ("contrast", "ref", "omit")]
    base, coding = of_node(column), next(iter(how), None)
    if "levels" in keywords:
        base = f"factor({base}, levels = {of_node(keywords['levels'])})"
    if node.name == "S":
        return _sums(base, plain=coding is None)
    if node.name == "T":
        return base if coding is None else _releveled(base, coding)
    return _coded(base if "levels" in keywords else f"factor({base})", coding)


def _coded(base: str, coding: Node | None) -> str:
    if coding is None:
        return base
    chosen = parts_of(coding)
    coded = coding.name if isinstance(coding, Call) else of_node(coding)
    if coded == "Sum":
        return _sums(base, plain=not chosen)
    return _releveled(base, chosen[0]) if chosen else base


def _sums(base: str, plain: bool) -> str:
    if not plain:
        raise SpecError("Sum coding that leaves out another level than the last is not R's.")
    return f'C({base}, "contr.sum")'


def _releveled(base: str, level: Node) -> str:
    chosen = of_node(level)
    return f"relevel({base}, ref = {chosen if chosen.startswith(chr(34)) else text(chosen)})"


def _indicator(node: Call) -> str:
    given = [*node.arguments[1:], *(value for _, value in node.keywords)]
    if not given:
        raise SpecError("binary(x) without the value that is 1 is not written for R.")
    return f"I(as.numeric({of_node(node.arguments[0])} == {of_node(given[0])}))"


FUNCTIONS: dict[str, Callable[[Call], str]] = {
    **dict.fromkeys(("C", "factor", "S", "T"), _factor),
    **dict.fromkeys(("scale", "standardize"), _scaled),
    **dict.fromkeys(("B", "binary"), _indicator),
    "center": _centered,
    "bs": _spline,
}
"""Functions that R writes in another way."""
