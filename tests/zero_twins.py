"""Distributions with zeros added, taken away or put in their place, on top of SciPy's.

Their `stats` are those of the distribution beneath, which are finite where theirs are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Inflated:
    """A share `zi` of zeros, and the rest from another distribution."""

    base: Any
    zi: Any

    def logpmf(self, y):
        return np.log(self.zi * (np.asarray(y) == 0) + (1 - self.zi) * self.base.pmf(y))

    def logpdf(self, y):
        with np.errstate(divide="ignore"):
            inside = np.log1p(-self.zi) + self.base.logpdf(np.where(np.asarray(y) > 0, y, 1.0))
        return np.where(np.asarray(y) == 0, np.log(self.zi), inside)

    def cdf(self, y):
        return np.where(np.asarray(y) >= 0, self.zi + (1 - self.zi) * self.base.cdf(y), 0.0)

    def ppf(self, share):
        rest = (share - self.zi) / (1 - self.zi)
        return np.where(rest <= 0, 0.0, self.base.ppf(np.maximum(rest, 0.0)).clip(0))

    def mean(self):
        return (1 - self.zi) * self.base.mean()

    def stats(self, moments):
        return self.base.stats(moments)

    def var(self):
        second = self.base.var() + self.base.mean() ** 2
        return (1 - self.zi) * second - self.mean() ** 2


@dataclass(frozen=True)
class Truncated:
    """Another distribution of whole numbers, given that it is not 0."""

    base: Any

    @property
    def some(self):
        return self.base.sf(0)

    def pmf(self, y):
        return np.where(np.asarray(y) > 0, self.base.pmf(y) / self.some, 0.0)

    def logpmf(self, y):
        return self.base.logpmf(y) - np.log(self.some)

    def cdf(self, y):
        return ((self.base.cdf(y) - self.base.cdf(0)) / self.some).clip(0)

    def ppf(self, share):
        return np.maximum(self.base.ppf(self.base.cdf(0) + share * self.some), 1.0)

    def mean(self):
        return self.base.mean() / self.some

    def stats(self, moments):
        return self.base.stats(moments)

    def var(self):
        return (self.base.var() + self.base.mean() ** 2) / self.some - self.mean() ** 2
