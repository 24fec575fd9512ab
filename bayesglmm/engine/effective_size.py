"""Effective sample sizes of many quantities at once, in time that is linear in the draws.

Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021), Bayesian Analysis 16(2), section 3.2.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.jit import cached_njit
from bayesglmm.families.links import Array

LAGS = 32
"""Lags worked out one by one, as far as the sum needs them; a quantity that needs more gets all of
them from a Fourier transform."""


def effective_sizes(values: Array) -> Array:
    """Effective sample sizes of k quantities.

    Autocorrelations are summed in pairs of lags, up to the first pair below 0 and never rising
    from pair to pair (Geyer 1992, Statistical Science 7(4)).

    Parameters
    ----------
    values : array of shape (k, chains, draws)
        At least 2 chains, of at least 2 draws; not split here.

    Returns
    -------
    array of shape (k,)
        The number of draws for a quantity that never moves; NaN for one that holds a NaN.
    """
    chains, length = values.shape[1:]
    size = chains * length
    means = values.mean(axis=2)
    centred = values - means[:, :, np.newaxis]
    squares = np.einsum("kcd,kcd->k", centred, centred)
    within = squares / (size - chains)
    variance = squares / size + means.var(axis=1, ddof=1)
    sizes = cached_njit(_sizes)
    found: Array = sizes(centred, within, variance, np.empty((len(values), 0)))
    slow = np.flatnonzero(np.isnan(found) & ~np.isnan(variance))
    if len(slow):
        some = centred[slow]
        found[slow] = sizes(some, within[slow], variance[slow], _products(some))
    return found


def _products(centred: Array) -> Array:
    """Sums over all chains of products of draws at every lag, shape (k, draws)."""
    from scipy import fft

    length = centred.shape[2]
    padded = fft.next_fast_len(2 * length, real=True)
    transformed = fft.rfft(centred, padded, axis=2)
    power = np.sum(np.square(transformed.real) + np.square(transformed.imag), axis=1)
    return np.ascontiguousarray(fft.irfft(power, padded, axis=1)[:, :length])


def _sizes(centred: Array, within: Array, variance: Array, products: Array) -> Array:
    """Effective sample sizes; NaN where the sum needs more lags than are worked out here.

    Parameters
    ----------
    centred : array of shape (k, chains, draws)
        Draws less the mean of their chain.
    within, variance : array of shape (k,)
        Variance within the chains, and of all draws.
    products : array of shape (k, draws) or (k, 0)
        From `_products`; without them they are worked out lag by lag, up to `LAGS`.

    Returns
    -------
    array of shape (k,)
    """
    k, chains, length = centred.shape
    size = chains * length
    known = products.shape[1] > 0
    found = np.full(k, float(size))
    for quantity in range(k):
        if variance[quantity] == 0:
            continue
        total, least, lag = 0.0, np.inf, 0
        while known or lag < LAGS:
            even, odd = 0.0, 0.0
            if known:
                even, odd = products[quantity, lag], products[quantity, lag + 1]
            else:
                for chain in range(chains):
                    last = length - 1 - lag
                    for draw in range(last):
                        even += (
                            centred[quantity, chain, draw] * centred[quantity, chain, draw + lag]
                        )
                        odd += (
                            centred[quantity, chain, draw]
                            * centred[quantity, chain, draw + lag + 1]
                        )
                    even += centred[quantity, chain, last] * centred[quantity, chain, length - 1]
            even = 1 - (within[quantity] - even / size) / variance[quantity] if lag > 0 else 1.0
            odd = 1 - (within[quantity] - odd / size) / variance[quantity]
            pair = even + odd
            if not pair > 0 or lag >= length - 4:
                # The last pair counts by its even lag alone, for chains that alternate.
                last_even = even if pair >= 0 else max(even, 0.0)
                total = max(2 * total - 1 + last_even, 1 / np.log10(size))
                found[quantity] = size / total
                break
            least = min(least, pair)
            total += least
            lag += 2
        else:
            found[quantity] = np.nan
    return found
