"""The linear algebra of the pilot: expected scores, the block-arrow system, moments.

The system is that of coefficients and effects together. The largest factor's effects are the shaft
of the arrow, q x q blocks that are eliminated one by one; fixed effects and the effects of the
other factors are its head, a dense matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, reduce
from typing import Any

import numpy as np

from bayesglmm.engine.cells import Factor
from bayesglmm.engine.coordinates import Coordinates, lkj_powers
from bayesglmm.engine.dense import inverse
from bayesglmm.engine.far_columns import (
    even,
    means_of_far_columns,
    moment_at_means,
    uncorrelated,
    users,
)
from bayesglmm.engine.target import Target
from bayesglmm.families.links import Array

STEPS = 2
"""Newton steps of one solve; the next solve goes on from there."""
FIRST_STEPS = 12
MOST_STEPS = 60
"""... and of one that has not yet come near: a map around a place far off would mislead."""
HALVINGS = 12
SETTLED = 1e-3
"""Change of the linear predictor, in its posterior sds, at which a solve stops."""
ROUGH = 0.3
"""Change of the linear predictor, in its posterior sds, above which a solve goes on."""
NODES = ((1.0, 15), (0.02, 7), (0.0, 3))
"""Gauss-Hermite nodes by the largest variance of the linear predictor."""
LEAST_VARIANCE = 1e-8
SMALL = 40_000
"""Numbers in the columns of all effects up to which they are dense: sparse ones cost more."""
WIDE_HEAD = 200
"""Head coordinates from which covariances between head and shaft are left out of the moments."""


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The Gaussian of coefficients and effects given theta.

    Attributes
    ----------
    fixed : array of shape (P,)
    effects : tuple of arrays of shape (G, q)
        Means, factor by factor.
    variance : array of shape (m,)
        Of the linear predictor of each cell.
    moments : tuple of arrays of shape (q, q)
        Sum over levels of the expected outer product of their effects, factor by factor.
    auxiliary_slope : float
        Expected slope of the log-likelihood with respect to the log auxiliary parameter.
    information : array of shape (G, q, q)
        Likelihood's information about the shaft's effects.
    cross : matrix of shape (G * q, H)
        ... and its cross term with the head.
    head_precision : array of shape (H, H)
        Of the head with the shaft eliminated; the prior of the fixed effects included, that of
        effects left out.
    log_information : float
        Log of the mean information of a cell about its linear predictor: what it changes by is
        the change of the cells' log information, each counted by its information.
    """

    fixed: Array
    effects: tuple[Array, ...]
    variance: Array
    moments: tuple[Array, ...]
    auxiliary_slope: float
    information: Array
    cross: Any
    head_precision: Array
    log_information: float


