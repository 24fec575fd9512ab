"""Outcomes that a predictor decides: levels with one outcome only, and separation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import (
    codes_of,
    fixed_factors,
    used_as_factor,
    used_as_number,
)
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.audit.overlap import Separation, separation
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_names

_FIX = (
    "Keep a prior on the slopes that rules out absurd effects, and report it; the data alone set "
    "no bound. Or merge levels."
)


def separated_outcomes(design: Design) -> Iterator[Evidence]:
    """Levels with one outcome only; else, for binary outcomes, columns that separate them."""
    support = design.spec.family.support
    if not support.counts and not support.successes:
        return
    found = list(_single_outcome_levels(design))
    yield from found
    if found or support.counts:
        return
    fixed, y = design.predictor.fixed, design.rows.central
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), y.shape)
    seen = separation(fixed.values, fixed.intercept, y, trials)
    if seen is not None:
        yield _combination(design, seen)


def _combination(design: Design, seen: Separation) -> Evidence:
    called = printed_names(design)
    names = [called[design.predictor.fixed.names[place]] for place in seen.columns]
    together = names[0] if len(names) == 1 else f"a combination of {listed(names)}"
    how = "all rows" if seen.complete else f"{len(seen.rows):,} of {design.n:,} rows"
    return Evidence(
        "warning",
        f"{'Complete' if seen.complete else 'Quasi-complete'} separation: {together} tells the "
        f"outcomes of {how} apart without error, so maximum likelihood has no finite estimate "
        "(Albert & Anderson 1984) and the posterior is held by the prior.",
        _FIX,
        positions_of(design.positions[seen.rows]),
    )


def _single_outcome_levels(design: Design) -> Iterator[Evidence]:
    y = design.rows.central
    trials = np.broadcast_to(design.spec.family.support.largest(design.rows.trials), y.shape)
    if not y.any() or (y == trials).all():
        return
    names = [*fixed_factors(design), *used_as_factor(design), *_two_valued(design)]
    for name in dict.fromkeys(names):
        column = design.data[name]
        if column.dtype.name != "category":
            column = pd.Series(pd.Categorical(column))
        codes, count = codes_of(column)
        size = np.bincount(codes, minlength=count)
        events = np.bincount(codes, weights=y, minlength=count)
        possible = np.bincount(codes, weights=trials, minlength=count)
        alone = np.flatnonzero((size > 0) & ((events == 0) | (events == possible)))
        if len(alone):
            levels = [label_of(list(column.cat.categories)[code]) for code in alone]
            counts = zip(levels, events[alone], possible[alone], size[alone], strict=True)
            yield _levels(design, name, list(counts), np.flatnonzero(np.isin(codes, alone)))


def _two_valued(design: Design) -> list[str]:
    """Numbers with two values, which are levels in disguise; an offset alone has no effect."""
    moved = design.spec.moved_variables
    return [
        name for name in used_as_number(design) if name in moved and _has_two_values(design, name)
    ]


def _has_two_values(design: Design, name: str) -> bool:
    values = design.data[name].to_numpy(dtype=float)
    low, high = values.min(), values.max()
    return bool(((values == low) | (values == high)).all())


def _levels(
    design: Design, name: str, counts: list[tuple[str, float, float, int]], rows: np.ndarray
) -> Evidence:
    """Levels of one factor: label, events, trials (infinite for counts) and rows of each."""
    response = design.spec.formula.successes or design.spec.formula.response_name
    event = f" '{design.success}'" if design.success not in ("", "1") else ""
    said = listed(
        f"'{level}' (0 in all {size:,} rows)"
        if np.isinf(trials)
        else f"'{level}' ({events:,.0f} of {trials:,.0f})"
        for level, events, trials, size in counts
    )
    verb = "is 0" if design.spec.family.support.counts else "has one outcome only"
    several = len(counts) > 1
    return Evidence(
        "warning",
        f"{response}{event} {verb} in the level{'s' * several} {said} of {name}: the data set no "
        f"bound to {'their effects' if several else 'its effect'}, so maximum likelihood has no "
        "finite estimate and the posterior is held by the prior.",
        f"{_FIX[:-1]}, or write (1 | {name})." if several else _FIX,
        positions_of(design.positions[rows]),
    )
