"""Names of columns, and what columns hold, as several calls take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import BayesglmmError, DataError, SpecError, brief, first_rows
from bayesglmm.families.links import Array


def names_of(argument: str, value: Any) -> tuple[str, ...]:
    """Names of columns, whether one or several were given.

    Parameters
    ----------
    argument : str
        Such as ``"by"``.
    value : str or sequence of str
        As it was given.

    Returns
    -------
    tuple of str
        Each once.

    Raises
    ------
    SpecError
        If they are no names.
    """
    if isinstance(value, str):
        return (value,)
    listed = isinstance(value, (Sequence, set, frozenset, pd.Index, pd.Series, np.ndarray))
    names = list(value) if listed and not isinstance(value, bytes) else [None]
    if not all(isinstance(name, str) for name in names):
        raise SpecError(
            f"{argument}={brief(value)} names no columns. Write {argument}='sex', say, or a list "
            "of names."
        )
    return tuple(dict.fromkeys(str(name) for name in names))


def check_column(argument: str, value: Any, raised: type[BayesglmmError] = SpecError) -> None:
    """Check the name of one column.

    Parameters
    ----------
    argument : str
    value : object
        As it was given.
    raised : type
        Of the error.

    Raises
    ------
    BayesglmmError
    """
    if not isinstance(value, str):
        raise raised(f"{argument}={brief(value)} names no column. Write its name, as text.")


def read_weights(column: pd.Series) -> Array:
    """Weights of an average as numbers.

    Parameters
    ----------
    column : pandas.Series
        n weights, any unit.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    DataError
        If they are no numbers, or one is missing, infinite or below 0.
    """
    try:
        weights = column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise DataError(
            f"The weights '{column.name}' are no numbers. Write a number in every row."
        ) from None
    for what, bad in (("missing or infinite", ~np.isfinite(weights)), ("below 0", weights < 0)):
        if bad.any():
            raise DataError(
                f"The weights '{column.name}' are {what} in {first_rows(np.flatnonzero(bad))}. "
                "A row that stands for nothing has the weight 0."
            )
    return weights


def unlike_results(data: pd.DataFrame, results: Collection[str]) -> pd.DataFrame:
    """The frame with no column named like one of the answer.

    Parameters
    ----------
    data : pandas.DataFrame
    results : collection of str
        Columns of the answer; a data column of such a name becomes ``median (data)``. So does one
        named like a probability or a Monte Carlo error.

    Returns
    -------
    pandas.DataFrame
        With a fresh index.
    """
    renamed = {
        name: f"{name} (data)"
        for name in data
        if name in results or str(name).startswith(("mcse_", "P(>"))
    }
    return data.rename(columns=renamed).reset_index(drop=True)
