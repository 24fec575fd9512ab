"""Group effects that the data cannot tell: too many of them, or the same ones twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group

FREE = {"gaussian": "sigma", "negative_binomial": "alpha"}
"""Families with a parameter that says how far a row lies from its mean."""


def too_many_effects(design: Design) -> Iterator[Evidence]:
    """More group effects than rows, or than the levels of their factor can tell."""
    for factor, groups in design.predictor.factors.items():
        levels, columns = len(groups[0].levels), sum(len(group.columns) for group in groups)
        yield from _beyond_rows(design, factor, levels, columns)
        numbers = sum(
            q * (q + 1) // 2 if group.correlated else q
            for group in groups
            for q in [len(group.columns)]
        )
        if columns > 1 and numbers > levels:
            yield Evidence(
                "warning",
                f"{factor} has {levels} levels, from which {numbers} standard deviations and "
                "correlations are to be told: the priors decide most of them.",
                f"Take columns out left of the bar, or write || for effects that do not correlate "
                f"and (1 | {factor}) for intercepts alone.",
            )
        for group in groups:
            yield from _constant_within(group)


def _beyond_rows(design: Design, factor: str, levels: int, columns: int) -> Iterator[Evidence]:
    free = FREE.get(design.spec.family.name)
    single = design.spec.family.support.name == "binary"
    effects = levels * columns
    if levels == design.n and (free or single):
        rest = f"the residual {free}" if free else "the chance of a single outcome"
        yield Evidence(
            "warning",
            f"{factor} has as many levels as there are rows ({levels:,}), so the spread between "
            f"its levels cannot be told from {rest}: only the priors divide the two.",
            f"Take (1 | {factor}) out, or take the column that repeats over rows.",
        )
    elif effects >= design.n and columns > 1 and free:
        yield Evidence(
            "warning",
            f"{factor} has {levels:,} levels with {columns} effects each, {effects:,} in all, for "
            f"{design.n:,} rows: the spread of the effects cannot be told from {free}.",
            f"Take columns out left of the bar: (1 | {factor}) has {levels:,} effects.",
        )


def _constant_within(group: Group) -> Iterator[Evidence]:
    """Slopes of a column that does not vary within any level of its factor."""
    if "1" not in group.columns or not group.encoder.intercept:
        return
    order = np.argsort(group.index, kind="stable")
    same = group.index[order][1:] == group.index[order][:-1]
    moved = (np.diff(group.Z[order], axis=0) != 0) & same[:, None]
    fixed = [
        column
        for column, varies in zip(group.columns, moved.any(axis=0), strict=True)
        if not varies and column != "1"
    ]
    if fixed and same.any():
        yield Evidence(
            "note",
            f"{listed(fixed)} {'is' if len(fixed) == 1 else 'are'} constant within every level of "
            f"{group.factor}, so no level shows a slope: the standard deviation of the slopes only "
            "makes the spread between levels depend on the column.",
            f"Keep it if that is meant; otherwise write (1 | {group.factor}).",
        )


def same_groups(design: Design) -> Iterator[Evidence]:
    """Grouping factors that divide the rows alike, and one that is a fixed effect too."""
    groups = design.predictor.groups
    for one, other in combinations(groups, 2):
        shared = [column for column in one.columns if column in other.columns]
        if shared and one.factor != other.factor and _alike(one, other):
            yield Evidence(
                "warning",
                f"{one.factor} and {other.factor} divide the rows into the same "
                f"{len(one.levels):,} groups, so the data cannot tell their effects apart "
                f"({listed(shared)}): only the sum of their variances.",
                f"Keep one of them: take the term of {other.factor} out.",
            )
    for group in groups:
        name = _as_fixed(design, group)
        if name is not None:
            yield Evidence(
                "warning",
                f"The fixed effects of {name} already differ for each of the {len(group.levels):,} "
                f"levels of {group.factor}, so nothing is left that (1 | {group.factor}) could "
                "tell: its standard deviation comes from its prior.",
                f"Take {name} out of the fixed part, or (1 | {group.factor}) out of the model.",
            )


def _alike(one: Group, other: Group) -> bool:
    """Whether two factors divide the rows into the same groups."""
    if len(one.levels) != len(other.levels):
        return False
    pairs = one.index.astype(np.int64) * len(other.levels) + other.index
    return len(np.unique(pairs)) == len(one.levels)


def _as_fixed(design: Design, group: Group) -> str | None:
    """The factor of the fixed part whose levels are the groups of a term with intercepts."""
    if not group.encoder.intercept:
        return None
    for term in design.predictor.fixed.terms:
        name = term.products[0][0].column
        if name is None or term.is_interaction or name not in design.levels:
            continue
        if len(design.levels[name]) != len(group.levels):
            continue
        codes = design.data[name].cat.codes.to_numpy().astype(np.int64)
        if len(np.unique(codes * len(group.levels) + group.index)) == len(group.levels):
            return name
    return None
