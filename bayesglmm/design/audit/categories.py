"""Categories of the response that no row, or hardly one, has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of

LONGEST = 60
"""Steps of a scale of whole numbers beyond which steps that no row has are no surprise."""

FEW = 3
"""Rows below which a category's threshold, or its odds, rest on hardly anything."""


def sparse_categories(design: Design) -> Iterator[Evidence]:
    """Categories that the response could have and has not, and those of one or two rows."""
    levels = design.spec.family.support.levels
    if not levels:
        return
    name = design.spec.formula.response_name
    absent = [one for one in _possible(design, name) if one not in levels]
    if absent:
        yield Evidence(
            "warning",
            f"No row used has these categories of {name}: {listed(map(repr, absent), 8)}. The "
            "model is without them, and gives them no probability.",
            f"Merge categories of {name}, or say in the report that there were none.",
        )
    codes = np.asarray(design.rows.y, dtype=np.int64)
    sizes = np.bincount(codes, minlength=len(levels))
    small = np.flatnonzero(sizes < FEW)
    if len(small):
        said = [f"'{levels[k]}' in {sizes[k]}" for k in small]
        yield Evidence(
            "warning",
            f"Of {design.n:,} rows, few have these categories of {name}: {listed(said, 8)}. "
            "What is said of them rests on the priors too.",
            f"Merge categories of {name}.",
            positions_of(design.positions[np.isin(codes, small)]),
        )


def _possible(design: Design, name: str) -> list[str]:
    """Categories that labels or the column itself know."""
    if name in design.spec.labels:
        return list(dict.fromkeys(map(str, design.spec.labels[name].values())))
    column = design.given[name] if name in design.given else pd.Series(dtype=float)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [label_of(value) for value in column.cat.categories]
    if pd.api.types.is_numeric_dtype(column):
        numbers = [int(level) for level in design.spec.family.support.levels]
        every = range(min(numbers), max(numbers) + 1)
        return list(map(str, every)) if len(every) <= LONGEST else []
    return []
