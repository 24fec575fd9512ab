"""Climbing to a maximum: BFGS by exact gradients, finished by Newton steps, and judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import Objective

CLIMBS, ITERATIONS, HALVINGS = 12, 200, 40
ENOUGH = 1e-5
"""Expected rise at which BFGS hands over to Newton's method."""
ARRIVED = 1e-9
"""Expected rise of the log likelihood (half the Newton decrement) near enough for the Hessian."""
ROUNDING = 1e-13
"""Expected rise that is left to rounding."""
LONGEST = 4.0
"""Step, beside 1 or the size of the free number itself, that is taken at once."""
STEP = 1e-4
"""Of the differences of the gradient, beside 1 or the size of the free number."""
FLAT = 1e-7
"""Curvature, beside that of the steepest direction in the same units, that counts as none."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where a log likelihood is largest.

    Attributes
    ----------
    free : array of shape (k,)
    value : float
    gradient : array of shape (k,)
    hessian : array of shape (k, k)
        By central differences of the gradient.
    rise : float
        Rise of the log likelihood that a Newton step still expects.
    """

    free: Array
    value: float
    gradient: Array
    hessian: Array
    rise: float

    @property
    def converged(self) -> bool:
        """Whether nothing is left to climb, and all directions go down."""
        if not np.all(np.isfinite(self.hessian)):
            return False
        curvatures = np.linalg.eigvalsh(-_scaled(self.hessian)[0])
        return bool(self.rise < ARRIVED and curvatures.min(initial=0.0) > -FLAT)


def turned(optimum: Optimum, signs: Array) -> Optimum:
    """The same maximum with some free numbers turned round, to which the value is even."""
    return replace(
        optimum,
        free=signs * optimum.free,
        gradient=signs * optimum.gradient,
        hessian=optimum.hessian * np.outer(signs, signs),
    )


def maximise(objective: Objective, start: Array, units: Array) -> Optimum:
    """Climb to a maximum.

    Parameters
    ----------
    objective : callable
        Free numbers to value and gradient; -inf outside the domain.
    start : array of shape (k,)
        Inside the domain.
    units : array of shape (k,)
        A large change of each free number; the search is in these units.

    Returns
    -------
    Optimum
        The best point found, arrived or not.
    """

    def in_units(free: Array) -> tuple[float, Array]:
        value, gradient = objective(free * units)
        return value, gradient * units

    found = _maximise(in_units, start / units)
    return replace(
        found,
        free=found.free * units,
        gradient=found.gradient / units,
        hessian=found.hessian / np.outer(units, units),
    )


def _maximise(objective: Objective, start: Array) -> Optimum:
    free, (value, gradient) = start, objective(start)
    for _ in range(CLIMBS):
        hessian = find_hessian(objective, free)
        inverse = ascent_matrix(hessian)
        rise = 0.5 * float(gradient @ inverse @ gradient)
        if rise < ARRIVED:
            free, value, gradient = climb(objective, free, inverse, ROUNDING)
            rise = 0.5 * float(gradient @ inverse @ gradient)
            break
        before = value
        free, value, gradient = climb(objective, free, inverse, min(ENOUGH, rise / 4))
        if value <= before:
            break
    return Optimum(free, value, gradient, hessian, rise)


def climb(
    objective: Objective, start: Array, inverse: Array, enough: float = ARRIVED
) -> tuple[Array, float, Array]:
    """BFGS from an approximate inverse of minus the Hessian (Nocedal & Wright 2006, ch. 6).

    Parameters
    ----------
    objective : callable
    start : array of shape (k,)
    inverse : array of shape (k, k)
        Positive definite.
    enough : float
        Expected rise at which it stops.

    Returns
    -------
    free : array of shape (k,)
    value : float
    gradient : array of shape (k,)
    """
    free, (value, gradient) = start, objective(start)
    for _ in range(ITERATIONS):
        step = inverse @ gradient
        slope = float(gradient @ step)
        if not slope > 2 * enough:
            break
        size = min(1.0, LONGEST / np.max(np.abs(step) / np.maximum(1.0, np.abs(free))))
        for _ in range(HALVINGS):
            trial, (higher, there) = free + size * step, objective(free + size * step)
            if higher >= value + 1e-4 * size * slope - 1e-12 * abs(value):
                break
            size *= 0.4
        else:
            break
        inverse = updated(inverse, trial - free, gradient - there)
        free, value, gradient = trial, higher, there
    return free, value, gradient


def find_hessian(objective: Objective, free: Array) -> Array:
    """Second derivatives, by central differences of the gradient; NaN at the edge of the domain."""
    k = len(free)
    hessian = np.empty((k, k))
    for j in range(k):
        step = np.zeros(k)
        step[j] = STEP * max(1.0, abs(free[j]))
        (up, above), (down, below) = objective(free + step), objective(free - step)
        known = np.isfinite(up) and np.isfinite(down)
        hessian[j] = (above - below) / (2 * step[j]) if known else np.nan
    return 0.5 * (hessian + hessian.T)


def ascent_matrix(hessian: Array) -> Array:
    """Positive definite inverse of minus a Hessian: descending curvatures made positive."""
    if not np.all(np.isfinite(hessian)):
        return np.eye(len(hessian))
    scaled, units = _scaled(hessian)
    values, vectors = np.linalg.eigh(-scaled)
    inverse = (vectors / np.maximum(np.abs(values), FLAT)) @ vectors.T
    return np.asarray(inverse / np.outer(units, units))


def covariance(hessian: Array) -> Array:
    """Inverse of minus the Hessian; directions without curvature are left out.

    Returns
    -------
    array of shape (k, k)
        NaN where the Hessian is not known, or some direction goes up.
    """
    if not np.all(np.isfinite(hessian)):
        return np.full_like(hessian, np.nan)
    scaled, units = _scaled(hessian)
    values, vectors = np.linalg.eigh(-scaled)
    if values.min(initial=1.0) < -FLAT:
        return np.full_like(hessian, np.nan)
    known = values > FLAT
    inverse = (vectors[:, known] / values[known]) @ vectors[:, known].T
    return np.asarray(inverse / np.outer(units, units))


def _scaled(hessian: Array) -> tuple[Array, Array]:
    """A Hessian whose diagonal is -1, 0 or 1, and the units that made it so."""
    diagonal = np.abs(np.diag(hessian))
    units = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))
    return hessian / np.outer(units, units), units


def updated(inverse: Array, step: Array, fall: Array) -> Array:
    """The BFGS update of an inverse; left alone where the curvature is not positive."""
    curvature = float(step @ fall)
    if curvature <= 1e-10 * np.sqrt((step @ step) * (fall @ fall)):
        return inverse
    left = np.eye(len(step)) - np.outer(step, fall) / curvature
    return np.asarray(left @ inverse @ left.T + np.outer(step, step) / curvature)
