"""Bounds in place of responses: of a censored one, and of what would have been a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError, first_rows
from bayesglmm.families.links import Array
from bayesglmm.families.support import Support
from bayesglmm.spec.bounds import STATUSES, Bound, Censoring, Truncation

type Limits = tuple[Array, Array]


def censored_bounds(
    how: Censoring, support: Support, data: pd.DataFrame, trials: Any, positions: Any
) -> Limits:
    """Smallest and largest that each response may be.

    Parameters
    ----------
    how : Censoring
    support : Support
    data : pandas.DataFrame
        n clean rows.
    trials : array of shape (n,) or float
    positions : array of int, shape (n,)
        Where these rows stand in the user's data frame, for messages.

    Returns
    -------
    lower, upper : array of shape (n,)
        Equal where a response is known; infinite where nothing bounds it, or the end of the
        support for whole numbers.

    Raises
    ------
    DataError
        If a status is unknown, or a lower bound not below its upper one.
    """
    y = response_numbers(data, how.column)
    if how.between:
        lower, upper = _between(how, y, data, positions)
    else:
        sides = censored_sides(how, data, positions)
        lower = np.where(sides == "left", -np.inf, y)
        upper = np.where(sides == "right", np.inf, y)
    if support.discrete:
        least = 0.0 if np.all(support.allows(np.zeros(len(y)), trials)) else 1.0
        lower = np.where(lower < upper, np.maximum(lower, least), lower)
        upper = np.where(lower < upper, np.minimum(upper, support.largest(trials)), upper)
    return lower, upper


def censored_sides(how: Censoring, data: pd.DataFrame, positions: Any) -> Any:
    """How each response is censored: ``"none"``, ``"left"``, ``"right"`` or ``"between"``.

    Parameters
    ----------
    how : Censoring
    data : pandas.DataFrame
        n clean rows.
    positions : array of int, shape (n,)

    Returns
    -------
    array of str, shape (n,)

    Raises
    ------
    DataError
        If a status is none that is known.
    """
    if how.between:
        return np.where(data[how.column].isna(), "between", "none")
    if how.status is not None:
        return _statuses(how.status, data[how.status], positions)
    if how.flag is None:
        return np.full(len(data), how.side)
    values = data[how.flag]
    if isinstance(values.dtype, pd.CategoricalDtype) or not values.isin([0, 1]).all():
        raise DataError(
            f"'{how.flag}' says which rows are censored, so it must hold True and False, or 1 and "
            "0."
        )
    return np.where(values == 1, how.side, "none")


def _statuses(name: str, column: pd.Series, positions: Any) -> Any:
    values = column.astype(object).to_numpy()
    bad = np.flatnonzero(~np.isin(values.astype(str), STATUSES))
    if len(bad):
        raise DataError(
            f"'{name}' says how each response is censored, but is {values[bad[0]]} in "
            f"{first_rows(np.asarray(positions)[bad])}. Write 'none', 'left' or 'right'. Of codes "
            "name the side: censored(y, 'right', lost), with lost true in the censored rows (1 is "
            "an event in survival data, and a censored row in brms)."
        )
    return values.astype(str)


def truncation_bounds(how: Truncation, y: Array, data: pd.DataFrame, positions: Any) -> Limits:
    """Smallest and largest response that would have been a row.

    Parameters
    ----------
    how : Truncation
    y : array of shape (n,)
    data : pandas.DataFrame
        n clean rows.
    positions : array of int, shape (n,)

    Returns
    -------
    lower, upper : array of shape (n,)
        Infinite where there is none.

    Raises
    ------
    DataError
        If the lower one is not below the upper one, or a response is not between them.
    """
    lower = _bound(how.lower, -np.inf, data)
    upper = _bound(how.upper, np.inf, data)
    _check_order(lower, upper, np.ones(len(data), dtype=bool), positions)
    bad = np.flatnonzero((y < lower) | (y > upper))
    if len(bad):
        row = bad[0]
        raise DataError(
            f"'{how.column}' is truncated to {lower[row]:g} to {upper[row]:g}, but is {y[row]:g} "
            f"in {first_rows(np.asarray(positions)[bad])}. Such a row could not be there."
        )
    return lower, upper


def _between(how: Censoring, y: Array, data: pd.DataFrame, positions: Any) -> Limits:
    """Of a missing response the bounds, open where one is missing; known ones are their own."""
    missing = np.isnan(y)
    lower, upper = _bound(how.lower, -np.inf, data), _bound(how.upper, np.inf, data)
    lower = np.where(np.isnan(lower), -np.inf, lower)
    upper = np.where(np.isnan(upper), np.inf, upper)
    nowhere = missing & np.isinf(lower) & np.isinf(upper)
    if nowhere.any():
        raise DataError(
            f"'{how.column}' is missing and has no bounds in "
            f"{first_rows(np.asarray(positions)[nowhere])}. Write them, or leave the rows out."
        )
    _check_order(lower, upper, missing, positions)
    return np.where(missing, lower, y), np.where(missing, upper, y)


def _check_order(lower: Array, upper: Array, asked: Any, positions: Any) -> None:
    bad = np.flatnonzero(asked & ~(lower < upper))
    if len(bad):
        raise DataError(
            f"The lower bound {lower[bad[0]]:g} is not below the upper bound {upper[bad[0]]:g} in "
            f"{first_rows(np.asarray(positions)[bad])}."
        )


def _bound(bound: Bound, none: float, data: pd.DataFrame) -> Array:
    if isinstance(bound, str):
        return response_numbers(data, bound, "bound")
    return np.full(len(data), none if bound is None else bound)


def response_numbers(data: pd.DataFrame, name: str, role: str = "response") -> Array:
    """A column of responses, or of their bounds, NaN where it is missing.

    Parameters
    ----------
    data : pandas.DataFrame
    name, role : str

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    DataError
        If it holds text or labels.
    """
    if isinstance(data[name].dtype, pd.CategoricalDtype):
        raise DataError(f"The {role} '{name}' must be a column of numbers, not of text or labels.")
    return data[name].to_numpy(dtype=float, na_value=np.nan)
