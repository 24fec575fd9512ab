"""Cells level by level: what draws of the effects of one factor read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.collapsed.log_priors import (
    log_prior_constant,
    log_prior_of_fixed,
    log_prior_of_theta,
)
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Block
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Cells level by level, and what the pilot knows of the effects.

    Attributes
    ----------
    target : Target
    X : array of shape (P, m)
    starts : array of int, shape (G + 1,)
        First cell of each level.
    information, linear : arrays of shape (G,)
        Of the likelihood about each effect, and the linear term; see `transport.Block`.
    cross : array of shape (G, P)
        Fall of the linear term with the deviations of the fixed effects.
    fixed : array of shape (P,)
        From which they deviate.
    """

    target: Target
    X: Array
    starts: NDArray[np.int64]
    information: Array
    linear: Array
    cross: Array
    fixed: Array

    def normals(self, heads: Array) -> tuple[Array, Array]:
        """Expected effects and their sds, shapes (C, G), by the pilot's Gaussian."""
        T = self.target.coordinates.theta
        precision = self.information + np.exp(-2.0 * heads[:, :1])
        apart, falls = heads[:, T:] - self.fixed, np.zeros_like(precision)
        for place in range(len(self.fixed)):  # in one order, whatever the alignment of memory
            falls += apart[:, [place]] * self.cross[:, place]
        return (self.linear - falls) / precision, 1.0 / np.sqrt(precision)


def make_levels(target: Target, block: Block, fixed: Array) -> Levels:
    """Cells level by level.

    Parameters
    ----------
    target : Target
        With one factor, of one effect a level.
    block : Block
        The pilot's, of that factor.
    fixed : array of shape (P,)
        Fixed effects at the pilot.

    Returns
    -------
    Levels
    """
    from scipy.sparse import csr_matrix

    (factor,) = target.coordinates.factors
    shape = (factor.levels, target.coordinates.fixed)
    cross = csr_matrix((block.cross.value, block.cross.index, block.cross.start), shape)
    return Levels(
        target=target,
        X=np.ascontiguousarray(target.cells.fixed().T),
        starts=np.searchsorted(factor.index, np.arange(factor.levels + 1)),
        information=block.information.ravel(),
        linear=block.linear,
        cross=cross.toarray(),
        fixed=fixed,
    )


def log_priors(target: Target, heads: Array) -> Array:
    """Log prior of theta and the fixed effects, shape (C,), at positions of shape (C, T + P)."""
    coordinates = target.coordinates
    parts = [
        log_prior_of_theta(coordinates, head[: coordinates.theta])
        + log_prior_of_fixed(coordinates, head[coordinates.theta :])
        for head in heads
    ]
    return np.array(parts) + log_prior_constant(coordinates)
