"""Zeros added to, or taken from, a distribution of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesglmm.families.family import Graphed
from bayesglmm.families.graph_density import DerivedDensity
from bayesglmm.families.link import GraphLocation
from bayesglmm.families.rows import Rows
from bayesglmm.families.variance import Parameters

type Graph = Callable[[GraphLocation, Rows, Parameters], Graphed]

ROUNDS = 1000
"""Times that a draw of 0 is drawn again; what is 0 still has a mean so small that it is 1."""


def inflated_graph(base: Graph) -> Graph:
    """The graph of a family with structural zeros; see `zero_inflated`."""

    def density(y: Any, zi: Any, inner: Callable[[Any], Any]) -> Any:
        import pytensor.tensor as pt

        rest = pt.log1p(-zi)
        at_zero = pt.logaddexp(pt.log(zi), rest + inner(pt.zeros_like(y)))
        return pt.switch(pt.eq(y, 0), at_zero, rest + inner(y))

    return _derived(base, "ZeroInflated", density, _some_zeros, "zi")


def truncated_graph(base: Graph) -> Graph:
    """The graph of a family of whole numbers without its zeros; see `zero_truncated`."""

    def density(y: Any, zero: Any, inner: Callable[[Any], Any]) -> Any:
        import pytensor.tensor as pt

        at_zero = inner(pt.zeros_like(y))
        found = inner(pt.maximum(y, 1)) - pt.log(-pt.expm1(at_zero))
        return pt.switch(pt.gt(y, 0), found, -float("inf"))

    return _derived(base, "ZeroTruncated", density, _no_zeros)


def hurdle_graph(base: Graph) -> Graph:
    """The graph of a family with zeros of their own; see `hurdle`."""

    def density(y: Any, hu: Any, inner: Callable[[Any], Any]) -> Any:
        import pytensor.tensor as pt

        above = pt.log1p(-hu) + inner(pt.switch(pt.gt(y, 0), y, 1))
        return pt.switch(pt.eq(y, 0), pt.log(hu), above)

    return _derived(base, "Hurdle", density, _some_zeros, "hu")


def _derived(base: Graph, name: str, density: Any, draw: Any, chance: str = "") -> Graph:
    """The graph of a family whose log density is a function of another's."""

    def graph(location: GraphLocation, rows: Rows, parameters: Parameters) -> Graphed:
        found, arguments = base(location, rows, parameters)
        own = {chance: parameters[chance]} if chance else {}
        return DerivedDensity(name, found, density, draw, chance), {**own, **arguments}

    return graph


def _some_zeros(rng: np.random.Generator, chance: Any, inner: Callable[[], Any]) -> Any:
    drawn = inner()
    return np.where(rng.uniform(size=drawn.shape) < chance, 0, drawn)


def _no_zeros(rng: np.random.Generator, chance: Any, inner: Callable[[], Any]) -> Any:
    drawn = inner()
    for _ in range(ROUNDS):
        if not (drawn == 0).any():
            break
        drawn = np.where(drawn == 0, inner(), drawn)
    return np.maximum(drawn, 1)
