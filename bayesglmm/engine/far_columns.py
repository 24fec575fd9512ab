"""Theta of slopes on columns far from 0: triangles in place of sds and a correlation.

See `kernel.triangle`. Any other coordinate of theta is as the user's columns have it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.kernel.triangle import from_sides, to_sides
from bayesglmm.families.links import Array

FAR = 2.0
"""Sds of a column between its mean and 0 beyond which it is far."""


def means_of_far_columns(coordinates: Coordinates) -> Array:
    """Means of the columns that get a triangle; else 0.

    It is the farthest column of a correlated block that begins with an intercept, if it is far.

    Parameters
    ----------
    coordinates : Coordinates

    Returns
    -------
    array of shape (E,)
    """
    found, farthest = np.zeros(len(coordinates.effects)), dict[int, tuple[float, int]]()
    for number, factor in enumerate(coordinates.factors):
        first = coordinates.first_effect(number)
        for effect in coordinates.own_effects(number):
            if effect.place > effect.block and np.all(factor.Z[effect.block] == 1):
                mean, sd = factor.Z[effect.place].mean(), factor.Z[effect.place].std()
                distance = float(abs(mean) / sd) if sd > 0 else 0.0
                best, _ = farthest.get(first + effect.block, (FAR, 0))
                if distance > best:
                    farthest[first + effect.block] = distance, first + effect.place
                found[first + effect.place] = mean
    chosen = [place for _, place in farthest.values()]
    return np.where(np.isin(np.arange(len(found)), chosen), found, 0.0)


def _triangles(coordinates: Coordinates, means: Array) -> Iterator[tuple[int, int, int, int]]:
    """Places in theta of intercept, slope and their correlation; of the slope's last."""
    for effect in np.flatnonzero(means):
        own = coordinates.effects[effect]
        before = own.place - own.block
        yield int(effect) - before, int(effect), own.correlations, own.correlations + before


def users(coordinates: Coordinates, means: Array, theta: Array) -> tuple[Array, float]:
    """Theta of the user's columns, and the log determinant of the step to it.

    Parameters
    ----------
    coordinates : Coordinates
    means : array of shape (E,)
        From `means_of_far_columns`.
    theta : array of shape (T,)

    Returns
    -------
    theta : array of shape (T,)
    log_determinant : float
    """
    found, log_determinant = theta.copy(), 0.0
    for first, effect, place, last in _triangles(coordinates, means):
        rest = math.sqrt(1.0 + float(np.sum(np.square(theta[place + 1 : last]))))
        log_s0, log_b, cotangent, part = to_sides(theta[first], theta[effect], theta[place])
        found[first], found[effect] = log_s0, log_b - math.log(abs(means[effect]))
        found[place] = -math.copysign(rest, means[effect]) * cotangent
        log_determinant += part + math.log(rest)
    return found, log_determinant


def uncorrelated(coordinates: Coordinates, means: Array, sds: Array) -> Array:
    """Theta of effects that are not correlated where columns are at their means.

    Parameters
    ----------
    coordinates : Coordinates
    means : array of shape (E,)
    sds : array of shape (T,)
        Theta with the log sds there.

    Returns
    -------
    array of shape (T,)
    """
    found = sds.copy()
    for first, effect, place, _ in _triangles(coordinates, means):
        log_a, log_b = sds[first], sds[effect] + math.log(abs(means[effect]))
        log_s0, cotangent = 0.5 * np.logaddexp(2 * log_a, 2 * log_b), math.exp(log_b - log_a)
        found[[first, effect, place]] = from_sides(log_s0, log_b, cotangent)
    return found


def even(coordinates: Coordinates, means: Array, theta: Array) -> Array:
    """Theta with triangles whose sides s0 and b are alike and at a right angle.

    That is where their prior is highest. A likelihood that shows slopes beside it makes a second
    mode, at which a is short.

    Parameters
    ----------
    coordinates : Coordinates
    means : array of shape (E,)
    theta : array of shape (T,)

    Returns
    -------
    array of shape (T,)
    """
    found = theta.copy()
    for _, effect, place, _ in _triangles(coordinates, means):
        found[[effect, place]] = 0.0
    return found


def moment_at_means(coordinates: Coordinates, means: Array, factor: int, moment: Array) -> Array:
    """Expected outer products of a factor's effects at the means of far columns, (q, q)."""
    first, A = coordinates.first_effect(factor), np.eye(coordinates.factors[factor].q)
    for effect in coordinates.own_effects(factor):
        if effect.place > effect.block:
            A[effect.block, effect.place] = means[first + effect.place]
    return np.asarray(A @ moment @ A.T)
