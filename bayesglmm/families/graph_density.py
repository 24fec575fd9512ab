"""Pieces of likelihoods as PyTensor expressions, and distributions that PyMC has not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bayesglmm.families.link import GraphLocation


@dataclass(frozen=True, slots=True, eq=False)
class GraphDensity:
    """A distribution that PyMC has not; `bayesglmm.graph.distributions` makes one of it.

    Attributes
    ----------
    name : str
        What the graph calls it.
    log_density : callable
        (y, *arguments) to the log density, PyTensor expressions.
    random : callable
        (*arguments, rng=, size=) to draws, NumPy.
    discrete : bool
    """

    name: str
    log_density: Callable[..., Any]
    random: Callable[..., Any]
    discrete: bool


@dataclass(frozen=True, slots=True, eq=False)
class DerivedDensity:
    """A distribution whose log density is a function of another's.

    Attributes
    ----------
    name : str
        What stands before the name of the other.
    base : str, GraphDensity or DerivedDensity
        The other.
    log_density : callable
        (y, chance, log density of the other) to the log density, PyTensor expressions.
    draw : callable
        (generator, chance, what draws from the other) to draws, NumPy.
    chance : str
        The argument that the other has not; empty where there is none, and None is passed.
    """

    name: str
    base: str | GraphDensity | DerivedDensity
    log_density: Callable[[Any, Any, Callable[[Any], Any]], Any]
    draw: Callable[[Any, Any, Callable[[], Any]], Any]
    chance: str = ""


def beta_shapes(location: GraphLocation, phi: Any) -> tuple[Any, Any]:
    """The two shapes of a beta distribution of a mean and a precision, exact at either end."""
    import pytensor.tensor as pt

    log_odds = location.log_odds
    return phi * pt.sigmoid(log_odds), phi * pt.sigmoid(-log_odds)


def beta_with_ends_density(
    y: Any, alpha: Any, beta: Any, log_zero: Any, log_between: Any, log_one: Any
) -> Any:
    """Log density of proportions that may be 0 or 1, see `families.beta_ends`."""
    import pytensor.tensor as pt

    within = pt.switch(pt.gt(y, 0) & pt.lt(y, 1), y, 0.5)
    inside = (alpha - 1.0) * pt.log(within) + (beta - 1.0) * pt.log1p(-within)
    inside += log_between + pt.gammaln(alpha + beta) - pt.gammaln(alpha) - pt.gammaln(beta)
    return pt.switch(pt.eq(y, 0), log_zero, pt.switch(pt.eq(y, 1), log_one, inside))


def weibull_scale(mean: Any, shape: Any) -> Any:
    """The scale of a Weibull distribution of a mean and a shape."""
    import pytensor.tensor as pt

    return mean * pt.exp(-pt.gammaln(1 + 1 / shape))


def generalized_poisson(y: Any, mean: Any, alpha: Any) -> Any:
    """Log probability of generalized Poisson counts, see `families.generalized_poisson`."""
    import pytensor.tensor as pt

    root = pt.sqrt(1 + alpha)
    own, share = mean / root, alpha / (root * (1 + root))
    total = own + share * y
    some = pt.log(own) + (y - 1) * pt.log(total) - total - pt.gammaln(y + 1.0)
    return pt.switch(pt.gt(y, 0), some, pt.switch(pt.ge(y, 0), -own, -float("inf")))
