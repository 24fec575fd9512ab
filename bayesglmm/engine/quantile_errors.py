"""Monte Carlo errors of quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.engine.convergence import SHORTEST, split_chains
from bayesglmm.engine.effective_size import effective_sizes
from bayesglmm.families.links import Array

ONE_SD = (0.1586553, 0.8413447)
"""Probabilities one standard deviation below and above the mean of a normal distribution."""


def quantile_errors(draws: Array, quantiles: Sequence[float]) -> Array:
    """Monte Carlo standard errors of quantiles.

    Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian Analysis 16(2), section 4.4:
    from the effective sample size of being below the quantile follow the probabilities, as of a
    Beta distribution, whose quantiles lie one standard error apart on either side.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)
    quantiles : sequence of float, length m

    Returns
    -------
    array of shape (m, k)
        The numbers of ArviZ. NaN where a quantity holds a NaN, and everywhere if chains have fewer
        than 4 draws.
    """
    from scipy.special import betaincinv

    chains, length, k = draws.shape
    found = np.full((len(quantiles), k), np.nan)
    if length < SHORTEST:
        return found
    values = np.ascontiguousarray(draws.transpose(2, 0, 1), dtype=float)
    ordered = np.sort(values.reshape(k, -1), axis=1)
    size, known = chains * length, ~np.isnan(ordered).any(axis=1)
    rows = np.arange(k)
    for place, part in enumerate(quantiles):
        limit = np.quantile(values.reshape(k, -1), part, axis=1)
        below = (values <= limit[:, np.newaxis, np.newaxis]).astype(float)
        ess = effective_sizes(split_chains(below))
        low, high = (betaincinv(ess * part + 1, ess * (1 - part) + 1, p) * size - 1 for p in ONE_SD)
        first = ordered[rows, np.floor(np.fmax(low, 0)).astype(int)]
        last = ordered[rows, np.ceil(np.fmin(high, size - 1)).astype(int)]
        with np.errstate(invalid="ignore"):  # between infinite draws there is no distance
            found[place] = np.where(known, (last - first) / 2, np.nan)
    return found
