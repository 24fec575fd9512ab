"""From the pilot's Gaussian to the map in which it is standard normal."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.bend import bends
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.pilot_system import (
    Solution,
    System,
    as_array,
    diagonal_blocks,
    prior_precision,
)
from bayesglmm.engine.transport import Block, Cross, Transport, mean_squares, plain_block
from bayesglmm.families.links import Array

LEAST_FALL, LARGEST_FALL = 0.01, 0.9
"""Below the first the linear predictor's scale is taken not to depend on the sds."""
MOST_JOINT = 18
"""Effects of small factors that are built together: each gradient costs their number cubed."""
TURNED = 1500
"""Levels of a factor up to which the directions of its effects are worked out."""


def make_transport(
    system: System, theta: Array, covariance: Array, solution: Solution, fall: float
) -> Transport:
    """The map in which the pilot's Gaussian is standard normal.

    Parameters
    ----------
    system : System
    theta : array of shape (T,)
        At which the evidence bound is largest.
    covariance : array of shape (T, T)
    solution : Solution
        Coefficients and effects given theta.
    fall : float
        How fast the log of the linear predictor's scale falls as all sds grow together.

    Returns
    -------
    Transport
    """
    coordinates, users = system.target.coordinates, system.users(theta)
    blocks, schur = _blocks(system, users, solution)
    spread, joint = mean_squares(coordinates), small_factors(coordinates)
    latent = _latent(users, spread, fall)
    residual = coordinates.auxiliary == "sigma" and latent == 0.0
    P, factor = coordinates.fixed, np.linalg.cholesky(covariance) if len(theta) else covariance
    own, cross = schur[:P, :P], np.zeros((P, 0))
    if joint:
        cross = np.linalg.solve(own, schur[:P, P:])
        blocks = (_joint_block(coordinates, joint, users, solution, schur, cross), *blocks)
    return Transport(
        name="conditional Gaussian",
        theta_center=theta,
        theta_factor=factor,
        theta_shape=_bends(system, theta, factor, solution),
        fixed_center=solution.fixed,
        fixed_factor=np.linalg.cholesky(np.linalg.inv(own)) if P else own,
        fixed_cross=cross,
        latent=latent,
        log_scale=_log_scale(users, spread, latent, residual),
        residual=residual,
        spread=spread,
        means=system.means,
        joint=joint,
        blocks=blocks,
    )


def small_factors(coordinates: Coordinates) -> int:
    """How many of the first factors have so few effects that they are one block."""
    sizes = np.cumsum([factor.size for factor in coordinates.factors])
    return int(np.sum(sizes <= MOST_JOINT))


def _bends(system: System, theta: Array, factor: Array, solution: Solution) -> Array:
    """Bends of theta's coordinates, from the bound along each."""
    last: dict[tuple[int, bool], Solution] = {}  # of each coordinate and side

    def slope(coordinate: int, at: float) -> float:
        place, side = theta + at * factor[:, coordinate], (coordinate, at > 0)
        try:
            last[side] = system.solve(place, last.get(side, solution))
        except np.linalg.LinAlgError:  # so far out there is no Gaussian
            return np.nan
        return float(factor[:, coordinate] @ system.theta_slope(place, last[side]))

    return bends([partial(slope, coordinate) for coordinate in range(len(theta))])


def _joint_block(
    coordinates: Coordinates,
    joint: int,
    theta: Array,
    solution: Solution,
    schur: Array,
    cross: Array,
) -> Block:
    """Map of the effects of small factors, the fixed effects integrated out."""
    from scipy.linalg import block_diag

    P = coordinates.fixed
    information = schur[P:, P:] - schur[P:, :P] @ cross
    prior = block_diag(
        *(
            np.kron(np.eye(factor.levels), prior_precision(coordinates, number, theta))
            for number, factor in enumerate(coordinates.factors[:joint])
        )
    )
    u = np.concatenate([effects.ravel() for effects in solution.effects[:joint]])
    size = len(u)
    block = plain_block(1, size)
    linear = (information + prior) @ u
    return replace(block, information=information[None], linear=linear, center=u)


