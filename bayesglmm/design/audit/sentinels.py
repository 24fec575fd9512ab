"""Numbers that surveys write for "no answer", among the values of a column."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import used_as_number
from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design
from bayesglmm.families.rows import Array

PLACES = (2, 3, 4, 5)
REPEATED = [float(digit * places) for digit in "789" for places in PLACES]
LAST = [float(10**places - back) for places in PLACES for back in (2, 3, 4)]
CODES = np.array([*REPEATED, *LAST, *(-code for code in REPEATED), -1.0, -7.0, -8.0, -9.0])
"""Refused, not known, not answered and the like: 77, 888, 97, 98, -9."""
ALONE = 1.0
"""How far a code lies from the rest, in ranges of the rest."""


def sentinels(design: Design) -> Iterator[Evidence]:
    """Codes such as 77, 88, 99, -9 and 999 that lie far from all other values of a column."""
    for name in used_as_number(design):
        column = design.data[name].to_numpy(dtype=float)
        found = _far_codes(column)
        if len(found):
            rows = np.flatnonzero(np.isin(column, found))
            codes = ", ".join(f"{code:g}" for code in found)
            many = "s" if len(rows) > 1 else ""
            yield Evidence(
                "warning",
                f"{name} is {codes} in {len(rows):,} row{many}, far from all other values. Surveys "
                "write such numbers for 'no answer'; here they enter as numbers.",
                f"If they do, make them missing: data['{name}'].replace([{codes}], numpy.nan), or "
                f"read_data(path, missing={{'{name}': [{codes}]}}).",
                rows=tuple(int(row) for row in design.positions[rows]),
            )


def _far_codes(column: Array) -> Array:
    """The codes among the values, where each lies farther from the rest than the rest is wide."""
    values = np.unique(column)
    codes = values[np.isin(values, CODES)]
    rest = values[~np.isin(values, CODES)]
    if not len(codes) or len(rest) < 2:
        return np.empty(0)
    width = rest[-1] - rest[0]
    away = np.maximum(codes - rest[-1], rest[0] - codes)
    return np.asarray(codes[away > ALONE * width])
