"""Whether the draws can be trusted: effective sample sizes and R-hat of many quantities at once.

The definitions are those of Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian
Analysis 16(2), and the numbers those of ArviZ, which looks at each quantity by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.effective_size import effective_sizes
from bayesglmm.engine.ranks import rank_scores
from bayesglmm.families.links import Array

TAILS = (0.05, 0.95)
"""Quantiles whose effective sample size is the tail ESS (Vehtari et al. 2021, section 4.3)."""

SHORTEST = 4
"""Draws of a chain below which nothing is said about it."""

R_HAT = 1.01
"""Bound of R-hat of one quantity (Vehtari et al. 2021, section 4)."""

BLOCK = 2**18
"""Draws worked on at a time: few enough to stay in the cache of the processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Convergence:
    """Diagnostics of k quantities.

    Attributes
    ----------
    ess_bulk, ess_tail : array of shape (k,)
        Effective sample size in the bulk, and the lesser of those in the two tails.
    r_hat : array of shape (k,)
        The greater of the R-hat of location and that of spread.
    ess_within : array of shape (k,)
        Where R-hat is above `R_HAT`, the effective sample size of what it is of, the means of the
        chains taken out: how far chains of that many draws differ by chance. NaN elsewhere.
    """

    ess_bulk: Array
    ess_tail: Array
    r_hat: Array
    ess_within: Array


def _nothing() -> None:
    """There is nothing to do between blocks."""


def convergence(draws: Array, between: Callable[[], None] = _nothing) -> Convergence:
    """Effective sample sizes and R-hat, rank-normalised.

    Vehtari et al. (2021), sections 3 and 4.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)
    between : callable
        Called before each block of quantities; what it raises ends the work.

    Returns
    -------
    Convergence
        NaN where a quantity holds a NaN, and everywhere if chains have fewer than 4 draws; R-hat
        is NaN also where a quantity never moves, and everywhere if there is one chain only.
        Infinite draws rank first or last.
    """
    values = np.asarray(draws, dtype=float)
    chains, length, k = values.shape
    found = np.full((4, k), np.nan)
    if length >= SHORTEST:
        step = max(1, BLOCK // (chains * length))
        for start in range(0, k, step):
            between()
            block = values[..., start : start + step].transpose(2, 0, 1)
            found[:, start : start + step] = _diagnostics(np.ascontiguousarray(block))
    return Convergence(*found)


def relative_efficiency(draws: Array) -> Array:
    """Share of the draws that independent ones would need for the same error of the mean.

    Vehtari et al. (2021), section 3.2, of the draws themselves, without ranks.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)

    Returns
    -------
    array of shape (k,)
        At most 1; 1 where chains have fewer than 4 draws, or a quantity holds a NaN.
    """
    if draws.shape[1] < SHORTEST:
        return np.ones(draws.shape[2])
    halves = split_chains(np.ascontiguousarray(draws.transpose(2, 0, 1), dtype=float))
    size = halves.shape[1] * halves.shape[2]
    found = effective_sizes(halves) / size
    return np.where(np.isnan(found), 1.0, np.minimum(found, 1.0))


def _diagnostics(values: Array) -> Array:
    """What `Convergence` holds, shape (4, k), of draws of shape (k, chains, draws).

    Vehtari et al. (2021), section 4: draws folded at their median give the R-hat of spread, and
    whether a draw lies below a quantile gives the ESS of that tail.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite draws, or none that moves
        scores, folded = rank_scores(split_chains(values))
        location, spread = _r_hat(scores), _r_hat(folded)
        r_hat = np.fmax(location, spread)
        limits = np.quantile(values.reshape(len(values), -1), TAILS, axis=1)
    tails = [
        effective_sizes(split_chains((values <= limit[:, np.newaxis, np.newaxis]).astype(float)))
        for limit in limits
    ]
    if values.shape[1] == 1:
        r_hat[:] = np.nan
    within = np.full(len(values), np.nan)
    wide = np.flatnonzero(r_hat > R_HAT)
    if len(wide):
        of_spread = (spread > location)[wide, np.newaxis, np.newaxis]
        worse = np.where(of_spread, folded[wide], scores[wide])
        within[wide] = effective_sizes(worse - worse.mean(axis=2, keepdims=True))
    found = np.stack([effective_sizes(scores), np.minimum(*tails), r_hat, within])
    found[:, np.isnan(values).any(axis=(1, 2))] = np.nan
    return found


def split_chains(values: Array) -> Array:
    """Halves of the chains, as chains of their own; an odd draw in the middle is left out."""
    half = values.shape[2] // 2
    return np.concatenate([values[..., :half], values[..., -half:]], axis=1)


def _r_hat(values: Array) -> Array:
    """R-hat of k quantities from values of shape (k, chains, draws).

    Vehtari et al. (2021), section 3.1; the chains are split beforehand.
    """
    length = values.shape[2]
    between = length * np.var(values.mean(axis=2), axis=1, ddof=1)
    within = np.var(values, axis=2, ddof=1).mean(axis=1)
    return np.asarray(np.sqrt((between / within + length - 1) / length))
