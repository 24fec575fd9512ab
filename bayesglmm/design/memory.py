"""Functions of a formula whose answer depends on all rows keep what they learnt from the first.

formulae remembers `center`, `scale`, `bs` and `poly`. `binary` and the codings of factors choose
their levels anew from whatever rows they are given; here they keep those of the model's own rows.
`bs` and `poly` say in our words what the column cannot bear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.labels import label_of
from bayesglmm.errors import nearest

SHOWN = 6
"""Levels that a message names."""

BINARY = ("B", "binary")
"""Functions that are 1 for one value and 0 for the others."""

CODINGS = {"C": "contrast", "S": "omit", "T": "ref", "factor": "contrast"}
"""Functions that turn a column into a factor, and what their second argument is called."""


class UnfitError(ValueError):
    """A column that a function cannot be called on as it is written.

    Parameters
    ----------
    message : str
    fix : str
        What to write instead.
    """

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def remember(description: Any, functions: Mapping[str, Any]) -> None:
    """Give a memory to the functions of a formula that formulae leaves without.

    Parameters
    ----------
    description : object
        formulae's description of a model, not evaluated yet.
    functions : mapping
        Name to formulae's own function.
    """
    for term in description.common_terms:
        for component in getattr(term, "components", ()):
            remember_calls(getattr(component, "call", None), functions)


def remember_calls(expression: Any, functions: Mapping[str, Any]) -> None:
    """Give a memory to the functions of one expression of formulae; see `remember`."""
    for call in calls_in(expression):
        if call.callee in BINARY:
            call.stateful_transform = _Binary()
        elif call.callee in CODINGS:
            call.stateful_transform = _Coding(call.callee, functions)
        elif call.callee == "bs":
            call.stateful_transform = Spline(functions["bs"]())
        elif call.callee == "poly":
            call.stateful_transform = _Polynomial(functions["poly"]())


def calls_in(node: Any) -> Iterator[Any]:
    """Every call within an expression of formulae, those within calls included."""
    if hasattr(node, "callee"):
        yield node
    inner = [*getattr(node, "args", ()), *getattr(node, "kwargs", {}).values()]
    for other in inner:
        yield from calls_in(other)


class _Binary:
    """1 where a column has the value of success, by default the first of its sorted values."""

    def __init__(self) -> None:
        self.success: Any = None

    def __call__(self, x: Any, success: Any = None) -> Any:
        if self.success is None:
            known = list(pd.unique(np.asarray(x)))
            self.success = sorted(known)[0] if success is None else _known(success, known)
        return np.where(np.asarray(x) == self.success, 1, 0)


class Spline:
    """A B-spline that knows where its outermost knots are.

    Attributes
    ----------
    lower, upper : float
        Beyond them its polynomials are extrapolated.
    """

    def __init__(self, made: Any) -> None:
        self.made = made
        self.lower = self.upper = np.nan

    def __call__(self, x: Any, *arguments: Any, **named: Any) -> Any:
        """Its columns."""
        if not self.made.params_set:
            given = signature(self.made).bind(x, *arguments, **named).arguments
            self._learn(np.asarray(x, dtype=float), given)
        return self.made(x, *arguments, **named)

    def _learn(self, x: Any, given: Mapping[str, Any]) -> None:
        lower, upper = given.get("lower_bound"), given.get("upper_bound")
        self.lower = float(x.min()) if lower is None else lower
        self.upper = float(x.max()) if upper is None else upper
        reach = f"{self.lower:g} to {self.upper:g}"
        if not self.lower < self.upper:
            raise UnfitError(
                f"bs() needs a range of values, but its outermost knots are {reach}.",
                "Leave lower_bound= and upper_bound= out, or put the lower one below.",
            )
        outside = [
            knot for knot in given.get("knots") or () if not self.lower <= knot <= self.upper
        ]
        if outside:
            raise UnfitError(
                f"The knot {outside[0]:g} of bs() lies outside its outermost knots, {reach}.",
                "Choose inner knots between the smallest and the largest value.",
            )


class _Polynomial:
    """Powers of a column, which has more distinct values than they are many."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.known = False

    def __call__(self, x: Any, degree: Any = 1, raw: Any = False) -> Any:
        distinct = len(np.unique(np.asarray(x)))
        if not self.known and degree >= distinct:
            raise UnfitError(
                f"poly() of degree {degree} needs more than {degree} distinct values, but the "
                f"column has {distinct}.",
                f"Write poly(x, {distinct - 1}) or less."
                if distinct > 2
                else "Write x for a column of two values.",
            )
        self.known = True
        return self.made(x, degree, raw)


class _Coding:
    """A factor with the levels of the rows that it met first."""

    def __init__(self, name: str, functions: Mapping[str, Any]) -> None:
        self.code = functions["C" if name == "factor" else name]
        self.keyword = CODINGS[name]
        self.names_level = name in ("S", "T")
        self.made: Any = None

    def __call__(self, data: Any, how: Any = None, levels: Any = None, **named: Any) -> Any:
        if self.made is not None:
            again = copy(self.made)
            again.data = np.asarray(getattr(data, "data", data))
            return again
        how = named.pop(self.keyword, how)
        names = list(data.cat.categories) if hasattr(data, "cat") else sorted(set(np.asarray(data)))
        how = _known(how, names) if self.names_level else _in_contrast(how, names)
        levels = _in_order(levels, names)
        self.made = self.code(data, how, levels)
        return self.made


def _in_contrast(contrast: Any, levels: list[Any]) -> Any:
    """A contrast that names its level as the levels are named: 2 is "2"."""
    made = contrast() if callable(contrast) else contrast
    for name in ("reference", "omit"):
        if getattr(made, name, None) is not None:
            setattr(made, name, _known(getattr(made, name), levels))
    return made


def _in_order(chosen: Any, levels: list[Any]) -> Any:
    """The order of the levels that ``levels=`` asks for, as the levels are named."""
    if chosen is None:
        return None
    order = [_known(value, levels) for value in chosen]
    if sorted(order) != sorted(levels):
        raise UnfitError(
            f"levels= does not name each of {_several([str(level) for level in levels])} once.",
            "Name all of them.",
        )
    return order


def _known(value: Any, levels: list[Any]) -> Any:
    """A value as it stands among the levels, which may be their names."""
    if value is None or value in levels:
        return value
    if label_of(value) in levels:
        return label_of(value)
    names = [str(level) for level in levels]
    close = nearest(str(value), names)
    raise UnfitError(
        f"{value!r} is none of the levels {_several(names)}.",
        close if close.startswith("Did you") else "Write one of them.",
    )


def _several(levels: list[str]) -> str:
    more = ", ..." if len(levels) > SHOWN else ""
    return ", ".join(levels[:SHOWN]) + more
