"""Poststratification: from respondents to a population whose make-up is known.

Gelman & Little (1997), Survey Methodology 23(2); Park, Gelman & Bafumi (2004), Political Analysis
12(4), eq. 3: ``theta_s = sum_j N_j pi_j / sum_j N_j`` over the cells j of a level s.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.averaging import Averaging, make_averaging
from bayesglmm.posterior.column_arguments import check_column, names_of
from bayesglmm.posterior.estimands.asked import Asked, Mean, make_means
from bayesglmm.posterior.estimands.estimability import estimability_notes, line_names, told
from bayesglmm.posterior.estimands.means import row_means
from bayesglmm.posterior.groups.words import mean_kind
from bayesglmm.posterior.notes import (
    interval_note,
    knot_notes,
    mean_column,
    mean_name,
    success_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.population.cells import Cells, read_cells
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise
from bayesglmm.tables import Table

NAMED = 8
"""Groups drawn from the population that a note names; the others are counted."""


@beyond_double
def poststratify(
    posterior: Posterior,
    frame: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    weights: str,
    mass: float = 0.95,
) -> Table:
    """Average the predicted mean over the cells of a population, each by its weight.

    Parameters
    ----------
    posterior : Posterior
    frame : pandas.DataFrame
        One row a cell: the columns of the right-hand side (the exposure may be left out), those of
        `by`, and the weight.
    by : str or sequence of str, optional
        Columns whose levels get an estimate each; the whole population where left out.
    weights : str
        Column that holds how many of the population each cell stands for; may be 0.
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        For each level, in order: cells with weight, their total weight, median and interval of the
        mean response (a probability, mean, count, or rate per `per` units of exposure); of a
        response that is one of several categories a line for the probability of each. Groups
        that the model has not seen are drawn from the population of groups, one draw each in every
        posterior draw, shared by all cells of the group. Levels without any weight stay empty, and
        so do those that the data cannot tell.

    Raises
    ------
    DataError
        If columns are missing, a weight is missing or below 0, all are 0, or the cells do not fit
        the model.
        So are columns named like one of the answer.
    SpecError
        If `mass` is no probability, or `by` or `weights` names no columns.
    """
    design = posterior.design
    frame = as_pandas("frame", frame, "Pass the population's cells as one.")
    check_column("weights", weights)
    names = list(names_of("by", () if by is None else by))
    cells = read_cells(frame, names, weights, design.spec.formula.response_name)
    means = make_means(design, Asked("observed"))
    target = _at_cells(posterior, frame, cells, means[0])
    averaging = make_averaging(cells.place[cells.used], cells.weight[cells.used], cells.count)
    gaps = means[0].gaps(target.design)
    known = told([(1.0, gaps)], averaging, means[0].is_linear(target.design))
    found = cells.levels.assign(
        cells=np.bincount(cells.place[cells.used], minlength=cells.count),
        **{weights: np.bincount(cells.place, cells.weight, minlength=cells.count)},
    )
    filled = np.flatnonzero((found["cells"] > 0) & known)
    draws = _means(target, averaging, means)
    parts = [found.join(_summary(target, one, filled, mass)) for one in draws]
    called = printed_names(design)
    name, mean = mean_column(design), mean_name(design)
    estimates = "estimate" if name == "probability" else mean_kind(design, name, np.inf)
    return Table(
        frame=_by_category(design, means, parts),
        caption=f"Poststratified {mean}"
        + (f" by {', '.join(called[name] for name in names)}" if names else ""),
        scale=f"response ({mean})",
        estimand=f"mean over the cells of the population, each weighted by {called[weights]}; "
        "conditional on the groups that the cells name",
        notes=(
            interval_note(mass),
            *success_notes(design),
            *_empty(found, names, len(frame), cells.used),
            *knot_notes(target.design),
            *estimability_notes(line_names(cells.levels, called), known),
            *_unseen(target),
        ),
        kinds={"cells": "count", weights: "number" if (cells.weight % 1).any() else "count"}
        | dict.fromkeys(ESTIMATES, estimates)
        | DIAGNOSTICS,
        headings=called,
        source=row_draws(target, lambda: _by_level(_means(target, averaging, means)), mass),
    )


def _at_cells(posterior: Posterior, frame: pd.DataFrame, cells: Cells, mean: Mean) -> Posterior:
    """The draws at the cells that have weight."""
    spec = posterior.design.spec
    needed = posterior.at(posterior.design.only(*mean.parameters))
    return needed.apply(frame.iloc[cells.used], None if spec.exposure is None else spec.per)


def _means(target: Posterior, averaging: Averaging, means: Sequence[Mean]) -> list[Array]:
    """Draws of each mean of the levels, (S, levels)."""

    def evaluate(rows: NDArray[np.int64]) -> tuple[Array, ...]:
        return tuple(row_means(target, mean, rows) for mean in means)

    found = [*averaging.means(evaluate, target.size)]
    return [np.concatenate(several, axis=1) for several in zip(*found, strict=True)]


def _by_level(means: Sequence[Array]) -> Array:
    """The same as lines of the table, (S, lines): all categories of a level side by side."""
    return np.stack(means, axis=2).reshape(len(means[0]), -1)


def _summary(
    target: Posterior, means: Array, filled: NDArray[np.int64], mass: float
) -> pd.DataFrame:
    """Summaries of the levels that have an estimate, the others empty."""
    summary = summarise(target.by_chain(means[:, filled]), mass).set_index(filled)
    return summary.reindex(range(means.shape[1]))[[*ESTIMATES, *DIAGNOSTICS, *ERRORS]]


def _by_category(
    design: Design, means: Sequence[Mean], parts: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """The levels, each once for every category of the response where it has any."""
    if len(means) == 1:
        return parts[0]
    response, size = design.spec.formula.response_name, len(parts[0])
    for mean, part in zip(means, parts, strict=True):
        part.insert(list(part).index(ESTIMATES[0]), response, mean.category)
    order = np.arange(size * len(parts)).reshape(len(parts), size).T.ravel()
    return pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)


def _empty(
    found: pd.DataFrame, names: list[str], cells: int, used: NDArray[np.int64]
) -> tuple[str, ...]:
    """Cells and levels without weight, in words."""
    notes = []
    if len(used) < cells:
        notes.append(f"{cells - len(used):,} of {cells:,} cells have weight 0 and do not count.")
    without = found.loc[found["cells"] == 0, names]
    if len(without):
        shown = [", ".join(map(str, row)) for row in without.itertuples(index=False)]
        notes.append(f"No weight, hence no estimate: {'; '.join(shown)}.")
    return tuple(notes)


def _unseen(target: Posterior) -> tuple[str, ...]:
    """Which groups were drawn from the population of groups, in words."""
    notes, called = [], printed_names(target.design)
    every = (drawn for name in target.design.predictors for drawn in target.effects(name))
    for drawn in {drawn.group.factor: drawn for drawn in every}.values():
        if drawn.unseen:
            shown = ", ".join(drawn.unseen[:NAMED]) + ", ..." * (len(drawn.unseen) > NAMED)
            notes.append(
                f"Groups of {called[drawn.group.factor]} without rows in the data, drawn from the "
                f"population of groups: {len(drawn.unseen)} ({shown})."
            )
    return tuple(notes)
