"""Arguments and columns that several calls take, read and checked alike."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError, SpecError, first_rows
from bayesglmm.families.links import Array


def check_exposure(exposure: float | None, known: bool) -> None:
    """Check an exposure that takes the place of the rows' own.

    Parameters
    ----------
    exposure : float or None
        As it was given; None is always right.
    known : bool
        Whether the model has an exposure.

    Raises
    ------
    SpecError
        If the model has none, or it is no finite number above 0.
    """
    if exposure is not None and not known:
        raise SpecError("exposure= was given, but the model has no exposure.")
    if exposure is not None and not 0 < exposure < np.inf:
        raise SpecError(f"exposure={exposure!r} must be a number above 0.")


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
        Columns of the answer; a data column of such a name becomes ``median (data)``.

    Returns
    -------
    pandas.DataFrame
        With a fresh index.
    """
    renamed = {name: f"{name} (data)" for name in data if name in results}
    return data.rename(columns=renamed).reset_index(drop=True)
