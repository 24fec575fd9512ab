"""The likelihood of a design: its cells, and the form in which their derivatives are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.engine.compression import Cells, Factor, make_cells
from bayesglmm.engine.expressible import design_likelihood, partial_likelihood
from bayesglmm.engine.likelihoods import Likelihood
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.closed import ClosedForms
from bayesglmm.likelihood.derivatives import by_cell, has_curve
from bayesglmm.likelihood.guesses import closed_guesses, closed_unit, level_guess
from bayesglmm.likelihood.problem import Effects, Problem, arrow_of
from bayesglmm.likelihood.row_density import make_row_density
from bayesglmm.likelihood.scored import Scored
from bayesglmm.likelihood.sides import Side, make_side, one_number
from bayesglmm.likelihood.spread import make_blocks

LARGEST = 3e8
"""Numbers in the border (levels of the largest factor by effects of the others) we would hold."""


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
        If there is no maximum likelihood for the family, or for a response of this kind; or if the
        factors are too large to cross.
    """
    likelihood = _likelihood(design)
    cells = make_cells(design, likelihood)
    sides = tuple(_side(cells, design, place) for place in range(cells.predictors))
    factors = tuple(_effects(factor, cells.predictors) for factor in reversed(cells.factors))
    _check_size(factors)
    active = tuple(sorted({int(side) for factor in factors for side in factor.sides}))
    make = _closed if _is_closed(design, active) else _scored
    return make(design, likelihood, cells, sides, factors)


def _likelihood(design: Design) -> Likelihood:
    """The likelihood that is maximised, or why there is none."""
    family, link = design.spec.family, design.spec.link
    if design.rows.weight is not None:
        raise SpecError(
            "Maximum likelihood is not available where rows have survey weights: its standard "
            "errors would not be those of the survey's design. Fit the model, and read its audit."
        )
    found = design_likelihood(design) if design.rows.plain else partial_likelihood(design)
    whole = found is not None and found.predictors == len(design.predictors)
    if found is None or not (whole or has_curve(family, link)):
        raise SpecError(
            f"Maximum likelihood is not available for the {family.name} family with the "
            f"{link.name} link. Fit the model: its posterior is."
        )
    return found


def _is_closed(design: Design, active: tuple[int, ...]) -> bool:
    """Whether there are closed forms of all derivatives that the model needs."""
    written = has_curve(design.spec.family, design.spec.link) and design.rows.plain
    return written and active in ((), (0,))


def _closed(
    design: Design,
    likelihood: Likelihood,  # noqa: ARG001
    cells: Cells,
    sides: tuple[Side, ...],
    factors: tuple[Effects, ...],
) -> Problem:
    family, link, statistics = design.spec.family, design.spec.link, cells.statistics
    if len(sides) > 1:
        statistics = by_cell(family, statistics)
    elif family.others:
        sides = (*sides, one_number(family.others[0].name))
    form = ClosedForms(family, link, statistics.cells, statistics.rest, statistics.constant)
    guesses = closed_guesses(form, sides)
    return _problem(design, sides, factors, form, guesses, closed_unit(form, sides))


def _scored(
    design: Design,
    likelihood: Likelihood,
    cells: Cells,
    sides: tuple[Side, ...],
    factors: tuple[Effects, ...],
) -> Problem:
    density = make_row_density(design, cells.parameters, cells.cell)
    active = _active(factors)
    form = Scored(likelihood, cells.statistics, density, active)
    guesses = (level_guess(sides, density.levels),)
    return _problem(design, sides, factors, form, guesses, density.unit)


def _active(factors: tuple[Effects, ...]) -> tuple[int, ...]:
    """The predictors with group effects."""
    return tuple(sorted({int(side) for factor in factors for side in factor.sides}))


def _problem(
    design: Design,
    sides: tuple[Side, ...],
    factors: tuple[Effects, ...],
    form: ClosedForms | Scored,
    guesses: tuple[Array, ...],
    unit: float,
) -> Problem:
    m, active = len(sides[0].X), _active(factors)
    return Problem(
        family=design.spec.family,
        link=design.spec.link,
        sides=sides,
        factors=factors,
        columns=_columns(factors, m),
        arrow=arrow_of(factors, m, active),
        active=active,
        cells=form,
        guesses=guesses,
        unit=unit,
    )


def _side(cells: Cells, design: Design, place: int) -> Side:
    """One of the predictors that stand side by side in cells."""
    predictors = [design.predictors[name] for name in cells.parameters]
    widths = [one.X.shape[1] + one.fixed.intercept for one in predictors]
    start, K = sum(widths[:place]), cells.predictors
    X = cells.fixed()[place::K, start : start + widths[place]]
    offset = cells.offset if len(cells.offset) else np.zeros(cells.count)
    return make_side(cells.parameters[place], X, offset[place::K], predictors[place].is_number)


def _columns(factors: tuple[Effects, ...], cells: int) -> NDArray[np.int64]:
    """Places of each cell's effects among all effects."""
    places, start = [np.zeros((cells, 0), dtype=np.int64)], 0
    for factor in factors:
        places.append(start + factor.index[:, None] * factor.q + np.arange(factor.q))
        start += factor.levels * factor.q
    return np.concatenate(places, axis=1)


def _effects(factor: Factor, sides: int) -> Effects:
    """A factor, each of whose columns is of the cells' rows for its own predictor."""
    own = [z[side::sides] for z, side in zip(factor.Z, factor.predictors, strict=True)]
    Z = np.stack(own, axis=1)
    scale = np.sqrt(np.mean(np.square(Z), axis=0))
    scale = np.where(scale > 0, scale, 1.0)
    return Effects(
        name=factor.name,
        levels=factor.levels,
        index=factor.index[::sides].astype(np.int64),
        Z=np.ascontiguousarray(Z / scale),
        scale=scale,
        sides=np.array(factor.predictors, dtype=np.int64),
        names=factor.effects,
        blocks=make_blocks(factor),
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
