"""What is asked of a likelihood of cells with several linear predictors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bayesglmm.families.links import Array

type Etas = tuple[Array, ...]
"""The linear predictors of m cells: of shape (m,), or (m, S) at several points; of shape (1,) a
number for all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The log likelihood of cells around their K linear predictors, of which A have group effects.

    Attributes
    ----------
    value : array of shape (m,) or (m, S)
        Without what is in `CellLikelihood.rest`; -inf outside the domain.
    first : tuple of K arrays of shape (m,) or (m, S)
        Derivatives by each predictor.
    second : array of shape (A, K, m) or None
        Those of `first` of the predictors with effects, by each predictor.
    third : array of shape (A, A, K, m) or None
        Those of `second`.
    """

    value: Array
    first: tuple[Array, ...]
    second: Array | None = None
    third: Array | None = None


class CellLikelihood(Protocol):
    """The log likelihood of cells, with derivatives."""

    def surface(self, etas: Etas, order: int) -> Surface:
        """The log likelihood at some linear predictors.

        Parameters
        ----------
        etas : tuple of K arrays
        order : int
            Derivatives that are asked for, 1 to 3; more than 1 at one point of each cell.

        Returns
        -------
        Surface
        """
        ...

    def rest(self, etas: Etas) -> tuple[float, Mapping[int, Array]]:
        """What is of no cell.

        Returns
        -------
        value : float
        slopes : mapping
            Predictor to derivatives by it, in parts that are to be summed.
        """
        ...
