"""The random numbers of an integral over group effects: made once, kept while parameters change.

Every draw stands beside its mirror image, and the draws of a batch are stratified in each effect
(McKay, Beckman & Conover 1979, Technometrics 21(2): Latin hypercubes); see `importance`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.likelihood.problem import Problem

BUDGET, FEWEST, MOST = 3_000_000, 500, 4_000
"""Effects read for all draws together; the fewest draws worth having, and the most there are."""
MATRIX = 16
"""Numbers of a product of matrices that cost as much as one effect read."""
WIDER = 0.4
"""Widening of the Gaussian, over the root of the number of effects of its component."""
BATCHES = 20
"""Independent stretches of draws, whose means give the errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """Standard normal numbers that stay the same while parameters change.

    Attributes
    ----------
    first, draws : array of shape (effects, S)
        For the mean of the integrand, and for the integral; the second half of the columns is the
        first half with the sign turned.
    wider : array of shape (effects,)
        Factor of the standard deviation of each effect.
    component : array of int, shape (effects,)
        The component of each effect.
    cells : array of int, shape (m,)
        The component of each cell.
    """

    first: Array
    draws: Array
    wider: Array
    component: NDArray[np.int64]
    cells: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Number of draws, S."""
        return int(self.draws.shape[1])


def affordable(problem: Problem) -> int:
    """How many draws are made; 0 where so few can be afforded that they would say nothing."""
    largest = problem.factors[0]
    own = largest.levels * largest.q
    numbers = problem.columns.size + own * (problem.effects - own) // MATRIX
    draws = min(MOST, BUDGET // numbers)
    return draws // (2 * BATCHES) * 2 * BATCHES if draws >= FEWEST else 0


def make_noise(problem: Problem, draws: int, seed: int) -> Noise:
    """Numbers for an integral.

    Parameters
    ----------
    problem : Problem
    draws : int
        Divisible by twice `BATCHES`.
    seed : int

    Returns
    -------
    Noise
    """
    rng = np.random.default_rng(seed)
    first, second = (_stratified(rng, problem.effects, draws) for _ in range(2))
    component = _components(problem)
    dimension = np.bincount(component)
    wider = 1 + WIDER / np.sqrt(dimension[component])
    return Noise(first, second, wider, component, component[problem.columns[:, 0]])


def _stratified(rng: np.random.Generator, effects: int, draws: int) -> Array:
    """Normal numbers, a Latin hypercube a batch, the second half the mirror image of the first."""
    from scipy.special import ndtri

    strata = draws // (2 * BATCHES)
    order = rng.permuted(np.tile(np.arange(strata), (effects * BATCHES, 1)), axis=1)
    half = ndtri((order + rng.random(order.shape)) / strata).reshape(effects, -1)
    return np.concatenate([half, -half], axis=1)


def _components(problem: Problem) -> NDArray[np.int64]:
    """Effects that are connected through rows, numbered."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    first, rest = problem.columns[:, :1], problem.columns[:, 1:]
    edges = np.broadcast_to(first, rest.shape).ravel(), rest.ravel()
    size = problem.effects
    graph = csr_array((np.ones(rest.size), edges), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def batches(draws: int) -> list[NDArray[np.int64]]:
    """Places of draws, each beside its mirror image, in `BATCHES` stretches."""
    half = draws // 2
    return [np.concatenate([some, some + half]) for some in np.split(np.arange(half), BATCHES)]