@dataclass(eq=False)
class System:
    """The design of the pilot, and how many Newton steps it took.

    Attributes
    ----------
    target : Target
    X : array of shape (m, P)
    head : matrix of shape (m, H - P)
        Columns of the effects of all factors but the last; sparse unless small.
    shaft : matrix of shape (m, G * q)
        Columns of the effects of the last factor; sparse unless small.
    offset : array of shape (m,)
    start : array of shape (P,)
        Where the fixed effects start.
    between : callable
        Called before each Newton step and each piece of its algebra.
    means : array of shape (E,)
        Of columns far from 0, for which theta has triangles; else 0.
    """

    target: Target
    X: Array
    head: Any
    shaft: Any
    offset: Array
    start: Array
    between: Callable[[], None]
    means: Array
    solves: int = field(default=0)

    def users(self, theta: Array) -> Array:
        """Theta of the user's columns."""
        return users(self.target.coordinates, self.means, theta)[0]

    def sds_at_means(self, theta: Array) -> Array:
        """Theta of effects that have the sds that stand in theta where columns are at their means.

        They are not correlated there.
        """
        return uncorrelated(self.target.coordinates, self.means, theta)

    def even_triangles(self, theta: Array) -> Array:
        """Theta with triangles whose other two sides are alike and at a right angle."""
        return even(self.target.coordinates, self.means, theta)

    @cached_property
    def dense(self) -> Array:
        """Columns of the head, shape (m, H); read where it is narrow."""
        return np.concatenate([self.X, as_array(self.head)], axis=1)

    @cached_property
    def transposed(self) -> tuple[Any, ...]:
        """Head and shaft with a row for each effect."""
        columns = (self.head, self.shaft)
        return tuple(c.T if isinstance(c, np.ndarray) else c.T.tocsr() for c in columns)

    def solve(self, theta: Array, before: Solution | None) -> Solution:
        """Gaussian of coefficients and effects given theta.

        Parameters
        ----------
        theta : array of shape (T,)
        before : Solution, optional
            Where to start.

        Returns
        -------
        Solution
        """
        solution = before if before is not None else self._first()
        enough = STEPS if before is not None else FIRST_STEPS
        own = self.users(theta)
        for number in range(MOST_STEPS):
            self.between()
            solution, change = _step(self, own, solution)
            self.solves += 1
            if change < (SETTLED if number + 1 < enough else ROUGH):
                break
        return solution

    def theta_slope(self, theta: Array, solution: Solution) -> Array:
        """Slope of the evidence bound with respect to theta, the solution held, shape (T,)."""
        coordinates, small = self.target.coordinates, 1e-5
        slope = np.zeros(len(theta))
        for place in range(len(theta)):
            step = np.zeros(len(theta))
            step[place] = small
            ahead, behind = (self._bound(at, solution) for at in (theta + step, theta - step))
            slope[place] = (ahead - behind) / (2 * small)
        if coordinates.auxiliary:
            slope[-1] += solution.auxiliary_slope
        return slope

    def expected_maximum(self, theta: Array, solution: Solution) -> Array:
        """Theta after a step of EM: sds at their expected squares, the rest by a cautious step."""
        coordinates = self.target.coordinates
        moved = theta.copy()
        for number, factor in enumerate(coordinates.factors):
            first = coordinates.first_effect(number)
            moment = moment_at_means(coordinates, self.means, number, solution.moments[number])
            squares = np.diagonal(moment) / factor.levels
            moved[first : first + factor.q] = 0.5 * np.log(np.maximum(squares, 1e-8))
        if coordinates.auxiliary:
            slope = self.theta_slope(theta, solution)[-1]
            moved[-1] += np.clip(2 * slope / self.target.cells.rows, -1.0, 1.0)
        return self.sds_at_means(moved)

    def _bound(self, theta: Array, solution: Solution) -> float:
        """What of the bound depends on theta, the auxiliary parameter's likelihood aside."""
        own, log_determinant = users(self.target.coordinates, self.means, theta)
        return _theta_bound(self.target.coordinates, own, solution.moments) + log_determinant

    def _first(self) -> Solution:
        target = self.target
        effects = tuple(np.zeros((f.levels, f.q)) for f in target.coordinates.factors)
        nothing = np.zeros((0, 0))
        variance = np.full(target.cells.count, LEAST_VARIANCE)
        return Solution(self.start, effects, variance, (), 0.0, nothing, nothing, nothing, 0.0)


def make_system(
    target: Target, location: float, between: Callable[[], None], *, triangles: bool
) -> System:
    """Lay out the design of the pilot.

    Parameters
    ----------
    target : Target
    location : float
        Crude value of the linear predictor, where the intercept starts.
    between : callable
        Called between pieces of work; what it raises ends it.
    triangles : bool
        Whether theta has them for columns far from 0.

    Returns
    -------
    System
    """
    from scipy.sparse import csr_matrix, hstack

    cells, m = target.cells, target.cells.count
    X = cells.fixed()
    factors = cells.factors
    others = [_columns(factor) for factor in factors[:-1]]
    head = hstack([csr_matrix((m, 0)), *others], format="csr")
    shaft = _columns(factors[-1]) if factors else csr_matrix((m, 0))
    start = np.zeros(X.shape[1])
    if target.coordinates.intercept:
        start[0] = location
    for place in target.coordinates.other_intercepts:
        start[place] = dict(target.coordinates.priors[place].arguments).get("mu", 0.0)
    if m * (head.shape[1] + shaft.shape[1]) <= SMALL:
        head, shaft = head.toarray(), shaft.toarray()
    offset = cells.offset if len(cells.offset) else np.zeros(m)
    means = means_of_far_columns(target.coordinates) * triangles
    return System(target, X, head, shaft, offset, start, between, means)


