"""Normal scores of ranks, of many quantities at once.

Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian Analysis 16(2), section 4.1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.jit import cached_njit
from bayesglmm.families.links import Array


def rank_scores(values: Array) -> tuple[Array, Array]:
    """Normal scores of the ranks of draws, and of draws folded at their median.

    Parameters
    ----------
    values : array of shape (k, chains, draws)
        An even number of draws in all.

    Returns
    -------
    scores, folded : array of shape (k, chains, draws)
        Equal draws have the score of their mean rank. Folded are the distances from the median;
        NaN where that is not finite.
    """
    joined = values.reshape(len(values), -1)
    size = joined.shape[1]
    order = np.argsort(joined, axis=1)
    middle = np.take_along_axis(joined, order[:, size // 2 - 1 : size // 2 + 1], axis=1)
    median = middle.mean(axis=1)
    by_rank, scores = cached_njit(_by_rank), _scores(size)
    found = by_rank(joined, order, scores).reshape(values.shape)
    distances = np.abs(joined - median[:, np.newaxis])
    outward = cached_njit(_outward)(distances, order)
    folded = by_rank(distances, outward, scores).reshape(values.shape)
    folded[~np.isfinite(median)] = np.nan
    return found, folded


def _outward(distances: Array, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where the draws nearest to the median, next to it, ... are found; shape (k, n).

    In the order of the draws those below the median come near it from the left and those above
    leave it to the right, so that the two halves need only be merged.
    """
    k, size = order.shape
    found = np.empty_like(order)
    for quantity in range(k):
        left, right = size // 2 - 1, size // 2
        for place in range(size):
            if right == size or (
                left >= 0
                and distances[quantity, order[quantity, left]]
                <= distances[quantity, order[quantity, right]]
            ):
                found[quantity, place] = order[quantity, left]
                left -= 1
            else:
                found[quantity, place] = order[quantity, right]
                right += 1
    return found


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
