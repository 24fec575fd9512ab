"""The pilot: a Gaussian approximation of the posterior, hyperparameters included.

Given theta, coefficients and effects are approximated by a Gaussian whose mean solves the expected
score equations and whose precision is the expected information, both expectations taken under the
Gaussian itself: the fixed point of Gaussian variational inference (Opper & Archambeau 2009,
Neural Comput. 21(3), eq. 15-16), which stays sane where the mode runs away. theta maximises the
evidence bound so profiled, and the curvature there is its precision, as in INLA (Rue, Martino &
Chopin 2009, J. R. Statist. Soc. B 71(2)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.pilot_gaussian import make_layout
from bayesglmm.engine.pilot_map import make_transport
from bayesglmm.engine.pilot_theta import Approximation, first_approximation
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Transport
from bayesglmm.families.links import Array

EM_STEPS = 4
NEWTON_STEPS = 12
LARGEST_STEP = 1.0
"""Of theta in one Newton step: a factor of e in a standard deviation."""
CLOSE = 0.05
"""A step of theta, in posterior sds, at which the pilot is good enough."""
SAME = 0.5
"""Distance between two modes, in posterior sds of the first, up to which they are one."""
DIFFERENCE = 0.05
"""Step of the finite differences in theta."""
LEAST_CURVATURE = 0.3
"""Of the evidence bound in theta; a flatter direction gets the scale of this one."""


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """A Gaussian approximation of the posterior.

    Attributes
    ----------
    theta : array of shape (T,)
        With triangles for columns far from 0; see `far_columns`.
    covariance : array of shape (T, T)
        Of theta.
    transport : Transport
        The map that it gives.
    """

    theta: Array
    covariance: Array
    transport: Transport


def make_pilots(
    target: Target,
    fixed: Array,
    theta: Array,
    between: Callable[[], None],
    *,
    triangles: bool = True,
) -> tuple[Pilot, ...]:
    """Approximate a posterior, which may have two modes where a column is far from 0.

    Parameters
    ----------
    target : Target
    fixed : array of shape (P,)
        Crude values of the fixed effects.
    theta : array of shape (T,)
        Of theta.
    between : callable
        Called between pieces of work; what it raises ends it.
    triangles : bool
        Whether columns far from 0 have them; without, there is one pilot.

    Returns
    -------
    tuple of Pilot
        One for each mode that was found.
    """
    layout = make_layout(target, fixed, between)
    here = first_approximation(layout, theta, triangles=triangles)
    for _ in range(EM_STEPS if len(theta) else 0):
        here = here.improved()
    first, peak = _climbed(here)
    if not np.any(here.means):
        return (first,)
    other, _ = _climbed(peak.moved(peak.even_triangles))
    step = other.theta - first.theta
    near = step @ np.linalg.solve(first.covariance, step) < SAME**2
    return (first,) if near else (first, other)


def _climbed(here: Approximation) -> tuple[Pilot, Approximation]:
    """The pilot at the mode that Newton steps reach, and the approximation there."""
    curvature: Array | None = None
    for number in range(NEWTON_STEPS if len(here.theta) else 0):
        if curvature is None or number % 4 == 0:
            curvature, _ = _profile(here)
        step = np.linalg.solve(curvature, here.slope)
        size = np.max(np.abs(step))
        if size > LARGEST_STEP:
            step *= LARGEST_STEP / size
        before, here = here, here.moved(here.theta + step)
        if step @ curvature @ step < CLOSE**2:
            break
        curvature = _updated(curvature, step, before.slope - here.slope)
    curvature, fall = _profile(here)
    covariance = np.linalg.inv(curvature) if len(here.theta) else np.zeros((0, 0))
    return Pilot(here.theta, covariance, make_transport(here, covariance, fall)), here


def _profile(here: Approximation) -> tuple[Array, float]:
    """How the pilot changes with theta, by differences.

    Returns
    -------
    curvature : array of shape (T, T)
        Negative Hessian of the profiled evidence bound, made positive.
    fall : float
        How fast the log of the linear predictor's scale falls as all sds grow together: minus half
        the slope of the log information of the cells.
    """
    T, sds = len(here.theta), len(here.coordinates.effects)
    rows, fall = np.zeros((T, T)), 0.0
    for place in range(T):
        step = np.zeros(T)
        step[place] = DIFFERENCE
        ahead, behind = here.moved(here.theta + step), here.moved(here.theta - step)
        rows[place] = (behind.slope - ahead.slope) / (2 * DIFFERENCE)
        if place < sds:
            change = behind.given.log_information - ahead.given.log_information
            fall += change / (4 * DIFFERENCE)
    return _positive((rows + rows.T) / 2), fall


def _positive(matrix: Array) -> Array:
    """The matrix with its small or negative eigenvalues lifted."""
    if not matrix.size:
        return matrix
    values, vectors = np.linalg.eigh(np.nan_to_num(matrix))
    return np.asarray((vectors * np.maximum(values, LEAST_CURVATURE)) @ vectors.T)


def _updated(curvature: Array, step: Array, change: Array) -> Array:
    """The curvature after a step along which the slope fell by `change` (BFGS)."""
    if step @ change <= 1e-3 * (step @ curvature @ step):
        return curvature
    along = curvature @ step
    return np.asarray(
        curvature
        - np.outer(along, along) / (step @ along)
        + np.outer(change, change) / (step @ change)
    )
