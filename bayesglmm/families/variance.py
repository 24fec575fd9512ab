"""Variance functions: how far a response scatters about its mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from bayesglmm.families.link import NormalLocation
from bayesglmm.families.rows import Array, Rows

type Parameters = Mapping[str, Any]
type Coefficients = Callable[[Rows, Parameters], Mapping[float, Any]]


class Variance(Protocol):
    """The variance of responses, and its mean where their location varies between groups."""

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """The variance of responses.

        Parameters
        ----------
        value : array
            Of the family's first parameter, natural scale: of one unit of exposure, or one trial.
        rows : Rows
            Whose exposure and trials broadcast against `value`.
        parameters : mapping
            Name to the family's parameters beside the first, natural scale.

        Returns
        -------
        array
            Of the shape that all broadcast to; of the number of successes for a binomial.
            Infinite, or NaN, where the distribution has no variance.
        """

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """Mean of the variance where the linear predictor of the location is normal.

        Parameters
        ----------
        location : NormalLocation
        rows : Rows
        parameters : mapping

        Returns
        -------
        array
        """


@dataclass(frozen=True, slots=True, eq=False)
class PowerVariance:
    """A variance that is a sum of powers of the location: ``V(m) = sum_k c_k m^k``.

    So it is quadratic for the families of Morris (1982, Annals of Statistics 10(1)), a square for a
    gamma, a cube for an inverse Gaussian (Jørgensen 1987, JRSS B 49(2)). What is known of the
    powers of a location gives its expectation exactly.

    Attributes
    ----------
    coefficients : callable
        (rows, parameters) to the coefficient of each power of the location at the row's exposure
        and trials, which is the mean of the response in most families.
    """

    coefficients: Coefficients

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        size = rows.exposure * rows.trials
        at, found = np.asarray(size * value, dtype=float), self.coefficients(rows, parameters)
        lowest = min(found)
        shapes = [np.shape(coefficient) for coefficient in found.values()]
        rest: Any = np.zeros(np.broadcast_shapes(at.shape, *shapes))
        for power, coefficient in found.items():
            rest = rest + coefficient * _power(at, power - lowest)
        return np.asarray(_power(at, lowest) * rest)

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """``E V(m) = sum_k c_k E m^k``; see `Variance`."""
        found, size = self.coefficients(rows, parameters), rows.exposure * rows.trials
        total: Any = 0.0
        for power, coefficient in found.items():
            total = total + coefficient * size**power * location.power(power)
        return np.asarray(total)


def _power(mean: Array, power: float) -> Any:
    """``mean ** power``, by multiplication where that is exact."""
    if power == 0:
        return np.ones_like(mean)
    return mean if power == 1 else np.square(mean) if power == 2 else mean**power
