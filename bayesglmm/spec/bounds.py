"""``censored(...)`` and ``truncated(...)`` left of the tilde: bounds in place of a response."""

from __future__ import annotations

from dataclasses import dataclass

from bayesglmm.errors import FormulaError
from bayesglmm.spec.expression import Call, Leaf, Node, Signed

CENSORED, TRUNCATED = "censored", "truncated"

SIDES = ("left", "right")
"""A response that is at most, or at least, what is recorded."""

STATUSES = ("none", *SIDES)
"""Words in a column that says how each response is censored."""

type Bound = float | str | None
"""A number for all rows, a column, or nothing."""

_CENSORED_FIX = (
    'Write censored(y, status) for a column of "none", "left" and "right"; censored(y, "right", c) '
    "where c is true in censored rows; or censored(y, lower, upper) for a response that lies "
    "between two bounds where it is missing."
)
_TRUNCATED_FIX = (
    "Write truncated(y, lower, upper): a number or a column each, None where there is none."
)


@dataclass(frozen=True, slots=True)
class Censoring:
    """Which responses are known only to lie beyond or between bounds.

    Attributes
    ----------
    column : str
        Data column of the responses.
    status : str or None
        Column of `STATUSES`, one for each row.
    side : str
        One of `SIDES` where there is one; empty elsewhere.
    flag : str or None
        Column that is true, or 1, in the rows censored on that side; all rows are where None.
    lower, upper : Bound
        Of a response that is missing, where there is neither a status nor a side.
    """

    column: str
    status: str | None = None
    side: str = ""
    flag: str | None = None
    lower: Bound = None
    upper: Bound = None

    @property
    def between(self) -> bool:
        """Whether a missing response lies between two bounds."""
        return self.status is None and not self.side

    @property
    def bound_columns(self) -> tuple[str, ...]:
        """Columns of the bounds."""
        return tuple(bound for bound in (self.lower, self.upper) if isinstance(bound, str))


@dataclass(frozen=True, slots=True)
class Truncation:
    """Which responses would have been a row.

    Attributes
    ----------
    column : str
        Data column of the responses.
    lower, upper : Bound
        Smallest and largest, both included.
    """

    column: str
    lower: Bound
    upper: Bound


def read_bounds(node: Node, text: str) -> Censoring | Truncation | None:
    """Take ``censored(...)`` or ``truncated(...)`` apart.

    Parameters
    ----------
    node : Node
        A response.
    text : str
        The whole formula, for messages.

    Returns
    -------
    Censoring, Truncation or None
        None for another response.

    Raises
    ------
    FormulaError
        If its arguments are none that it takes.
    """
    if not isinstance(node, Call) or node.name not in (CENSORED, TRUNCATED):
        return None
    read, fix = {
        CENSORED: (_censoring, _CENSORED_FIX),
        TRUNCATED: (_truncation, _TRUNCATED_FIX),
    }[node.name]
    first = node.arguments[0] if node.arguments else None
    column = first.column if isinstance(first, Leaf) else None
    if column is None or node.keywords:
        raise FormulaError(
            f"{node.name}() takes a column of responses first, and arguments without names.",
            text,
            node.function.start,
            fix,
        )
    found = read(column, [_argument(part, text, fix) for part in node.arguments[1:]])
    if found is None:
        raise FormulaError(
            f"These are no arguments of {node.name}().", text, node.function.start, fix
        )
    lower, upper = found.lower, found.upper
    if isinstance(lower, float) and isinstance(upper, float) and not lower < upper:
        raise FormulaError(
            f"The lower bound {lower:g} is not below the upper bound {upper:g}.",
            text,
            node.arguments[1].first.start,
            "Write the smaller one first.",
        )
    return found


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in quotes."""

    text: str


def _censoring(column: str, rest: list[Bound | _Text]) -> Censoring | None:
    match rest:
        case [_Text(side)] if side in SIDES:
            return Censoring(column, side=side)
        case [_Text(side), str(flag)] if side in SIDES:
            return Censoring(column, side=side, flag=flag)
        case [str(status)]:
            return Censoring(column, status=status)
        case [None, None]:
            return None
        case [float() | str() | None as lower, float() | str() | None as upper]:
            return Censoring(column, lower=lower, upper=upper)
    return None


def _truncation(column: str, rest: list[Bound | _Text]) -> Truncation | None:
    match rest:
        case [float() | str() as lower]:
            return Truncation(column, lower, None)
        case [None, None]:
            return None
        case [float() | str() | None as lower, float() | str() | None as upper]:
            return Truncation(column, lower, upper)
    return None


def _argument(node: Node, text: str, fix: str) -> Bound | _Text:
    """A column, a number, a text or None."""
    inner = node.inner if isinstance(node, Signed) else node
    if isinstance(inner, Leaf):
        if inner.token.kind == "number":
            minus = isinstance(node, Signed) and node.sign.text == "-"
            return (-1.0 if minus else 1.0) * float(inner.token.text)
        if inner is node and inner.token.kind == "string":
            return _Text(inner.token.text[1:-1])
        if inner is node and inner.column is not None:
            return inner.column
        if inner is node and inner.token.text == "None":
            return None
    raise FormulaError(
        "A bound is a column, a number or None.",
        text,
        node.first.start,
        f"Compute it in the data first. {fix}",
    )
