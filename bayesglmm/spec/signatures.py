"""What each function of a formula is called on: how many arguments, their names, their kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bayesglmm.spec.expression import Call, Leaf, Node, Several, Signed
from bayesglmm.spec.functions import CODINGS, NUMPY_FUNCTIONS


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of argument.

    Attributes
    ----------
    words : str
        Such as ``"a whole number above 0"``.
    allows : callable
        (function call, argument) to whether it is one.
    optional: bool
        Whether ``None`` stands for it too.
    """

    words: str
    allows: Callable[[Call, Node], bool]
    optional: bool = True


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments of a function after what it is called on.

    Attributes
    ----------
    usage : str
        What to write.
    arguments : mapping of str to Kind
        In order.
    """

    usage: str
    arguments: dict[str, Kind]


def is_value(node: Node, *kinds: str) -> bool:
    """Whether an argument is a value rather than a column: of the kinds number, string or name."""
    bare = node.inner if isinstance(node, Signed) else node
    return isinstance(bare, Leaf) and bare.column is None and bare.token.kind in kinds


def _is_whole(node: Node, least: int) -> bool:
    return isinstance(node, Leaf) and node.token.text.isdigit() and int(node.token.text) >= least


def _is_list(node: Node, *kinds: str) -> bool:
    return isinstance(node, Several) and all(is_value(item, *kinds) for item in node.items)


def _is_level(node: Node) -> bool:
    return is_value(node, "number", "string", "name")


def _is_coding(call: Call, node: Node) -> bool:
    return call.is_coding(node) or (isinstance(node, Call) and node.name in CODINGS)


def is_none(node: Node) -> bool:
    """Whether an argument is ``None``, which is as good as none."""
    return isinstance(node, Leaf) and node.token.kind == "name" and node.token.text == "None"


def _is_flag(node: Node) -> bool:
    return isinstance(node, Leaf) and node.token.text in ("True", "False")


_COUNT = Kind("a whole number above 0", lambda _, node: _is_whole(node, 1))
_DEGREE = replace(_COUNT, optional=False)
_FLAG = Kind("True or False", lambda _, node: _is_flag(node), optional=False)
_NUMBER = Kind("a number", lambda _, node: is_value(node, "number"))
_KNOTS = Kind("a list of numbers, such as [1, 2.5]", lambda _, node: _is_list(node, "number"))
_LEVEL = Kind("a number, a text in quotes, True or False", lambda _, node: _is_level(node))
_LEVELS = Kind(
    "a list of all levels, such as ['low', 'high']",
    lambda _, node: _is_list(node, "number", "string", "name"),
)
_CODING = Kind("Treatment or Sum", _is_coding)

_FACTOR = Signature("C(f), or C(f, Sum)", {"contrast": _CODING, "levels": _LEVELS})
_BINARY = Signature("binary(x), or binary(x, 'yes')", {"success": _LEVEL})
_CENTER = Signature("center(x)", {})
_SCALE = Signature(
    "scale(x) to centre x and divide by its standard deviation, center(x) to centre it, or I(x/2) "
    "to divide it by a number",
    {},
)
_LOG = Signature("log(x); for another base I(log(x)/log(2)), log2(x) or log10(x)", {})

SIGNATURES: dict[str, Signature] = {
    **{name: Signature(f"{name}(x)", {}) for name in NUMPY_FUNCTIONS},
    "log": _LOG,
    "I": Signature("I(x + z) for arithmetic, or x + z for two terms", {}),
    "center": _CENTER,
    "scale": _SCALE,
    "standardize": _SCALE,
    "B": _BINARY,
    "binary": _BINARY,
    "C": _FACTOR,
    "factor": _FACTOR,
    "S": Signature("S(f), or S(f, 'a')", {"omit": _LEVEL, "levels": _LEVELS}),
    "T": Signature("T(f), or T(f, 'a')", {"ref": _LEVEL, "levels": _LEVELS}),
    "poly": Signature("poly(x, 2)", {"degree": _DEGREE, "raw": _FLAG}),
    "bs": Signature(
        "bs(x, df=5), or bs(x, knots=[1, 2.5])",
        {
            "df": _COUNT,
            "knots": _KNOTS,
            "degree": _DEGREE,
            "intercept": _FLAG,
            "lower_bound": _NUMBER,
            "upper_bound": _NUMBER,
        },
    ),
    "Treatment": Signature("Treatment, or Treatment('a')", {"reference": _LEVEL}),
    "Sum": Signature("Sum, or Sum('a')", {"omit": _LEVEL}),
}
"""Functions whose arguments are told apart here; those of a response and ``offset()`` are not."""
