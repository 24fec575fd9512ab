"""Are values uniform? Their empirical distribution at many points at once, with exact chances.

Säilynoja, Bürkner & Vehtari (2022), Statistics and Computing 32(32), sections 2.2 and 2.3. Of n
independent uniform values the number below a point z is binomial, and given the number below one
point that below the next depends on nothing else; so the chance that all numbers stay between
bounds is a product of transitions, worked out here without simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import gammaln, xlogy
from scipy.stats import binom

from bayesglmm.families.links import Array

LEAST = 1e-12
"""Smallest chance that is told apart from 0: it is one less a sum of probabilities."""
HALVINGS = 40
"""Of the interval in which the level of a band is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Shares below some points that uniform values have, all at once.

    Attributes
    ----------
    points : array of shape (K,)
    lower, upper : array of shape (K,)
        Share of the values below each point.
    mass : float
        Probability that n uniform values stay inside at all points, or a little more.
    """

    points: Array
    lower: Array
    upper: Array
    mass: float

    def holds(self, shares: Array) -> bool:
        """Whether shares below the points, shape (K,), stay inside at all of them."""
        slack = 1e-9  # shares are counts over n, and so are the bounds
        return bool(np.all((shares >= self.lower - slack) & (shares <= self.upper + slack)))


def uniform_chance(below: Array, n: int, points: Array) -> float:
    """The probability that n uniform values stray at least as far at some point.

    Parameters
    ----------
    below : array of int, shape (K,)
        Number of the values below each point.
    n : int
    points : array of shape (K,)
        Ascending, between 0 and 1.

    Returns
    -------
    float
        At least `LEAST`. How far values stray is the smallest over the points of the two-sided
        probability of the number below.
    """
    level = tails(below, n, points).min()
    lower, upper = _bounds(level * (1 + 1e-9), n, points)  # a tie is as far
    return float(np.clip(1.0 - chance_inside(lower, upper, n, points), LEAST, 1.0))


def uniform_band(n: int, points: Array, mass: float = 0.95) -> Band:
    """The narrowest band of equal pointwise levels that uniform values stay inside.

    Parameters
    ----------
    n : int
    points : array of shape (K,)
        Ascending, between 0 and 1.
    mass : float
        Probability of staying inside at all points.

    Returns
    -------
    Band
    """
    least, most = 0.0, 1.0 - mass
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        enough = chance_inside(*_bounds(middle, n, points), n, points) >= mass
        least, most = (middle, most) if enough else (least, middle)
    lower, upper = _bounds(least, n, points)
    return Band(points, lower / n, upper / n, mass)


def tails(below: Any, n: int, points: Array) -> Array:
    """Two-sided probability of each number below a point, by itself, shape (K,)."""
    return np.asarray(2 * np.minimum(binom.cdf(below, n, points), binom.sf(below - 1, n, points)))


def _bounds(level: float, n: int, points: Array) -> tuple[Array, Array]:
    """Smallest and largest number below each point whose two-sided probability is `level`.

    1 and 0 where there is none.
    """
    counts = np.arange(n + 1)[:, None]
    inside = tails(counts, n, points) >= level
    some = inside.any(axis=0)
    lower, upper = inside.argmax(axis=0), n - inside[::-1].argmax(axis=0)
    return np.where(some, lower, 1), np.where(some, upper, 0)


def chance_inside(lower: Array, upper: Array, n: int, points: Array) -> float:
    """Probability that the numbers of n uniform values below some points lie between bounds.

    Parameters
    ----------
    lower, upper : array of int, shape (K,)
    n : int
    points : array of shape (K,)
        Ascending, between 0 and 1.

    Returns
    -------
    float
    """
    logs = gammaln(np.arange(n + 1) + 1.0)
    known, chances, before = np.array([0]), np.array([1.0]), 0.0
    for low, high, point in zip(lower, upper, points, strict=True):
        share, before = (point - before) / (1.0 - before), point
        reached = np.arange(low, high + 1)
        more, left = reached - known[:, None], n - known[:, None]
        possible = more >= 0
        more = np.where(possible, more, 0)
        steps = logs[left] - logs[more] - logs[left - more]
        steps = steps + xlogy(more, share) + xlogy(left - more, 1.0 - share)
        chances = chances @ np.where(possible, np.exp(steps), 0.0)
        known = reached
    return float(chances.sum())
