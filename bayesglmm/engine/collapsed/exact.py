"""A Gaussian response with identity link: coefficients and effects integrated out exactly.

Given theta they have a Gaussian posterior, whose precision is an arrow: of any number of factors,
nested or crossed. So theta alone is sampled, and they are drawn from that Gaussian (collapsed
Gibbs; the algebra is that of Bates et al. 2015, J. Statist. Softw. 67(1), section 3, with the
priors of the fixed effects among the penalties).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.engine.arrow import Arrow
from bayesglmm.engine.arrow_columns import make_arrow_columns
from bayesglmm.engine.collapsed.cross_products import cross_products
from bayesglmm.engine.collapsed.log_priors import log_prior_constant, log_prior_of_theta
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.kernel.log_priors import FLAT, NORMAL, prior_row
from bayesglmm.engine.level_columns import LevelColumns
from bayesglmm.engine.likelihoods.gaussian import gaussian_rest
from bayesglmm.engine.pilot_prior import prior_precision
from bayesglmm.engine.target import Target
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """Coefficients and effects under a Gaussian likelihood of unit variance, to be scaled.

    Attributes
    ----------
    target : Target
    arrow : Arrow
        Information; the head is the fixed effects and the effects of all factors but the last.
    head, shaft : arrays of shape (h,), (G * q,)
        Columns times responses.
    squares : float
        Sum of squared responses, of the cells' means.
    places : tuple of arrays of shape (G, q)
        Where the effects of each factor of the head stand in it.
    precision, mean : arrays of shape (P,)
        Of the fixed effects' priors.
    constant : float
    between : callable
        Called before each factorisation; what it raises ends it.
    """

    target: Target
    arrow: Arrow
    head: Array
    shaft: Array
    squares: float
    places: tuple[Any, ...]
    precision: Array
    mean: Array
    constant: float
    between: Callable[[], None]

    def draw(self, heads: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """See `Conditionals`: the fixed effects and effects at theta, shape (C, T)."""
        coordinates = self.target.coordinates
        C, size = len(heads), coordinates.size - coordinates.theta
        normal = rng.standard_normal((C, size))
        found, logs = np.full((C, size), np.nan), np.full(C, -np.inf)
        for place, theta in enumerate(heads):
            self.between()
            try:
                found[place], logs[place] = self._one(theta, normal[place])
            except np.linalg.LinAlgError:
                continue
        return found, logs

    def log_density(self, theta: Array) -> float:
        """Of theta, coefficients and effects integrated out; -inf where there is none."""
        self.between()
        try:
            return self._one(theta, np.zeros(len(self.head) + len(self.shaft)))[1]
        except np.linalg.LinAlgError:
            return -np.inf

    def _one(self, theta: Array, normal: Array) -> tuple[Array, float]:
        """A draw at theta, and the log density of theta."""
        from scipy.linalg import solve_triangular

        coordinates, h = self.target.coordinates, len(self.head)
        sigma = float(np.exp(theta[-1]))
        variance, precisions = sigma * sigma, _precisions(coordinates, theta)
        log = log_prior_of_theta(coordinates, theta) + self.constant
        log += gaussian_rest(self.target.cells.statistics.rest, sigma)[0]
        log -= 0.5 * self.squares / variance
        for factor, precision in zip(coordinates.factors, precisions, strict=True):
            log += 0.5 * factor.levels * np.linalg.slogdet(precision)[1]
        roots = np.linalg.cholesky(self.arrow.shaft / variance + precisions[-1])
        inverses = np.linalg.inv(roots)
        q = roots.shape[1]
        t = np.einsum("gij,gj->gi", inverses, self.shaft.reshape(-1, q) / variance).ravel()
        schur = np.asfortranarray(self.arrow.head / variance)
        for places, precision in zip(self.places, precisions[:-1], strict=True):
            schur[places[:, :, None], places[:, None, :]] += precision
        fixed = np.arange(coordinates.fixed)
        schur[fixed, fixed] += self.precision
        cross = cross_products(self.arrow.cross, inverses / variance, schur)
        right = self.head / variance - cross.T @ t
        right[fixed] += self.precision * self.mean
        root = _root(schur)
        m = solve_triangular(root, right, lower=True, check_finite=False)
        log += 0.5 * float(t @ t + m @ m) - float(np.log(np.diagonal(root)).sum())
        log -= float(np.log(np.diagonal(roots, axis1=1, axis2=2)).sum())
        head = solve_triangular(root, m + normal[:h], lower=True, trans="T", check_finite=False)
        rest = (t + normal[h:] - cross @ head).reshape(-1, q)
        shaft = np.einsum("gji,gj->gi", inverses, rest).ravel()
        return np.concatenate([head, shaft]), log


def beyond_exact(target: Target) -> str:
    """Why a target is not of this kind, in words; empty where it is.

    Parameters
    ----------
    target : Target

    Returns
    -------
    str
    """
    coordinates = target.coordinates
    if not target.likelihood.error or target.likelihood.predictors > 1:
        return "the response is not Gaussian with the identity link and one residual sd"
    if any(effect.width > 1 for effect in coordinates.effects):
        return "effects are correlated"
    for prior in coordinates.priors[: coordinates.fixed]:
        row, _ = prior_row(prior)
        if row[0] not in (NORMAL, FLAT) or row[4] != 1.0:
            return f"a fixed effect has the prior {prior}, which is not normal"
    return ""


def make_exact(target: Target, between: Callable[[], None]) -> Exact:
    """What draws coefficients and effects exactly.

    Parameters
    ----------
    target : Target
        Not `beyond_exact`, and with a factor at least.
    between : callable
        See `Exact`.

    Returns
    -------
    Exact
    """
    cells, coordinates = target.cells, target.coordinates
    rows, response = cells.statistics.cells.rows, cells.statistics.cells.mean
    if len(cells.offset):
        response = response - cells.offset
    factors = [LevelColumns(f.levels, f.index.astype(np.int64), f.Z) for f in cells.factors]
    columns = make_arrow_columns(np.ascontiguousarray(cells.fixed().T), factors)
    head, shaft = columns.sums(rows * response)
    rows_of_priors = [prior_row(prior)[0] for prior in coordinates.priors[: coordinates.fixed]]
    own = np.array(rows_of_priors).reshape(coordinates.fixed, -1)
    precision = np.where(own[:, 0] == NORMAL, 1 / np.square(own[:, 2]), 0.0)
    constant = cells.statistics.constant + log_prior_constant(coordinates)
    constant += 0.5 * coordinates.fixed * math.log(2 * math.pi)
    constant -= 0.5 * float(precision @ np.square(own[:, 1]))
    starts = zip(columns.starts, coordinates.factors[:-1], strict=False)
    return Exact(
        target=target,
        arrow=columns.information(rows),
        head=head,
        shaft=shaft,
        squares=float(rows @ np.square(response)),
        places=tuple(np.arange(s, s + f.size).reshape(f.levels, f.q) for s, f in starts),
        precision=precision,
        mean=own[:, 1],
        constant=constant,
        between=between,
    )


def _precisions(coordinates: Coordinates, theta: Array) -> list[Array]:
    """Inverse covariance of the effects of a level, factor by factor."""
    numbers = range(len(coordinates.factors))
    return [prior_precision(coordinates, number, theta) for number in numbers]


def _root(matrix: Array) -> Array:
    """Lower triangular root of a matrix in Fortran's order of which the lower part is read."""
    from scipy.linalg.lapack import dpotrf

    root, failed = dpotrf(matrix, lower=1, overwrite_a=1, clean=1)
    if failed or not np.isfinite(root[-1, -1]):
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return np.asarray(root)
