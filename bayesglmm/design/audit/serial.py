"""Rows in order of time that resemble their neighbours: overlapping windows, serial rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import codes_of, mean_by, numbers_of, spelled
from bayesglmm.design.audit.finding import Evidence, positions_of
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.families.links import Array

ALIKE = 0.5
"""Lag-one autocorrelation of what the model leaves over, from which rows are not independent."""

WINDOWS = re.compile(r"\b(ending|windows?|rolling|moving|trailing|12 months?)\b")
"""Words of a column name that say that a row covers a stretch of time up to a date."""

FEWEST_TIMES, FEWEST_PAIRS = 5, 20

_PARTS = ("month", "mon", "quarter", "qtr", "week", "day")
_CLOCKS = ("year", "yr", *_PARTS, "date", "time", "period", "wave", "visit")
_ISO = re.compile(r"\d{4}-\d{2}(-\d{2})?([T ].*)?")


@dataclass(frozen=True, slots=True, eq=False)
class ObservationTimes:
    """When each row used was observed.

    Attributes
    ----------
    name : str
        Column, or columns, that say so.
    ticks : array of int, shape (n,)
        Position in time among the times that occur.
    """

    name: str
    ticks: np.ndarray


def serial_rows(design: Design) -> Iterator[Evidence]:
    """Autocorrelation, within series, of what fixed effects and group means leave over."""
    clock = find_clock(design)
    if clock is None or design.repeated:
        return
    series = _series(design, clock)
    order = np.lexsort((clock.ticks, series))
    same = series[order][1:] == series[order][:-1]
    step = np.diff(clock.ticks[order])[same]
    if np.mean(step == 0) > 0.05 if len(step) else True:
        return  # many rows at one time: people observed, not a series
    next_one = step == 1
    if next_one.sum() < max(FEWEST_PAIRS, len(step) / 2):
        return  # too few, or most neighbours are far apart in time
    left = _left_over(design, clock, series)[order]
    first, second = left[:-1][same][next_one], left[1:][same][next_one]
    power = np.sqrt(np.sum(first**2) * np.sum(second**2))
    correlation = float(np.sum(first * second) / power) if power > 0 else 0.0
    if correlation < ALIKE or correlation < 4 / np.sqrt(next_one.sum()):
        return
    windows = WINDOWS.search(spelled(clock.name))
    said = (
        f" The name of {clock.name} says that a row covers the time up to a date, so neighbours "
        "may share most of their events."
        if windows
        else ""
    )
    count = len(np.unique(series))
    yield Evidence(
        "warning",
        f"Rows follow each other in time ({clock.name}, {count:,} series) and resemble their "
        f"neighbours: what the fixed effects and the means of series and groups leave over has a "
        f"correlation of {correlation:.2f} over {next_one.sum():,} pairs of successive rows.{said} "
        "The model takes rows as independent, so its intervals are too narrow.",
        "Keep rows that do not overlap (one in twelve of 12-month windows), or add a group term "
        "for what neighbours share.",
        positions_of(design.positions),
    )


def find_clock(design: Design) -> ObservationTimes | None:
    """The finest column of time in the data frame given; None where there is none."""
    used = design.given.iloc[design.positions]
    used = used.loc[:, ~used.columns.duplicated()]
    words = {name: spelled(name).split() for name in used.columns}
    for name in used.columns:
        ticks = _dates(used[name])
        if ticks is not None and ticks.max() + 1 >= FEWEST_TIMES:
            return ObservationTimes(str(name), ticks)
    years = _numbered(used, [name for name in words if words[name] in (["year"], ["yr"])])
    parts = _numbered(used, [name for name in words if words[name] and words[name][0] in _PARTS])
    clocks = _numbered(used, [name for name in words if words[name] and words[name][-1] in _CLOCKS])
    if years and parts:
        (year, _), (part, _) = years[0], parts[0]
        both = _ticks(years[0][1] * (parts[0][1].max() + 1) + parts[0][1])
        return ObservationTimes(f"{year} and {part}", both)
    for name, values in (*years, *clocks):
        ticks = _ticks(values)
        if ticks.max() + 1 >= FEWEST_TIMES:
            return ObservationTimes(name, ticks)
    return None


def _ticks(values: Array) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _numbered(frame: pd.DataFrame, names: list[str]) -> list[tuple[str, Array]]:
    """Columns of whole numbers among those named."""
    found = []
    for name in names:
        values = numbers_of(frame[name])
        if values is not None and np.isfinite(values).all() and (values == np.floor(values)).all():
            found.append((str(name), values))
    return found


def _dates(column: pd.Series) -> np.ndarray | None:
    """Ticks of a column of dates, or of text in ISO 8601 (2019-01-31); None for others."""
    if pd.api.types.is_numeric_dtype(column) or column.isna().any():
        return None
    kind = pd.api.types.infer_dtype(column, skipna=True)
    factor = isinstance(column.dtype, pd.CategoricalDtype)
    if not factor and kind not in ("string", "datetime", "datetime64", "date", "period"):
        return None
    codes, values = pd.factorize(column, sort=False)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "string":
        if not all(_ISO.fullmatch(text) for text in values):
            return None
        values = pd.to_datetime(values, format="ISO8601", errors="coerce", utc=True)
    elif kind not in ("datetime", "datetime64", "date", "period"):
        return None
    ranks = pd.Series(values).rank(method="dense")
    if ranks.isna().any():
        return None
    ticks: np.ndarray = ranks.to_numpy(dtype=np.int64)[codes] - 1
    return ticks


def _series(design: Design, clock: ObservationTimes) -> np.ndarray:
    """Which series each row is of: the combination of everything discrete but time."""
    series = np.zeros(design.n, dtype=np.int64)
    spec = design.spec
    for name in dict.fromkeys((*spec.fixed_variables, *spec.group_variables)):
        codes, count = codes_of(design.data[name])
        discrete = name in design.levels or name in spec.group_variables or count <= 10
        if discrete and not _of_time(design, name, clock):
            series = pd.factorize(series * count + codes)[0].astype(np.int64)
    return series


def _of_time(design: Design, name: str, clock: ObservationTimes) -> bool:
    """Whether time determines a column, as it does the year or the era."""
    codes, count = codes_of(design.data[name])
    pairs = np.unique(clock.ticks * count + codes)
    return bool(len(pairs) == clock.ticks.max() + 1)


def _left_over(design: Design, clock: ObservationTimes, series: np.ndarray) -> Array:
    """Response on the link scale without fixed effects, means of series, and groups of time."""
    count = int(series.max()) + 1

    def within(values: Array) -> Array:
        means: Array = mean_by(series, values, count)[series]
        return values - means

    z = within(_on_link_scale(design))
    X = np.column_stack([within(column) for column in design.predictor.X.T] or [np.zeros(design.n)])
    left: Array = z - X @ np.linalg.lstsq(X.T @ X, X.T @ z, rcond=1e-10)[0]
    for group in design.predictor.groups:
        if group.columns != ("1",):
            left = left - _own_lines(group, left)
        elif all(_of_time(design, name, clock) for name in group.factors):
            left = left - mean_by(group.index, left, len(group.levels))[group.index]
    return left


def _own_lines(group: Group, values: Array) -> Array:
    """Values on each level's own line, by least squares within the level."""
    intercept = [] if group.intercept else [np.ones(len(values))]
    Z = np.column_stack([*intercept, group.Z])
    count, q = len(group.levels), Z.shape[1]
    products, sums = np.zeros((count, q, q)), np.zeros((count, q))
    np.add.at(products, group.index, Z[:, :, None] * Z[:, None, :])
    np.add.at(sums, group.index, Z * values[:, None])
    slopes = np.einsum("gij,gj->gi", np.linalg.pinv(products, hermitian=True), sums)
    lines: Array = np.sum(Z * slopes[group.index], axis=1)
    return lines


def _on_link_scale(design: Design) -> Array:
    """Responses on about the link scale; of counts, without what their offset makes of them."""
    support = design.spec.family.support
    found = support.empirical(design.rows)
    return found - design.predictor.offset if support.counts else found
