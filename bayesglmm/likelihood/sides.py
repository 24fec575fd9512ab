"""A linear predictor of the cells: of the family's location, or of another of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """A parameter of the family: its linear predictor, group effects left out, is ``X b + o``.

    Attributes
    ----------
    name : str
        Of the parameter.
    X : array of shape (m, P)
        Columns on the sampler's scale; of shape (1, 1), a one, for one number for all rows that
        the likelihood reads as such.
    offset : array of shape (m,)
        Of shape (1,) for such a number.
    held : array of shape (m,)
        Where the parameter has gone to an end of its range, the predictor that stands for it, and
        NaN elsewhere; of shape (1,) as before.
    number : bool
        Whether it is one number for all rows.
    """

    name: str
    X: Array
    offset: Array
    held: Array
    number: bool = False

    @property
    def size(self) -> int:
        """How many coefficients it has, P."""
        return int(self.X.shape[1])

    @property
    def is_held(self) -> NDArray[np.bool_]:
        """Where it is held, of the shape of `held`."""
        return ~np.isnan(self.held)

    @property
    def known(self) -> bool:
        """Whether the cells where it is not held tell all its coefficients."""
        held = self.is_held
        return not held.any() or int(np.linalg.matrix_rank(self.X[~held])) == self.size

    def eta(self, coefficients: Array) -> Array:
        """The linear predictor of each cell, or of all."""
        return np.where(self.is_held, self.held, self.offset + self.X @ coefficients)

    def pull(self, by_eta: Array) -> Array:
        """Derivatives by the coefficients, from those by the predictor of each cell."""
        by_eta = np.where(self.is_held, 0.0, by_eta)
        if len(self.X) == 1:
            return np.asarray(self.X[0] * by_eta.sum())
        return np.asarray(self.X.T @ by_eta)


def make_side(name: str, X: Array, offset: Array, number: bool = False) -> Side:
    """A side of which nothing is held."""
    return Side(name, X, offset, np.full(len(X), np.nan), number)


def one_number(name: str) -> Side:
    """A parameter that the likelihood reads as one number for all rows."""
    return make_side(name, np.ones((1, 1)), np.zeros(1), number=True)
