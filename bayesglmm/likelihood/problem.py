"""The arrays of a likelihood: cells, columns, group effects, and the order of the free numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.engine.cells import Factor, make_cells
from bayesglmm.engine.likelihoods import Statistics, find_likelihood
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.derivatives import CURVES, RESTS, Curve
from bayesglmm.likelihood.spread import Block, Spread, make_blocks, make_spread, signs


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """The group effects of a grouping factor, as arrays of the cells.

    Attributes
    ----------
    name : str
    levels : int
    index : array of int, shape (m,)
        Level of each cell.
    Z : array of shape (m, q)
        Columns, each divided by its root mean square.
    scale : array of shape (q,)
        Those root mean squares.
    blocks : tuple of Block
    """

    name: str
    levels: int
    index: NDArray[np.int64]
    Z: Array
    scale: Array
    blocks: tuple[Block, ...]

    @property
    def q(self) -> int:
        """Effects of a level."""
        return len(self.scale)

    @property
    def free(self) -> int:
        """Free numbers of its spread."""
        return sum(block.size for block in self.blocks)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A likelihood to be maximised.

    Its free numbers are P coefficients on the sampler's scale (columns centred and scaled), the
    spread of each grouping factor, and the log of the auxiliary parameter where there is one.

    Attributes
    ----------
    family, link : str
    statistics : Statistics
        Of m cells.
    X : array of shape (m, P)
    offset : array of shape (m,)
    factors : tuple of Effects
        The largest first; their effects stand in this order in the vector of all of them.
    columns : array of int, shape (m, R)
        Where the effects of a cell stand in that vector, factor by factor.
    constant : float
        The part of the log likelihood that depends on nothing.
    """

    family: str
    link: str
    statistics: Statistics
    X: Array
    offset: Array
    factors: tuple[Effects, ...]
    columns: NDArray[np.int64]
    constant: float

    @property
    def has_auxiliary(self) -> bool:
        """Whether the family has an auxiliary parameter."""
        return self.family in RESTS

    @property
    def effects(self) -> int:
        """How many group effects there are, of all factors."""
        return sum(f.levels * f.q for f in self.factors)

    @property
    def size(self) -> int:
        """How many free numbers there are."""
        free = sum(factor.free for factor in self.factors)
        return int(self.X.shape[1]) + free + self.has_auxiliary

    def curve(self, eta: Array, auxiliary: float) -> Curve:
        """Log likelihood of the cells, with derivatives."""
        return CURVES[self.family, self.link](eta, self.statistics, auxiliary)

    def rest(self, auxiliary: float) -> tuple[float, float]:
        """The part without the linear predictor, and its derivative by the log auxiliary."""
        if not self.has_auxiliary:
            return self.constant, 0.0
        value, slope = RESTS[self.family](self.statistics.table, auxiliary)
        return value + self.constant, slope


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """Free numbers, taken apart.

    Attributes
    ----------
    beta : array of shape (P,)
    spreads : tuple of Spread
        One for each grouping factor.
    auxiliary : float
        1 where the family has none.
    """

    beta: Array
    spreads: tuple[Spread, ...]
    auxiliary: float


def take_apart(problem: Problem, free: Array) -> Point:
    """The meaning of free numbers."""
    place = problem.X.shape[1]
    beta, spreads = free[:place], []
    for factor in problem.factors:
        spreads.append(make_spread(factor.blocks, free[place : place + factor.free]))
        place += factor.free
    auxiliary = float(np.exp(free[place])) if problem.has_auxiliary else 1.0
    return Point(beta, tuple(spreads), auxiliary)


def positive(problem: Problem, free: Array) -> Array:
    """Signs of free numbers that make every standard deviation positive; see `spread.signs`."""
    found, place = np.ones(len(free)), problem.X.shape[1]
    for factor in problem.factors:
        own = slice(place, place + factor.free)
        found[own] = signs(factor.blocks, free[own])
        place += factor.free
    return found


def make_problem(design: Design) -> Problem:
    """The likelihood of a design.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Problem

    Raises
    ------
    SpecError
        If there is no maximum likelihood for the family, or for a response of this kind.
    """
    spec = design.spec
    likelihood = find_likelihood(spec.family.name, spec.link.name)
    if likelihood is None or (spec.family.name, spec.link.name) not in CURVES:
        raise SpecError(
            f"Maximum likelihood is not available for the {spec.family.name} family with the "
            f"{spec.link.name} link. Fit the model: its posterior is."
        )
    if design.modelled:
        raise SpecError(
            f"Maximum likelihood is not available where {' and '.join(design.modelled)} has a "
            "formula of its own. Fit the model: its posterior is."
        )
    if design.rows.upper is not None:
        raise SpecError(
            "Maximum likelihood is not available where counts are suppressed to an interval. "
            "Fit the model: its posterior is, or drop the suppressed rows and say so."
        )
    cells = make_cells(design, likelihood)
    factors = tuple(_effects(factor) for factor in reversed(cells.factors))
    return Problem(
        spec.family.name,
        spec.link.name,
        cells.statistics,
        cells.fixed(),
        cells.offset if len(cells.offset) else np.zeros(cells.count),
        factors,
        _columns(factors, cells.count),
        cells.statistics.constant,
    )


def _columns(factors: tuple[Effects, ...], cells: int) -> NDArray[np.int64]:
    """Places of each cell's effects among all effects."""
    places, start = [np.zeros((cells, 0), dtype=np.int64)], 0
    for factor in factors:
        places.append(start + factor.index[:, None] * factor.q + np.arange(factor.q))
        start += factor.levels * factor.q
    return np.concatenate(places, axis=1)


def _effects(factor: Factor) -> Effects:
    scale = np.sqrt(np.mean(np.square(factor.Z), axis=1))
    scale = np.where(scale > 0, scale, 1.0)
    return Effects(
        factor.name,
        factor.levels,
        factor.index.astype(np.int64),
        np.ascontiguousarray((factor.Z / scale[:, None]).T),
        scale,
        make_blocks(factor),
    )
