"""Estimates with their intervals in one cell, where a table holds several of them in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

LOWER, UPPER = "lower", "upper"
"""How the names of an interval's columns end."""


def intervals(columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Which columns are estimates with an interval.

    Parameters
    ----------
    columns : sequence of str

    Returns
    -------
    dict
        Estimate to its ends: the two columns after it, such as ``a lower`` and ``a upper``, or
        plain ``lower`` and ``upper``.
    """
    return {
        name: (low, high)
        for name, low, high in zip(columns, columns[1:], columns[2:], strict=False)
        if low.endswith(LOWER) and high == f"{low.removesuffix(LOWER)}{UPPER}"
    }


def join_intervals(cells: pd.DataFrame, found: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Cells with every interval beside its estimate, such as ``"7 (1.0 to 70)"``.

    Parameters
    ----------
    cells : pandas.DataFrame
        Strings, as printed.
    found : mapping
        From `intervals`.

    Returns
    -------
    pandas.DataFrame
        Without the columns of the ends.
    """
    ends = {name for pair in found.values() for name in pair}
    columns = {}
    for name in map(str, cells):
        if name in found:
            parts = zip(cells[name], *(cells[end] for end in found[name]), strict=True)
            columns[name] = [_in_one_cell(*part) for part in parts]
        elif name not in ends:
            columns[name] = list(cells[name])
    return pd.DataFrame(columns, index=cells.index)


def _in_one_cell(estimate: str, low: str, high: str) -> str:
    return f"{estimate} ({low} to {high})" if low or high else estimate
