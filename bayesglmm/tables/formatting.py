"""The columns of a frame as text, with no more digits than the Monte Carlo error supports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bayesglmm.tables.digits import format_intervals
from bayesglmm.tables.intervals import intervals
from bayesglmm.tables.numbers import BY_ERROR, FORMATS, whole

type Kind = str | Mapping[str, str]
"""How a column is printed; where its rows differ, by the names in the first column."""


def shown_columns(frame: pd.DataFrame) -> list[str]:
    """The columns of a frame but those of Monte Carlo errors, such as ``mcse_x`` beside ``x``.

    Parameters
    ----------
    frame : pandas.DataFrame

    Returns
    -------
    list of str
    """
    names = [str(name) for name in frame.columns]
    errors = {f"mcse_{name}" for name in names}
    return [name for name in names if name not in errors]


def format_columns(frame: pd.DataFrame, kinds: Mapping[str, Kind]) -> pd.DataFrame:
    """A frame as text, without the Monte Carlo errors that give it its digits.

    Parameters
    ----------
    frame : pandas.DataFrame
        Full numbers.
    kinds : mapping
        Column to how it is printed; see `bayesglmm.tables.Table`. An estimate and the bounds
        beside it that are of one kind are printed together, rows of one kind by one rule.

    Returns
    -------
    pandas.DataFrame
        Strings.
    """
    shown = shown_columns(frame)
    cells = {name: format_column(frame, name, kinds) for name in shown}
    for name, (low, high) in intervals(shown).items():
        own, *bounds = (_kinds(frame, kinds, column) for column in (name, low, high))
        if set(own) <= set(BY_ERROR) and bounds == [own, own]:
            cells |= _format_intervals(frame, (name, low, high), own)
    return pd.DataFrame(cells, columns=shown)


def format_column(frame: pd.DataFrame, name: str, kinds: Mapping[str, Kind]) -> list[str]:
    """A column as text, each cell by itself.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
    kinds : mapping
        As for `format_columns`.

    Returns
    -------
    list of str
    """
    kind = kinds.get(name)
    rows = zip(
        whole(frame[name]) if kind == "key" else frame[name],
        _error(frame, name),
        _kinds(frame, kinds, name),
        strict=True,
    )
    return [
        BY_ERROR[kind](value, error) if kind in BY_ERROR else FORMATS[kind](value)
        for value, error, kind in rows
    ]


def _format_intervals(
    frame: pd.DataFrame, columns: tuple[str, str, str], kinds: Sequence[str]
) -> dict[str, list[str]]:
    """Estimates and their bounds, all rows of a kind by one rule of digits."""
    values = frame[list(columns)].to_numpy(dtype=float)
    errors = np.stack([_error(frame, name) for name in columns], axis=1).astype(float)
    texts = np.empty(values.shape, dtype=object)
    for kind in dict.fromkeys(kinds):
        rows = [place for place, own in enumerate(kinds) if own == kind]
        texts[rows] = format_intervals(values[rows], errors[rows], kind)
    return {name: list(texts[:, place]) for place, name in enumerate(columns)}


def _kinds(frame: pd.DataFrame, kinds: Mapping[str, Kind], name: str) -> list[str]:
    """How each row of a column is printed."""
    kind = kinds.get(name, "text")
    if isinstance(kind, str):
        return [kind] * len(frame)
    return [kind[row] for row in frame.iloc[:, 0]]


def _error(frame: pd.DataFrame, name: str) -> pd.Series:
    """Monte Carlo standard errors of a column; NaN where not known."""
    return frame.get(f"mcse_{name}", pd.Series(np.nan, frame.index))
