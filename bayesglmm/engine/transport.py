"""The map: from coordinates that are nearly standard normal to the parameters.

    theta   = center + factor bend(z)    see `kernel.hyper`
    effects of small factors, together: see `kernel.joint`
    fixed   = s (center + L z - cross (effects - center))
    effects, factor by factor, each given those before: see `kernel.blocks`

where ``s = kappa(theta) / kappa(pilot)`` carries all coefficients and effects along with the group
sds for binary responses, whose likelihood fixes only their ratios where groups are small, and
``s = sigma / sigma(pilot)`` carries deviations from the centre along with a residual sd. For what
is built before effects that share the residual variance, sigma is the sd of both (see `shares`).
The map is a change of variables with its Jacobian: a poor one costs time, never truth.
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
    """The map of one factor's effects, or of all effects of several small ones.

    Attributes
    ----------
    information : array of shape (G, q, q)
        W of each level (of each rotated effect where there is a rotation); one of shape (1, H, H)
        for the joint block.
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
    theta_shape : array of shape (T, 4 * pieces)
        Splines of theta's coordinates, of `bend.bends`; no pieces where nothing is bent.
    fixed_center : array of shape (P,)
    fixed_factor : array of shape (P, P)
        Lower triangular.
    fixed_cross : array of shape (P, H)
        Fall of the fixed effects with the deviations of the joint block.
    latent : float
        c of the common scale, 0 for none.
    log_scales : array of shape (1 + F,)
        Log of the common scale, kappa or the residual sd, at the centre: for the fixed effects
        and the joint block, and for each factor.
    residual : bool
        Whether deviations go with a residual sd, the last of theta; only without `latent`.
    spread : array of shape (E,)
        Mean square of each effect's column.
    means : array of shape (E,)
        Means of the columns far from 0, of `far_columns.means_of_far_columns`; else 0.
    shared : array of bool, shape (E,)
        Effects that share the residual variance, of `shares.shared_effects`; only with `residual`.
    joint : int
        The first factors whose effects are one block, the first of `blocks`, built before the
        fixed effects.
    blocks : tuple of Block
    """

    name: str
    theta_center: Array
    theta_factor: Array
    theta_shape: Array
    fixed_center: Array
    fixed_factor: Array
    fixed_cross: Array
    latent: float
    log_scales: Array
    residual: bool
    spread: Array
    means: Array
    shared: NDArray[np.bool_]
    joint: int
    blocks: tuple[Block, ...]

    @property
    def joint_size(self) -> int:
        """Effects of the joint block, H."""
        return len(self.blocks[0].linear) if self.joint else 0


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
        name="identity",
        theta_center=np.zeros(T),
        theta_factor=np.eye(T),
        theta_shape=np.zeros((T, 0)),
        fixed_center=np.zeros(P),
        fixed_factor=np.eye(P),
        fixed_cross=np.zeros((P, 0)),
        latent=0.0,
        log_scales=np.zeros(1 + len(blocks)),
        residual=False,
        spread=spread,
        means=np.zeros(len(spread)),
        shared=np.zeros(len(spread), dtype=bool),
        joint=0,
        blocks=blocks,
    )
