"""The prior of coefficients and effects as the pilot reads it: values, slopes, curvatures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.coordinates import Coordinates, lkj_powers
from bayesglmm.families import Link, Prior
from bayesglmm.families.links import Array

STEP = 1e-4
"""Step of the differences of slopes of priors behind a link."""
LEAST_CURVATURE = 1e-12
"""Of a prior."""


@dataclass(frozen=True, slots=True, eq=False)
class Penalty:
    """Prior of the coefficients and effects given theta.

    Attributes
    ----------
    coordinates : Coordinates
    theta : array of shape (T,)
        Of the user's columns.
    precisions : tuple of arrays of shape (q, q)
        Inverse covariance of the effects of a level, factor by factor.
    """

    coordinates: Coordinates
    theta: Array
    precisions: tuple[Array, ...]

    @property
    def scalar(self) -> float:
        """The family's parameter that is one number for all rows; 1 where there is none."""
        return float(np.exp(self.theta[-1])) if self.coordinates.scalar else 1.0

    @property
    def shaft(self) -> Array:
        """Precision of the effects of one level of the last factor, shape (q, q)."""
        return self.precisions[-1] if self.precisions else np.zeros((0, 0))

    @property
    def head(self) -> Array:
        """Precision of the effects of the other factors among the head, shape (h, h)."""
        from scipy.linalg import block_diag

        P, factors = self.coordinates.fixed, self.coordinates.factors
        parts = [
            np.kron(np.eye(factor.levels), precision)
            for factor, precision in zip(factors[:-1], self.precisions[:-1], strict=True)
        ]
        return np.asarray(block_diag(np.zeros((P, P)), *parts))

    def pull(self, effects: tuple[Array, ...]) -> tuple[Array, ...]:
        """Precision times effects, factor by factor, flat."""
        pairs = zip(effects, self.precisions, strict=True)
        return tuple((values @ precision).ravel() for values, precision in pairs)

    def value(self, fixed: Array, effects: tuple[Array, ...]) -> float:
        """Log density, without what depends on theta alone."""
        value = sum(
            coefficient_prior(prior, link, c)[0]
            for prior, link, c in zip(
                self.coordinates.priors, self.coordinates.links, fixed, strict=False
            )
        )
        for values, precision in zip(effects, self.precisions, strict=True):
            value -= 0.5 * np.einsum("gi,ij,gj->", values, precision, values)
        return float(value)


def penalty_at(coordinates: Coordinates, theta: Array) -> Penalty:
    """The prior of coefficients and effects given theta of the user's columns."""
    numbers = range(len(coordinates.factors))
    precisions = tuple(prior_precision(coordinates, number, theta) for number in numbers)
    return Penalty(coordinates, theta, precisions)


def prior_precision(coordinates: Coordinates, factor: int, theta: Array) -> Array:
    """Inverse covariance of one level's effects, shape (q, q)."""
    inverse = np.linalg.inv(coordinates.covariance_factor(factor, theta))
    return np.asarray(inverse.T @ inverse)


def fixed_prior(coordinates: Coordinates, fixed: Array) -> tuple[Array, Array]:
    """Slope of the log prior of the fixed effects, and a positive curvature."""
    from bayesglmm.engine.kernel.log_priors import prior_row

    slope, curvature = np.zeros(len(fixed)), np.zeros(len(fixed))
    every = zip(coordinates.priors, coordinates.links, fixed, strict=False)
    for place, (prior, link, value) in enumerate(every):
        slope[place] = coefficient_prior(prior, link, value)[1]
        if link is not None:
            ends = [coefficient_prior(prior, link, value + h)[1] for h in (-STEP, STEP)]
            curvature[place] = max((ends[0] - ends[1]) / (2 * STEP), LEAST_CURVATURE)
            continue
        row, _ = prior_row(prior)
        distance = value - row[1]
        curvature[place] = max(-slope[place] / distance if distance else 0.0, LEAST_CURVATURE)
        if not distance:
            curvature[place] = 1 / row[2] ** 2
    return slope, curvature


def coefficient_prior(prior: Prior, link: Link | None, c: float) -> tuple[float, float]:
    """Log prior of a coefficient, a constant left out, and its slope.

    Parameters
    ----------
    prior : Prior
        On the natural scale where there is a link, Jacobian then included.
    link : Link or None
        What makes the coefficient of the natural number; see `Coordinates.links`.
    c : float

    Returns
    -------
    value, slope : float
        Minus infinity where the natural number is too large or too small for a double.
    """
    from bayesglmm.engine.kernel.carried import carried, carrier
    from bayesglmm.engine.kernel.log_priors import log_prior, prior_row

    try:
        number, change, log_change, log_slope = carried(carrier(link), c)
        value, slope = log_prior(prior_row(prior)[0], number)
    except (OverflowError, ValueError):  # an exponential or a logarithm that no double holds
        return -np.inf, 0.0
    return value + log_change, slope * change + log_slope


def theta_bound(coordinates: Coordinates, theta: Array, moments: tuple[Array, ...]) -> float:
    """What of the evidence bound depends on theta of the user's columns, the likelihood aside.

    Parameters
    ----------
    coordinates : Coordinates
    theta : array of shape (T,)
    moments : tuple of arrays of shape (q, q)
        Sum over levels of the expected outer product of their effects, factor by factor.

    Returns
    -------
    float
    """
    from bayesglmm.engine.kernel.log_priors import log_prior, prior_row

    value = 0.0
    for number, (factor, moment) in enumerate(zip(coordinates.factors, moments, strict=True)):
        L = coordinates.covariance_factor(number, theta)
        half = np.linalg.solve(L, np.linalg.solve(L, moment).T)
        value -= factor.levels * np.sum(np.log(np.diagonal(L))) + 0.5 * np.trace(half)
    powers, _ = lkj_powers(coordinates)
    for number, effect in enumerate(coordinates.effects):
        row, _ = prior_row(coordinates.priors[coordinates.fixed + number])
        value += log_prior(row, float(np.exp(theta[number])))[0] + theta[number]
        before = effect.place - effect.block
        y = theta[effect.correlations : effect.correlations + before]
        value -= 0.5 * powers[number] * np.log1p(float(y @ y))
    if coordinates.scalar:
        row, _ = prior_row(coordinates.priors[-1])
        value += log_prior(row, float(np.exp(theta[-1])))[0] + theta[-1]
    return float(value)