def as_array(matrix: Any) -> Array:
    """A matrix, dense."""
    return matrix if isinstance(matrix, np.ndarray) else np.asarray(matrix.toarray())


def _times_rows(matrix: Any, weight: Array) -> Any:
    """A matrix, its rows times weights."""
    if isinstance(matrix, np.ndarray):
        return matrix * weight[:, None]
    return matrix.multiply(weight[:, None]).tocsr()


def _columns(factor: Factor) -> Any:
    """A factor's columns as a sparse matrix, shape (m, G * q)."""
    from scipy.sparse import csr_matrix

    q, m = factor.Z.shape
    places = factor.index[:, None].astype(np.int64) * q + np.arange(q)
    starts = np.arange(m + 1) * q
    shape = (m, factor.size)
    return csr_matrix((np.ascontiguousarray(factor.Z.T).ravel(), places.ravel(), starts), shape)


def _step(system: System, theta: Array, solution: Solution) -> tuple[Solution, float]:
    """One Newton step of the expected score equations, halved until the bound does not fall."""
    coordinates, X = system.target.coordinates, system.X
    P, factors = coordinates.fixed, coordinates.factors
    vector = _joined(solution.fixed, solution.effects)
    eta = _predictor(system, vector)
    expected = _expectation(system.target, eta, solution.variance, theta)
    weight, score = expected.weight, expected.score
    slope, curvature = _fixed_prior(coordinates, solution.fixed)
    precisions = [
        prior_precision(coordinates, number, theta) for number in range(len(coordinates.factors))
    ]
    prior_pull = _prior_pull(precisions, solution.effects)

    weighted = X * weight[:, None]
    head_rows, shaft_rows = system.transposed
    XX = X.T @ weighted + np.diag(curvature)
    SX = head_rows @ weighted
    SS = as_array(head_rows @ _times_rows(system.head, weight))
    information = np.block([[XX, SX.T], [SX, SS]])
    gradient = np.concatenate([X.T @ score + slope, head_rows @ score - prior_pull[0]])
    prior = np.zeros_like(information)
    prior[P:, P:] = _head_prior(coordinates, precisions)

    if factors:
        shaft = factors[-1]
        own = _level_information(shaft, weight)
        shaft_covariance = np.linalg.inv(own + precisions[-1])
        cross = _cross(system, weighted, weight)
        eliminated = _apply_blocks(shaft_covariance, cross)
        schur = information - as_array(cross.T @ eliminated)
        shaft_gradient = shaft_rows @ score - prior_pull[1]
        right = gradient - eliminated.T @ shaft_gradient
    else:
        own = shaft_covariance = np.zeros((0, 0, 0))
        cross = eliminated = None
        schur, right, shaft_gradient = information, gradient, np.zeros(0)
    covariance = inverse(schur + prior, system.between)
    move = covariance @ right
    if factors:
        remaining = (shaft_gradient - cross @ move).reshape(-1, factors[-1].q, 1)
        move = np.concatenate([move, (shaft_covariance @ remaining).ravel()])

    change = _predictor(system, move) - system.offset
    value = expected.value + _prior_value(coordinates, precisions, vector)
    size = 1.0
    for _ in range(HALVINGS):
        moved = vector + size * move
        trial = _expectation(system.target, eta + size * change, solution.variance, theta)
        gain = trial.value + _prior_value(coordinates, precisions, moved) - value
        if np.isfinite(gain) and gain >= -1e-6 * abs(value):
            break
        size /= 2
    else:
        moved = vector

    fixed, effects = _split(coordinates, moved)
    variance = _variance(system, shaft_covariance, eliminated, covariance)
    settled = float(np.max(np.abs(change) / np.sqrt(variance), initial=0.0))
    spread = np.max(np.abs(np.sqrt(variance / solution.variance) - 1), initial=0.0)
    made = replace(
        solution,
        fixed=fixed,
        effects=effects,
        variance=variance,
        moments=_moments(coordinates, effects, shaft_covariance, eliminated, covariance),
        auxiliary_slope=expected.auxiliary_slope,
        information=own,
        cross=cross,
        head_precision=schur,
        log_information=float(np.log(np.mean(weight))),
    )
    return made, max(settled, float(spread) / 10)


