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

from bayesglmm.engine.collapsed.count_draws import draw_counts
from bayesglmm.engine.collapsed.heads import repeatable
from bayesglmm.engine.collapsed.levels import Levels, log_priors
from bayesglmm.engine.collapsed.node_draws import draw_by_nodes
from bayesglmm.engine.jit import cached_njit
from bayesglmm.engine.kernel.likelihood_calls import rest_function, rows_address, stacked
from bayesglmm.families.links import Array

REACH = 4.5
"""Conditional sds to each side of the center that a table covers; lines go on beyond."""
NOISE = 0.01
"""Variance that tables of all levels together may add to a weight."""
FEWEST_POINTS, MOST_POINTS = 25, 401
"""Of a table."""
NODES = (3, 4, 6, 9, 13, 19)
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
class OfCounts:
    """Effects of Poisson counts with a log link; see `count_draws.draw_counts`.

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
    """Effects under any likelihood of rows; see `node_draws.draw_by_nodes`.

    Attributes
    ----------
    levels : Levels
    offset : array of shape (m,)
    statistics : array of shape (k, m)
    nodes, grid : arrays of shape (K,), (J,)
        In conditional sds.
    lines : array of shape (J, 2 K)
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
    cells, G = levels.target.cells, len(levels.starts) - 1
    places = np.polynomial.hermite_e.hermegauss(nodes)[0]
    grid = np.linspace(-REACH, REACH, table_points(G))
    return ByNodes(
        levels=levels,
        offset=cells.offset if len(cells.offset) else np.zeros(cells.count),
        statistics=stacked(cells.statistics.cells),
        nodes=places,
        grid=grid,
        lines=repeatable(polynomial_lines(places, grid)),
    )


def polynomial_lines(nodes: Array, grid: Array) -> Array:
    """What makes values on a grid of values and slopes at nodes (Hermite interpolation).

    Parameters
    ----------
    nodes : array of shape (K,)
    grid : array of shape (J,)

    Returns
    -------
    array of shape (J, 2 K)
    """
    from numpy.polynomial import chebyshev

    degree, reach = 2 * len(nodes) - 1, max(np.abs(nodes).max(), np.abs(grid).max())
    slopes = chebyshev.chebder(np.eye(degree + 1)) / reach
    values = chebyshev.chebvander(nodes / reach, degree)
    derivatives = chebyshev.chebvander(nodes / reach, degree - 1) @ slopes
    conditions = np.concatenate([values, derivatives])
    on_grid = chebyshev.chebvander(grid / reach, degree)
    return np.ascontiguousarray(np.linalg.solve(conditions.T, on_grid.T).T)


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
