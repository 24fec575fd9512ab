"""Counts that are missing because they are small."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import codes_of, numbers_of, response_column
from bayesglmm.design.audit.finding import Evidence, positions_of
from bayesglmm.design.design import Design
from bayesglmm.families.links import Array

LIMITS = (4, 5, 9, 10, 11, 15, 19)
"""Largest counts that statistical offices are known to withhold."""

SAID = re.compile(r"suppress|withheld|censored|redacted", re.IGNORECASE)
"""Words of a footnote that says so."""


def withheld_counts(design: Design) -> Iterator[Evidence]:
    """Missing responses where no small count is seen."""
    name = response_column(design)
    if name is None or not design.spec.family.takes_masks:
        return
    if design.spec.formula.suppression is not None:
        return  # and kept
    y = numbers_of(design.given[name])
    if y is None or not np.isnan(y).any():
        return
    missing = np.isnan(y)
    positive = y[y > 0]
    if not len(positive):
        return
    least = float(positive.min())
    limit = max((bound for bound in LIMITS if bound < least), default=0)
    footnote = _footnote(design.given, missing)
    if not limit or not (footnote or _in_small_cells(design, y, least)):
        return
    said = f" The column '{footnote}' says so in these rows." if footnote else ""
    yield Evidence(
        "warning",
        f"'{name}' is missing in {missing.sum():,} rows, and no count between 1 and {limit} is "
        f"seen (the smallest above 0 is {least:g}): these counts are suppressed because they are "
        f"small, not absent.{said} Without them the rates of small groups look too high.",
        f"Keep the rows: write suppressed({name}, 1, {limit}) left of the tilde.",
        positions_of(np.flatnonzero(missing)),
    )


def _footnote(given: pd.DataFrame, missing: np.ndarray) -> str | None:
    """A column of text that speaks of suppression in most rows without a response."""
    rows = given[missing]
    for name in given.columns[~given.columns.duplicated()]:
        if pd.api.types.is_numeric_dtype(given[name]):
            continue
        kinds = rows[name].dropna().astype(str).value_counts()
        speaks = sum(count for text, count in kinds.items() if SAID.search(str(text)))
        if speaks > len(rows) / 2:
            return str(name)
    return None


def _in_small_cells(design: Design, y: Array, least: float) -> bool:
    """Whether most rows without a response are in cells whose counts are about the smallest."""
    missing = np.isnan(y)
    cells = _cells(design)
    small = 0
    for cell in np.unique(cells[missing]):
        here = y[(cells == cell) & ~missing]
        counts = here[here > 0]
        near = not len(counts) or np.median(counts) - least <= 2.5 * np.sqrt(least)
        if near:
            small += int(np.sum(missing & (cells == cell)))
    return small > missing.sum() / 2 and len(np.unique(cells)) > 1


def _cells(design: Design) -> np.ndarray:
    """Combination of the factors of the fixed part, row by row of the frame given."""
    cells = np.zeros(len(design.given), dtype=np.int64)
    for name in design.spec.fixed_variables:
        if name in design.levels:
            codes, count = codes_of(design.given[name])
            cells = pd.factorize(cells * (count + 1) + codes)[0].astype(np.int64)
    return cells