@dataclass(frozen=True, slots=True, eq=False)
class _Expected:
    """Expectations under the Gaussian of the linear predictor: of the log-likelihood, of the
    score and of the information of each cell, of the slope in the log auxiliary parameter.
    """

    value: float
    score: Array
    weight: Array
    auxiliary_slope: float


def _expectation(target: Target, eta: Array, variance: Array, theta: Array) -> _Expected:
    """Gauss-Hermite quadrature; the weight by Stein's lemma from the score alone."""
    from bayesglmm.engine.kernel.likelihoods import evaluate_several

    auxiliary = float(np.exp(theta[-1])) if target.coordinates.auxiliary else 1.0
    largest = float(variance.max(initial=0.0))
    sides = target.likelihood.predictors
    while True:
        count = next(number for bound, number in NODES if largest >= bound)
        places, masses = _nodes(count, sides)
        sd = np.sqrt(np.clip(variance, LEAST_VARIANCE, max(largest, LEAST_VARIANCE)))
        moved = (places[:, None] * sd.reshape(-1, sides)).reshape(len(places), -1)
        values, scores, slopes = evaluate_several(
            target.likelihood, target.cells.statistics, eta + moved, auxiliary
        )
        value = float(masses @ values)
        if np.isfinite(value) or largest <= LEAST_VARIANCE:
            break
        largest /= 100  # a mean must stay positive: look less far
    weight = np.empty(len(eta))
    for side in range(sides):
        own = slice(side, None, sides)
        weight[own] = -(masses * places[:, side]) @ scores[:, own] / sd[own]
    least = 1e-4 * float(np.mean(np.abs(weight))) + 1e-12
    return _Expected(value, masses @ scores, np.maximum(weight, least), float(masses @ slopes))


@cache
def _nodes(count: int, sides: int) -> tuple[Array, Array]:
    """Gauss-Hermite places (k, sides) and masses (k,) for independent standard normals."""
    places, masses = np.polynomial.hermite_e.hermegauss(count)
    grids = np.meshgrid(*[places] * sides, indexing="ij")
    product = reduce(np.multiply.outer, [masses / masses.sum()] * sides)
    return np.stack([grid.ravel() for grid in grids], axis=1), product.ravel()


def _predictor(system: System, vector: Array) -> Array:
    """Linear predictor of a vector of fixed effects and effects, shape (m,)."""
    P, H = system.X.shape[1], system.X.shape[1] + system.head.shape[1]
    return np.asarray(
        system.offset
        + system.X @ vector[:P]
        + system.head @ vector[P:H]
        + system.shaft @ vector[H:]
    )


def _joined(fixed: Array, effects: tuple[Array, ...]) -> Array:
    return np.concatenate([fixed, *(values.ravel() for values in effects)])


def _split(coordinates: Coordinates, vector: Array) -> tuple[Array, tuple[Array, ...]]:
    sizes = np.cumsum([coordinates.fixed, *(f.size for f in coordinates.factors)])[:-1]
    fixed, *effects = np.split(vector, sizes)
    shaped = zip(coordinates.factors, effects, strict=True)
    return fixed, tuple(values.reshape(f.levels, f.q) for f, values in shaped)


