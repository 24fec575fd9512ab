"""Proportions of which some are exactly 0 or 1: a beta distribution between two probabilities.

``P(Y = 0) = p_0``, ``P(Y = 1) = p_1``, and between them, with the probability p that is left,
responses are beta. With m and V the mean and the variance there, the mean is ``p m + p_1`` and the
variance ``p (V + m^2) + p_1`` less the square of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.families.beta import BETA, LEAST, MOST, PHI, quantile
from bayesglmm.families.chances import Chances, LogChance, graph_maths
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family, Graphed
from bayesglmm.families.graph_density import (
    GraphDensity,
    beta_shapes,
    beta_with_ends_density,
)
from bayesglmm.families.link import GraphLocation, Location, NormalLocation
from bayesglmm.families.links import find_link
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import CLOSED_UNIT
from bayesglmm.families.variance import Parameters

ZERO, BETWEEN, ONE = range(3)
"""What a response is, as places of the categories of `Chances`."""

WITHIN = "among responses between 0 and 1"

INNER_PHI = replace(
    PHI,
    meaning=f"precision {WITHIN}; their variance is mean (1 - mean) / (1 + phi)",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=2, sigma=1.5),
        "from 0.4, where responses gather at both ends, to 140, where they hardly vary",
        "ours: about as wide as the Exponential(0.1) of R's ordbetareg, without its pull to 0",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=2, sigma=1.5),
        "from 0.4, where responses gather at both ends, to 140, on the log scale",
        "that of a constant phi",
    ),
    start=lambda spread: 7.0,
)
"""The precision of responses between 0 and 1. Their spread is not that of all responses."""


@dataclass(frozen=True, slots=True, eq=False)
class EndsVariance:
    """``p (V + m^2) + p_1 - (p m + p_1)^2``; see `Variance`.

    Attributes
    ----------
    chances : Chances
        Of 0, of what is between, and of 1.
    """

    chances: Chances

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        some, ones = (_chance(self.chances, k, value, parameters) for k in (BETWEEN, ONE))
        inside = value * (1 - value) / (1 + np.asarray(parameters[PHI.name]))
        mean = some * value + ones
        return np.asarray(some * (inside + np.square(value)) + ones - np.square(mean))

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        return location.mean_of(lambda value: self(value, rows, parameters))


def _chance(chances: Chances, k: int, value: Any, parameters: Parameters) -> Array:
    """Probability of one category, by the mean of what is between, 0 and 1 left out."""
    logit = find_link("logit")
    eta = logit.forward(np.clip(value, LEAST, MOST))
    with np.errstate(divide="ignore"):
        return chances.one(k, Location(logit, eta), parameters)


def beta_with_ends(
    name: str,
    title: str,
    links: tuple[str, ...],
    others: tuple[Param, ...],
    log_chance: LogChance,
    elsewhere: Mapping[str, str],
    aliases: tuple[str, ...],
) -> Family:
    """A family of proportions that may be 0 or 1.

    Parameters
    ----------
    name, title : str
    links : tuple of str
        Of the mean of the responses between 0 and 1, the default first.
    others : tuple of Param
        Those that the probabilities of 0 and 1 are made of.
    log_chance : callable
        (`ZERO`, `BETWEEN` or `ONE`; location, parameters, maths) to its log probability in each
        row, NumPy or PyTensor.
    elsewhere : mapping
    aliases : tuple of str

    Returns
    -------
    Family
        Its parameters are the mean and the precision of what is between, and `others`.
    """
    chances = Chances(3, log_chance)
    mean = replace(BETA.location, links=links, meaning=f"mean {WITHIN}")

    def graph(location: GraphLocation, rows: Rows, parameters: Parameters) -> Graphed:
        first, second = beta_shapes(location, parameters[PHI.name])
        maths = graph_maths()
        names = {"log_zero": ZERO, "log_between": BETWEEN, "log_one": ONE}
        logs = {key: log_chance(k, location, parameters, maths) for key, k in names.items()}
        return _GRAPH, {"alpha": first, "beta": second, **logs}

    def density(location: Location, rows: Rows, parameters: Parameters) -> Array:
        y = np.asarray(rows.y, dtype=float)
        within = replace(rows, y=np.where((y > 0) & (y < 1), y, 0.5))
        with np.errstate(divide="ignore"):
            zero, some, one = np.moveaxis(chances.logs(location, parameters), -1, 0)
        inside = some + BETA.density(location, within, parameters)
        return np.asarray(np.where(y == 0, zero, np.where(y == 1, one, inside)))

    def expected(value: Any, rows: Rows, parameters: Parameters) -> Array:
        some, ones = (_chance(chances, k, value, parameters) for k in (BETWEEN, ONE))
        return np.asarray(some * value + ones)

    def random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
        drawn = BETA.random(rng, value, rows, parameters)
        zeros, ones = (_chance(chances, k, value, parameters) for k in (ZERO, ONE))
        shape = np.broadcast_shapes(drawn.shape, zeros.shape, ones.shape)
        share = rng.uniform(size=shape)
        return np.where(share < zeros, 0.0, np.where(share > 1 - ones, 1.0, drawn))

    def below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        zeros, some = (_chance(chances, k, value, parameters) for k in (ZERO, BETWEEN))
        found = zeros + some * BETA.below(y, value, rows, parameters)
        return np.where(np.asarray(y) >= 1, 1.0, np.where(np.asarray(y) >= 0, found, 0.0))

    def at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        zeros, some = (_chance(chances, k, value, parameters) for k in (ZERO, BETWEEN))
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.nan_to_num((np.asarray(share) - zeros) / some, nan=0.0)
        inner = quantile(np.clip(rest, 0.0, 1.0), value, rows, parameters)
        return np.where(share <= zeros, 0.0, np.where(rest > 1, 1.0, inner))

    return replace(
        BETA,
        name=name,
        title=title,
        support=CLOSED_UNIT,
        parameters=(mean, INNER_PHI, *others),
        graph=graph,
        density=density,
        variance=EndsVariance(chances),
        random=random,
        below=below,
        at_share=at_share,
        expected=expected,
        mean_parameters=tuple(item.name for item in others),
        proportional=False,
        whose_mean=WITHIN,
        behind=BETA,
        elsewhere=elsewhere,
        aliases=aliases,
    )


def _graph_random(
    alpha: Any,
    beta: Any,
    log_zero: Any,
    log_between: Any,
    log_one: Any,
    rng: Any = None,
    size: Any = None,
) -> Array:
    """Draws of responses, NumPy."""
    share = rng.uniform(size=size)
    drawn = rng.beta(alpha, beta, size=size)
    drawn = np.where(share < np.exp(log_zero), 0.0, drawn)
    return np.where(share > 1 - np.exp(log_one), 1.0, drawn)


_GRAPH = GraphDensity("BetaWithEnds", beta_with_ends_density, _graph_random, discrete=False)
