"""A linear predictor of the cells: of the family's location, or of another of its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array

LIMIT = 1e10
"""The shape that stands for any larger one: a Poisson."""


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
    held : array of bool, shape (m,)
        Where it has grown without bound, and `LIMIT` stands for it; of shape (1,) as before.
    number : bool
        Whether it is one number for all rows.
    """

    name: str
    X: Array
    offset: Array
    held: NDArray[np.bool_]
    number: bool = False

    @property
    def size(self) -> int:
        """How many coefficients it has, P."""
        return int(self.X.shape[1])

    @property
    def known(self) -> bool:
        """Whether the cells where it is not held tell all its coefficients."""
        some = self.held.any()
        return not some or int(np.linalg.matrix_rank(self.X[~self.held])) == self.size

    def eta(self, coefficients: Array) -> Array:
        """The linear predictor of each cell, or of all."""
        eta = self.offset + self.X @ coefficients
        return np.where(self.held, np.log(LIMIT), eta) if self.held.any() else eta

    def pull(self, by_eta: Array) -> Array:
        """Derivatives by the coefficients, from those by the predictor of each cell."""
        if self.held.any():
            by_eta = np.where(self.held, 0.0, by_eta)
        if len(self.X) == 1:
            return np.asarray(self.X[0] * by_eta.sum())
        return np.asarray(self.X.T @ by_eta)


def make_side(name: str, X: Array, offset: Array, number: bool = False) -> Side:
    """A side of which nothing is held."""
    return Side(name, X, offset, np.zeros(len(X), dtype=bool), number)


def one_number(name: str) -> Side:
    """A parameter that the likelihood reads as one number for all rows."""
    return make_side(name, np.ones((1, 1)), np.zeros(1), number=True)
