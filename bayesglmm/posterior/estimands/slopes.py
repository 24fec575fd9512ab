"""How fast the mean changes with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import names_of
from bayesglmm.posterior.estimands.answers import answer, condition, make_table
from bayesglmm.posterior.estimands.contrasts import Contrast, check_variable
from bayesglmm.posterior.estimands.means import Effects, Mean, Scale, cell_means, make_mean
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.tables import Table

STEP = 1e-4
"""Half the width of the central difference, in standard deviations of the column: its error is
about (STEP * slope * sd)^2 / 6 of the derivative, and rounding adds about 1e-12."""


def slopes(
    design: Design,
    draws: Draws,
    variables: str | Sequence[str],
    newdata: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    scale: Scale = "response",
    exposure: float | None = None,
    re: Effects = "typical",
    weights: str | None = None,
    mass: float = 0.95,
) -> Table:
    """Derivative of the mean, or of the linear predictor, with respect to a number.

    By a central difference of the mean itself, through the model's own transforms, interactions
    and slopes of groups; so a marginal slope is the derivative of the marginal mean.

    Parameters
    ----------
    design : Design
        The model's own.
    draws : Draws
    variables : str or sequence of str
        Numeric columns of the fixed part.
    newdata, by, scale, exposure, re, weights, mass
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
        If the new rows do not fit the model.
    """
    names = names_of("variables", variables)
    if not names:
        raise SpecError("No slope is asked for. Name a number of the fixed part.")
    contrasts = [_step(design, name) for name in names]
    mean = make_mean(design, re, scale, exposure)
    target = make_target(design, newdata, by, weights, re == "observed")
    parts = []
    for contrast in contrasts:
        lines = target.lines.copy()
        lines.insert(0, "slope", contrast.variable)
        found = answer(_derivatives(target, contrast, draws, mean), mass, 0.0)
        parts.append(lines.join(found.iloc[target.cell].reset_index(drop=True)))
    what = f"change in {mean.words} for one unit"
    averaged = target.weights is not None
    return make_table(
        design,
        pd.concat(parts, ignore_index=True),
        mass,
        caption="Average slopes" if averaged else "Slopes",
        scale=what,
        estimand=f"{what}, at each row's own value; {condition(target, mean)}; {target.words}",
    )


def avg_slopes(
    design: Design,
    draws: Draws,
    variables: str | Sequence[str],
    newdata: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    **options: Any,
) -> Table:
    """Slopes averaged over rows, all of them where `by` is left out.

    Parameters and errors are those of `slopes`.

    Returns
    -------
    Table
    """
    return slopes(design, draws, variables, newdata, by=() if by is None else by, **options)


def _step(design: Design, name: str) -> Contrast:
    """A small step to either side."""
    check_variable(design, name)
    if name in design.levels:
        raise SpecError(f"'{name}' is a factor and has no slope. Write comparisons('{name}').")
    values = design.data[name].to_numpy(dtype=float)
    step = STEP * (float(values.std()) or max(1.0, abs(float(values[0]))))
    return Contrast(name, -step, step, step=True)


def _derivatives(target: Target, contrast: Contrast, draws: Draws, mean: Mean) -> Iterator[Array]:
    """Draws of the derivative, a stretch of cells at a time."""
    width = contrast.high - contrast.low
    for low, high in cell_means(target, contrast.apply(target.design), draws, mean):
        yield np.asarray((high - low) / width)
