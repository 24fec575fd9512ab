"""Importance sampling of the integral over the group effects, around their conditional modes.

Laplace's approximation takes the integrand for the Gaussian of its mode and curvature. Draws from
that Gaussian, weighted by integrand over density, have the integral itself as their mean (Geweke
1989, Econometrica 57(6), eq. 3; Durbin & Koopman 1997, Biometrika 84(3), section 2.3). Here

- the Gaussian is first moved from the mode to the mean of a first set of weighted draws, which a
  skew integrand has elsewhere, and made a little wider, so that its tails cover those of the
  integrand;
- every draw stands beside its mirror image, which cancels what is odd about the middle, and the
  draws of a batch are stratified in each effect, which cancels what is a sum over the effects
  (McKay, Beckman & Conover 1979, Technometrics 21(2): Latin hypercubes); errors are those of the
  mean over independent batches;
- effects that share no row, directly or through others, are integrated apart: the integral is a
  product over such components, and so is the estimate.

The mean of the score over the weighted draws is the gradient of the log likelihood (Louis 1982,
JRSS B 44(2), eq. 3.1), with no derivative of modes or scales.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.likelihood.gradient import Pulls, total_gradient
from bayesglmm.likelihood.modes import Modes, active_slopes, with_effects
from bayesglmm.likelihood.noise import BATCHES, Noise, batches
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import half_log_variances, root_times
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.surface import Surface

MOVES, EVEN = 3, 0.1
"""Times that the Gaussian is moved to the mean of weighted draws; the share of them that must count
for it, where the weights are flattened until it does."""
LOOKED = 20
"""Components whose weights are looked at for Pareto k: those with the most uneven ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Draws of the effects with their weights.

    Attributes
    ----------
    u : array of shape (effects, S)
    surface : Surface
        Of the cells, at S points.
    log_weights : array of shape (C, S)
        Log of integrand over density, by component.
    """

    u: Array
    surface: Surface
    log_weights: Array


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """The log likelihood at some free numbers.

    Attributes
    ----------
    value : float
    error : float
        Monte Carlo standard error.
    pareto_k : float
        The largest of the components (Vehtari, Simpson, Gelman, Yao & Gabry 2024, JMLR 25(72)).
    gradient : array of shape (k,)
    spread : array of shape (k, k)
        Monte Carlo covariance of the gradient.
    """

    value: float
    error: float
    pareto_k: float
    gradient: Array
    spread: Array


def weigh(
    problem: Problem, point: Point, modes: Modes, noise: Noise, center: Array, numbers: Array
) -> Weighted:
    """Draws around a center with the scale of the modes' Gaussian, and their weights.

    Parameters
    ----------
    problem : Problem
    point : Point
    modes : Modes
    noise : Noise
    center : array of shape (effects,)
    numbers : array of shape (effects, S)
        `first` or `draws` of the noise.

    Returns
    -------
    Weighted
    """
    u = center[:, None] + root_times(modes.precision, numbers, noise.wider)
    moved = np.zeros((*modes.rows.shape[:2], numbers.shape[1]))
    for place in range(problem.columns.shape[1]):
        moved += modes.rows[:, :, [place]] * u[problem.columns[:, place]]
    surface = problem.surface(with_effects(problem, point.etas, moved))
    by_effect = 0.5 * (np.square(numbers) - np.square(u)) + np.log(noise.wider)[:, None]
    by_effect += half_log_variances(modes.precision)[:, None]
    count = int(noise.component.max()) + 1
    logs = _sum_over(noise.component, by_effect, count) + _sum_over(
        noise.cells, surface.value, count
    )
    return Weighted(u, surface, np.where(np.isnan(logs), -np.inf, logs))


def estimate(problem: Problem, point: Point, modes: Modes, noise: Noise) -> Estimate:
    """The log likelihood and its gradient.

    Parameters
    ----------
    problem : Problem
    point : Point
    modes : Modes
        The conditional modes there.
    noise : Noise

    Returns
    -------
    Estimate
    """
    center = modes.u
    for _ in range(MOVES):
        found = weigh(problem, point, modes, noise, center, noise.first)
        shares = _shares(_flattened(found.log_weights))[noise.component]
        center = np.einsum("es,es->e", found.u, shares)
    found = weigh(problem, point, modes, noise, center, noise.draws)
    half = noise.size // 2
    pairs = np.logaddexp(found.log_weights[:, :half], found.log_weights[:, half:]) - np.log(2)
    top = pairs.max(axis=1, keepdims=True)
    weights = np.exp(pairs - top)
    means = weights.mean(axis=1)
    by_batch = weights.reshape(len(weights), BATCHES, -1).mean(axis=2)
    relative = by_batch.std(axis=1, ddof=1) / means / np.sqrt(BATCHES)
    value = float((top[:, 0] + np.log(means)).sum()) + problem.rest(point.etas)[0]
    parts = [_score(problem, point, modes, found, noise, places) for places in batches(noise.size)]
    return Estimate(
        value,
        float(np.sqrt(np.square(relative).sum())),
        _pareto_k(pairs, relative),
        _score(problem, point, modes, found, noise, np.arange(noise.size)),
        np.cov(np.stack(parts, axis=1)).reshape(2 * parts[0].shape) / BATCHES,
    )


def _sum_over(place: NDArray[np.int64], values: Array, count: int) -> Array:
    """Sums of rows by their place, shape (count, S)."""
    from scipy.sparse import csr_array

    if count == 1:
        return np.asarray(values.sum(axis=0, keepdims=True))
    picks = csr_array((np.ones(len(place)), (place, np.arange(len(place)))), (count, len(place)))
    return np.asarray(picks @ values)


def _shares(log_weights: Array) -> Array:
    """Weights that sum to 1 in each row."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _flattened(log_weights: Array) -> Array:
    """Logs of weights, halved row by row until enough draws count (Kish 1965, section 11.7)."""
    logs = log_weights - log_weights.max(axis=1, keepdims=True)
    for _ in range(10):
        uneven = 1 / np.square(_shares(logs)).sum(axis=1) < EVEN * logs.shape[1]
        if not uneven.any():
            break
        logs = np.where(uneven[:, None], logs / 2, logs)
    return logs


def _score(
    problem: Problem,
    point: Point,
    modes: Modes,
    found: Weighted,
    noise: Noise,
    places: NDArray[np.int64],
) -> Array:
    """Mean score over some of the weighted draws."""
    shares = _shares(found.log_weights[:, places])[noise.cells]
    first = active_slopes(problem, found.surface)[:, :, places] * shares
    lift = [
        np.einsum("ams,ms->am", first, found.u[problem.columns[:, place]][:, places])
        for place in range(problem.columns.shape[1])
    ]
    pulls = Pulls(
        score=tuple((slope[:, places] * shares).sum(axis=1) for slope in found.surface.first),
        lift=np.stack(lift, axis=2),
        force=np.zeros_like(modes.u),
        reach=np.zeros_like(modes.rows),
    )
    return total_gradient(problem, point, modes, pulls)


def _pareto_k(pairs: Array, relative: Array) -> float:
    """The largest Pareto k among the components with the most uneven weights."""
    from arviz_stats.base import array_stats

    uneven = np.argsort(-relative)[:LOOKED]
    _, k = array_stats.psislw(-pairs[uneven])
    return float(np.max(k))
