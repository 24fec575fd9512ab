"""Group effects that the data cannot tell, because there are too many of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock, Group
from bayesglmm.design.predictor import Predictor


def too_many_effects(design: Design) -> Iterator[Evidence]:
    """More group effects than rows, or than the levels of their factor can tell."""
    for predictor in design.predictors.values():
        for factor, groups in predictor.factors.items():
            columns = sum(len(group.columns) for group in groups)
            levels = len(groups[0].levels)
            if predictor.prefix:
                yield from _single_rows(design, predictor, factor, levels)
            else:
                yield from _beyond_rows(design, factor, levels, columns)
            yield from _beyond_levels(predictor, factor, groups)
            for group in groups:
                yield from _constant_within(predictor, group)
    for block, groups in design.blocks.items():
        if len(groups) > 1:
            yield from _beyond_levels_of_several(block, groups)


def _beyond_levels(
    predictor: Predictor, factor: str, groups: tuple[Group, ...]
) -> Iterator[Evidence]:
    """More standard deviations and correlations than levels."""
    sizes = [(len(group.columns), group.correlated) for group in groups]
    numbers = sum(q * (q + 1) // 2 if correlated else q for q, correlated in sizes)
    levels = len(groups[0].levels)
    if sum(q for q, _ in sizes) > 1 and numbers > levels:
        yield Evidence(
            "warning",
            f"{factor} has {levels} levels, from which {numbers} standard deviations and "
            f"correlations{beside_mean(predictor, 'of')} are to be told: the priors decide most of "
            "them.",
            f"Take columns out left of the bar, or write || for effects that do not correlate "
            f"and (1 | {factor}) for intercepts alone.",
        )


def _beyond_levels_of_several(block: EffectBlock, groups: tuple[Group, ...]) -> Iterator[Evidence]:
    """More standard deviations and correlations than levels, of terms that share a name."""
    q, levels = len(block.columns), len(groups[0].levels)
    numbers = q * (q + 1) // 2
    if numbers > levels:
        name = groups[0].shared
        yield Evidence(
            "warning",
            f"{block.factor} has {levels} levels, from which {numbers} standard deviations and "
            f"correlations of the terms named {name} are to be told: the priors decide most of "
            "them.",
            f"Take columns out left of their bars, or write | for |{name}|.",
        )


def _beyond_rows(design: Design, factor: str, levels: int, columns: int) -> Iterator[Evidence]:
    family = design.spec.family
    free, single = _free_spread(design), family.support.single
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


def _free_spread(design: Design) -> str:
    """The parameter that says how far rows lie from their means; none where that is known."""
    name = design.spec.family.dispersion_name
    return name if name and not design.predictors[name].is_known else ""


def _single_rows(
    design: Design, predictor: Predictor, factor: str, levels: int
) -> Iterator[Evidence]:
    """Levels of one row each, which tells next to nothing of a spread."""
    if levels == design.n:
        name = predictor.parameter.name
        yield Evidence(
            "warning",
            f"{factor} has as many levels as there are rows ({levels:,}), and one row tells next "
            f"to nothing of its own {name}: differences of {name} between rows cannot be told from "
            "responses with long tails.",
            f"Take (1 | {factor}) out of the formula of {name}, or take the column that repeats "
            "over rows.",
        )


def _constant_within(predictor: Predictor, group: Group) -> Iterator[Evidence]:
    """Slopes of a column that does not vary within any level of its factor."""
    if "1" not in group.columns or not group.intercept:
        return
    order = np.argsort(group.index, kind="stable")
    same = group.index[order][1:] == group.index[order][:-1]
    moved = (np.diff(group.Z[order], axis=0) != 0) & same[:, None]
    fixed = [
        column
        for column, varies in zip(group.columns, moved.any(axis=0), strict=True)
        if not varies and column != "1"
    ]
    of = beside_mean(predictor, "of")
    if fixed and same.any():
        yield Evidence(
            "note",
            f"{listed(fixed)} {'is' if len(fixed) == 1 else 'are'} constant within every level of "
            f"{group.factor}, so no level shows a slope{of}: the standard deviation of the slopes "
            "only makes the spread between levels depend on the column.",
            f"Keep it if that is meant; otherwise write (1 | {group.factor}).",
        )
