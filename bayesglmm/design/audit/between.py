"""Predictors that vary between few groups, so that few groups are what is compared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean, fixed_factors
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.columns import Term
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.spec.bars import OBSERVATIONS

FEW = 12
"""Groups up to which a predictor that varies between them rests on few comparisons."""

BETWEEN = 0.8
"""Share of a predictor's sum of squares that lies between groups, from which it is one of theirs.

A column that is constant within every group has 1.
"""


def group_level_predictors(design: Design) -> Iterator[Evidence]:
    """Terms of the fixed part that hardly vary within the groups of a factor with few levels."""
    for predictor in design.predictors.values():
        yield from _of_predictor(design, predictor)


def _of_predictor(design: Design, predictor: Predictor) -> Iterator[Evidence]:
    fixed = predictor.fixed
    seen: set[tuple[str, str]] = set()
    for group in predictor.groups:
        if len(group.levels) > FEW or group.factor == OBSERVATIONS:
            continue
        for term in fixed.terms:
            if term.is_interaction or (term.name, group.factor) in seen:
                continue
            seen.add((term.name, group.factor))
            share = _between_share(group, _values(predictor, term))
            if share >= BETWEEN and not _is_designed(design, predictor, term, group):
                yield _evidence(design, predictor, term, group)


def _is_designed(design: Design, predictor: Predictor, term: Term, group: Group) -> bool:
    """Whether the groups are the plots of a term that varies within the blocks they lie in."""
    values = _values(predictor, term)
    if {name for part in term.products[0] for name in part.variables} & set(group.factors):
        return True  # the groups are cells of the term, such as (1 | block:variety)
    within_blocks = any(
        len(block.levels) < len(group.levels)
        and _lies_in(group, block.index)
        and _between_share(block, values) < BETWEEN
        for block in predictor.groups
    )
    own = {part.column for part in term.products[0]}
    return within_blocks or any(
        _is_balanced(group, values, design.data[name].cat.codes.to_numpy())
        for name in fixed_factors(design)
        if name not in own
    )


def _lies_in(group: Group, codes: np.ndarray) -> bool:
    """Whether each level of a factor occurs with one code only."""
    pairs = group.index.astype(np.int64) * (int(codes.max()) + 1) + codes
    return len(np.unique(pairs)) == len(group.levels)


def _is_balanced(group: Group, values: Array, codes: np.ndarray) -> bool:
    """Whether the groups are laid out over all pairs of a term's values and a factor's levels."""
    kinds = np.unique(values, axis=0, return_inverse=True)[1].ravel()
    if not (_lies_in(group, codes) and _lies_in(group, kinds)):
        return False
    first = np.unique(group.index, return_index=True)[1]
    counts = np.zeros((int(kinds.max()) + 1, int(codes.max()) + 1))
    np.add.at(counts, (kinds[first], codes[first]), 1)
    return bool(np.ptp(counts) == 0)


def _between_share(group: Group, values: Array) -> float:
    size = group.rows_per_level
    centred = values - values.mean(axis=0)
    total = float(np.sum(centred**2))
    sums = [np.bincount(group.index, weights=column, minlength=len(size)) for column in centred.T]
    between = float(sum(np.sum(found**2 / size) for found in sums))
    return between / total if total else 0.0


def _values(predictor: Predictor, term: Term) -> Array:
    """The columns of a term, shape (n, k)."""
    return predictor.X[:, [predictor.fixed.names.index(name) for name in term.columns]]


def _evidence(design: Design, predictor: Predictor, term: Term, group: Group) -> Evidence:
    values, on = _values(predictor, term), beside_mean(predictor, "on")
    share = 100 * _between_share(group, values)
    spread = np.zeros((len(group.levels), 2, values.shape[1]))
    spread[:, 0], spread[:, 1] = np.inf, -np.inf
    np.minimum.at(spread[:, 0], group.index, values)
    np.maximum.at(spread[:, 1], group.index, values)
    mixed = np.flatnonzero((spread[:, 0] != spread[:, 1]).any(axis=1))
    pure, count = len(group.levels) - len(mixed), len(group.levels)
    rows = np.flatnonzero(np.isin(group.index, mixed))
    inside = (
        f" It varies within {listed(group.levels[i] for i in mixed)} only ({len(rows):,} rows)."
        if 0 < len(mixed) <= count / 2
        else ""
    )
    name = printed_names(design)[term.name]
    return Evidence(
        "warning",
        f"{name} is constant within {pure} of the {count} levels of {group.factor}; "
        f"{share:.0f} % of its variation is between them.{inside} Its effect{on} rests on a "
        f"comparison of {count} groups, not of {design.n:,} rows.",
        f"Keep (1 | {group.factor}), give its standard deviation a prior, and read the effect of "
        f"{name}{on} as one of few groups that differ in other ways too.",
        positions_of(design.positions[rows]),
    )
