"""How fast the mean changes with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd

from bayesglmm.design.columns import apply_columns
from bayesglmm.design.derivative import derivatives
from bayesglmm.design.design import Design
from bayesglmm.design.given import is_coded
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.column_arguments import names_of
from bayesglmm.posterior.estimands.answers import answer, condition, joined, lines_of, make_table
from bayesglmm.posterior.estimands.contrasts import check_variable
from bayesglmm.posterior.estimands.estimability import (
    told,
)
from bayesglmm.posterior.estimands.means import (
    AverageOptions,
    Effects,
    Mean,
    Scale,
    make_mean,
    shares_below_zero,
    target_means,
)
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.posterior.notes import below_zero_notes, knot_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

STEP = 1e-4
"""Half the width of the central difference along the columns' own slopes, in their scales: its
error is about (STEP * coefficient * scale)^2 / 6 of the derivative, and rounding adds 1e-12."""


@beyond_double
def slopes(
    posterior: Posterior,
    variables: str | Sequence[str],
    newdata: pd.DataFrame | None = None,
    by: str | Sequence[str] | None = None,
    *,
    scale: Scale = "response",
    exposure: float | None = None,
    re: Effects = "typical",
    weights: str | None = None,
    parameter: str | None = None,
    mass: float = 0.95,
) -> Table:
    """Derivative of the mean, or of the linear predictor, with respect to a number.

    Columns are differentiated row by row (`bayesglmm.design.derivative`), through the model's own
    transforms, interactions and slopes of groups, and the mean along them; so a marginal slope is
    the derivative of the marginal mean.

    Parameters
    ----------
    posterior : Posterior
    variables : str or sequence of str
        Numeric columns of the fixed part.
    newdata, by, scale, exposure, re, weights, parameter, mass
        As for `predictions`.

    Returns
    -------
    Table
        Change of the mean for one unit of the column, at each row; averages are over rows within
        each draw.

    Raises
    ------
    SpecError
        If a column is no number, or a column, word or number cannot be used.
    DataError
        If the new rows do not fit the model, or a row has no slope.
    """
    design = posterior.design
    names = names_of("variables", variables)
    if not names:
        raise SpecError("No slope is asked for. Name a number of the fixed part.")
    mean = make_mean(design, re, scale, exposure, parameter)
    for name in names:
        _check_number(design, name, parameter)
    target = make_target(design.only(mean.parameter), newdata, by, weights, re == "observed")
    parts, called = [], printed_names(design)
    for name in names:
        moved = _moved(design, target, name, mean)
        found = answer(_derivatives(target, moved, posterior, mean), mass, 0.0)
        parts.append(lines_of(target, found, moved.known, {"slope": (name, called[name])}))
    answers, what = joined(parts), f"change in {mean.words} for one unit"
    below = shares_below_zero(target, [posterior.at(target.design)], mean)
    return make_table(
        design,
        answers.frame,
        mass,
        caption="Slopes" if target.averaging is None else "Average slopes",
        scale=what,
        estimand=f"{what}, at each row's own value; "
        f"{condition(target, mean, posterior.draws.run)}; {target.words}",
        notes=(
            *knot_notes(target.design, cell=target.row_of_line),
            *answers.lost_notes,
            *below_zero_notes(design, below),
        ),
        called={"slope": called},
    )


class SlopeOptions(AverageOptions, total=False):
    """Options of `avg_slopes`."""

    scale: Scale


def avg_slopes(
    posterior: Posterior,
    variables: str | Sequence[str],
    newdata: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    **options: Unpack[SlopeOptions],
) -> Table:
    """Slopes averaged over rows, all of them where `by` is left out.

    Parameters and errors are those of `slopes`.

    Returns
    -------
    Table
    """
    return slopes(posterior, variables, newdata, by=() if by is None else by, **options)


def _check_number(design: Design, name: str, parameter: str | None) -> None:
    check_variable(design, name, parameter)
    if name in design.levels:
        raise SpecError(f"'{name}' is a factor and has no slope. Write comparisons('{name}').")
    if is_coded(design, name):
        raise SpecError(
            f"'{name}' is a factor in the formula too, so it has no values between its levels and "
            f"no slope. Write comparisons('{name}')."
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Moved:
    """Rows a little to either side along the slopes of their columns.

    Attributes
    ----------
    low, high : Design
    rate : array of shape (u,)
        By which the difference of the means of each row is to be multiplied.
    known : array of bool, shape (cells,)
        Which slopes the data can tell.
    """

    low: Design
    high: Design
    rate: Array
    known: Array


def _moved(design: Design, target: Target, name: str, mean: Mean) -> _Moved:
    """The rows with their columns moved by `STEP` of their scales, whatever the row's own slope."""
    rows, own = target.design, design.data[name].to_numpy(dtype=float)
    spread = float(own.std()) or max(1.0, abs(float(own[0])))
    predictor = mean.predictor(rows)
    sides = predictor.sides
    scale = np.concatenate([[1.0], *(side.scale for side in sides)])

    def evaluate(values: Array) -> Array:
        changed = rows.data.assign(**{name: values})
        found = [apply_columns(side, changed, check=False) for side in sides]
        return np.column_stack([found[0][1], *(columns for columns, _, _ in found)])

    x = rows.data[name].to_numpy(dtype=float)
    slope, step = derivatives(evaluate, x, spread, scale, name)
    size = np.abs(slope / scale).max(axis=1)
    size[size == 0] = 1.0
    move = STEP * slope / size[:, None]
    low, high = (rows.with_predictor(_shifted(predictor, sign * move)) for sign in (-1, 1))
    gaps = [
        apply_columns(sides[0], rows.data.assign(**{name: x + sign * step}), check=False)[2]
        for sign in (-1, 1)
    ]
    linear = mean.scale == "link" or predictor.link.linear
    terms = [(-1.0, gaps[0]), (1.0, gaps[1])]
    terms += [] if linear else [(0.0, predictor.gaps)]
    return _Moved(low, high, size / (2 * STEP), told(terms, target.averaging, linear))


def _shifted(old: Predictor, move: Array) -> Predictor:
    """A predictor with its offset, columns, and columns left of bars moved."""
    start, groups = 1 + old.X.shape[1], []
    for group in old.groups:
        width = len(group.columns) - group.intercept
        Z = group.Z.copy()
        Z[:, group.Z.shape[1] - width :] += move[:, start : start + width]
        groups.append(replace(group, Z=Z))
        start += width
    X = old.X + move[:, 1 : 1 + old.X.shape[1]]
    offset = old.offset + move[:, 0]
    return replace(old, X=X, offset=offset, groups=tuple(groups))


def _derivatives(
    target: Target, moved: _Moved, posterior: Posterior, mean: Mean
) -> Iterator[Array]:
    """Draws of the derivative, a stretch of cells at a time."""
    if target.averaging is not None:
        target = replace(target, averaging=target.averaging.times(moved.rate))
    start = 0
    sides = [posterior.at(moved.low), posterior.at(moved.high)]
    for low, high in target_means(target, sides, mean):
        change = high - low
        if target.averaging is None:
            change = change * moved.rate[start : start + change.shape[1]]
            start += change.shape[1]
        yield np.asarray(change)
