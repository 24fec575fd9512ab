"""Leave-one-out predictive densities by Pareto-smoothed importance sampling.

Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, eqs. 3-12; Vehtari, Simpson, Gelman,
Yao & Gabry (2024), JMLR 25(72), for the diagnostic k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.convergence import relative_efficiency
from bayesglmm.families.links import Array
from bayesglmm.posterior.posterior import Posterior

HIGHEST_K = 0.7
"""Pareto k above which no number of draws is enough in practice."""


def good_k(draws: int) -> float:
    """Pareto k above which the estimate of a unit is not to be trusted.

    Vehtari, Simpson, Gelman, Yao & Gabry (2024), JMLR 25(72).

    Parameters
    ----------
    draws : int
        How many were used; at least 2.

    Returns
    -------
    float
        ``min(1 - 1 / log10(draws), 0.7)``.
    """
    return float(min(1 - 1 / np.log10(draws), HIGHEST_K))


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
        Pareto k; NaN where the fit without the unit was made.
    efficiency : array of shape (m,)
        Relative efficiency of the draws, at most 1.
    draws : int
        How many were used.
    """

    elpd: Array
    p: Array
    error: Array
    k: Array
    efficiency: Array
    draws: int

    @property
    def good_k(self) -> float:
        """Bound of k for this number of draws."""
        return good_k(self.draws)

    @property
    def largest_k(self) -> float:
        """The largest k, of the units that were not fitted again; NaN where all were."""
        return float(np.nanmax(self.k)) if np.isfinite(self.k).any() else float("nan")

    @property
    def unreliable(self) -> int:
        """Number of units with k above `good_k`."""
        return int((self.k > self.good_k).sum())


def leave_one_out(log_density: Array, chains: int) -> tuple[Loo, Array]:
    """Leave each unit out in turn.

    Parameters
    ----------
    log_density : array of shape (S, m)
        Log density of each unit in each posterior draw, chain after chain.
    chains : int

    Returns
    -------
    loo : Loo
    log_weights : array of shape (m, S)
        Normalised; posterior draws so weighted stand for the fit without the unit. By ArviZ, with
        the relative efficiency of the density of each unit.
    """
    from arviz_stats.base import array_stats
    from scipy.special import logsumexp

    by_unit = np.ascontiguousarray(log_density.T)
    size = by_unit.shape[1]
    if np.ptp(by_unit, axis=1).min() == 0:  # nothing to weigh where all draws agree
        by_unit = by_unit + 1e-12 * np.arange(size)
    density = np.exp(log_density - log_density.max(axis=0))
    efficiency = relative_efficiency(density.reshape(chains, size // chains, -1))
    log_weights, k = np.empty_like(by_unit), np.empty(len(by_unit))
    tails = np.floor(np.minimum(size / 5, 3 * np.sqrt(size / efficiency)))
    for tail in np.unique(tails):  # all that the efficiency decides
        some = np.flatnonzero(tails == tail)
        found = array_stats.psislw(by_unit[some], r_eff=efficiency[some[0]])
        log_weights[some], k[some] = found
    elpd = logsumexp(log_weights + by_unit, axis=1)
    inside = logsumexp(by_unit, axis=1) - np.log(size)
    # Vehtari et al. (2024), eq. 6, by the delta method for the logarithm; dependent draws count for
    # fewer.
    relative = np.expm1(by_unit - elpd[:, None])
    error = np.sqrt(np.sum(np.exp(2 * log_weights) * np.square(relative), axis=1) / efficiency)
    return Loo(elpd, inside - elpd, error, k, efficiency, size), log_weights


def leave_rows_out(posterior: Posterior) -> Loo:
    """Leave each row of the model out in turn, its groups' other rows kept.

    Of a row that stands for several one is left out, and as often as there are of them.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    Loo
    """
    which, own = posterior.design.alike[1], posterior.at(posterior.design.once)
    parts = [leave_one_out(own.log_density(rows), own.chains)[0] for rows in own.blocks()]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])[which]
        for name in ("elpd", "p", "error", "k", "efficiency")
    }
    return Loo(**joined, draws=posterior.size)
