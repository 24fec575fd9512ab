"""The Gaussian of coefficients and effects given theta, by Newton steps of expected scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.arrow import Arrow, FactorisedArrow, diagonal_blocks
from bayesglmm.engine.arrow_columns import ArrowColumns, make_arrow_columns
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.coupling import coupled_information
from bayesglmm.engine.level_columns import LevelColumns
from bayesglmm.engine.pilot_expectation import LEAST_VARIANCE, Expected, expectation
from bayesglmm.engine.pilot_prior import Penalty, fixed_prior, penalty_at
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
WIDE_HEAD = 200
"""Head coordinates from which covariances between head and shaft are left out of the moments."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The design of the pilot.

    Attributes
    ----------
    target : Target
    columns : ArrowColumns
        The shaft is the last factor, the largest.
    offset : array of shape (m,)
    start : array of shape (P,)
        Where the fixed effects start.
    between : callable
        Called before each Newton step and each piece of its algebra; what it raises ends it.
    """

    target: Target
    columns: ArrowColumns
    offset: Array
    start: Array
    between: Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
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
    scalar_slope : float
        Expected slope of the log likelihood with respect to the log of the scalar parameter.
    arrow : Arrow
        Information of the likelihood, and of the prior of the fixed effects.
    schur : array of shape (h, h)
        Precision of the head with the shaft eliminated; the prior of effects left out.
    log_information : float
        Log of the mean information of a cell about its linear predictor: what it changes by is
        the change of the cells' log information, each counted by its information.
    """

    fixed: Array
    effects: tuple[Array, ...]
    variance: Array
    moments: tuple[Array, ...]
    scalar_slope: float
    arrow: Arrow
    schur: Array
    log_information: float


def make_layout(target: Target, start: Array, between: Callable[[], None]) -> Layout:
    """Lay out the design of the pilot.

    Parameters
    ----------
    target : Target
    start : array of shape (P,)
        Where the fixed effects start.
    between : callable
        Called between pieces of work; what it raises ends it.

    Returns
    -------
    Layout
    """
    cells = target.cells
    X = np.ascontiguousarray(cells.fixed().T)
    factors = [LevelColumns(f.levels, f.index.astype(np.int64), f.Z) for f in cells.factors]
    offset = cells.offset if len(cells.offset) else np.zeros(cells.count)
    return Layout(target, make_arrow_columns(X, factors), offset, start, between)


def nothing_known(layout: Layout) -> Conditional:
    """Where the first solve starts: effects at 0, no variance."""
    target, nothing = layout.target, np.zeros((0, 0))
    effects = tuple(np.zeros((f.levels, f.q)) for f in target.coordinates.factors)
    variance = np.full(target.cells.count, LEAST_VARIANCE)
    arrow = Arrow(nothing[None], nothing, nothing)
    return Conditional(layout.start, effects, variance, (), 0.0, arrow, nothing, 0.0)


def solve_given(layout: Layout, theta: Array, before: Conditional | None) -> Conditional:
    """Gaussian of coefficients and effects given theta.

    Parameters
    ----------
    layout : Layout
    theta : array of shape (T,)
        Of the user's columns.
    before : Conditional, optional
        Where to start.

    Returns
    -------
    Conditional

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is none: numbers run away.
    """
    given = before if before is not None else nothing_known(layout)
    enough = STEPS if before is not None else FIRST_STEPS
    penalty = penalty_at(layout.target.coordinates, theta)
    for number in range(MOST_STEPS):
        layout.between()
        given, change = _step(layout, penalty, given)
        if change < (SETTLED if number + 1 < enough else ROUGH):
            break
    return given


@dataclass(frozen=True, slots=True, eq=False)
class _Move:
    """A Newton step: of head and shaft, and of the linear predictor."""

    start: tuple[Array, Array]
    by: tuple[Array, Array]
    eta: Array
    change: Array

    def part(self, size: float) -> tuple[Array, Array]:
        """Head and shaft after a part of the step."""
        if not size:
            return self.start
        return self.start[0] + size * self.by[0], self.start[1] + size * self.by[1]


