"""Outcomes that a predictor decides: levels with one outcome only, and separation."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.columns import codes_of, fixed_factors, used_as_factor, used_as_number
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.audit.overlap import Separation, separation
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of

_FIX = (
    "Keep a prior on the slopes that rules out absurd effects, and report it; the data alone set "
    "no bound. Or merge levels."
)


def separated(design: Design) -> Iterator[Evidence]:
    """Levels with one outcome only; else, for binary outcomes, columns that separate them."""
    kind = design.spec.family.support.name
    if kind == "real":
        return
    found = list(_single_outcome_levels(design))
    yield from found
    if found or kind == "count":
        return
    fixed, y = design.predictor.fixed, np.asarray(design.rows.y, dtype=float)
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), y.shape)
    seen = separation(fixed.values, fixed.intercept, y, trials)
    if seen is not None:
        yield _combination(design, seen)


def _combination(design: Design, seen: Separation) -> Evidence:
    names = [design.predictor.fixed.names[place] for place in seen.columns]
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
    y = np.asarray(design.rows.y, dtype=float)
    unbounded = design.spec.family.support.name == "count"
    trials = np.broadcast_to(np.inf if unbounded else design.rows.trials, y.shape)
    if not y.any() or (y == trials).all():
        return
    for name in (*fixed_factors(design), *used_as_factor(design), *_two_valued(design)):
        column = design.data[name]
        if column.dtype.name != "category":
            column = pd.Series(pd.Categorical(column))
        codes, size = codes_of(column)
        events = np.bincount(codes, weights=y, minlength=size)
        possible = np.bincount(codes, weights=trials, minlength=size)
        for code in np.flatnonzero((events == 0) | (events == possible)):
            rows = np.flatnonzero(codes == code)
            if len(rows):
                level = label_of(list(column.cat.categories)[code])
                yield _level(design, name, level, rows, bool(events[code] == 0))


def _two_valued(design: Design) -> list[str]:
    """Numbers with two values, which are levels in disguise."""
    return [name for name in used_as_number(design) if _has_two_values(design, name)]


def _has_two_values(design: Design, name: str) -> bool:
    values = design.data[name].to_numpy(dtype=float)
    low, high = values.min(), values.max()
    return bool(((values == low) | (values == high)).all())


def _level(design: Design, name: str, level: str, rows: np.ndarray, none: bool) -> Evidence:
    response = design.spec.formula.successes or design.spec.formula.response
    what = f"{response} is {'0' if none else 'always the event'}"
    if design.spec.family.name == "bernoulli" and design.success not in ("", "1"):
        what = f"{response} is {'never' if none else 'always'} '{design.success}'"
    return Evidence(
        "warning",
        f"{what} in all {len(rows):,} rows with {name} '{level}': the level separates the "
        "outcomes, so maximum likelihood has no finite estimate of its effect and the posterior "
        "is held by the prior.",
        _FIX,
        positions_of(design.positions[rows]),
    )