def _latent(theta: Array, spread: Array, fall: float) -> float:
    """C of the map's common scale, from how the pilot's information falls as the sds grow.

    With ``kappa^2 = 1 + c v`` the log of kappa grows by ``c v / (1 + c v)`` with the log of the
    sds, v the variance that the effects give the linear predictor.
    """
    variance = float(np.sum(spread * np.exp(2 * theta[: len(spread)])))
    share = min(fall, LARGEST_FALL)
    return share / (variance * (1 - share)) if share > LEAST_FALL else 0.0


def _log_scale(theta: Array, spread: Array, latent: float, residual: bool) -> float:
    """Log of the common scale at theta: of the residual sd, or of kappa."""
    if residual:
        return float(theta[-1])
    return float(0.5 * np.log1p(latent * np.sum(spread * np.exp(2 * theta[: len(spread)]))))


def _blocks(system: System, theta: Array, solution: Solution) -> tuple[tuple[Block, ...], Array]:
    """Maps of the factors but the joint ones, and the precision left for the rest.

    It is that of the fixed and the joint effects, the prior of these left out.
    """
    from scipy.sparse import csr_matrix

    coordinates = system.target.coordinates
    P, joint = coordinates.fixed, small_factors(coordinates)
    shaft = len(coordinates.factors) - 1
    if shaft < 0:
        return (), solution.head_precision
    precision = solution.information + prior_precision(coordinates, shaft, theta)
    if joint > shaft:
        return (), _whole(solution, precision)
    u = solution.effects[shaft]
    linear = np.einsum("gij,gj->gi", precision, u).ravel()
    blocks = [Block(solution.information, linear, u.ravel(), _sparse(csr_matrix(solution.cross)))]
    schur = solution.head_precision
    starts = [P, *(P + np.cumsum([f.size for f in coordinates.factors[:-1]])).tolist()]
    for number in range(shaft - 1, joint - 1, -1):
        system.between()
        before, after = starts[number], starts[number + 1]
        factor = coordinates.factors[number]
        prior = prior_precision(coordinates, number, theta)
        own, cross = schur[before:after, before:after], schur[before:after, :before]
        u = solution.effects[number]
        if factor.q == 1 and factor.levels <= TURNED:
            values, vectors = np.linalg.eigh(own)
            values = np.maximum(values, 0.0)
            linear = (values + prior[0, 0]) * (vectors.T @ u[:, 0])
            information = values[:, None, None]
            sparse = _sparse(csr_matrix(vectors.T @ cross))
            blocks.append(Block(information, linear, u.ravel(), sparse, vectors))
        else:
            information = diagonal_blocks(own, factor.q)
            linear = np.einsum("gij,gj->gi", information + prior, u).ravel()
            blocks.append(Block(information, linear, u.ravel(), _sparse(csr_matrix(cross))))
        full = own + np.kron(np.eye(factor.levels), prior)
        schur = schur[:before, :before] - cross.T @ np.linalg.solve(full, cross)
    return tuple(reversed(blocks)), schur


def _whole(solution: Solution, precision: Array) -> Array:
    """Precision of all coefficients and effects, the shaft's put back that the pilot eliminated."""
    from scipy.linalg import block_diag

    cross, inverse = as_array(solution.cross), block_diag(*np.linalg.inv(precision))
    head = solution.head_precision + cross.T @ inverse @ cross
    return np.block([[head, cross.T], [cross, block_diag(*solution.information)]])


def _sparse(matrix: Any) -> Cross:
    rows: NDArray[np.int64] = matrix.indptr.astype(np.int64)
    return Cross(rows, matrix.indices.astype(np.int32), np.asarray(matrix.data, dtype=float))
