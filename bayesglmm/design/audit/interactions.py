"""Interactions of factors: cells without rows, and more cells than rows can tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence, listed
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.parts import Part
from bayesglmm.design.predictor import Predictor

MANY = 9
"""Cells from which an interaction is worth a group term."""

MOST = 200_000
"""Cells beyond which their list is not made."""


def interaction_cells(design: Design) -> Iterator[Evidence]:
    """Interactions of factors in a fixed part: their empty cells, and how large they are.

    Cells of the mean's formula are not told again where they stand in another one too.
    """
    told: list[tuple[str, ...]] = []
    for predictor in design.predictors.values():
        asked = [one for one in dict.fromkeys(_interactions(predictor)) if not _within(one, told)]
        told += asked
        for factors in asked:
            if not _within(factors, [other for other in asked if other != factors]):
                yield from _of_interaction(design, predictor, factors)


def _within(factors: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> bool:
    """Whether all factors of an interaction stand in another one."""
    return any(set(factors) <= set(other) for other in others)


def _of_interaction(
    design: Design, predictor: Predictor, factors: tuple[str, ...]
) -> Iterator[Evidence]:
    levels, cells = _cells(design, factors)
    if cells is None:
        return
    empty = np.argwhere(cells == 0)
    if len(empty):
        named = [_named(factors, levels, cell) for cell in empty]
        yield _empty(predictor, factors, named, cells.size)
    elif cells.size >= MANY:
        least = np.unravel_index(cells.argmin(), cells.shape)
        yield _many(predictor, factors, _named(factors, levels, least), cells)


def _interactions(predictor: Predictor) -> Iterator[tuple[str, ...]]:
    """The factors of each interaction, columns that the sampler does without included."""
    for parts in predictor.fixed.products.values():
        crossed = all(part.is_factor and len(part.variables) == 1 for part in parts)
        if len(parts) > 1 and crossed:
            yield _factors(parts)


def _factors(parts: tuple[Part, ...]) -> tuple[str, ...]:
    """Data columns of an interaction of factors; ``C(edu):age[4, 2]`` has edu and age."""
    return tuple(name for part in parts for name in part.variables)


def _cells(design: Design, factors: tuple[str, ...]) -> tuple[list[list[str]], Any]:
    codes, levels = [], []
    for name in factors:
        column = pd.Categorical(design.data[name])
        codes.append(column.codes.astype(np.int64))
        levels.append([label_of(level) for level in column.categories])
    shape = tuple(len(names) for names in levels)
    if np.prod(shape, dtype=float) > MOST:
        return levels, None
    flat = np.ravel_multi_index(tuple(codes), shape)
    return levels, np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)


def _named(factors: tuple[str, ...], levels: list[list[str]], cell: Any) -> str:
    parts = zip(factors, levels, cell, strict=True)
    return " × ".join(f"{factor} {names[place]}" for factor, names, place in parts)


def _hierarchical(factors: tuple[str, ...]) -> str:
    main = " + ".join(factors)
    return f"Write {main} + (1 | {':'.join(factors)})"


def _empty(predictor: Predictor, factors: tuple[str, ...], named: list[str], size: int) -> Evidence:
    aliased = predictor.fixed.aliased
    lost = [alias for alias in aliased if set(_factors(alias.product)) == set(factors)]
    dropped = f" {len(lost)} of its columns cannot be estimated." if lost else ""
    return Evidence(
        "warning",
        f"{len(named):,} of the {size:,} cells of {':'.join(factors)} "
        f"{'has' if len(named) == 1 else 'have'} no rows: {listed(named)}.{dropped} What the "
        f"model says{beside_mean(predictor, 'of')} {'in' if predictor.prefix else 'of'} these "
        "cells is extrapolation.",
        f"{_hierarchical(factors)}: cells share strength, and empty ones are predicted from the "
        "others.",
    )


def _many(predictor: Predictor, factors: tuple[str, ...], smallest: str, cells: Any) -> Evidence:
    name, fixed = ":".join(factors), predictor.fixed
    columns = sum(set(_factors(fixed.products[name])) == set(factors) for name in fixed.names)
    return Evidence(
        "note",
        f"{name} spends {columns} coefficients{beside_mean(predictor, 'of')} on {cells.size:,} "
        f"cells. No cell is empty; the smallest has {cells.min():,} rows ({smallest}). Written "
        "without its main effects, R's coding of it is rank deficient; here it is not.",
        f"{_hierarchical(factors)}: each cell is shrunk as far as its rows ask for.",
    )
