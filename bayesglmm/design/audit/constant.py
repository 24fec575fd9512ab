"""Predictors that hardly vary."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.columns import fixed_factors, used_as_number
from bayesglmm.design.audit.finding import Evidence, positions_of
from bayesglmm.design.design import Design

FEW, RARE = 5, 0.02
"""Rows, and share of the rows, below both of which a difference rests on hardly anything."""


def nearly_constant(design: Design) -> Iterator[Evidence]:
    """Levels of a factor, or other values of a number, that only a few rows have."""
    most = min(FEW, RARE * design.n)
    for name in fixed_factors(design):
        codes = design.data[name].cat.codes.to_numpy()
        sizes = np.bincount(codes, minlength=len(design.levels[name]))
        for code in np.flatnonzero(sizes < most):
            yield _evidence(
                design,
                np.flatnonzero(codes == code),
                f"Level '{design.levels[name][code]}' of {name}",
                f"Merge it with another level of {name}, or write (1 | {name}).",
            )
    for name in used_as_number(design):
        values, codes = np.unique(design.data[name].to_numpy(dtype=float), return_inverse=True)
        sizes = np.bincount(codes)
        others = np.flatnonzero(codes != sizes.argmax())
        if 0 < len(others) < most:
            yield _evidence(
                design,
                others,
                f"A value of {name} other than {values[sizes.argmax()]:g}",
                f"Leave {name} out, or check these rows.",
            )


def _evidence(design: Design, rows: np.ndarray, what: str, fix: str) -> Evidence:
    count = f"{len(rows)} row{'s' * (len(rows) > 1)}"
    return Evidence(
        "warning",
        f"{what} occurs in {count} of {design.n:,}: its effect rests on {count}.",
        fix,
        positions_of(design.positions[rows]),
    )
