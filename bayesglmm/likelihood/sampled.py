"""The maximum of a likelihood whose integral is sampled, and so the error of Laplace's.

The draws are made once and kept while the parameters move, so that the sampled likelihood is a
smooth function of them (Geyer & Thompson 1992, JRSS B 54(3), section 2). The search begins at
Laplace's maximum, with Laplace's curvature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.importance import Estimate, estimate
from bayesglmm.likelihood.modes import find_modes
from bayesglmm.likelihood.noise import Noise, affordable, make_noise
from bayesglmm.likelihood.optimum import LONGEST, ascent_matrix, updated
from bayesglmm.likelihood.point import point_of, positive
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.result import MaximumLikelihood
from bayesglmm.likelihood.scale import jacobian, values

STEPS, HALVINGS = 20, 6
NEAR = 0.01
"""Standard errors of the estimates that are left to climb where the search has arrived."""
RELIABLE = 0.7
"""Pareto k above which no number of draws is enough in practice (Vehtari et al. 2024)."""


@dataclass(frozen=True, slots=True, eq=False)
class SampledMaximum:
    """What importance sampling says of a fit by Laplace's approximation.

    Attributes
    ----------
    draws : int
    difference : float
        Sampled log likelihood less Laplace's, at Laplace's maximum.
    difference_error : float
        Its Monte Carlo standard error.
    pareto_k : float
        The largest met: at Laplace's maximum and at the sampled one.
    arrived : bool
        Whether the search for the sampled maximum ended at one.
    loglik : float
        Sampled log likelihood where the search ended.
    estimates, errors : array of shape (k,)
        The sampled maximum, and the Monte Carlo standard errors (not standard errors of sampling
        data) of its parameters; user's units, link scale.
    """

    draws: int
    difference: float
    difference_error: float
    pareto_k: float
    arrived: bool
    loglik: float
    estimates: Array
    errors: Array

    @property
    def reliable(self) -> bool:
        """Whether the estimates can be used."""
        return self.arrived and self.pareto_k <= RELIABLE


def sampled_maximum(
    fit: MaximumLikelihood, seed: int = 0, draws: int | None = None
) -> SampledMaximum | None:
    """Estimate the error of Laplace's approximation.

    Parameters
    ----------
    fit : MaximumLikelihood
        By Laplace's approximation, with group effects.
    seed : int
    draws : int, optional
        Divisible by 40; as many as are affordable where left out.

    Returns
    -------
    SampledMaximum or None
        None where enough draws would take too long: for very many rows or crossed effects.
    """
    problem = fit.problem
    size = affordable(problem) if draws is None else draws
    if not size:
        return None
    noise = make_noise(problem, size, seed)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _search(fit, noise)


def _search(fit: MaximumLikelihood, noise: Noise) -> SampledMaximum | None:
    """Climb by the sampled score, BFGS from Laplace's curvature."""
    problem, free = fit.problem, fit.optimum.free
    here = _at(problem, free, noise)
    if here is None:
        return None
    first, largest = here, here.pareto_k
    held = np.diag(fit.optimum.hessian) == 0  # such as a shape that grew without bound
    inverse = ascent_matrix(fit.optimum.hessian)
    inverse[held], inverse[:, held] = 0.0, 0.0
    arrived = False
    for _ in range(STEPS):
        step = inverse @ here.gradient
        arrived = bool(here.gradient @ step < NEAR**2)
        if arrived or here.pareto_k > RELIABLE:
            break
        size = min(1.0, LONGEST / np.max(np.abs(step) / np.maximum(1.0, np.abs(free))))
        there = _climb(problem, free, size * step, here, noise)
        if there is None:
            break
        free, found = there
        inverse = updated(inverse, size * step, here.gradient - found.gradient)
        here, largest = found, max(largest, found.pareto_k)
    free = positive(problem, free) * free
    turn = jacobian(fit.design, problem, free) @ inverse
    variances = np.einsum("ij,jk,ik->i", turn, here.spread, turn)
    return SampledMaximum(
        draws=noise.size,
        difference=first.value - fit.loglik,
        difference_error=first.error,
        pareto_k=largest,
        arrived=arrived,
        loglik=here.value,
        estimates=values(fit.design, problem, free),
        errors=np.sqrt(np.maximum(variances, 0.0)),
    )


def _at(problem: Problem, free: Array, noise: Noise) -> Estimate | None:
    """The sampled likelihood at some free numbers; None outside the domain."""
    point = point_of(problem, free)
    modes = None if point is None else find_modes(problem, point, np.zeros(problem.effects))
    if point is None or modes is None:
        return None
    found = estimate(problem, point, modes, noise)
    return found if np.isfinite(found.value) else None


def _climb(
    problem: Problem, free: Array, step: Array, here: Estimate, noise: Noise
) -> tuple[Array, Estimate] | None:
    """A step, shortened until the likelihood does not fall by more than its error."""
    for _ in range(HALVINGS):
        found = _at(problem, free + step, noise)
        if found is not None and found.value >= here.value - 2 * (here.error + found.error):
            return free + step, found
        step = step / 2
    return None
