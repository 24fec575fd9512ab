"""Functions of a formula whose answer depends on all rows keep what they learnt from the first.

formulae remembers `center`, `scale`, `bs` and `poly`. `binary` and the codings of factors choose
their levels anew from whatever rows they are given; here they keep those of the model's own rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.labels import label_of

BINARY = ("B", "binary")
"""Functions that are 1 for one value and 0 for the others."""

CODINGS = {"C": "contrast", "S": "omit", "T": "ref", "factor": "contrast"}
"""Functions that turn a column into a factor, and what their second argument is called."""


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
    for call in _calls(expression):
        if call.callee in BINARY:
            call.stateful_transform = _Binary()
        elif call.callee in CODINGS:
            call.stateful_transform = _Coding(call.callee, functions)


def _calls(node: Any) -> Iterator[Any]:
    """Every call within an expression of formulae, those within calls included."""
    if hasattr(node, "callee"):
        yield node
    inner = [*getattr(node, "args", ()), *getattr(node, "kwargs", {}).values()]
    for other in inner:
        yield from _calls(other)


class _Binary:
    """1 where a column has the value of success, by default the first of its sorted values."""

    def __init__(self) -> None:
        self.success: Any = None

    def __call__(self, x: Any, success: Any = None) -> Any:
        if self.success is None:
            known = list(pd.unique(np.asarray(x)))
            self.success = sorted(known)[0] if success is None else _known(success, known)
        return np.where(np.asarray(x) == self.success, 1, 0)


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
        if named:
            raise TypeError(f"{', '.join(named)}= is none of {self.keyword}=, levels=")
        names = list(data.cat.categories) if hasattr(data, "cat") else []
        if names:
            how = _known(how, names) if self.names_level else _in_contrast(how, names)
            levels = _in_order(levels, names)
        self.made = self.code(data, how, levels)
        return self.made


def _in_contrast(contrast: Any, levels: list[str]) -> Any:
    """A contrast that names its level as the levels are named: 2 is "2"."""
    made = contrast() if callable(contrast) else contrast
    if made is not None and not hasattr(made, "code_with_intercept"):
        raise ValueError(f"{made!r} is no coding; there are Treatment and Sum")
    for name in ("reference", "omit"):
        if getattr(made, name, None) is not None:
            setattr(made, name, _known(getattr(made, name), levels))
    return made


def _in_order(chosen: Any, levels: list[str]) -> Any:
    """The order of the levels that ``levels=`` asks for, as the levels are named."""
    if chosen is None:
        return None
    order = [_known(value, levels) for value in chosen]
    if sorted(order) != sorted(levels):
        raise ValueError(f"levels= does not name each of {', '.join(levels)} once")
    return order


def _known(value: Any, levels: list[Any]) -> Any:
    """A value as it stands among the levels, which may be their names."""
    if value is None or value in levels:
        return value
    if label_of(value) in levels:
        return label_of(value)
    raise ValueError(f"{value!r} is none of {', '.join(map(str, levels))}")
