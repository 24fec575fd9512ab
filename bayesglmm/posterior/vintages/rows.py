"""Rows of two vintages of data, matched by what names a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_names
from bayesglmm.design.uses import column_uses
from bayesglmm.errors import DataError, SpecError, first_rows, unknown
from bayesglmm.posterior.column_arguments import names_of, unlike_results
from bayesglmm.tables import Table

STATES = ("unchanged", "revised", "added", "withdrawn")

CHANGE = "change"
"""The column that holds them; a column of the data of that name becomes ``change (data)``."""

NAMING = ("the fixed part", "a grouping factor")
"""What columns are used for that name a row, where nobody says which do."""


@dataclass(frozen=True, slots=True, eq=False)
class RowChanges:
    """What became of the rows.

    Attributes
    ----------
    frame : pandas.DataFrame
        A line for each row of either vintage: the columns that name it, ``change`` (of `STATES`),
        and each other column that the model uses, ``before`` and ``after``.
    key : tuple of str
    called : mapping
        Column to what readers see it called.
    """

    frame: pd.DataFrame
    key: tuple[str, ...]
    called: dict[str, str]

    def table(self) -> Table:
        """How many rows are in which state, and what changed most."""
        counts = self.frame[CHANGE].value_counts()
        found = pd.DataFrame({"rows": STATES, "number": [int(counts.get(k, 0)) for k in STATES]})
        names = ", ".join(self.called.get(name, name) for name in self.key)
        return Table(
            found,
            "Rows of the two vintages",
            estimand=f"rows with the same {names} are one row",
            notes=("The rows themselves are in .changes.frame.",),
            kinds={"number": "count"},
        )


def match_rows(before: Design, after: Design, key: str | Sequence[str] | None) -> RowChanges:
    """Match the rows of two vintages.

    Parameters
    ----------
    before, after : Design
        Of one spec.
    key : str, sequence of str or None
        Columns of both frames that name a row; where None those of the right-hand sides.

    Returns
    -------
    RowChanges
        Of all rows given, those that were left out for missing values among them.

    Raises
    ------
    SpecError
        If there is no such column.
    DataError
        If two rows of a vintage have the same name.
    """
    uses = column_uses(before.spec)
    if key is None:
        names = tuple(name for name, use in uses.items() if use in NAMING)
    else:
        names = names_of("key", key)
    if not names:
        raise SpecError("Nothing names a row. Say what does: key=['state', 'month'].")
    sides = [_named(design.given, names) for design in (before, after)]
    values = [name for name in uses if name not in names]
    old, new = (
        side[[*names, *(name for name in values if name in side)]].add_suffix(f" {when}")
        for side, when in zip(sides, ("before", "after"), strict=True)
    )
    joined = old.join(new, how="outer")
    frame = pd.DataFrame(index=joined.index)
    for name in names:
        frame[name] = joined[f"{name} after"].where(
            joined[f"{name} after"].notna(), joined[f"{name} before"]
        )
    is_old, is_new = joined.index.isin(old.index), joined.index.isin(new.index)
    same = np.ones(len(joined), dtype=bool)
    for name in values:
        first, second = joined[f"{name} before"], joined[f"{name} after"]
        frame[f"{name} before"], frame[f"{name} after"] = first, second
        same &= ((first == second) | (first.isna() & second.isna())).to_numpy(dtype=bool)
    states = np.select([~is_old, ~is_new, ~same], ["added", "withdrawn", "revised"], "unchanged")
    frame = unlike_results(frame.reset_index(drop=True), (CHANGE,))
    frame.insert(len(names), CHANGE, states)
    return RowChanges(frame, names, dict(printed_names(before)))


def _named(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The frame with the name of each row as its index."""
    for name in names:
        if name not in frame:
            raise SpecError(unknown("column", name, map(str, frame), "key="))
    parts = [frame[name].map(label_of, na_action="ignore").astype(str) for name in names]
    index = pd.Index(["\x1f".join(row) for row in zip(*parts, strict=True)])
    twice = np.flatnonzero(index.duplicated(keep=False))
    if len(twice):
        raise DataError(
            f"{len(twice):,} rows share their {', '.join(names)} ({first_rows(twice)}). Say which "
            "columns name a row: key=['state', 'month'], or add one that does."
        )
    return frame.set_index(index)
