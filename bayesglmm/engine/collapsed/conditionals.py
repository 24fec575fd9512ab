"""The effects of a factor given theta and the fixed effects: drawn, with the weight of the draw.

The weight is the log of the joint density of responses, theta, fixed effects and effects, over the
density with which the effects were drawn. Were the effects drawn exactly from their conditional
density it would be the log density of theta and the fixed effects with the effects integrated out;
it is an unbiased estimate of that (of its exponential) however they are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bayesglmm.engine.collapsed.heads import repeatable
from bayesglmm.engine.collapsed.level_draws import draw_by_nodes, draw_counts
from bayesglmm.engine.jit import cached_njit
from bayesglmm.engine.kernel.likelihood_calls import rest_function, rows_address, stacked
from bayesglmm.engine.kernel.log_priors import log_prior, prior_row
from bayesglmm.engine.pilot_prior import coefficient_prior
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Block
from bayesglmm.families.links import Array

REACH = 4.5
"""Conditional sds to each side of the center that a table covers; lines go on beyond."""
NOISE = 0.01
"""Variance that tables of all levels together may add to a weight."""
FEWEST_POINTS, MOST_POINTS = 25, 401
"""Of a table."""
NODES = (7, 11, 17, 25, 37)
"""Evaluations of the likelihood of a level, of which as few are taken as keep weights quiet."""


class Conditionals(Protocol):
    """What draws effects of a factor."""

    def draw(self, heads: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw effects at theta and fixed effects.

        Parameters
        ----------
        heads : array of shape (C, T + P)
            Theta, fixed effects on the sampler's scale.
        rng : numpy.random.Generator

        Returns
        -------
        effects : array of shape (C, G)
        weights : array of shape (C,)
            Log scale; -inf or NaN where the density cannot be evaluated.
        """


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
    """Log prior of theta (of log sds, Jacobian included) and the fixed effects, shape (C,).

    Parameters
    ----------
    target : Target
        Whose effects are not correlated.
    heads : array of shape (C, T + P)
    """
    coordinates = target.coordinates
    T, P = coordinates.theta, coordinates.fixed
    rows = [prior_row(prior) for prior in coordinates.priors]
    constant, found = sum(constant for _, constant in rows), np.zeros(len(heads))
    for place, head in enumerate(heads):
        every = zip(coordinates.priors, coordinates.links, head[T:], strict=False)
        found[place] = sum(coefficient_prior(*one)[0] for one in every)
        for (row, _), log_number in zip(rows[P:], head[:T], strict=True):
            found[place] += log_prior(row, float(np.exp(log_number)))[0] + log_number
    return found + constant


@dataclass(frozen=True, slots=True, eq=False)
class OfCounts:
    """Effects of Poisson counts with a log link; see `level_draws.draw_counts`.

    Attributes
    ----------
    levels : Levels
    totals : array of shape (G,)
        Sums of counts.
    slopes : array of shape (P,)
        Sums of counts times columns.
    points : int
        Of a table.
    """

    levels: Levels
    totals: Array
    slopes: Array
    points: int

    def draw(self, heads: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """See `Conditionals`."""
        levels, target = self.levels, self.levels.target
        T, C, G = target.coordinates.theta, len(heads), len(self.totals)
        fixed = np.ascontiguousarray(heads[:, T:])
        effects, weights = np.empty((C, G)), np.empty(C)
        cached_njit(draw_counts)(
            levels.X,
            target.cells.statistics.cells.exposure,
            levels.starts,
            self.totals,
            fixed,
            np.exp(-2.0 * heads[:, 0]),
            levels.normals(heads)[0],
            REACH,
            self.points,
            rng.random((C, G)),
            effects,
            weights,
        )
        weights += (fixed * self.slopes).sum(axis=1) + target.cells.statistics.constant
        return effects, weights + log_priors(target, heads)


@dataclass(frozen=True, slots=True, eq=False)
class ByNodes:
    """Effects under any likelihood of rows; see `level_draws.draw_by_nodes`.

    Attributes
    ----------
    levels : Levels
    offset : array of shape (m,)
    statistics : array of shape (k, m)
    nodes, grid : arrays of shape (K,), (J,)
        In conditional sds.
    lines : array of shape (J, K)
    """

    levels: Levels
    offset: Array
    statistics: Array
    nodes: Array
    grid: Array
    lines: Array

    def draw(self, heads: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """See `Conditionals`."""
        levels, target = self.levels, self.levels.target
        coordinates, cells = target.coordinates, target.cells
        T, C, G = coordinates.theta, len(heads), len(levels.starts) - 1
        centers, sds = levels.normals(heads)
        scalars = np.exp(heads[:, T - 1]) if coordinates.scalar else np.ones(C)
        effects, weights = np.empty((C, G)), np.empty(C)
        cached_njit(draw_by_nodes)(
            levels.X,
            self.offset,
            self.statistics,
            rows_address(target.likelihood),
            scalars,
            levels.starts,
            np.ascontiguousarray(heads[:, T:]),
            np.exp(-2.0 * heads[:, 0]),
            centers,
            sds,
            self.nodes,
            self.lines,
            self.grid,
            rng.random((C, G)),
            effects,
            weights,
        )
        weights += cells.statistics.constant + log_priors(target, heads)
        return effects, weights + [self._rest(float(scalar)) for scalar in scalars]

    def _rest(self, scalar: float) -> float:
        """The part of the likelihood without a linear predictor."""
        function = rest_function(self.levels.target.likelihood)
        if function is None:
            return 0.0
        rest, change = stacked(self.levels.target.cells.statistics.rest), np.zeros(1)
        found = function.ctypes(rest.shape[1], rest.ctypes.data, scalar, change.ctypes.data)
        return float(found)


def of_counts(levels: Levels) -> OfCounts:
    """What draws effects of Poisson counts with a log link."""
    total = levels.target.cells.statistics.cells.total
    (factor,) = levels.target.coordinates.factors
    sums = np.bincount(factor.index, total, minlength=factor.levels)
    return OfCounts(levels, sums, levels.X @ total, table_points(len(sums)))


def by_nodes(levels: Levels, nodes: int) -> ByNodes:
    """What draws effects by so many evaluations of the likelihood of each level."""
    from scipy.interpolate import BarycentricInterpolator

    cells, G = levels.target.cells, len(levels.starts) - 1
    places = -REACH * np.cos(np.pi * np.arange(nodes) / (nodes - 1))
    grid = np.linspace(-REACH, REACH, table_points(G))
    lines = BarycentricInterpolator(places, np.eye(nodes))(grid)
    return ByNodes(
        levels=levels,
        offset=cells.offset if len(cells.offset) else np.zeros(cells.count),
        statistics=stacked(cells.statistics.cells),
        nodes=places,
        grid=grid,
        lines=np.ascontiguousarray(repeatable(lines)),
    )


def table_points(levels: int) -> int:
    """Points of a table whose straight lines keep weights quiet.

    Lines that are h sds long are off by up to h^2 / 8 for a normal, with a variance of
    h^4 / 720 along them.

    Parameters
    ----------
    levels : int

    Returns
    -------
    int
    """
    step = (720.0 * NOISE / levels) ** 0.25
    return int(np.clip(np.ceil(2 * REACH / step) + 1, FEWEST_POINTS, MOST_POINTS))