def _step(layout: Layout, penalty: Penalty, given: Conditional) -> tuple[Conditional, float]:
    """One Newton step of the expected score equations, and how far it went in posterior sds."""
    columns, P = layout.columns, len(given.fixed)
    start = _joined(given.fixed, given.effects)
    eta = layout.offset + columns.predictor(*start)
    expected = expectation(layout.target, eta, given.variance, penalty.scalar)
    slope, curvature = fixed_prior(penalty.coordinates, given.fixed)
    arrow, inverse = _information(layout, penalty, expected, curvature)
    score = columns.sums(expected.score)
    pull = _joined(-slope, penalty.pull(given.effects))
    by = inverse.solve(score[0] - pull[0], score[1] - pull[1])
    move = _Move(start, by, eta, columns.predictor(*by))
    moved = move.part(_size(layout, penalty, given, expected.value, move))
    fixed, effects = _split(penalty.coordinates, *moved)
    wide = len(inverse.head_inverse) > WIDE_HEAD
    variance = columns.block_variances(inverse) if wide else columns.variances(inverse)
    variance = np.maximum(variance, LEAST_VARIANCE)
    settled = float(np.max(np.abs(move.change) / np.sqrt(variance), initial=0.0))
    spread = np.max(np.abs(np.sqrt(variance / given.variance) - 1), initial=0.0)
    made = Conditional(
        fixed=fixed,
        effects=effects,
        variance=variance,
        moments=_moments(columns, effects, inverse, P if wide else None),
        scalar_slope=expected.scalar_slope,
        arrow=arrow,
        schur=inverse.schur,
        log_information=float(np.log(np.mean(expected.weight))),
    )
    return made, max(settled, float(spread) / 10)


def _information(
    layout: Layout, penalty: Penalty, expected: Expected, curvature: Array
) -> tuple[Arrow, FactorisedArrow]:
    """Information of the likelihood and of the fixed effects' prior, and its inverse.

    What linear predictors of a cell tell of each other is a part of it in a general likelihood,
    unless the whole is not positive then.
    """
    places = range(len(curvature))
    if layout.target.likelihood.general and layout.target.likelihood.predictors > 1:
        try:
            arrow = coupled_information(layout.columns, expected.coupled)
            arrow.head[places, places] += curvature
            return arrow, arrow.factorise(penalty.shaft, penalty.head, layout.between)
        except np.linalg.LinAlgError:
            pass
    arrow = layout.columns.information(expected.weight)
    arrow.head[places, places] += curvature
    return arrow, arrow.factorise(penalty.shaft, penalty.head, layout.between)


def _size(
    layout: Layout, penalty: Penalty, given: Conditional, expected: float, move: _Move
) -> float:
    """How much of a step is taken: halved until the bound does not fall, none if it always does."""
    value, size = expected + penalty.value(given.fixed, given.effects), 1.0
    for _ in range(HALVINGS):
        moved, eta = move.part(size), move.eta + size * move.change
        trial = expectation(layout.target, eta, given.variance, penalty.scalar)
        gain = trial.value + penalty.value(*_split(penalty.coordinates, *moved)) - value
        if np.isfinite(gain) and gain >= -1e-6 * abs(value):
            return size
        size /= 2
    return 0.0


def _joined(fixed: Array, effects: tuple[Array, ...]) -> tuple[Array, Array]:
    """Fixed effects and effects as head (h,) and shaft (G * q,)."""
    flat = [values.ravel() for values in effects]
    return np.concatenate([fixed, *flat[:-1]]), flat[-1] if flat else np.zeros(0)


def _split(coordinates: Coordinates, head: Array, shaft: Array) -> tuple[Array, tuple[Array, ...]]:
    """Head and shaft as fixed effects and effects; see `_joined`."""
    sizes = np.cumsum([coordinates.fixed, *(f.size for f in coordinates.factors[:-1])])[:-1]
    fixed, *effects = [*np.split(head, sizes), shaft][: len(coordinates.factors) + 1]
    shaped = zip(coordinates.factors, effects, strict=True)
    return fixed, tuple(values.reshape(f.levels, f.q) for f, values in shaped)


def _moments(
    columns: ArrowColumns, effects: tuple[Array, ...], inverse: FactorisedArrow, width: int | None
) -> tuple[Array, ...]:
    """Expected sum of outer products of each factor's effects, (q, q)."""
    found = []
    for own, start, values in zip(columns.head, columns.starts, effects, strict=False):
        here = slice(start, start + own.size)
        blocks = diagonal_blocks(inverse.head_inverse[here, here], own.q)
        found.append(values.T @ values + blocks.sum(axis=0))
    if effects:
        blocks = inverse.shaft_blocks if width is None else inverse.shaft_blocks_within(width)
        found.append(effects[-1].T @ effects[-1] + blocks.sum(axis=0))
    return tuple(found)