def prior_precision(coordinates: Coordinates, factor: int, theta: Array) -> Array:
    """Inverse covariance of one level's effects, shape (q, q)."""
    inverse = np.linalg.inv(coordinates.covariance_factor(factor, theta))
    return np.asarray(inverse.T @ inverse)


def _prior_pull(precisions: list[Array], effects: tuple[Array, ...]) -> tuple[Array, Array]:
    """Precision times mean, of the head's effects and of the shaft's."""
    pulls = [
        (values @ precision).ravel() for values, precision in zip(effects, precisions, strict=True)
    ]
    if not pulls:
        return np.zeros(0), np.zeros(0)
    return np.concatenate([np.zeros(0), *pulls[:-1]]), pulls[-1]


def _head_prior(coordinates: Coordinates, precisions: list[Array]) -> Array:
    """Prior precision of the head's effects."""
    from scipy.linalg import block_diag

    parts = [
        np.kron(np.eye(factor.levels), precision)
        for factor, precision in zip(coordinates.factors[:-1], precisions[:-1], strict=False)
    ]
    return np.asarray(block_diag(*parts)) if parts else np.zeros((0, 0))


def _fixed_prior(coordinates: Coordinates, fixed: Array) -> tuple[Array, Array]:
    """Slope of the log prior of the fixed effects, and a positive curvature."""
    from bayesglmm.engine.kernel.priors import log_prior, prior_row

    slope, curvature = np.zeros(len(fixed)), np.zeros(len(fixed))
    for place, (prior, value) in enumerate(zip(coordinates.priors, fixed, strict=False)):
        row, _ = prior_row(prior)
        slope[place] = log_prior(row, value)[1]
        distance = value - row[1]
        curvature[place] = max(-slope[place] / distance if distance else 0.0, 1e-12)
        if not distance:
            curvature[place] = 1 / row[2] ** 2
    return slope, curvature


def _prior_value(coordinates: Coordinates, precisions: list[Array], vector: Array) -> float:
    """Log prior of coefficients and effects given theta, constants left out."""
    from bayesglmm.engine.kernel.priors import log_prior, prior_row

    fixed, effects = _split(coordinates, vector)
    value = sum(
        log_prior(prior_row(prior)[0], place)[0]
        for prior, place in zip(coordinates.priors, fixed, strict=False)
    )
    for values, precision in zip(effects, precisions, strict=True):
        value -= 0.5 * np.einsum("gi,ij,gj->", values, precision, values)
    return float(value)


def _level_information(factor: Factor, weight: Array) -> Array:
    """Sum over a level's cells of ``w z z'``, shape (G, q, q)."""
    found = np.zeros((factor.levels, factor.q, factor.q))
    for i in range(factor.q):
        for j in range(i + 1):
            product = weight * factor.Z[i] * factor.Z[j]
            found[:, i, j] = np.bincount(factor.index, product, factor.levels)
            found[:, j, i] = found[:, i, j]
    return found


def _cross(system: System, weighted: Array, weight: Array) -> Any:
    """Sum over cells of ``w z x'`` between shaft and head, sparse (G * q, H)."""
    rows = system.transposed[1]
    with_head = rows @ _times_rows(system.head, weight)
    if isinstance(rows, np.ndarray):
        return np.concatenate([rows @ weighted, with_head], axis=1)
    from scipy.sparse import csr_matrix, hstack

    return hstack([csr_matrix(rows @ weighted), with_head], format="csr")


def _apply_blocks(inverse: Array, cross: Any) -> Any:
    """Each level's q x q matrix times its q rows."""
    count, q = inverse.shape[:2]
    if isinstance(cross, np.ndarray):
        return (inverse @ cross.reshape(count, q, cross.shape[1])).reshape(cross.shape)
    from scipy.sparse import bsr_matrix

    places = np.arange(count)
    blocks = bsr_matrix((inverse, places, np.arange(count + 1)), (count * q, count * q))
    return blocks.tocsr() @ cross


