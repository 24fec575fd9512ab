"""The cells that factors make: their means, and comparisons that differ between them.

For a typical group and over new groups side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import coded_values, is_coded, is_truth_column
from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.estimands.asked import Asked, make_mean
from bayesglmm.posterior.estimands.grid import grid
from bayesglmm.posterior.estimands.interactions import interaction_comparisons
from bayesglmm.posterior.estimands.means import shares_below_zero
from bayesglmm.posterior.estimands.predictions import predictions
from bayesglmm.posterior.estimands.rows import make_target
from bayesglmm.posterior.estimands.side_by_side import (
    conditions,
    kinds_of,
    lost_notes,
    side_by_side,
    sides_of,
)
from bayesglmm.posterior.notes import below_zero_notes, interval_note, success_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Summary, Table

MOST_CELLS = 24
"""Combinations beyond which each factor is varied by itself."""


@beyond_double
def cells(posterior: Posterior, mass: float = 0.95) -> Summary:
    """Means of the factors' cells, then comparisons within interactions of two factors.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Summary
        The tables of `cell_means` and `interaction_comparisons`: response scale, for a typical
        group and marginal over new groups side by side.

    Raises
    ------
    SpecError
        If the model has no factors.
    """
    check_share("mass", mass)
    means = cell_means(posterior, mass)
    if means is None:
        raise SpecError(
            "The mean has no factors, so it has no cells. "
            "See predictions(grid(...)) for values of numbers."
        )
    compared = interaction_comparisons(posterior, mass)
    return Summary((means, *(table for found in compared for table in found.tables)))


@beyond_double
def cell_means(posterior: Posterior, mass: float = 0.95) -> Table | None:
    """Mean of each combination of the factors' levels that occurs, numbers at their means.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Table or None
        Columns ``cell`` and, with interval, ``typical`` and ``marginal`` (``estimate`` in a model
        without groups). Each factor by itself where there are more than `MOST_CELLS`
        combinations. None for a model without factors.
    """
    design = posterior.design
    names = design.spec.formula.fixed_variables
    factors = [name for name in names if _is_factor(design, name)]
    if not factors:
        return None
    labels, rows, which, called = _cells(design, factors)
    found = {name: predictions(posterior, rows, re=re, mass=mass) for name, re in sides_of(design)}
    levels = design.spec.family.support.levels
    if levels:
        called |= {
            f"{own} · {level}": f"{called.get(own, own)} · {level}"
            for own in labels
            for level in levels
        }
        labels = [f"{own} · {level}" for own in labels for level in levels]
    frame = pd.DataFrame({"cell": labels}).join(side_by_side(found))
    first = next(iter(found.values()))
    return Table(
        frame,
        "Predicted probabilities" if levels else "Predicted means",
        first.scale,
        f"{first.scale}; {conditions(posterior)}{which}",
        (
            interval_note(mass),
            *success_notes(design),
            *(() if levels else below_zero_notes(design, _below_zero(posterior, rows))),
            *lost_notes(frame, [called.get(label, label) for label in labels]),
        ),
        kinds_of(frame, positive=design.spec.family.support.positive),
        {"cell": called},
    )


def _is_factor(design: Design, name: str) -> bool:
    return name in design.levels or is_truth_column(design, name) or is_coded(design, name)


def _cells(
    design: Design, factors: list[str]
) -> tuple[list[str], pd.DataFrame, str, dict[str, str]]:
    """Names of the cells, a row for each, which they are, and what readers see them called."""
    typical, called = grid(design, {}), printed_names(design)
    numbers = {str(name): typical[name].iloc[0] for name in typical if name not in factors}
    own = design.spec.formula.fixed_variables
    held = ", ".join(f"{called[name]} = {numbers[name]:.4g}" for name in own if name in numbers)
    truths = [name for name in factors if is_truth_column(design, name)]
    rows = design.data[factors].drop_duplicates().sort_values(factors)
    rows = rows.astype(dict.fromkeys(truths, bool))
    if len(rows) <= MOST_CELLS:
        rows = rows.reset_index(drop=True)
        labels = list(rows.map(label_of).agg(" · ".join, axis=1))
        columns = " · ".join(called[name] for name in factors)
        words = f"; cells: {columns}" + (f", at {held}" if held else "")
        return labels, rows.assign(**numbers), words, {}
    codes = [name for name in factors if is_coded(design, name) and name not in truths]
    levels: dict[str, Iterable[Any]] = dict.fromkeys(truths, (False, True)) | dict(design.levels)
    levels |= {name: sorted(coded_values(design, name)) for name in codes}
    varied = [(name, level) for name in factors for level in levels[name]]
    rows = pd.concat([grid(design, {name: level}) for name, level in varied], ignore_index=True)
    words = "; other columns at their most frequent level" + (f", at {held}" if held else "")
    named = [(name, label_of(level)) for name, level in varied]
    shown = {f"{name} = {level}": f"{called[name]} = {level}" for name, level in named}
    return list(shown), rows, words, shown


def _below_zero(posterior: Posterior, rows: pd.DataFrame) -> Array:
    """Share of draws in which the mean of each cell is below 0, which groups do not change."""
    mean = make_mean(posterior.design, Asked("typical"))
    design = posterior.design.only(*mean.parameters)
    target = make_target(design, rows, None, None, own_groups=False)
    return shares_below_zero(target, [posterior.at(target.design)], mean)
