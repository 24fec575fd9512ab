"""The pilot: a Gaussian approximation of the posterior, hyperparameters included.

Given theta, coefficients and effects are approximated by a Gaussian whose mean solves the expected
score equations and whose precision is the expected information, both expectations taken under the
Gaussian itself: the fixed point of Gaussian variational inference (Opper & Archambeau 2009,
Neural Comput. 21(3), eq. 15-16), which stays sane where the mode runs away. theta maximises the
evidence bound so profiled, and the curvature there is its precision, as in INLA (Rue, Martino &
Chopin 2009, J. R. Statist. Soc. B 71(2)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
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
    make_system,
    prior_precision,
)
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Block, Cross, Transport, mean_squares, plain_block
from bayesglmm.families.links import Array

EM_STEPS = 4
NEWTON_STEPS = 12
LARGEST_STEP = 1.0
"""Of theta in one Newton step: a factor of e in a standard deviation."""
CLOSE = 0.05
"""A step of theta, in posterior sds, at which the pilot is good enough."""
DIFFERENCE = 0.05
"""Step of the finite differences in theta."""
LEAST_CURVATURE = 0.3
"""Of the evidence bound in theta; a flatter direction gets the scale of this one."""
LEAST_FALL, LARGEST_FALL = 0.01, 0.9
"""Below the first the linear predictor's scale is taken not to depend on the sds."""
MOST_JOINT = 18
"""Effects of small factors that are built together: each gradient costs their number cubed."""
TURNED = 1500
"""Levels of a factor up to which the directions of its effects are worked out."""


@dataclass(frozen=True, slots=True, eq=False)
class Pilot:
    """A Gaussian approximation of the posterior.

    Attributes
    ----------
    theta : array of shape (T,)
        Of centred columns; see `centred`.
    covariance : array of shape (T, T)
        Of theta.
    solution : Solution
        Coefficients and effects given theta.
    transport : Transport
        The map that it gives.
    solves : int
        Newton steps taken in coefficients and effects.
    """

    theta: Array
    covariance: Array
    solution: Solution
    transport: Transport
    solves: int


def make_pilot(
    target: Target, location: float, spread: float, between: Callable[[], None]
) -> Pilot:
    """Approximate a posterior.

    Parameters
    ----------
    target : Target
    location : float
        A crude value of the linear predictor, link scale.
    spread : float
        A crude standard deviation of the response.
    between : callable
        Called before each Newton step in coefficients and effects; what it raises ends the work.

    Returns
    -------
    Pilot
    """
    system = make_system(target, location, between)
    theta = _start(target.coordinates, spread)
    solution = system.solve(theta, None)
    for _ in range(EM_STEPS):
        theta = system.expected_maximum(theta, solution)
        solution = system.solve(theta, solution)
    curvature: Array | None = None
    slope = system.theta_slope(theta, solution)
    for step_number in range(NEWTON_STEPS if len(theta) else 0):
        if curvature is None or step_number % 4 == 0:
            curvature, _ = _profile(system, theta, solution)
        step = np.linalg.solve(curvature, slope)
        size = np.max(np.abs(step))
        if size > LARGEST_STEP:
            step *= LARGEST_STEP / size
        theta = theta + step
        solution = system.solve(theta, solution)
        following = system.theta_slope(theta, solution)
        if step @ curvature @ step < CLOSE**2:
            break
        curvature = _updated(curvature, step, slope - following)
        slope = following
    curvature, fall = _profile(system, theta, solution)
    covariance = np.linalg.inv(curvature) if len(theta) else np.zeros((0, 0))
    transport = _transport(system, theta, covariance, solution, fall)
    return Pilot(theta, covariance, solution, transport, system.solves)


def _start(coordinates: Coordinates, spread: float) -> Array:
    """Half a unit of the response's spread for every sd of effects, no correlation."""
    theta = np.zeros(coordinates.theta)
    theta[: len(coordinates.effects)] = np.log(0.5)
    if coordinates.auxiliary == "sigma":
        theta[: len(coordinates.effects)] += np.log(spread)
        theta[-1] = np.log(spread)
    elif coordinates.auxiliary:
        theta[-1] = np.log(5.0)
    return theta


def _profile(system: System, theta: Array, solution: Solution) -> tuple[Array, float]:
    """How the pilot changes with theta, by differences.

    Returns
    -------
    curvature : array of shape (T, T)
        Negative Hessian of the profiled evidence bound, made positive.
    fall : float
        How fast the log of the linear predictor's scale falls as all sds grow together: minus half
        the slope of the log information of the cells.
    """
    T, sds = len(theta), len(system.target.coordinates.effects)
    rows, fall = np.zeros((T, T)), 0.0
    for place in range(T):
        shift = np.zeros(T)
        shift[place] = DIFFERENCE
        ahead = system.solve(theta + shift, solution)
        behind = system.solve(theta - shift, solution)
        change = system.theta_slope(theta - shift, behind) - system.theta_slope(
            theta + shift, ahead
        )
        rows[place] = change / (2 * DIFFERENCE)
        if place < sds:
            fall += (behind.log_information - ahead.log_information) / (4 * DIFFERENCE)
    return _positive((rows + rows.T) / 2), fall


def _positive(matrix: Array) -> Array:
    """The matrix with its small or negative eigenvalues lifted."""
    if not matrix.size:
        return matrix
    values, vectors = np.linalg.eigh(np.nan_to_num(matrix))
    return np.asarray((vectors * np.maximum(values, LEAST_CURVATURE)) @ vectors.T)


def _updated(curvature: Array, step: Array, change: Array) -> Array:
    """The curvature after a step along which the slope fell by `change` (BFGS)."""
    if step @ change <= 1e-3 * (step @ curvature @ step):
        return curvature
    along = curvature @ step
    return np.asarray(
        curvature
        - np.outer(along, along) / (step @ along)
        + np.outer(change, change) / (step @ change)
    )


def _transport(
    system: System, theta: Array, covariance: Array, solution: Solution, fall: float
) -> Transport:
    """The map in which the pilot's Gaussian is standard normal."""
    coordinates, users = system.target.coordinates, system.users(theta)
    blocks, schur = _blocks(coordinates, users, solution)
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
        shift=system.shift,
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


def _blocks(
    coordinates: Coordinates, theta: Array, solution: Solution
) -> tuple[tuple[Block, ...], Array]:
    """Maps of the factors but the joint ones, and the precision left for the rest.

    It is that of the fixed and the joint effects, the prior of these left out.
    """
    from scipy.sparse import csr_matrix

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
