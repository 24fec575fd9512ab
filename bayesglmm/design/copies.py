"""How many identical rows each row of the data stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.row_flow import Weighted
from bayesglmm.errors import DataError, first_rows
from bayesglmm.spec.model import ModelSpec

MOST = 5_000_000
"""Rows that weights may add up to: all of them are held, though the kernel has each once."""


def copies_of_rows(
    spec: ModelSpec, picked: pd.DataFrame, keep: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], Weighted | None]:
    """How often each row of the data is used.

    Parameters
    ----------
    spec : ModelSpec
    picked : pandas.DataFrame
        m rows of the user's, with the column of the weights if the spec names one.
    keep : array of bool, shape (m,)
        Rows that miss no value.

    Returns
    -------
    copies : array of int, shape (m,)
        The weight of a row that is kept, else 0; 1 and 0 without weights.
    weighted : Weighted or None

    Raises
    ------
    DataError
        If a weight is not a whole number of rows, all of them are 0, or they are too many.
    """
    if spec.weights is None:
        return keep.astype(np.int64), None
    name = spec.weights
    weights = numbers_of_column(name, "weights", picked[name])
    _check_whole(name, weights, np.flatnonzero(keep))
    copies = np.where(keep, weights, 0.0)
    total = copies.sum()
    if not total:
        raise DataError(f"The weights '{name}' are 0 in every row used, so no row is left.")
    if total > MOST:
        raise DataError(
            f"The weights '{name}' add up to {total:,.0f} rows; at most {MOST:,} can be held. Sum "
            "counts and their exposures, or successes and trials, over alike rows: the answer is "
            "the same."
        )
    zero = np.flatnonzero(keep & (weights == 0))
    return copies.astype(np.int64), Weighted(name, tuple(zero.tolist()), int(total))


def numbers_of_column(name: str, role: str, column: pd.Series) -> NDArray[np.float64]:
    """A column that must be numbers, such as that of the weights.

    Parameters
    ----------
    name : str
    role : str
        What it is, in the plural: ``"weights"``.
    column : pandas.Series

    Returns
    -------
    array of shape (m,)

    Raises
    ------
    DataError
        If it holds text, labels or truth values.
    """
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise DataError(f"The {role} '{name}' must be a column of numbers, not of {column.dtype}.")
    return column.to_numpy(dtype=float, na_value=np.nan)


def _check_whole(name: str, weights: NDArray[np.float64], rows: Any) -> None:
    used = weights[rows]
    negative = rows[used < 0]
    if len(negative):
        raise DataError(
            f"The weights '{name}' must be 0 or more, but are {weights[negative[0]]:g} in "
            f"{first_rows(negative)}."
        )
    broken = rows[used != np.floor(used)]
    if len(broken):
        raise DataError(
            f"The weights '{name}' say how many identical rows a row stands for, but are "
            f"{weights[broken[0]]:g} in {first_rows(broken)}. For sampling weights write "
            f"survey_weights='{name}'; for known standard errors se='...'."
        )
