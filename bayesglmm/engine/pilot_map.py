"""From the pilot's Gaussian to the map in which it is standard normal."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.arrow import diagonal_blocks
from bayesglmm.engine.bend import bends
from bayesglmm.engine.pilot_prior import prior_precision
from bayesglmm.engine.pilot_theta import Approximation
from bayesglmm.engine.shares import log_whole_sd
from bayesglmm.engine.transport import Block, Cross, Transport, mean_squares, plain_block
from bayesglmm.families.links import Array

LEAST_FALL, LARGEST_FALL = 0.01, 0.9
"""Below the first the linear predictor's scale is taken not to depend on the sds."""
MOST_JOINT = 18
"""Effects of small factors that are built together: each gradient costs their number cubed."""
TURNED = 1500
"""Levels of a factor up to which the directions of its effects are worked out."""


def make_transport(here: Approximation, covariance: Array, fall: float) -> Transport:
    """The map in which the pilot's Gaussian is standard normal.

    Parameters
    ----------
    here : Approximation
        Where the evidence bound is largest.
    covariance : array of shape (T, T)
        Of theta.
    fall : float
        How fast the log of the linear predictor's scale falls as all sds grow together.

    Returns
    -------
    Transport
    """
    coordinates, users = here.coordinates, here.users
    blocks, schur = _blocks(here)
    spread, joint = mean_squares(coordinates), small_factors(here)
    latent = _latent(users, spread, fall)
    residual = coordinates.scalar == "sigma" and latent == 0.0
    P, factor = coordinates.fixed, np.linalg.cholesky(covariance) if len(users) else covariance
    own, cross = schur[:P, :P], np.zeros((P, 0))
    if joint:
        cross = np.linalg.solve(own, schur[:P, P:])
        blocks = (_joint_block(here, schur, cross), *blocks)
    return Transport(
        name="conditional Gaussian",
        theta_center=here.theta,
        theta_factor=factor,
        theta_shape=_bends(here, factor),
        fixed_center=here.given.fixed,
        fixed_factor=np.linalg.cholesky(np.linalg.inv(own)) if P else own,
        fixed_cross=cross,
        latent=latent,
        log_scales=_log_scales(here, latent, residual=residual),
        residual=residual,
        spread=spread,
        means=here.means,
        shared=here.shared,
        joint=joint,
        blocks=blocks,
    )


def small_factors(here: Approximation) -> int:
    """How many of the first factors have so few effects that they are one block.

    Effects that share the residual variance are not among them: given what is built before them
    they are independent, whatever the sds.
    """
    coordinates = here.coordinates
    sizes = np.cumsum([factor.size for factor in coordinates.factors])
    small = int(np.sum(sizes <= MOST_JOINT))
    firsts = [coordinates.first_effect(number) for number in range(small)]
    return next((n for n, first in enumerate(firsts) if here.shared[first]), small)


def _bends(here: Approximation, factor: Array) -> Array:
    """Bends of theta's coordinates, from the bound along each."""
    last: dict[tuple[int, bool], Approximation] = {}  # of each coordinate and side

    def slope(coordinate: int, at: float) -> float:
        theta, side = here.theta + at * factor[:, coordinate], (coordinate, at > 0)
        try:
            last[side] = last.get(side, here).moved(theta)
        except np.linalg.LinAlgError:  # so far out there is no Gaussian
            return np.nan
        return float(factor[:, coordinate] @ last[side].slope)

    return bends([partial(slope, coordinate) for coordinate in range(len(here.theta))])


def _joint_block(here: Approximation, schur: Array, cross: Array) -> Block:
    """Map of the effects of small factors, the fixed effects integrated out."""
    from scipy.linalg import block_diag

    coordinates, P = here.coordinates, here.coordinates.fixed
    joint = small_factors(here)
    information = schur[P:, P:] - schur[P:, :P] @ cross
    prior = block_diag(
        *(
            np.kron(np.eye(factor.levels), prior_precision(coordinates, number, here.users))
            for number, factor in enumerate(coordinates.factors[:joint])
        )
    )
    u = np.concatenate([effects.ravel() for effects in here.given.effects[:joint]])
    block = plain_block(1, len(u))
    return replace(block, information=information[None], linear=(information + prior) @ u, center=u)


