"""Whether the draws can be trusted: effective sample sizes and R-hat of many quantities at once.

The definitions are those of Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian
Analysis 16(2), and the numbers those of ArviZ, which looks at each quantity by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.jit import cached_njit
from bayesglmm.families.links import Array

TAILS = (0.05, 0.95)
"""Quantiles whose effective sample size is the tail ESS (Vehtari et al. 2021, section 4.3)."""

SHORTEST = 4
"""Draws of a chain below which nothing is said about it."""

R_HAT = 1.01
"""Bound of R-hat (Vehtari et al. 2021, section 4)."""

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
    """

    ess_bulk: Array
    ess_tail: Array
    r_hat: Array


def convergence(draws: Array) -> Convergence:
    """Effective sample sizes and R-hat, rank-normalised.

    Vehtari et al. (2021), sections 3 and 4.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)

    Returns
    -------
    Convergence
        NaN where a quantity holds a NaN, and everywhere if chains have fewer than 4 draws; R-hat
        is NaN also where a quantity never moves, and everywhere if there is one chain only.
        Infinite draws rank first or last.
    """
    values = np.asarray(draws, dtype=float)
    chains, length, k = values.shape
    found = np.full((3, k), np.nan)
    if length >= SHORTEST:
        step = max(1, BLOCK // (chains * length))
        for start in range(0, k, step):
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
    halves = _split(np.ascontiguousarray(draws.transpose(2, 0, 1), dtype=float))
    size = halves.shape[1] * halves.shape[2]
    found = cached_njit(_effective_sizes)(np.ascontiguousarray(halves)) / size
    return np.where(np.isnan(found), 1.0, np.minimum(found, 1.0))


def _diagnostics(values: Array) -> Array:
    """Bulk ESS, tail ESS and R-hat, shape (3, k), of draws of shape (k, chains, draws).

    Vehtari et al. (2021), section 4: draws folded at their median give the R-hat of spread, and
    whether a draw lies below a quantile gives the ESS of that tail.
    """
    effective_sizes = cached_njit(_effective_sizes)
    halves = _split(values)
    with np.errstate(divide="ignore", invalid="ignore"):  # infinite draws, or none that moves
        bulk, median = _normalised(halves)
        folded, _ = _normalised(np.abs(halves - median))
        spread = np.where(np.isfinite(median[:, 0, 0]), _r_hat(folded), np.nan)
        r_hat = np.fmax(_r_hat(bulk), spread)
        limits = np.quantile(values.reshape(len(values), -1), TAILS, axis=1)
    tails = [
        effective_sizes(_split((values <= limit[:, np.newaxis, np.newaxis]).astype(float)))
        for limit in limits
    ]
    if values.shape[1] == 1:
        r_hat[:] = np.nan
    found = np.stack([effective_sizes(bulk), np.minimum(*tails), r_hat])
    found[:, np.isnan(values).any(axis=(1, 2))] = np.nan
    return found


def _split(values: Array) -> Array:
    """Halves of the chains, as chains of their own; an odd draw in the middle is left out."""
    half = values.shape[2] // 2
    return np.concatenate([values[..., :half], values[..., -half:]], axis=1)


def _normalised(values: Array) -> tuple[Array, Array]:
    """Normal scores of the ranks of each quantity, and its median.

    Vehtari et al. (2021), section 4.1.

    Parameters
    ----------
    values : array of shape (k, chains, draws)
        An even number of draws in all.

    Returns
    -------
    scores : array of shape (k, chains, draws)
    median : array of shape (k, 1, 1)
    """
    joined = values.reshape(len(values), -1)
    order = np.argsort(joined, axis=1)
    size = joined.shape[1]
    scores = cached_njit(_by_rank)(joined, order, _scores(size)).reshape(values.shape)
    middle = np.take_along_axis(joined, order[:, size // 2 - 1 : size // 2 + 1], axis=1)
    return scores, middle.mean(axis=1)[:, np.newaxis, np.newaxis]


def _by_rank(values: Array, order: NDArray[np.intp], scores: Array) -> Array:
    """Scores of the ranks of each quantity.

    Parameters
    ----------
    values, order : array of shape (k, n)
        Draws, and where the first, second, ... of each row is found.
    scores : array of shape (2 n - 1,)
        Scores of the ranks 1, 1.5, 2, ... n.

    Returns
    -------
    array of shape (k, n)
        Equal draws have the score of their mean rank.
    """
    k, size = values.shape
    found = np.empty((k, size))
    for quantity in range(k):
        first = 0
        while first < size:
            value = values[quantity, order[quantity, first]]
            end = first + 1
            while end < size and values[quantity, order[quantity, end]] == value:
                end += 1
            for place in range(first, end):
                found[quantity, order[quantity, place]] = scores[first + end - 1]
            first = end
    return found


@lru_cache(maxsize=4)
def _scores(size: int) -> Array:
    """Normal scores of the ranks 1, 1.5, 2, ... `size`: tied draws share their mean rank."""
    from scipy.special import ndtri

    ranks = np.arange(2, 2 * size + 1) / 2
    return np.asarray(ndtri((ranks - 3 / 8) / (size + 1 / 4)))


def _r_hat(values: Array) -> Array:
    """R-hat of k quantities from values of shape (k, chains, draws).

    Vehtari et al. (2021), section 3.1; the chains are split beforehand.
    """
    length = values.shape[2]
    between = length * np.var(values.mean(axis=2), axis=1, ddof=1)
    within = np.var(values, axis=2, ddof=1).mean(axis=1)
    return np.asarray(np.sqrt((between / within + length - 1) / length))


def _effective_sizes(values: Array) -> Array:
    """Effective sample sizes of k quantities.

    Vehtari et al. (2021), section 3.2: autocorrelations are summed in pairs of lags, up to the
    first pair below 0 and never rising from pair to pair (Geyer 1992, Statistical Science 7(4)).
    Autocovariances are worked out lag by lag as the sum goes on, so a quantity that mixes well
    costs few of them.

    Parameters
    ----------
    values : array of shape (k, chains, draws)
        At least 2 chains.

    Returns
    -------
    array of shape (k,)
        The number of draws for a quantity that never moves.
    """
    k, chains, length = values.shape
    size = chains * length
    found = np.full(k, float(size))
    means = np.empty(chains)
    centred = np.empty((chains, length))
    for quantity in range(k):
        means_total = 0.0
        squares = 0.0
        for chain in range(chains):
            total = 0.0
            for draw in range(length):
                total += values[quantity, chain, draw]
            means[chain] = total / length
            means_total += means[chain]
            for draw in range(length):
                centred[chain, draw] = values[quantity, chain, draw] - means[chain]
                squares += centred[chain, draw] ** 2
        within = squares / (size - chains)
        variance = squares / size
        for chain in range(chains):
            variance += (means[chain] - means_total / chains) ** 2 / (chains - 1)
        if variance == 0:
            continue

        lag = 0
        total = 0.0
        least = np.inf
        while True:
            even = 0.0
            odd = 0.0
            for chain in range(chains):
                last = length - 1 - lag
                for draw in range(last):
                    even += centred[chain, draw] * centred[chain, draw + lag]
                    odd += centred[chain, draw] * centred[chain, draw + lag + 1]
                even += centred[chain, last] * centred[chain, length - 1]
            even = 1 - (within - even / size) / variance if lag > 0 else 1.0
            odd = 1 - (within - odd / size) / variance
            pair = even + odd
            if not pair > 0 or lag >= length - 4:
                break
            least = min(least, pair)
            total += least
            lag += 2
        # The last pair counts by its even lag alone, which improves chains that alternate.
        last_even = even if pair >= 0 else max(even, 0.0)
        found[quantity] = size / max(2 * total - 1 + last_even, 1 / np.log10(size))
    return found
