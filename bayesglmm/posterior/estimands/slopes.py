"""How fast the mean changes with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import is_coded
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.column_arguments import names_of
from bayesglmm.posterior.estimands.answers import (
    Blocks,
    Said,
    Summing,
    by_category,
    joined,
    lines_of,
    make_table,
)
from bayesglmm.posterior.estimands.asked import (
    Asked,
    AverageOptions,
    Effects,
    Kind,
    Mean,
    Scale,
    make_means,
)
from bayesglmm.posterior.estimands.condition import condition
from bayesglmm.posterior.estimands.contrasts import check_variable
from bayesglmm.posterior.estimands.means import shares_below_zero, target_means
from bayesglmm.posterior.estimands.moved import Moved, move_rows
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.posterior.hypotheses import Hypothesis, hypotheses
from bayesglmm.posterior.notes import below_zero_notes, knot_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table


@beyond_double
def slopes(
    posterior: Posterior,
    variables: str | Sequence[str],
    newdata: pd.DataFrame | None = None,
    by: str | Sequence[str] | None = None,
    *,
    scale: Scale = "response",
    kind: Kind = "mean",
    exposure: float | None = None,
    re: Effects = "typical",
    weights: str | None = None,
    parameter: str | None = None,
    mass: float = 0.95,
    hypothesis: Hypothesis | None = None,
    null: float | None = None,
    rope: tuple[float, float] | None = None,
    joint: bool = False,
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
    newdata, by, scale, kind, exposure, re, weights, parameter, mass, hypothesis, null, rope, joint
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
    means = make_means(design, Asked(re, scale, kind, exposure, parameter))
    mean = means[0]
    for name in names:
        _check_number(design, name, mean.parameters)
    target = make_target(design.only(*mean.parameters), newdata, by, weights, re == "observed")
    summing = Summing(mass, 0.0)
    parts, called = [], printed_names(design)
    for name in names:
        moved = move_rows(design, target, name, mean)
        label = {"slope": (name, called[name])}
        blocks = [_derivatives(target, moved, posterior, one) for one in means]
        lines = [lines_of(target, one, summing, moved.known, label) for one in blocks]
        parts.append(by_category(design, means, lines))
    answers = joined(parts)
    said = _said(posterior, target, mean, answers.lost_notes)
    table = make_table(posterior, answers.frame, answers.draws, summing, said)
    return hypotheses(table, hypothesis, null=null, rope=rope, joint=joint)


def _said(posterior: Posterior, target: Target, mean: Mean, lost: Sequence[str]) -> Said:
    """What the table says; `lost` is which of its lines are empty."""
    design, what = posterior.design, f"change in {mean.words} for one unit"
    below = shares_below_zero(target, [posterior.at(target.design)], mean)
    return Said(
        caption="Slopes" if target.averaging is None else "Average slopes",
        scale=what,
        estimand=f"{what}, at each row's own value; "
        f"{condition(target, mean, posterior.draws.run)}; {target.words}",
        notes=(
            *knot_notes(target.design, cell=target.row_of_line),
            *lost,
            *below_zero_notes(design, below),
        ),
        called={"slope": printed_names(design)},
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


def _check_number(design: Design, name: str, parameters: Sequence[str]) -> None:
    check_variable(design, name, parameters)
    if name in design.levels:
        raise SpecError(f"'{name}' is a factor and has no slope. Write comparisons('{name}').")
    if is_coded(design, name):
        raise SpecError(
            f"'{name}' is a factor in the formula too, so it has no values between its levels and "
            f"no slope. Write comparisons('{name}')."
        )


def _derivatives(target: Target, moved: Moved, posterior: Posterior, mean: Mean) -> Blocks:
    """Gives the draws of the derivative."""
    if target.averaging is not None:
        target = replace(target, averaging=target.averaging.times(moved.rate))
    sides = [posterior.at(moved.low), posterior.at(moved.high)]

    def blocks() -> Iterator[Array]:
        start = 0
        for low, high in target_means(target, sides, mean):
            change = high - low
            if target.averaging is None:
                change = change * moved.rate[start : start + change.shape[1]]
                start += change.shape[1]
            yield np.asarray(change)

    return blocks
