"""Whether a function of a formula is called on what it takes; see `bayesglmm.spec.signatures`."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.errors import FormulaError, nearest
from bayesglmm.spec.expression import Call, Leaf, Node, Several, columns_of
from bayesglmm.spec.functions import CODINGS, NUMPY_FUNCTIONS
from bayesglmm.spec.signatures import SIGNATURES, Signature, is_none, is_value


def check_signature(call: Call, text: str) -> None:
    """Refuse arguments that a function does not take.

    Parameters
    ----------
    call : Call
    text : str
        The whole formula, for messages.

    Raises
    ------
    FormulaError
        With the caret at the first argument that is one too many, unknown, given twice or of
        another kind.
    """
    signature = SIGNATURES.get(call.name)
    if signature is None:
        return
    first = () if call.name in CODINGS else call.arguments[:1]
    _check_number(call, signature, len(first), text)
    given: dict[str, Node] = {}
    for name, node, place in _named(call, signature, len(first), text):
        _check_name(call, signature, name, given, (text, place))
        kind = signature.arguments[name]
        if not (kind.allows(call, node) or (kind.optional and is_none(node))):
            raise FormulaError(
                f"{name}= of {call.name}() must be {kind.words}.",
                text,
                node.first.start,
                _meant(name, node) or f"Write {signature.usage}.",
            )
        given[name] = node
    for node in first:
        constant = call.name in NUMPY_FUNCTIONS and is_value(node, "number")
        if not columns_of(node) and not constant:
            raise _names_no_column(call, node, text)
    if call.name == "bs":
        _check_spline(call, given, text)


def check_varies(call: Call, text: str) -> None:
    """Refuse a term that names no column, such as ``log(2)``.

    Parameters
    ----------
    call : Call
    text : str

    Raises
    ------
    FormulaError
    """
    if call.name in SIGNATURES and not columns_of(call):
        raise _names_no_column(call, call.arguments[0], text)


def _names_no_column(call: Call, node: Node, text: str) -> FormulaError:
    return FormulaError(
        f"{call.name}() is called on no column.",
        text,
        node.first.start,
        f"Write {SIGNATURES[call.name].usage}, where the letter is a column.",
    )


def _named(
    call: Call, signature: Signature, first: int, text: str
) -> Iterator[tuple[str, Node, int]]:
    """Arguments after the first, each with its name and where it stands."""
    for name, node in zip(signature.arguments, call.arguments[first:], strict=False):
        yield name, node, node.first.start
    for name, node in call.keywords:
        yield name, node, text.rindex(name, 0, node.first.start)


def _check_number(call: Call, signature: Signature, first: int, text: str) -> None:
    most = first + len(signature.arguments)
    if len(call.arguments) > most:
        takes = f"{most} argument{'s' * (most != 1)}"
        raise FormulaError(
            f"{call.name}() takes {takes}, and this is one more.",
            text,
            call.arguments[most].first.start,
            f"Write {signature.usage}.",
        )


def _check_name(
    call: Call, signature: Signature, name: str, given: dict[str, Node], where: tuple[str, int]
) -> None:
    if name in given:
        raise FormulaError(f"{name}= of {call.name}() is given twice.", *where, "Leave one out.")
    if name not in signature.arguments:
        known = [f"{other}=" for other in signature.arguments]
        near = f" {nearest(f'{name}=', known)}" if known else ""
        raise FormulaError(
            f"{call.name}() has no argument {name}=.{near}", *where, f"Write {signature.usage}."
        )


def _meant(name: str, node: Node) -> str:
    """What to write where it can be told from what was written."""
    word = node.first.text
    column = isinstance(node, Leaf) and node.column is not None
    if name in ("ref", "omit", "reference", "success") and column:
        return f"Write {name}='{word}' for the level {word}."
    if name == "contrast" and isinstance(node, Leaf) and not column:
        return f"Write C(f, Treatment({word})) to compare with the level {word}."
    if name == "knots" and is_value(node, "number"):
        return f"Write knots=[{word}] for one knot, or df=5 for the number of columns."
    return ""


def _check_spline(call: Call, given: dict[str, Node], text: str) -> None:
    """A spline needs its size, by ``df=``, ``knots=`` or both in agreement."""
    known = {name: node for name, node in given.items() if not is_none(node)}
    if not {"df", "knots"} & set(known):
        raise FormulaError(
            "bs() needs df=, the number of its columns, or knots=.",
            text,
            call.first.start,
            f"Write {SIGNATURES['bs'].usage}.",
        )
    if "df" not in known:
        return
    degree = int(known["degree"].first.text) if "degree" in known else 3
    intercept = "intercept" in known and known["intercept"].first.text == "True"
    least, df = degree + intercept, int(known["df"].first.text)
    where = known["df"].first.start
    if df < least:
        raise FormulaError(
            f"A spline of degree {degree} has at least {least} columns"
            f"{' with its intercept' if intercept else ''}.",
            text,
            where,
            f"Write df={least} or more, or degree={df}." if df else f"Write df={least} or more.",
        )
    knots = known.get("knots")
    if isinstance(knots, Several) and len(knots.items) != df - least:
        raise FormulaError(
            f"df={df} makes {df - least} inner knots, but knots= has {len(knots.items)}.",
            text,
            where,
            "Leave df= out.",
        )
