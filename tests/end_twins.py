"""A beta distribution between probabilities of exactly 0 and 1, on top of SciPy's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special


@dataclass(frozen=True)
class WithEnds:
    """Probabilities `zero` and `one`, and the rest from another distribution."""

    base: Any
    zero: Any
    one: Any

    @property
    def some(self):
        return 1 - self.zero - self.one

    def logpdf(self, y):
        y = np.asarray(y)
        inside = np.log(self.some) + self.base.logpdf(np.where((y > 0) & (y < 1), y, 0.5))
        return np.where(y == 0, np.log(self.zero), np.where(y == 1, np.log(self.one), inside))

    def cdf(self, y):
        found = self.zero + self.some * self.base.cdf(y)
        return np.where(np.asarray(y) >= 1, 1.0, np.where(np.asarray(y) >= 0, found, 0.0))

    def ppf(self, share):
        rest = (share - self.zero) / self.some
        inside = self.base.ppf(np.clip(rest, 0, 1))
        return np.where(rest <= 0, 0.0, np.where(rest > 1, 1.0, inside))

    def mean(self):
        return self.some * self.base.mean() + self.one

    def var(self):
        second = self.some * (self.base.var() + self.base.mean() ** 2) + self.one
        return second - self.mean() ** 2

    def stats(self, moments):
        return self.base.stats(moments)


def ordered(base, cutzero, gap):
    """Kubinec's: ones and zeros by the logistic function of the linear predictor of the mean."""
    eta = special.logit(base.mean())
    return WithEnds(base, special.expit(cutzero - eta), special.expit(eta - cutzero - gap))
