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
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError, SpecError, first_rows, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.averaging import Averaging, make_averaging
from bayesglmm.posterior.column_arguments import check_column, names_of, read_weights
from bayesglmm.posterior.estimands.asked import Asked, make_mean
from bayesglmm.posterior.estimands.estimability import estimability_notes, line_names, told
from bayesglmm.posterior.notes import interval_note, knot_notes, mean_name, success_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise
from bayesglmm.tables import Table

WHOLE = "population"
"""Name of the one row where the cells are not split."""

RESULTS = ("", "cells", "rows", "raw", *ESTIMATES, *DIAGNOSTICS)
"""Columns of the answers here and in `strata`."""

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
        mean response (a probability, mean, count, or rate per `per` units of exposure). Groups
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
    _check_columns(frame, names, weights)
    weight = read_weights(frame[weights])
    if not weight.any():
        raise DataError(f"All weights '{weights}' are 0: there is no population to average over.")
    place, levels = _levels(frame, names)
    used, spec = np.flatnonzero(weight), design.spec
    needed = posterior.at(design.only(*spec.family.of_mean))
    target = needed.apply(frame.iloc[used], None if spec.exposure is None else spec.per)
    averaging = make_averaging(place[used], weight[used], len(levels))
    mean = make_mean(target.design, Asked("observed"))
    known = told([(1.0, mean.gaps(target.design))], averaging, mean.is_linear(target.design))
    found = levels.assign(
        cells=np.bincount(place[used], minlength=len(levels)),
        **{weights: np.bincount(place, weight, minlength=len(levels))},
    )
    filled = np.flatnonzero((found["cells"] > 0) & known)
    called = printed_names(design)
    return Table(
        frame=found.join(_summaries(target, averaging, filled, mass)),
        caption=f"Poststratified {mean_name(design)}"
        + (f" by {', '.join(called[name] for name in names)}" if names else ""),
        scale=f"response ({mean_name(design)})",
        estimand=f"mean over the cells of the population, each weighted by {called[weights]}; "
        "conditional on the groups that the cells name",
        notes=(
            interval_note(mass),
            *success_notes(design),
            *_empty(found, names, len(frame), used),
            *knot_notes(target.design),
            *estimability_notes(line_names(levels, called), known),
            *_unseen(target),
        ),
        kinds={"cells": "count", weights: "number" if (weight % 1).any() else "count"}
        | dict.fromkeys(ESTIMATES, "estimate")
        | DIAGNOSTICS,
        headings=called,
        source=row_draws(target, lambda: _means(target, averaging), mass),
    )


def _means(target: Posterior, averaging: Averaging) -> Array:
    """Draws of the means of the levels, (S, levels)."""
    parts = averaging.means(lambda rows: (target.mean(rows),), target.size)
    return np.concatenate([found for (found,) in parts], axis=1)


def _summaries(
    target: Posterior, averaging: Averaging, filled: NDArray[np.int64], mass: float
) -> pd.DataFrame:
    """Summaries of the levels that have an estimate, the others empty."""
    means = _means(target, averaging)
    summary = summarise(target.by_chain(means[:, filled]), mass).set_index(filled)
    return summary.reindex(range(averaging.count))[[*ESTIMATES, *DIAGNOSTICS, *ERRORS]]


def _check_columns(frame: pd.DataFrame, names: list[str], weights: str) -> None:
    if weights in names:
        raise SpecError(f"by= and weights= both name '{weights}'. Average within other columns.")
    for name in [*names, weights]:
        if name not in frame:
            raise DataError(unknown("column of the population", name, map(str, frame.columns)))
        if name in RESULTS or name.startswith("mcse_"):
            raise DataError(
                f"'{name}' is also the name of a column of the answer. Rename the column: "
                f"frame.rename(columns={{'{name}': '{name} of cells'}}), say."
            )


def _levels(frame: pd.DataFrame, names: list[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Which level each cell belongs to, and the levels in order."""
    if not names:
        return np.zeros(len(frame), dtype=np.int64), pd.DataFrame({"": [WHOLE]})
    for name in names:
        if frame[name].isna().any():
            rows = first_rows(np.flatnonzero(frame[name].isna()))
            raise DataError(f"'{name}' is missing in {rows} of the population. Fill it in.")
    grouped = frame.groupby(names, sort=True, observed=True)
    levels = grouped.size().index.to_frame(index=False)
    return np.asarray(grouped.ngroup(), dtype=np.int64), levels


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
