"""The map: from coordinates that are nearly standard normal to the parameters.

    theta   = center + factor z
    fixed   = s (center + L z)
    effects, factor by factor, each given those before: see `kernel.blocks`

where ``s = kappa(theta) / kappa(pilot)`` carries all coefficients and effects along with the group
sds for binary responses, whose likelihood fixes only their ratios where groups are small. The map
is a change of variables with its Jacobian: a poor one costs time, never truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Cross:
    """Sparse rows, in compressed form.

    Attributes
    ----------
    start : array of int, shape (rows + 1,)
    index : array of int
        Column of each value.
    value : array of float
    """

    start: NDArray[np.int64]
    index: NDArray[np.int32]
    value: Array


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The map of one factor's effects.

    Attributes
    ----------
    information : array of shape (G, q, q)
        W of each level (of each rotated effect where there is a rotation).
    linear : array of shape (G * q,)
        Linear term, rotated where there is a rotation.
    center : array of shape (G * q,)
        Mean of the effects.
    cross : Cross
        Fall of the linear term with the deviations of the parameters before.
    rotation : array of shape (G, G) or None
        Its columns are the directions along which the effects (q = 1) are independent.
    """

    information: Array
    linear: Array
    center: Array
    cross: Cross
    rotation: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Transport:
    """A map of all parameters.

    Attributes
    ----------
    name : str
        ``"conditional Gaussian"``, ``"non-centred"`` or ``"identity"``.
    theta_center : array of shape (T,)
    theta_factor : array of shape (T, T)
        Lower triangular.
    fixed_center : array of shape (P,)
    fixed_factor : array of shape (P, P)
        Lower triangular.
    latent : float
        c of the common scale, 0 for none.
    spread : array of shape (E,)
        Mean square of each effect's column.
    blocks : tuple of Block
    """

    name: str
    theta_center: Array
    theta_factor: Array
    fixed_center: Array
    fixed_factor: Array
    latent: float
    spread: Array
    blocks: tuple[Block, ...]

    @property
    def log_kappa(self) -> float:
        """Log of kappa at the centre of theta."""
        sds = np.exp(self.theta_center[: len(self.spread)])
        return float(0.5 * np.log1p(self.latent * np.sum(self.spread * np.square(sds))))


def plain_block(levels: int, q: int) -> Block:
    """A factor's effects in their non-centred form."""
    size = levels * q
    none = Cross(np.zeros(size + 1, np.int64), np.zeros(0, np.int32), np.zeros(0))
    return Block(np.zeros((levels, q, q)), np.zeros(size), np.zeros(size), none)


def mean_squares(coordinates: Coordinates) -> Array:
    """Mean square of each effect's column over the cells, shape (E,)."""
    means = [np.square(factor.Z).mean(axis=1) for factor in coordinates.factors]
    return np.concatenate([np.zeros(0), *means])


def identity(coordinates: Coordinates) -> Transport:
    """The map that leaves the non-centred parameters as they are.

    Parameters
    ----------
    coordinates : Coordinates

    Returns
    -------
    Transport
    """
    T, P = coordinates.theta, coordinates.fixed
    blocks = tuple(plain_block(factor.levels, factor.q) for factor in coordinates.factors)
    spread = mean_squares(coordinates)
    return Transport(
        "identity", np.zeros(T), np.eye(T), np.zeros(P), np.eye(P), 0.0, spread, blocks
    )