def _variance(system: System, inverse: Array, eliminated: Any, covariance: Array) -> Array:
    """Variance of each cell's linear predictor, shape (m,).

    Exact for a narrow head; for a wide one, covariances between head and shaft are left out.
    """
    coordinates, X = system.target.coordinates, system.X
    P, factors = coordinates.fixed, coordinates.factors
    found = np.zeros(len(X))
    if factors:
        shaft = factors[-1]
        own = inverse[shaft.index]
        found += np.einsum("im,mij,jm->m", shaft.Z, own, shaft.Z)
    if len(covariance) <= WIDE_HEAD:
        rows = system.dense
        if factors:
            shaft, blocks = factors[-1], as_array(eliminated)
            for place, values in enumerate(shaft.Z):
                rows = rows - values[:, None] * blocks[place :: shaft.q][shaft.index]
        found += np.sum((rows @ covariance) * rows, axis=1)
    else:
        found += np.einsum("mi,mi->m", X @ covariance[:P, :P], X)
        start = P
        for factor in factors[:-1]:
            blocks = diagonal_blocks(
                covariance[start : start + factor.size, start : start + factor.size], factor.q
            )
            found += np.einsum("im,mij,jm->m", factor.Z, blocks[factor.index], factor.Z)
            start += factor.size
    return np.maximum(found, LEAST_VARIANCE)


def diagonal_blocks(matrix: Array, q: int) -> Array:
    """Blocks of q rows along the diagonal, shape (G, q, q)."""
    places = np.arange(len(matrix)).reshape(-1, q)
    return np.asarray(matrix[places[:, :, None], places[:, None, :]])


def _moments(
    coordinates: Coordinates,
    effects: tuple[Array, ...],
    inverse: Array,
    eliminated: Any,
    covariance: Array,
) -> tuple[Array, ...]:
    """Expected sum of outer products of each factor's effects, (q, q)."""
    factors, start = coordinates.factors, coordinates.fixed
    found = []
    for factor, values in zip(factors[:-1], effects, strict=False):
        own = covariance[start : start + factor.size, start : start + factor.size]
        found.append(values.T @ values + diagonal_blocks(own, factor.q).sum(axis=0))
        start += factor.size
    if factors:
        values, q = effects[-1], factors[-1].q
        total = values.T @ values + inverse.sum(axis=0)
        width = len(covariance) if len(covariance) <= WIDE_HEAD else coordinates.fixed
        rows, shape = as_array(eliminated[:, :width]), (factors[-1].levels, q, width)
        spread = (rows @ covariance[:width, :width]).reshape(shape)
        found.append(total + np.einsum("giw,gjw->ij", spread, rows.reshape(shape)))
    return tuple(found)


def _theta_bound(coordinates: Coordinates, theta: Array, moments: tuple[Array, ...]) -> float:
    """What of the evidence bound depends on theta, the auxiliary parameter's likelihood aside."""
    from bayesglmm.engine.kernel.priors import log_prior, prior_row

    value = 0.0
    for number, (factor, moment) in enumerate(zip(coordinates.factors, moments, strict=True)):
        L = coordinates.covariance_factor(number, theta)
        half = np.linalg.solve(L, np.linalg.solve(L, moment).T)
        value -= factor.levels * np.sum(np.log(np.diagonal(L))) + 0.5 * np.trace(half)
    powers, _ = lkj_powers(coordinates)
    for number, effect in enumerate(coordinates.effects):
        row, _ = prior_row(coordinates.priors[coordinates.fixed + number])
        value += log_prior(row, float(np.exp(theta[number])))[0] + theta[number]
        before = effect.place - effect.block
        y = theta[effect.correlations : effect.correlations + before]
        value -= 0.5 * powers[number] * np.log1p(float(y @ y))
    if coordinates.auxiliary:
        row, _ = prior_row(coordinates.priors[-1])
        value += log_prior(row, float(np.exp(theta[-1])))[0] + theta[-1]
    return float(value)
