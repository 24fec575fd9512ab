"""The columns of a frame as text, with no more digits than the Monte Carlo error supports."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.tables.digits import format_intervals
from bayesglmm.tables.intervals import intervals
from bayesglmm.tables.numbers import BY_ERROR, FORMATS, whole


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


def format_columns(frame: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A frame as text, without the Monte Carlo errors that give it its digits.

    Parameters
    ----------
    frame : pandas.DataFrame
        Full numbers.
    kinds : mapping
        Column to how it is printed; see `bayesglmm.tables.Table`. An estimate and the bounds
        beside it that are of one kind are printed together.

    Returns
    -------
    pandas.DataFrame
        Strings.
    """
    shown = shown_columns(frame)
    cells = {name: format_column(frame, name, kinds) for name in shown}
    for name, (low, high) in intervals(shown).items():
        own = {_kind(kinds, column) for column in (name, low, high)}
        if len(own) == 1 and own <= set(BY_ERROR):
            cells |= _format_interval(frame, (name, low, high), *own)
    return pd.DataFrame(cells, columns=shown)


def format_column(frame: pd.DataFrame, name: str, kinds: Mapping[str, str]) -> list[str]:
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
    kind = _kind(kinds, name)
    if kind not in BY_ERROR:
        column = whole(frame[name]) if kind == "key" else frame[name]
        return [FORMATS[kind](value) for value in column]
    pairs = zip(frame[name], _error(frame, name), strict=True)
    return [BY_ERROR[kind](value, error) for value, error in pairs]


def _format_interval(
    frame: pd.DataFrame, columns: tuple[str, str, str], kind: str
) -> dict[str, list[str]]:
    """Estimates and their bounds, all rows by one rule of digits."""
    values = frame[list(columns)].to_numpy(dtype=float)
    errors = np.stack([_error(frame, name) for name in columns], axis=1).astype(float)
    rows = format_intervals(values, errors, kind)
    return {name: [row[place] for row in rows] for place, name in enumerate(columns)}


def _kind(kinds: Mapping[str, str], name: str) -> str:
    return kinds.get(name, "text")


def _error(frame: pd.DataFrame, name: str) -> pd.Series:
    """Monte Carlo standard errors of a column; NaN where not known."""
    return frame.get(f"mcse_{name}", pd.Series(np.nan, frame.index))
