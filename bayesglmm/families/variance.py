"""Variance functions: how far a response scatters about its mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families.rows import Array, Rows

type Parameters = Mapping[str, Any]
type Coefficients = Callable[[Rows, Parameters], Mapping[float, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class PowerVariance:
    """A variance that is a sum of powers of the mean: ``V(m) = sum_k c_k m^k``.

    So it is quadratic for the families of Morris (1982, Annals of Statistics 10(1)), a square for a
    gamma, a cube for an inverse Gaussian, any power for a Tweedie distribution (Jørgensen 1987,
    JRSS B 49(2)). What is known of the powers of a mean gives its expectation exactly.

    Attributes
    ----------
    coefficients : callable
        (rows, parameters) to the coefficient of each power of the mean of a response, at the
        row's exposure and trials.
    """

    coefficients: Coefficients

    def __call__(self, mean: Any, rows: Rows, parameters: Parameters) -> Array:
        """The variance of responses given their means.

        Parameters
        ----------
        mean : array
            Response scale; of the number of successes for a binomial.
        rows : Rows
            Whose exposure and trials broadcast against `mean`.
        parameters : mapping
            Name to the family's parameters beside the first, natural scale.

        Returns
        -------
        array
            Of the shape that all broadcast to.
        """
        mean, found = np.asarray(mean, dtype=float), self.coefficients(rows, parameters)
        lowest = min(found)
        shapes = [np.shape(value) for value in found.values()]
        rest: Any = np.zeros(np.broadcast_shapes(mean.shape, *shapes))
        for power, coefficient in found.items():
            rest = rest + coefficient * _power(mean, power - lowest)
        return np.asarray(_power(mean, lowest) * rest)

    def expected(
        self, power_mean: Callable[[float], Any], rows: Rows, parameters: Parameters
    ) -> Array:
        """Mean of the variance where the mean itself varies, as between groups.

        Parameters
        ----------
        power_mean : callable
            k to the mean of the k-th power of the mean of a response.
        rows : Rows
        parameters : mapping

        Returns
        -------
        array
            ``E V(m) = sum_k c_k E m^k``.
        """
        found = self.coefficients(rows, parameters)
        total: Any = 0.0
        for power, coefficient in found.items():
            total = total + coefficient * power_mean(power)
        return np.asarray(total)


def _power(mean: Array, power: float) -> Any:
    """``mean ** power``, by multiplication where that is exact."""
    if power == 0:
        return np.ones_like(mean)
    return mean if power == 1 else np.square(mean) if power == 2 else mean**power
