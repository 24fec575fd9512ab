"""Interactions of factors: cells without rows, and more cells than rows can tell apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.parts import Part

MANY = 9
"""Cells from which an interaction is worth a group term."""

MOST = 200_000
"""Cells beyond which their list is not made."""


def interaction_cells(design: Design) -> Iterator[Evidence]:
    """Interactions of factors in the fixed part: their empty cells, and how large they are."""
    asked = dict.fromkeys(_interactions(design))
    largest = [one for one in asked if not any(set(one) < set(other) for other in asked)]
    for factors in largest:
        levels, cells = _cells(design, factors)
        if cells is None:
            continue
        empty = np.argwhere(cells == 0)
        if len(empty):
            yield _empty(design, factors, levels, empty, cells.size)
        elif cells.size >= MANY:
            yield _many(design, factors, levels, cells)


def _interactions(design: Design) -> Iterator[tuple[str, ...]]:
    """The factors of each interaction, columns that the sampler does without included."""
    for parts in design.predictor.fixed.products.values():
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


def _empty(
    design: Design, factors: tuple[str, ...], levels: list[list[str]], empty: Any, size: int
) -> Evidence:
    name = ":".join(factors)
    aliased = design.predictor.fixed.aliased
    lost = [alias for alias in aliased if set(_factors(alias.product)) == set(factors)]
    dropped = f" {len(lost)} of its columns cannot be estimated." if lost else ""
    return Evidence(
        "warning",
        f"{len(empty):,} of the {size:,} cells of {name} "
        f"{'has' if len(empty) == 1 else 'have'} no rows: "
        f"{listed(_named(factors, levels, cell) for cell in empty)}.{dropped} What the model says "
        "of these cells is extrapolation.",
        f"{_hierarchical(factors)}: cells share strength, and empty ones are predicted from the "
        "others.",
        positions_of(np.array([], dtype=int)),
    )


def _many(
    design: Design, factors: tuple[str, ...], levels: list[list[str]], cells: Any
) -> Evidence:
    name = ":".join(factors)
    least = np.unravel_index(cells.argmin(), cells.shape)
    fixed = design.predictor.fixed
    columns = sum(set(_factors(fixed.products[name])) == set(factors) for name in fixed.names)
    return Evidence(
        "note",
        f"{name} spends {columns} coefficients on {cells.size:,} cells. No cell is empty; the "
        f"smallest has {cells.min():,} rows ({_named(factors, levels, least)}). Written without "
        "its main effects, R's coding of it is rank deficient; here it is not.",
        f"{_hierarchical(factors)}: each cell is shrunk as far as its rows ask for.",
    )
