"""The bound of R-hat: the one rule of when to stop and of every verdict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.convergence import R_HAT, Convergence
from bayesglmm.families.links import Array

ESS_PER_CHAIN = 100
"""Least effective sample size (Vehtari et al. 2021, Bayesian Analysis 16(2), section 4)."""

FALSE_ALARMS = 0.01
"""Probability with which chains that agree are said not to, over all group effects of a fit."""


def r_hat_bounds(found: Convergence, effects: NDArray[np.bool_], chains: int) -> Array:
    """Bound of the R-hat of each quantity.

    `R_HAT` for a quantity of its own. Of thousands of group effects some exceed it by chance: the
    means of m halves of chains that agree have variance m / ESS times that within, so that
    ``R-hat^2 - 1`` is about ``m / ESS * chi2(m - 1) / (m - 1)`` (Vats & Knudson 2021, Statistical
    Science 36(4), have its mean). A group effect may have what the largest of them all exceeds with
    probability `FALSE_ALARMS`, where that is more. The ESS is that within the chains, which a
    chain that differs from the others does not lower.

    Parameters
    ----------
    found : Convergence
        Of k quantities.
    effects : array of bool, shape (k,)
        Which of them are group effects.
    chains : int

    Returns
    -------
    array of shape (k,)
    """
    bounds = np.full(len(found.r_hat), R_HAT)
    if effects.any():
        bounds[effects] = bounds_among(found.ess_within[effects], chains)
    return bounds


def bounds_among(ess: Array, chains: int) -> Array:
    """Bound of the R-hat of each of k group effects, or of k numbers of groups.

    Parameters
    ----------
    ess : array of shape (k,)
        Effective sample size within the chains; one below what a verdict wants, or NaN, counts as
        that.
    chains : int

    Returns
    -------
    array of shape (k,)
    """
    from scipy.special import chdtri

    halves, tests = 2 * chains, 2 * len(ess)  # R-hat of location and of spread
    each = -np.expm1(np.log1p(-FALSE_ALARMS) / tests)  # Sidak
    excess = chdtri(halves - 1, each) / (halves - 1) * halves
    by_chance = np.sqrt(1 + excess / np.fmax(ess, ESS_PER_CHAIN * chains))
    return np.asarray(np.fmax(by_chance, R_HAT))
