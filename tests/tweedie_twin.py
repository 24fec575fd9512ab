"""Tweedie amounts by what makes them: a Poisson count of gamma amounts, summed one by one."""

from __future__ import annotations

import numpy as np
from scipy import special, stats


class Tweedie:
    """Terms of all counts that responses up to 1.7 times the mean have anything of."""

    def __init__(self, mean, phi, power):
        self.m, self.phi, self.p = np.broadcast_arrays(
            *(np.asarray(values, dtype=float) for values in (mean, phi, power))
        )
        self.count = self.m ** (2 - self.p) / (self.phi * (2 - self.p))
        self.shape = (2 - self.p) / (self.p - 1)
        self.scale = self.phi * (self.p - 1) * self.m ** (self.p - 1)
        k = np.arange(1.0, 2 * self.count.max() + 200)
        self.k = k.reshape((-1,) + (1,) * self.m.ndim)

    def logpdf(self, y):
        y = np.asarray(y, dtype=float)
        above = np.where(y > 0, y, 1.0)
        terms = stats.poisson.logpmf(self.k, self.count) + stats.gamma.logpdf(
            above[..., None, :] if above.ndim > 1 else above, self.shape * self.k, scale=self.scale
        )
        axis = -2 if above.ndim > 1 else 0
        return np.where(y > 0, special.logsumexp(terms, axis=axis), -self.count)

    def cdf(self, y):
        y = np.maximum(np.asarray(y, dtype=float), -1.0)
        at = np.maximum(y, 0.0)
        chance = stats.poisson.pmf(self.k, self.count)
        below = stats.gamma.cdf(
            at[..., None, :] if at.ndim > 1 else at, self.shape * self.k, scale=self.scale
        )
        found = np.exp(-self.count) + (chance * below).sum(axis=-2 if at.ndim > 1 else 0)
        return np.where(y >= 0, found, 0.0)

    def ppf(self, share):
        low, high = np.full(self.m.shape, -700.0), np.full(self.m.shape, 700.0)
        for _ in range(70):
            middle = (low + high) / 2
            short = self.cdf(np.exp(middle)) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.where(share <= np.exp(-self.count), 0.0, np.exp((low + high) / 2))

    def mean(self):
        return self.m

    def var(self):
        return self.phi * self.m**self.p

    def stats(self, moments):
        """Its moments are numbers."""
        return np.full(self.m.shape, float(len(moments)))