def _latent(theta: Array, spread: Array, fall: float) -> float:
    """C of the map's common scale, from how the pilot's information falls as the sds grow.

    With ``kappa^2 = 1 + c v`` the log of kappa grows by ``c v / (1 + c v)`` with the log of the
    sds, v the variance that the effects give the linear predictor.
    """
    variance = float(np.sum(spread * np.exp(2 * theta[: len(spread)])))
    share = min(fall, LARGEST_FALL)
    return share / (variance * (1 - share)) if share > LEAST_FALL else 0.0


def _log_scales(here: Approximation, latent: float, *, residual: bool) -> Array:
    """Logs of the common scale at theta, kappa or the residual sd, at each stage of the map."""
    coordinates, theta = here.coordinates, here.users
    last = len(coordinates.factors)
    if not residual:
        spread = mean_squares(coordinates)
        kappa = 0.5 * np.log1p(latent * np.sum(spread * np.exp(2 * theta[: len(spread)])))
        return np.full(1 + last, kappa)
    built = [0, *(coordinates.first_effect(number) for number in range(1, last + 1))]
    return np.array([log_whole_sd(here.shared, theta, first) for first in built])


def _blocks(here: Approximation) -> tuple[tuple[Block, ...], Array]:
    """Maps of the factors but the joint ones, and the precision left for the rest.

    It is that of the fixed and the joint effects, the prior of these left out.
    """
    coordinates, given = here.coordinates, here.given
    joint, shaft = small_factors(here), len(coordinates.factors) - 1
    if shaft < 0:
        return (), given.schur
    if joint > shaft:
        return (), given.arrow.dense
    u, prior = given.effects[shaft], prior_precision(coordinates, shaft, here.users)
    linear = np.einsum("gij,gj->gi", given.arrow.shaft + prior, u).ravel()
    blocks = [Block(given.arrow.shaft, linear, u.ravel(), _sparse(given.arrow.cross))]
    schur, starts = given.schur, here.layout.columns.starts
    for number in range(shaft - 1, joint - 1, -1):
        here.layout.between()
        block, schur = _head_block(here, number, schur, slice(*starts[number : number + 2]))
        blocks.append(block)
    return tuple(reversed(blocks)), schur


def _head_block(here: Approximation, number: int, schur: Array, own: slice) -> tuple[Block, Array]:
    """Map of a factor of the head, the last of those left, and the precision of the others."""
    factor, u = here.coordinates.factors[number], here.given.effects[number]
    prior = prior_precision(here.coordinates, number, here.users)
    information, cross = schur[own, own], schur[own, : own.start]
    if factor.q == 1 and factor.levels <= TURNED:
        values, vectors = np.linalg.eigh(information)
        values = np.maximum(values, 0.0)
        linear = (values + prior[0, 0]) * (vectors.T @ u[:, 0])
        turned = _sparse(vectors.T @ cross)
        block = Block(values[:, None, None], linear, u.ravel(), turned, vectors)
    else:
        own_blocks = diagonal_blocks(information, factor.q)
        linear = np.einsum("gij,gj->gi", own_blocks + prior, u).ravel()
        block = Block(own_blocks, linear, u.ravel(), _sparse(cross))
    full = information + np.kron(np.eye(factor.levels), prior)
    rest = schur[: own.start, : own.start] - cross.T @ np.linalg.solve(full, cross)
    return block, rest


def _sparse(matrix: Any) -> Cross:
    from scipy.sparse import csr_matrix

    rows = csr_matrix(matrix)
    starts: NDArray[np.int64] = rows.indptr.astype(np.int64)
    return Cross(starts, rows.indices.astype(np.int32), np.asarray(rows.data, dtype=float))
