"""The parameter of a family beside its mean: one number for all rows, or one with a formula."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array

LIMIT = 1e10
"""The shape that stands for any larger one: a Poisson."""


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """A positive parameter beside the mean: its log is a linear predictor.

    Attributes
    ----------
    name : str
    X : array of shape (m, Q)
        Columns on the sampler's scale; of shape (1, 1), a one, for one number for all rows.
    offset : array of shape (m,)
        Of shape (1,) for one number for all rows.
    held : array of bool, shape (m,)
        Where it has grown without bound, and `LIMIT` stands for it; of shape (1,) as before.
    """

    name: str
    X: Array
    offset: Array
    held: NDArray[np.bool_]

    @property
    def size(self) -> int:
        """How many coefficients it has, Q."""
        return int(self.X.shape[1])

    @property
    def is_number(self) -> bool:
        """Whether it is one number for all rows."""
        return len(self.X) == 1

    @property
    def known(self) -> bool:
        """Whether the cells where it is not held tell all its coefficients."""
        return int(np.linalg.matrix_rank(self.X[~self.held])) == self.size

    def logs(self, gamma: Array) -> Array:
        """The log of the parameter of each cell, or of all, from its coefficients."""
        return np.where(self.held, np.log(LIMIT), self.offset + self.X @ gamma)

    def pull(self, by_log: Array) -> Array:
        """Derivatives by the coefficients, from those by the log of the parameter of each cell."""
        columns = np.broadcast_to(self.X, (len(by_log), self.size))
        return np.asarray(columns.T @ np.where(self.held, 0.0, by_log))


def make_other(name: str, X: Array, offset: Array) -> Other:
    """A parameter of which nothing is held."""
    return Other(name, X, offset, np.zeros(len(X), dtype=bool))


def one_number(name: str) -> Other:
    """A parameter that is one number for all rows."""
    return make_other(name, np.ones((1, 1)), np.zeros(1))
