"""Responses that are one of several categories, and what their families have in common.

Such a family is a list of log probabilities, one for each category, written once for NumPy and for
the graph. Responses are the places of their categories, from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families.link import GraphLocation, Location
from bayesglmm.families.rows import Array, Rows, of_rows
from bayesglmm.families.variance import Parameters


@dataclass(frozen=True, slots=True)
class Maths:
    """Functions that NumPy and PyTensor write differently.

    Attributes
    ----------
    softplus : callable
        x to ``log(1 + exp(x))``.
    log1mexp : callable
        x, above 0, to ``log(1 - exp(-x))``.
    log : callable
    larger : callable
        (x, y) to the larger of the two.
    total : callable or None
        Logs of numbers to the log of their sum; by pairs, as `log_total` has it, where None.
    """

    softplus: Callable[[Any], Any]
    log1mexp: Callable[[Any], Any]
    log: Callable[[Any], Any]
    larger: Callable[[Any, Any], Any]
    total: Callable[[Sequence[Any]], Any] | None = None


def _log1mexp(x: Any) -> Array:
    """Mächler (2012), Accurately computing log(1 - exp(-|a|)), Rmpfr, eq. 7."""
    with np.errstate(divide="ignore"):
        far, near = np.log1p(-np.exp(-np.abs(x))), np.log(-np.expm1(-x))
        return np.asarray(np.where(x > np.log(2), far, near))


NUMPY = Maths(lambda x: np.logaddexp(0.0, x), _log1mexp, np.log, np.maximum)


def _quick_softplus(x: Any) -> Array:
    return np.asarray(np.maximum(x, 0.0) + np.log(1.0 + np.exp(-np.abs(x))))


def _quick_log1mexp(x: Any) -> Array:
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(-np.expm1(-x)))


def _quick_total(logs: Sequence[Any]) -> Array:
    largest = logs[0]
    for one in logs[1:]:
        largest = np.maximum(largest, one)
    return np.asarray(largest + np.log(sum(np.exp(one - largest) for one in logs)))


QUICK = Maths(_quick_softplus, _quick_log1mexp, np.log, np.maximum, _quick_total)
"""Several times as quick. Logs are off by some 1e-16, so that probabilities have all their digits,
but the log of one that is nearly 1 has not."""


def graph_maths() -> Maths:
    """The functions as PyTensor expressions."""
    import pytensor.tensor as pt

    return Maths(pt.softplus, lambda x: pt.log1mexp(-x), pt.log, pt.maximum)


def log_total(logs: Sequence[Any], maths: Maths) -> Any:
    """Log of the sum of numbers whose logs are given, one kept of any two."""
    if maths.total is not None:
        return maths.total(logs)
    total = logs[0]
    for one in logs[1:]:
        larger = maths.larger(total, one)
        total = larger + maths.softplus(total + one - 2 * larger)  # less the smaller of the two
    return total


type LogChance = Callable[[int, Any, Parameters, Maths], Any]
"""(place of a category, location, parameters, maths) to its log probability in each row."""


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """The distribution of a response of K categories.

    Attributes
    ----------
    count : int
        K.
    log_chance : callable
        Location is a `Location`, or a `GraphLocation` with the maths of the graph.
    odds : callable or None
        (location, parameters) to numbers that the probabilities are proportional to, where these
        are quicker than their logs.
    """

    count: int
    log_chance: LogChance
    odds: Callable[[Location, Parameters], Sequence[Any]] | None = None

    def graph(
        self, location: GraphLocation, rows: Rows, parameters: Parameters
    ) -> tuple[str, dict[str, Any]]:
        """The response as a PyMC distribution; see `Family.graph`."""
        import pytensor.tensor as pt

        maths = graph_maths()
        logs = [self.log_chance(k, location, parameters, maths) for k in range(self.count)]
        return "Categorical", {"logit_p": pt.stack(logs, axis=-1)}

    def density(self, location: Location, rows: Rows, parameters: Parameters) -> Array:
        """Log probability of each row's category; see `Family.density`."""
        y = np.broadcast_to(rows.y, np.shape(location.eta)[-1:])
        found = np.full(np.shape(location.eta), -np.inf)
        for k in range(self.count):
            some = y == k
            if some.any():
                own = {name: of_rows(values, some) for name, values in parameters.items()}
                place = Location(location.link, location.eta[..., some])
                found[..., some] = self.log_chance(k, place, own, NUMPY)
        return found

    def logs(self, location: Location, parameters: Parameters, maths: Maths = NUMPY) -> Array:
        """Log probability of each category in each row, the categories last."""
        logs = [self.log_chance(k, location, parameters, maths) for k in range(self.count)]
        return np.stack(np.broadcast_arrays(*logs), axis=-1)

    def each(self, location: Location, parameters: Parameters) -> Array:
        """Probability of each category in each row, the categories last."""
        return np.exp(self.logs(location, parameters, QUICK))

    def one(self, k: int, location: Location, parameters: Parameters) -> Array:
        """Probability of one category in each row."""
        if self.odds is not None:
            with np.errstate(over="ignore"):
                odds = self.odds(location, parameters)
                total = np.asarray(sum(odds))
            if np.isfinite(total).all():
                return np.asarray(odds[k] / total)
        return np.asarray(np.exp(self.log_chance(k, location, parameters, QUICK)))

    def below(self, y: Any, location: Location, rows: Rows, parameters: Parameters) -> Array:
        """Probability of a category of at most place `y`; see `Family.below`."""
        whole = np.floor(y)
        total: Any = np.zeros(np.broadcast_shapes(np.shape(y), np.shape(location.eta)))
        for k in range(self.count - 1):
            total = total + np.where(whole >= k, self.one(k, location, parameters), 0.0)
        return np.where(whole >= self.count - 1, 1.0, np.minimum(total, 1.0))

    def random(
        self, rng: np.random.Generator, location: Location, rows: Rows, parameters: Parameters
    ) -> Array:
        """New categories, by their places; see `Family.random`."""
        share = rng.uniform(size=np.shape(location.eta))
        total, drawn = np.zeros(share.shape), np.zeros(share.shape)
        for k in range(self.count - 1):
            total = total + self.one(k, location, parameters)
            drawn += share > total
        return drawn
