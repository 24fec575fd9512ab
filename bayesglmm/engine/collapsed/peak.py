"""Where a log density of a few numbers is largest, and how sharply it falls: by differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bayesglmm.engine.collapsed.heads import Proposal, make_proposal
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array

SMALL, STEP = 1e-4, 0.05
"""Steps of the differences for slopes, and for curvatures."""
SETTLED = 0.05
"""Slope, with steps of about one sd, at which the peak is near enough."""
LEAST_CURVATURE = 0.3
"""A flatter direction gets the scale of this one."""


def around_peak(log_density: Callable[[Array], float], start: Array) -> Proposal:
    """The normal at the peak of a log density.

    Parameters
    ----------
    log_density : callable
        From an array of shape (d,); -inf where there is none.
    start : array of shape (d,)

    Returns
    -------
    Proposal

    Raises
    ------
    EngineError
        If there is no peak to be found.
    """
    from scipy.optimize import minimize

    def fall(theta: Array) -> float:
        value = log_density(theta)
        return -value if np.isfinite(value) else 1e300

    found = minimize(fall, start, method="BFGS", options={"eps": SMALL, "gtol": SETTLED})
    if not np.isfinite(log_density(found.x)):
        raise EngineError("the density of the standard deviations has no peak")
    values, vectors = np.linalg.eigh(_curvature(fall, found.x, float(found.fun)))
    scaled = vectors / np.maximum(values, LEAST_CURVATURE)
    return make_proposal(found.x, scaled @ vectors.T)


def _curvature(function: Callable[[Array], float], at: Array, value: float) -> Array:
    """Second differences, shape (d, d)."""
    d = len(at)
    steps = STEP * np.eye(d)
    ahead, behind = ([function(at + sign * step) for step in steps] for sign in (1, -1))
    found = np.zeros((d, d))
    for i in range(d):
        found[i, i] = ahead[i] - 2 * value + behind[i]
        for j in range(i):
            both = function(at + steps[i] + steps[j]) + function(at - steps[i] - steps[j])
            mixed = both - ahead[i] - ahead[j] - behind[i] - behind[j] + 2 * value
            found[i, j] = found[j, i] = mixed / 2
    return found / STEP**2
