"""The algebra of terms: what ``a*b``, ``a/b``, ``(a + b)**2`` and minus signs stand for.

Wilkinson & Rogers (1973), Symbolic description of factorial models, J. R. Stat. Soc. C 22(3),
section 2. A term is a set of columns, so that ``a:b`` and ``b:a`` are one term, and ``a:a`` is a.
"""

from __future__ import annotations

from itertools import combinations

from bayesglmm.spec.expression import (
    POWERS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
    is_offset,
)

type Terms = dict[frozenset[object], tuple[Node, ...]]
"""What each term is made of, in order, by what does not depend on the order."""

INTERCEPT: frozenset[object] = frozenset()
"""The term that is made of nothing."""


def expand(node: Node) -> list[tuple[Node, ...]]:
    """The terms of a sum.

    Parameters
    ----------
    node : Node
        Checked; an intercept is added to it, which ``0`` or ``-1`` takes away.

    Returns
    -------
    list of tuple of Node
        The parts of each term; the intercept, which has none, first. In the order written or,
        where a term stands before one that it contains, by the number of parts. Offsets are left
        out.
    """
    terms = _add({INTERCEPT: ()}, node, "+")
    contained = any(later < earlier for earlier, later in combinations(terms, 2) if later)
    return sorted(terms.values(), key=len if contained else bool)


def _add(before: Terms, node: Node, sign: str) -> Terms:
    """The terms before, and those of a signed sum: added, or taken away."""
    match node:
        case Joined() if node.operator.text in ("+", "-"):
            return _add(_add(before, node.left, sign), node.right, node.operator.text)
        case Signed():
            return _add(before, node.inner, node.sign.text)
        case Bracketed() if sign == "+":
            return _add(before, node.inner, sign)
    zero = isinstance(node, Leaf) and node.column is None and node.token.text == "0"
    terms: Terms = {INTERCEPT: ()} if zero else _terms(node)
    if (sign == "-") != zero:
        return {key: parts for key, parts in before.items() if key not in terms}
    return _union(before, terms)


def _terms(node: Node) -> Terms:
    """The terms of a product, a power, or a sum in parentheses."""
    match node:
        case Bracketed():
            return _add({}, node.inner, "+")
        case Joined():
            return _joined(node)
        case Leaf() if node.column is None:
            return {INTERCEPT: ()}
    return {} if is_offset(node) else {frozenset([_identity(node)]): (node,)}


def _joined(node: Joined) -> Terms:
    operator = node.operator.text
    if operator in ("+", "-"):
        return _add({}, node, "+")
    left = _terms(node.left)
    if operator in POWERS:
        return _power(left, int(node.right.first.text))
    right = _terms(node.right)
    if operator == "/":
        whole = _together([part for parts in left.values() for part in parts])
        return _union(left, _crossed(whole, right))
    crossed = _crossed(left, right)
    return crossed if operator == ":" else _union(_union(left, right), crossed)


def _power(terms: Terms, exponent: int) -> Terms:
    """The terms, and their interactions of so many terms."""
    found = terms
    for _ in range(exponent - 1):
        more = _union(found, _crossed(found, terms))
        if len(more) == len(found):
            break
        found = more
    return found


def _union(some: Terms, others: Terms) -> Terms:
    """Terms, and those of others that are not among them."""
    return some | {key: parts for key, parts in others.items() if key not in some}


def _crossed(left: Terms, right: Terms) -> Terms:
    """Each term with each."""
    found: Terms = {}
    for one in left.values():
        for other in right.values():
            found = _union(found, _together([*one, *other]))
    return found


def _together(parts: list[Node]) -> Terms:
    """The one term of some parts."""
    once: dict[object, Node] = {}
    for part in parts:
        once.setdefault(_identity(part), part)
    return {frozenset(once): tuple(once.values())}


def _identity(node: Node) -> object:
    """What two expressions have in common that say the same, wherever they stand."""
    match node:
        case Leaf():
            return ("column", node.column) if node.column is not None else node.token.text
        case Signed():
            return node.sign.text, _identity(node.inner)
        case Bracketed():
            return "()", _identity(node.inner)
        case Joined():
            operator = "**" if node.operator.text in POWERS else node.operator.text
            return operator, _identity(node.left), _identity(node.right)
        case Several():
            return "[]", *(_identity(item) for item in node.items)
        case Call():
            named = [(key, _identity(value)) for key, value in node.keywords]
            return "call", node.name, *(_identity(part) for part in node.arguments), *named
