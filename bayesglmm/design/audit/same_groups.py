"""Group terms that say the same: as another one, or as a fixed effect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor


def same_groups(design: Design) -> Iterator[Evidence]:
    """Grouping factors that divide the rows alike, and one that is a fixed effect too."""
    for predictor in design.predictors.values():
        yield from _alike_factors(predictor)
        yield from _fixed_too(design, predictor)


def _alike_factors(predictor: Predictor) -> Iterator[Evidence]:
    groups, on = predictor.groups, beside_mean(predictor, "on")
    for one, other in combinations(groups, 2):
        shared = [column for column in one.columns if column in other.columns]
        if shared and one.factor != other.factor and _alike(one, other):
            yield Evidence(
                "warning",
                f"{one.factor} and {other.factor} divide the rows into the same "
                f"{len(one.levels):,} groups, so the data cannot tell their effects{on} apart "
                f"({listed(shared)}): only the sum of their variances.",
                f"Keep one of them: take the term of {other.factor} out.",
            )


def _fixed_too(design: Design, predictor: Predictor) -> Iterator[Evidence]:
    on = beside_mean(predictor, "on")
    for group in predictor.groups:
        name = _as_fixed(design, predictor, group)
        if name is not None:
            yield Evidence(
                "warning",
                f"The fixed effects of {name}{on} already differ for each of the "
                f"{len(group.levels):,} levels of {group.factor}, so nothing is left that "
                f"(1 | {group.factor}) could tell: its standard deviation comes from its prior.",
                f"Take {name} out of the fixed part, or (1 | {group.factor}) out of the model.",
            )


def _alike(one: Group, other: Group) -> bool:
    """Whether two factors divide the rows into the same groups."""
    if len(one.levels) != len(other.levels):
        return False
    pairs = one.index.astype(np.int64) * len(other.levels) + other.index
    return len(np.unique(pairs)) == len(one.levels)


def _as_fixed(design: Design, predictor: Predictor, group: Group) -> str | None:
    """The factor of the fixed part whose levels are the groups of a term with intercepts."""
    if not group.intercept:
        return None
    for term in predictor.fixed.terms:
        name = term.products[0][0].column
        if name is None or term.is_interaction or name not in design.levels:
            continue
        if len(design.levels[name]) != len(group.levels):
            continue
        codes = design.data[name].cat.codes.to_numpy().astype(np.int64)
        if len(np.unique(codes * len(group.levels) + group.index)) == len(group.levels):
            return name
    return None
