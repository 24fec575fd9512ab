"""Theta where effects share the residual variance: a whole sd and shares in place of the sds.

An effect with one row a level beside a normal error shares one variance with it, of which data show
the sum alone: the posterior of the two log sds is a bent ridge, as long as the priors and as narrow
as the sum is known. In the log of the whole sd and the log ratios of the effects' sds to the
residual one the ridge is straight and the sum has a coordinate of its own:

    log sigma = t - log(1 + sum exp(2 w)) / 2,    log sd_e = w_e + log sigma.

The determinant of the step is 1. `t` stands in theta's last place, that of the residual sd, and
`w_e` in that of the effect's sd.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.families.links import Array

MOST_ROWS = 1.5
"""Rows of a level, on average, up to which an effect shares the residual variance."""

type Shared = NDArray[np.bool_]
"""Which effects share the residual variance, shape (E,)."""


def shared_effects(coordinates: Coordinates, rows: int) -> Shared:
    """Effects that data hardly tell from a residual: an intercept of levels of about one row.

    Parameters
    ----------
    coordinates : Coordinates
        Of a model whose last number of theta is the log of a residual sd.
    rows : int

    Returns
    -------
    array of bool, shape (E,)
    """
    found = np.zeros(len(coordinates.effects), dtype=bool)
    for number, factor in enumerate(coordinates.factors):
        if factor.q == 1 and rows <= MOST_ROWS * factor.levels and np.all(factor.Z == 1):
            found[coordinates.first_effect(number)] = True
    return found


def from_shares(shared: Shared, theta: Array) -> Array:
    """Theta with the sds in place of the whole sd and the shares, shape (T,)."""
    found, places = theta.copy(), np.flatnonzero(shared)
    if len(places):
        found[-1] = theta[-1] - _log_whole(theta[places])
        found[places] += found[-1]
    return found


def to_shares(shared: Shared, theta: Array) -> Array:
    """Theta with the whole sd and the shares in place of the sds, shape (T,)."""
    found, places = theta.copy(), np.flatnonzero(shared)
    if len(places):
        found[places] -= theta[-1]
        found[-1] += _log_whole(found[places])
    return found


def residual_slope(shared: Shared, theta: Array) -> Array:
    """Slope of the log residual sd in theta of shares, shape (T,)."""
    found, places = np.zeros(len(theta)), np.flatnonzero(shared)
    found[-1] = 1.0
    if len(places):
        found[places] = -np.exp(2 * (theta[places] - _log_whole(theta[places])))
    return found


def log_whole_sd(shared: Shared, theta: Array, first: int) -> float:
    """Log sd of a residual and of the sharing effects from the first on.

    Parameters
    ----------
    shared : array of bool, shape (E,)
    theta : array of shape (T,)
        With the sds.
    first : int
    """
    places = np.flatnonzero(shared)
    return float(theta[-1] + _log_whole(theta[places[places >= first]] - theta[-1]))


def _log_whole(ratios: Array) -> float:
    """Log of the whole sd over the residual one."""
    return float(0.5 * np.logaddexp.reduce([0.0, *(2 * ratios)]))
