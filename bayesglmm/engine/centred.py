"""Theta of slopes' columns that are centred, and that of the user's columns.

The intercept's effect at the mean m of the columns is ``u0' = u0 + m u``. The map's theta describes
the covariance of u0' and u; the step between the two is that of `kernel.hyper`.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.families.links import Array

FAR = 2.0
"""Sds of a column between its mean and 0 beyond which theta is that of the centred column.

Nearer to 0 the sd of u0 may vanish where that of u0' does not, in a narrow corner of its theta.
"""


def column_means(coordinates: Coordinates) -> Array:
    """Means of slopes' columns far from 0, in blocks that begin with an intercept; else 0.

    Parameters
    ----------
    coordinates : Coordinates

    Returns
    -------
    array of shape (E,)
    """
    found = np.zeros(len(coordinates.effects))
    for number, factor in enumerate(coordinates.factors):
        first = coordinates.first_effect(number)
        for effect in coordinates.own_effects(number):
            if effect.place > effect.block and np.all(factor.Z[effect.block] == 1):
                mean, sd = factor.Z[effect.place].mean(), factor.Z[effect.place].std()
                found[first + effect.place] = mean if abs(mean) > FAR * sd else 0.0
    return found


def carry(coordinates: Coordinates, shift: Array, theta: Array, sign: float) -> Array:
    """Theta of the user's columns from that of centred ones (sign 1), or back (sign -1).

    Parameters
    ----------
    coordinates : Coordinates
    shift : array of shape (E,)
        From `column_means`.
    theta : array of shape (T,)
    sign : float

    Returns
    -------
    array of shape (T,)
    """
    if not np.any(shift):
        return theta
    found = theta.copy()
    for number, factor in enumerate(coordinates.factors):
        first, own = coordinates.first_effect(number), coordinates.own_effects(number)
        B = np.eye(factor.q)
        for effect in own:
            if effect.place > effect.block:
                B[effect.block, effect.place] = -sign * shift[first + effect.place]
        L = _lower(B @ coordinates.covariance_factor(number, theta))
        for effect in own:
            row = L[effect.place, effect.block : effect.place + 1]
            found[first + effect.place] = np.log(np.linalg.norm(row))
            place, before = effect.correlations, effect.place - effect.block
            found[place : place + before] = row[:-1] / row[-1]
    return found


def centred(shift: Array, coordinates: Coordinates, factor: int, moment: Array) -> Array:
    """Expected outer products of a factor's effects at the columns' means, shape (q, q)."""
    first, A = coordinates.first_effect(factor), np.eye(coordinates.factors[factor].q)
    for effect in coordinates.own_effects(factor):
        if effect.place > effect.block:
            A[effect.block, effect.place] = shift[first + effect.place]
    return np.asarray(A @ moment @ A.T)


def _lower(matrix: Array) -> Array:
    """The lower triangular matrix with the same product with its transpose."""
    R = np.linalg.qr(matrix.T, mode="r")
    return np.asarray((R * np.sign(np.diagonal(R))[:, None]).T)
