"""Leave-one-out predictive densities by Pareto-smoothed importance sampling.

Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, eqs. 3-12; Vehtari, Simpson, Gelman,
Yao & Gabry (2024), JMLR 25(72), for the diagnostic k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import group_draws, linear_predictor, log_likelihood

GOOD_K = 0.7
"""Pareto k above which the estimate of a unit is not to be trusted."""


@dataclass(frozen=True, slots=True, eq=False)
class Loo:
    """Predictive density of each of m units by a fit without it.

    Attributes
    ----------
    elpd : array of shape (m,)
        Log predictive density of the unit left out.
    p : array of shape (m,)
        Log density with the unit in the fit minus `elpd`; their sum is the effective number of
        parameters.
    error : array of shape (m,)
        Monte Carlo standard error of `elpd`.
    k : array of shape (m,)
        Pareto k.
    """

    elpd: Array
    p: Array
    error: Array
    k: Array

    @property
    def unreliable(self) -> int:
        """Number of units with k above `GOOD_K`."""
        return int((self.k > GOOD_K).sum())


def leave_one_out(log_density: Array) -> tuple[Loo, Array]:
    """Leave each unit out in turn.

    Parameters
    ----------
    log_density : array of shape (S, m)
        Log density of each unit in each posterior draw.

    Returns
    -------
    loo : Loo
    log_weights : array of shape (m, S)
        Normalised; posterior draws so weighted stand for the fit without the unit. By ArviZ, with
        a relative efficiency of 1: thinned draws are nearly independent.
    """
    from arviz_stats.base import array_stats
    from scipy.special import logsumexp

    by_unit = np.ascontiguousarray(log_density.T)
    size = by_unit.shape[1]
    if np.ptp(by_unit, axis=1).min() == 0:  # nothing to weigh where all draws agree
        by_unit = by_unit + 1e-12 * np.arange(size)
    log_weights, k = array_stats.psislw(by_unit)
    elpd = logsumexp(log_weights + by_unit, axis=1)
    inside = logsumexp(by_unit, axis=1) - np.log(size)
    # Vehtari et al. (2024), eq. 6, by the delta method for the logarithm.
    relative = np.expm1(by_unit - elpd[:, None])
    error = np.sqrt(np.sum(np.exp(2 * log_weights) * np.square(relative), axis=1))
    return Loo(elpd, inside - elpd, error, np.asarray(k)), log_weights


def row_log_density(design: Design, draws: Draws) -> Array:
    """Log density of each row given the effects of its groups.

    Parameters
    ----------
    design : Design
        The model's own.
    draws : Draws

    Returns
    -------
    array of shape (S, n)
    """
    rng = np.random.default_rng(draws.settings.seed)
    eta = linear_predictor(design, draws, group_draws(design, draws, rng))
    return log_likelihood(design, draws, eta)
