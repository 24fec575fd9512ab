"""Levels of a factor: which there are, how they are named, and which one each row has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.labels import label_of
from bayesglmm.errors import DataError, first_rows, nearest

SHOWN = 6
"""Levels that a message names."""


class UnfitError(ValueError):
    """A column that a function cannot be called on as it is written.

    Parameters
    ----------
    message : str
    fix : str
        What to write instead.
    """

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


def values_among(values: Any) -> list[Any]:
    """Distinct values: labels in their order, numbers by size.

    Parameters
    ----------
    values : array of shape (n,) or pandas.Categorical

    Returns
    -------
    list
    """
    if isinstance(values, pd.Categorical):
        return list(values.categories)
    return list(np.unique(values).tolist())


def level_among(value: Any, levels: Sequence[Any]) -> Any:
    """A value as it stands among levels, which may be their names: 2 is ``"2"``.

    Parameters
    ----------
    value : object
    levels : sequence

    Returns
    -------
    object
        One of `levels`.

    Raises
    ------
    UnfitError
        If it is none.
    """
    for level in levels:
        if value == level or label_of(value) == label_of(level):
            return level
    names = [label_of(level) for level in levels]
    close = nearest(label_of(value), names)
    raise UnfitError(
        f"{value!r} is none of the levels {first_levels(names)}.",
        close if close.startswith("Did you") else "Write one of them.",
    )


def level_codes(name: str, values: Any, levels: Sequence[str]) -> NDArray[np.intp]:
    """Place of each row's level among the levels.

    Parameters
    ----------
    name : str
        For messages.
    values : array of shape (n,) or pandas.Categorical
    levels : sequence of str

    Returns
    -------
    array of int, shape (n,)

    Raises
    ------
    DataError
        If a row has none of them.
    """
    place = {level: code for code, level in enumerate(levels)}
    codes, distinct = pd.factorize(values)
    known = np.array([place.get(label_of(value), -1) for value in distinct], dtype=np.intp)
    if (known < 0).any():
        strange = int(np.argmax(known < 0))
        raise DataError(
            f"'{name}' has the level '{label_of(distinct[strange])}' "
            f"({first_rows(np.flatnonzero(codes == strange))}), which the model has never seen. "
            f"Its levels: {', '.join(levels)}."
        )
    return known[codes]


def first_levels(levels: Sequence[str]) -> str:
    """The first few of some levels."""
    return ", ".join(levels[:SHOWN]) + (", ..." if len(levels) > SHOWN else "")


def level_labels(values: Any) -> tuple[str, ...]:
    """Names of the levels that values have, in order.

    Parameters
    ----------
    values : array of shape (n,) or pandas.Categorical

    Returns
    -------
    tuple of str
    """
    return tuple(label_of(value) for value in values_among(values))
