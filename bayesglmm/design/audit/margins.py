"""Overlapping margins: the same events counted in two splits, or beside their own total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from bayesglmm.design.audit.column_queries import fixed_factors
from bayesglmm.design.audit.finding import Evidence, number_in_words, positions_of
from bayesglmm.design.design import Design

UNSPLIT = re.compile(
    r"unknown|all\b.*|totals?|overall|any|both( sexes)?|combined|n/?a|missing|unspecified"
    r"|not (stated|applicable|available|reported|split|specified)",
    re.IGNORECASE,
)
"""Level names that say that a row is not split by this factor."""

WHOLE = re.compile(r"all\b.*|totals?|overall|both( sexes)?|combined", re.IGNORECASE)
"""Level names that say that a row holds all the others."""

ALIKE = 0.1
"""Relative difference within which two sums of counts are those of the same events.

Suppressed cells and unknown answers keep the two margins of one table from being equal.
"""


def overlapping_margins(design: Design) -> Iterator[Evidence]:
    """Two factors of which a row has either, and levels that hold all the others."""
    explained: set[tuple[str, str]] = set()
    for one, other in combinations(fixed_factors(design), 2):
        for pair in _exclusive_levels(design, one, other):
            a, b = pair
            by_other = (design.data[one] == a).to_numpy()
            sums = _sums(design, by_other)
            if not _convincing(design, (one, a), (other, b), sums):
                continue
            explained |= {(one, a), (other, b)}
            yield Evidence(
                "warning",
                f"{one} is '{a}' exactly where {other} is not '{b}': the rows are two margins of "
                f"one table, {np.sum(~by_other):,} rows split by {one} and {np.sum(by_other):,} "
                f"by {other}. {_counted_twice(design, sums)}",
                f"Fit each margin by itself: one model for the rows split by {one}, another for "
                f"those split by {other}.",
                positions_of(design.positions[by_other]),
            )
    yield from _totals(design, explained)


def _exclusive_levels(design: Design, one: str, other: str) -> list[tuple[str, str]]:
    """Levels (a, b) such that a row has a in the one factor exactly where it lacks b in the other.

    Both parts must hold rows, and not all of them in one cell, which is a mere renaming.
    """
    first, second = design.data[one].cat, design.data[other].cat
    shape = len(first.categories), len(second.categories)
    cells = np.bincount(
        first.codes.to_numpy(dtype=np.int64) * shape[1] + second.codes.to_numpy(),
        minlength=shape[0] * shape[1],
    ).reshape(shape)
    within = cells.sum(axis=1)[:, None] + cells.sum(axis=0)[None, :]
    whole = (cells == 0) & (within == design.n)
    whole &= (np.count_nonzero(cells, axis=1) > 1)[:, None]
    whole &= (np.count_nonzero(cells, axis=0) > 1)[None, :]
    return [(first.categories[i], second.categories[j]) for i, j in np.argwhere(whole)]


def _sums(design: Design, part: np.ndarray) -> tuple[float, float]:
    y = design.rows.central
    return float(y[~part].sum()), float(y[part].sum())


def _convincing(
    design: Design, one: tuple[str, str], other: tuple[str, str], sums: tuple[float, float]
) -> bool:
    named = UNSPLIT.fullmatch(one[1].strip()) and UNSPLIT.fullmatch(other[1].strip())
    return bool(named) or _same(design, sums)


def _same(design: Design, sums: tuple[float, float]) -> bool:
    counts = design.spec.family.support.counts
    return counts and min(sums) > 0 and abs(sums[0] - sums[1]) <= ALIKE * max(sums)


def _counted_twice(design: Design, sums: tuple[float, float]) -> str:
    if not design.spec.family.support.counts:
        return "Each event is counted about twice."
    name = design.spec.formula.response_name
    totals = f"{name} sums to {sums[0]:,.0f} in the one and {sums[1]:,.0f} in the other"
    if design.rows.upper is not None:
        totals += " (suppressed counts as the middle of their interval)"
    if _same(design, sums):
        return f"{totals}: the same events are counted twice, so intervals are too narrow."
    return f"{totals}: events may be counted twice, which makes intervals too narrow."


def _totals(design: Design, explained: set[tuple[str, str]]) -> Iterator[Evidence]:
    """Levels named as the whole, beside two or more levels of its parts."""
    response = design.spec.formula.response_name
    for factor in fixed_factors(design):
        for level in design.levels[factor]:
            if (factor, level) in explained or not WHOLE.fullmatch(level.strip()):
                continue
            if len(design.levels[factor]) < 3:
                continue
            whole = (design.data[factor] == level).to_numpy()
            parts, total = _sums(design, whole)
            yield Evidence(
                "warning",
                f"The level '{level}' of {factor} ({whole.sum():,} rows) stands beside levels that "
                f"it seems to contain: {response} sums to {number_in_words(total)} in it and to "
                f"{number_in_words(parts)} in the others, so events are counted more than once.",
                f"Drop the rows with {factor} '{level}', or fit them by themselves.",
                positions_of(design.positions[whole]),
            )
