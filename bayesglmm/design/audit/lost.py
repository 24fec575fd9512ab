"""Rows and groups lost, and rows that seem to be kept by the size of the response."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import fixed_factors, response_columns
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.design import Design
from bayesglmm.design.objects import read_objects
from bayesglmm.spec.bars import OBSERVATIONS

FEW_LOST = 0.05
"""Share of rows lost from which it is a warning whatever was missing."""

MOST_GAPS = 0.1
"""Share of whole-number codes without rows up to which they are levels that were lost."""

LEAST = 5, 20
"""Smallest counts that rules of publication leave: rates of fewer than 20 events are unreliable."""

FEWER = 0.5
"""A level has too few rows below this share of what the other levels usually have."""


def lost(design: Design) -> Iterator[Evidence]:
    """Rows dropped for missing values, and groups without rows."""
    flow = design.flow
    gone = flow.read - flow.used
    gaps = list(_gaps(design))
    if not (gone or flow.groups_lost or gaps):
        return
    outcome = [item for item in flow.dropped if item.column in response_columns(design)]
    serious = bool(outcome) or bool(flow.groups_lost or gaps) or gone > FEW_LOST * flow.read
    text = " ".join([*flow.sentences(), *gaps])
    if outcome:
        text += (
            f" Where '{outcome[0].column}' is missing for a reason that has to do with it, the "
            "rows left are a selection."
        )
    kept = np.zeros(flow.read, dtype=bool)
    kept[design.positions] = True
    yield Evidence(
        "warning" if serious else "note",
        text,
        "Say in the report who is missing and why; model the reason or impute where it matters. "
        "Groups without rows are predicted from the population of groups.",
        positions_of(np.flatnonzero(~kept)),
    )


def _gaps(design: Design) -> Iterator[str]:
    """Grouping factors whose whole-number codes run on, but for a few that never occur."""
    for name in design.spec.group_variables:
        if name == OBSERVATIONS:
            continue
        given = read_objects(design.given[name])
        if name in design.spec.labels or not pd.api.types.is_integer_dtype(given):
            continue
        codes = np.unique(given.iloc[design.positions].to_numpy())
        span = int(codes[-1]) - int(codes[0]) + 1
        if 0 < span - len(codes) <= MOST_GAPS * span:
            absent = np.setdiff1d(np.arange(codes[0], codes[-1] + 1), codes)
            yield (
                f"The codes of {name} run from {codes[0]} to {codes[-1]}, but {listed(absent)} "
                f"{'has' if len(absent) == 1 else 'have'} no rows."
            )


def selected(design: Design) -> Iterator[Evidence]:
    """Levels with few rows left and the smallest counts, where no small count occurs at all."""
    if not design.spec.family.takes_masks or design.spec.formula.suppression is not None:
        return
    y = design.rows.central
    least = y.min()
    if not LEAST[0] <= least <= LEAST[1]:
        return
    for factor in fixed_factors(design):
        codes = design.data[factor].cat.codes.to_numpy()
        sizes = np.bincount(codes)
        usual = int(np.bincount(sizes).argmax())
        if np.sum(sizes == usual) < max(2, len(sizes) / 2):
            continue  # not a table with the same rows for each level
        medians = np.array([np.median(y[codes == code]) for code in range(len(sizes))])
        code = int(medians.argmin())
        near = medians[code] - least <= 1.5 * np.sqrt(least)
        if sizes[code] < FEWER * usual and near:
            there = codes == code
            yield Evidence(
                "warning",
                f"No count is below {least:g}, and the {factor} '{design.levels[factor][code]}', "
                f"whose counts are the smallest ({y[there].min():g} to {y[there].max():g}), has "
                f"{sizes[code]} rows where others have {usual}. Rows seem to have been kept by the "
                "size of the count, which makes its rate look too high.",
                f"Put the rows left out back in, with counts that are only known to be small "
                f"as suppressed({design.spec.formula.response}, 1, 9) left of the tilde.",
                positions_of(design.positions[there]),
            )
