"""Predictors that hardly vary."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import fixed_factors, used_as_number
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.design import Design

FEW, RARE = 5, 0.02
"""Rows, and share of the rows, below both of which a difference rests on hardly anything."""

UNEVEN = 0.5
"""A level is rare below this share of the size that levels usually have: in a balanced design,
however many levels it has, none is."""


def nearly_constant(design: Design) -> Iterator[Evidence]:
    """Levels of a factor, or other values of a number, that only a few rows have."""
    most = min(FEW, RARE * design.n)
    for name in fixed_factors(design):
        codes = design.data[name].cat.codes.to_numpy()
        sizes = np.bincount(codes, minlength=len(design.levels[name]))
        small = np.flatnonzero((sizes < most) & (sizes < UNEVEN * np.median(sizes)))
        if len(small):
            yield _levels(design, name, small, sizes[small], np.flatnonzero(np.isin(codes, small)))
    for name in used_as_number(design):
        values, codes = np.unique(design.data[name].to_numpy(dtype=float), return_inverse=True)
        sizes = np.bincount(codes)
        others = np.flatnonzero(codes != sizes.argmax())
        if 0 < len(others) < most:
            count = f"{len(others)} row{'s' * (len(others) > 1)}"
            yield Evidence(
                "warning",
                f"A value of {name} other than {values[sizes.argmax()]:g} occurs in {count} of "
                f"{design.n:,}, on which its effect rests.",
                f"Leave {name} out, or check these rows.",
                positions_of(design.positions[others]),
            )


def _levels(
    design: Design, name: str, codes: np.ndarray, sizes: np.ndarray, rows: np.ndarray
) -> Evidence:
    said = (
        f"'{design.levels[name][code]}' in {size}" for code, size in zip(codes, sizes, strict=True)
    )
    return Evidence(
        "warning",
        f"Of {design.n:,} rows, few have these levels of {name}, and their effects rest on them: "
        f"{listed(said, 8)}.",
        f"Merge levels of {name}, or write (1 | {name}).",
        positions_of(design.positions[rows]),
    )
