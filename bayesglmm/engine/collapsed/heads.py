"""What theta and the fixed effects are proposed from, and how that learns from weighted draws.

A normal with a share of a wide Student t beneath it, so that no weight can run away in the tails
(a defensive mixture: Hesterberg 1995, Technometrics 37(2)). It learns from draws with truncated
importance weights (Ionides 2008, J. Comput. Graph. Statist. 17(2)), as population Monte Carlo does
(Cappé, Guillin, Marin & Robert 2004, J. Comput. Graph. Statist. 13(4)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array

SHARE, FREEDOM, WIDER = 0.05, 4.0, 1.5
"""Of the Student t: its share, its degrees of freedom, its scale over that of the normal."""
ENOUGH = 2.5
"""Draws for each coefficient of a parabola."""
MOST_CHANGE = 30.0
"""Of a variance, by a parabola."""
PRIOR_DRAWS = 5
"""What the covariance before is worth, in draws for each dimension."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """A normal and a wider Student t around one center.

    Attributes
    ----------
    center : array of shape (d,)
    root : array of shape (d, d)
        Lower triangular factor of the covariance of the normal.
    """

    center: Array
    root: Array

    @property
    def covariance(self) -> Array:
        """Of the normal, shape (d, d)."""
        return np.asarray(self.root @ self.root.T)

    def draw(self, count: int, rng: np.random.Generator) -> Array:
        """So many draws, shape (count, d)."""
        d = len(self.center)
        scale = np.ones(count)
        wide = rng.random(count) < SHARE
        chi = rng.chisquare(FREEDOM, count) / FREEDOM
        scale[wide] = WIDER / np.sqrt(chi[wide])
        normal, steps = rng.standard_normal((count, d)), np.zeros((count, d))
        for place in range(d):  # in one order, whatever the alignment of memory
            steps += normal[:, [place]] * self.root[:, place]
        return np.asarray(self.center + scale[:, None] * steps)

    def log_density(self, points: Array) -> Array:
        """Log density at points of shape (count, d)."""
        from scipy.linalg import solve_triangular

        d, apart = len(self.center), (points - self.center).T
        squares = np.square(solve_triangular(self.root, apart, lower=True)).sum(axis=0)
        log_determinant = float(np.log(np.diagonal(self.root)).sum())
        normal = -0.5 * squares - 0.5 * d * math.log(2 * math.pi)
        constant = math.lgamma((FREEDOM + d) / 2) - math.lgamma(FREEDOM / 2)
        constant -= 0.5 * d * math.log(FREEDOM * math.pi) + d * math.log(WIDER)
        student = constant - (FREEDOM + d) / 2 * np.log1p(squares / (FREEDOM * WIDER**2))
        both = np.logaddexp(math.log(1 - SHARE) + normal, math.log(SHARE) + student)
        return np.asarray(both - log_determinant)


def make_proposal(center: Array, covariance: Array) -> Proposal:
    """A proposal of `repeatable` numbers.

    Parameters
    ----------
    center : array of shape (d,)
    covariance : array of shape (d, d)

    Returns
    -------
    Proposal
    """
    return Proposal(repeatable(center), repeatable(np.linalg.cholesky(covariance)))


def repeatable(numbers: Array) -> Array:
    """Numbers of a proposal, rounded to single precision.

    The last digits of linear algebra hang on such things as the alignment of memory, and would make
    a seed give other draws.
    """
    return numbers.astype(np.float32).astype(float)


def evenness(log_weights: Array) -> float:
    """Effective share of importance weights: 1 where all are equal."""
    finite = log_weights[np.isfinite(log_weights)]
    if not len(finite):
        return 0.0
    weights = np.exp(finite - finite.max())
    return float(weights.sum() ** 2 / np.square(weights).sum() / len(log_weights))


def learned(before: Proposal, points: Array, logs: Array, log_weights: Array) -> Proposal:
    """A proposal that has learned from weighted draws.

    The log density is known at the draws, so that the parabola through it, by least squares with
    the weights, says much more of the covariance than the draws' own: that is the proposal where
    there are draws enough and the parabola has a peak. Else it is their mean and covariance.

    Parameters
    ----------
    before : Proposal
    points : array of shape (count, d)
    logs : array of shape (count,)
        Log density of the target at the points.
    log_weights : array of shape (count,)

    Returns
    -------
    Proposal
    """
    finite = np.isfinite(log_weights)
    if not finite.any():
        return before
    points, logs, log_weights = points[finite], logs[finite], log_weights[finite]
    weights = np.exp(log_weights - log_weights.max())
    weights = np.minimum(weights, weights.mean() * math.sqrt(len(weights)))
    weights /= weights.sum()
    return _peak(before, points, logs, weights) or _moments(before, points, weights)


def _peak(before: Proposal, points: Array, logs: Array, weights: Array) -> Proposal | None:
    """The normal whose log density is the parabola through weighted log densities."""
    from scipy.linalg import solve_triangular

    d = len(before.center)
    rows, columns = np.triu_indices(d)
    if len(points) < ENOUGH * (1 + d + len(rows)):
        return None
    root = before.root
    z = solve_triangular(root, (points - before.center).T, lower=True).T
    features = np.column_stack([np.ones(len(z)), z, z[:, rows] * z[:, columns]])
    scale = np.sqrt(weights)
    found = np.linalg.lstsq(features * scale[:, None], logs * scale, rcond=None)[0]
    precision = np.zeros((d, d))
    precision[rows, columns] = -found[1 + d :]
    precision = precision + precision.T
    values, vectors = np.linalg.eigh(precision)
    if values[0] < 1 / MOST_CHANGE or values[-1] > MOST_CHANGE:
        return None
    covariance = (vectors / values) @ vectors.T
    center = before.center + root @ (covariance @ found[1 : 1 + d])
    return make_proposal(center, root @ covariance @ root.T)


def _moments(before: Proposal, points: Array, weights: Array) -> Proposal:
    """The normal with the mean and covariance of weighted draws, the one before worth some."""
    d, size = len(before.center), 1 / np.square(weights).sum()
    center = (size * (weights @ points) + before.center) / (size + 1)
    apart = points - center
    spread = (apart * weights[:, None]).T @ apart
    worth = PRIOR_DRAWS * d
    return make_proposal(center, (size * spread + worth * before.covariance) / (size + worth))
