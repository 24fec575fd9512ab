"""The arrays of a likelihood: cells, columns, group effects, and the order of the free numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.engine.arrow_columns import ArrowColumns, make_arrow_columns
from bayesglmm.engine.compression import Cells, Factor, make_cells
from bayesglmm.engine.level_columns import LevelColumns
from bayesglmm.engine.likelihoods import Likelihood, Statistics, find_likelihood
from bayesglmm.errors import SpecError
from bayesglmm.families import Family, Link
from bayesglmm.families.links import Array
from bayesglmm.likelihood.derivatives import Curve, by_cell, curve_of, has_curve, rest_of
from bayesglmm.likelihood.other import Other, make_other, one_number
from bayesglmm.likelihood.spread import TermPlace, make_blocks

LARGEST = 3e8
"""Numbers in the border (levels of the largest factor by effects of the others) we would hold."""


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
    blocks : tuple of TermPlace
    """

    name: str
    levels: int
    index: NDArray[np.int64]
    Z: Array
    scale: Array
    blocks: tuple[TermPlace, ...]

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
    spread of each grouping factor, and the coefficients of the log of the family's other
    parameter, if it has one: that log itself where it is one number for all rows.

    Attributes
    ----------
    family : Family
    link : Link
    statistics : Statistics
        Of m cells.
    X : array of shape (m, P)
    offset : array of shape (m,)
    factors : tuple of Effects
        The largest first; their effects stand in this order in the vector of all of them.
    columns : array of int, shape (m, R)
        Where the effects of a cell stand in that vector, factor by factor.
    arrow : ArrowColumns
        The same columns as an arrow, whose shaft is the largest factor.
    other : Other or None
        The family's parameter beside the mean.
    constant : float
        The part of the log likelihood that depends on nothing.
    """

    family: Family
    link: Link
    statistics: Statistics
    X: Array
    offset: Array
    factors: tuple[Effects, ...]
    columns: NDArray[np.int64]
    arrow: ArrowColumns
    other: Other | None
    constant: float

    @property
    def effects(self) -> int:
        """How many group effects there are, of all factors."""
        return sum(f.levels * f.q for f in self.factors)

    @property
    def size(self) -> int:
        """How many free numbers there are."""
        free = sum(factor.free for factor in self.factors)
        return int(self.X.shape[1]) + free + (0 if self.other is None else self.other.size)

    @property
    def sds(self) -> NDArray[np.bool_]:
        """Which free numbers are standard deviations of group effects, shape (k,)."""
        found, place = np.zeros(self.size, dtype=bool), self.X.shape[1]
        for factor in self.factors:
            for block in factor.blocks:
                found[place + block.free : place + block.free + block.q] = True
            place += factor.free
        return found

    def curve(self, eta: Array, other: Array) -> Curve:
        """Log likelihood of the cells, with derivatives; `other` as in `Point`."""
        return curve_of(self.family, self.link)(eta, self.statistics.cells, other)

    def rest(self, other: Array) -> tuple[float, Array]:
        """The part without the mean's predictor, and its derivatives by the other coefficients."""
        if self.other is None:
            return self.constant, np.zeros(0)
        value, slope = rest_of(self.family)(self.statistics.rest, other)
        return float(value.sum()) + self.constant, self.other.pull(slope)


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
        If there is no maximum likelihood for the family, for a response of this kind, or for
        group effects in another parameter than the mean; or if the factors are too large to cross.
    """
    family, likelihood = design.spec.family, _likelihood(design)
    cells, k = make_cells(design, likelihood), likelihood.predictors
    (X, offset), *others = (_side(cells, design, side, k) for side in range(k))
    statistics, other = cells.statistics, None
    if others:
        ((name, _),) = design.modelled.items()
        other = make_other(name, *others[0])
        statistics = by_cell(family, statistics)
    elif family.others:
        other = one_number(family.others[0].name)
    factors = tuple(_effects(factor, k) for factor in reversed(cells.factors))
    _check_size(factors)
    return Problem(
        family,
        design.spec.link,
        statistics,
        X,
        offset,
        factors,
        _columns(factors, len(X)),
        arrow_of(factors, len(X)),
        other,
        statistics.constant,
    )


def arrow_of(factors: tuple[Effects, ...], cells: int) -> ArrowColumns:
    """Columns of factors, the largest first, as an arrow whose shaft is the largest."""
    columns = [LevelColumns(f.levels, f.index, np.ascontiguousarray(f.Z.T)) for f in factors]
    return make_arrow_columns(np.zeros((0, cells)), [*columns[1:], *columns[:1]])


def _likelihood(design: Design) -> Likelihood:
    """The likelihood that is maximised, or why there is none."""
    family, link = design.spec.family, design.spec.link
    found = find_likelihood(family.name, link.name, modelled=bool(design.modelled))
    if found is None or not has_curve(family, link):
        raise SpecError(
            f"Maximum likelihood is not available for the {family.name} family with the "
            f"{link.name} link. Fit the model: its posterior is."
        )
    for name, predictor in design.modelled.items():
        if predictor.groups:
            raise SpecError(
                f"Maximum likelihood is not available where the formula of {name} has group "
                f"terms, as '{design.spec.formulas[name].text}' has. Fit the model: its posterior "
                "is; or leave the group terms out of it."
            )
    if design.rows.upper is not None:
        raise SpecError(
            "Maximum likelihood is not available where counts are suppressed to an interval. "
            "Fit the model: its posterior is, or drop the suppressed rows and say so."
        )
    return found


def _side(cells: Cells, design: Design, side: int, sides: int) -> tuple[Array, Array]:
    """Columns (m, P) and offset (m,) of one of the predictors that stand side by side in cells."""
    widths = [
        predictor.X.shape[1] + predictor.fixed.intercept
        for predictor in (design.predictor, *design.modelled.values())
    ]
    start = sum(widths[:side])
    X = cells.fixed()[side::sides, start : start + widths[side]]
    offset = cells.offset if len(cells.offset) else np.zeros(cells.count)
    return X, offset[side::sides]


def _columns(factors: tuple[Effects, ...], cells: int) -> NDArray[np.int64]:
    """Places of each cell's effects among all effects."""
    places, start = [np.zeros((cells, 0), dtype=np.int64)], 0
    for factor in factors:
        places.append(start + factor.index[:, None] * factor.q + np.arange(factor.q))
        start += factor.levels * factor.q
    return np.concatenate(places, axis=1)


def _effects(factor: Factor, sides: int) -> Effects:
    """A factor of the mean, whose predictor is the first of those that stand side by side."""
    Z = factor.Z[:, ::sides]
    scale = np.sqrt(np.mean(np.square(Z), axis=1))
    scale = np.where(scale > 0, scale, 1.0)
    return Effects(
        factor.name,
        factor.levels,
        factor.index[::sides].astype(np.int64),
        np.ascontiguousarray((Z / scale[:, None]).T),
        scale,
        make_blocks(factor),
    )


def _check_size(factors: tuple[Effects, ...]) -> None:
    sizes = [factor.levels * factor.q for factor in factors]
    border = sizes[0] * sum(sizes[1:]) if sizes else 0
    if border > LARGEST:
        raise SpecError(
            f"The grouping factors are too large to cross for maximum likelihood ({border:,} "
            "numbers in the border of their precision). Fit the model: the sampler has no such "
            "border."
        )
