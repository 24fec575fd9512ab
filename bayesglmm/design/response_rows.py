"""The response: what is left of the tilde, checked against the family's support."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.categories import category_codes
from bayesglmm.design.encoding import evaluate_numbers
from bayesglmm.design.response_bounds import (
    censored_bounds,
    response_numbers,
    truncation_bounds,
)
from bayesglmm.errors import DataError, first_rows
from bayesglmm.families import Rows
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import variables
from bayesglmm.spec.model import ModelSpec


def make_rows(spec: ModelSpec, data: pd.DataFrame, positions: Any) -> tuple[Rows, str]:
    """Responses, exposure and trials of the rows used.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
        n clean rows.
    positions : array of int, shape (n,)
        Where these rows stand in the user's data frame, for messages.

    Returns
    -------
    rows : Rows
    success : str
        What a binary response counts as a success, else "".

    Raises
    ------
    DataError
        If a response is outside the family's support, or an exposure is not above 0.
    """
    trials = make_trials(spec, data, positions)
    y, success = _make_response(spec, data)
    y, upper = _bounds(spec, y, data, trials, positions)
    support, truncation = spec.family.support, spec.formula.truncation
    told = y if upper is None else np.where(np.isinf(y), upper, y)
    bad = np.flatnonzero(~np.broadcast_to(support.allows(told, trials), y.shape))
    if len(bad):
        raise DataError(_outside(spec, y, trials, bad, positions))
    if not support.discrete and len(y) > 1 and upper is None and np.ptp(y) == 0:
        raise DataError(f"'{spec.formula.response}' is {y[0]:g} in every row used.")
    least, most = (
        (None, None) if truncation is None else truncation_bounds(truncation, y, data, positions)
    )
    rows = Rows(
        y=y,
        exposure=make_exposure(spec, data, positions),
        trials=trials,
        upper=upper,
        least=least,
        most=most,
        weight=make_weights(spec, data, positions),
        error=make_errors(spec, data, positions),
    )
    return rows, success


def _bounds(
    spec: ModelSpec, y: Array, data: pd.DataFrame, trials: Any, positions: Any
) -> tuple[Array, Array | None]:
    """Smallest and largest that each response may be; no second where all are known."""
    censoring = spec.formula.censoring
    if censoring is not None:
        y, upper = censored_bounds(censoring, spec.family.support, data, trials, positions)
        return y, None if np.array_equal(y, upper) else upper
    suppression, masked = spec.formula.suppression, np.isnan(y)
    if suppression is None or not masked.any():
        return y, None
    return np.where(masked, suppression.lower, y), np.where(masked, suppression.upper, y)


def make_weights(spec: ModelSpec, data: pd.DataFrame, positions: Any) -> Array | None:
    """What multiplies the log density of each row: survey weights that sum to the number of rows.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
    positions : array of int

    Returns
    -------
    array of shape (n,) or None
        None where the spec has none.

    Raises
    ------
    DataError
        If a weight is not a number above 0.
    """
    if spec.survey_weights is None:
        return None
    weights = _positive(spec.survey_weights, "survey weight", data, positions)
    return np.asarray(weights * (len(weights) / weights.sum()))


def make_errors(spec: ModelSpec, data: pd.DataFrame, positions: Any) -> Array | None:
    """Known standard errors that stand beside a residual standard deviation.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
    positions : array of int

    Returns
    -------
    array of shape (n,) or None
        None where there are none, or they are all the spread that there is: they are then the
        offset of its formula.

    Raises
    ------
    DataError
        If a standard error is not a number above 0.
    """
    if spec.se is None or spec.se not in data:
        return None
    errors = _positive(spec.se, "standard error", data, positions)
    return errors if spec.family.dispersion_name in spec.distributional else None


def make_exposure(spec: ModelSpec, data: pd.DataFrame, positions: Any) -> Any:
    """Exposure of each row, 1.0 where the spec has none.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
    positions : array of int

    Returns
    -------
    array of shape (n,) or float

    Raises
    ------
    DataError
        If an exposure is not a number above 0.
    """
    if spec.exposure is None:
        return 1.0
    return _positive(spec.exposure, "exposure", data, positions)


def make_trials(spec: ModelSpec, data: pd.DataFrame, positions: Any) -> Any:
    """Number of trials of each row, 1.0 where the family has none.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
    positions : array of int

    Returns
    -------
    array of shape (n,) or float

    Raises
    ------
    DataError
        If a number of trials is not a whole number above 0.
    """
    trials = spec.formula.trials
    if trials is None:
        return 1.0
    if trials in data:
        values = _positive(trials, "number of trials", data, positions)
    else:
        values = np.full(len(data), float(trials))
        if not values[0] > 0:
            raise DataError(f"The number of trials must be above 0, but is {trials}.")
    broken = np.flatnonzero(values != np.floor(values))
    if len(broken):
        where = first_rows(np.asarray(positions)[broken])
        raise DataError(f"The number of trials '{trials}' is not whole in {where}.")
    return values


def _positive(name: str, role: str, data: pd.DataFrame, positions: Any) -> Array:
    column = data[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        raise DataError(f"The {role} '{name}' is a factor. It must be a column of numbers.")
    values = column.to_numpy(dtype=float)
    bad = np.flatnonzero(~(values > 0))
    if len(bad):
        where = first_rows(np.asarray(positions)[bad])
        advice = " A row without exposure says nothing about the rate: drop it."
        raise DataError(
            f"The {role} '{name}' must be above 0, but is {values[bad[0]]:g} in {where}."
            + (advice if role == "exposure" else "")
        )
    return values


def _make_response(spec: ModelSpec, data: pd.DataFrame) -> tuple[Array, str]:
    formula = spec.formula
    if formula.successes is not None:
        return evaluate_numbers(_quoted(formula.successes), data), ""
    known = formula.suppression or formula.bounds
    if known is not None:
        return response_numbers(data, known.column), ""
    if spec.family.support.categories:
        return category_codes(spec, data[formula.response.strip("`")]), ""
    names = variables(formula.response)
    if len(names) == 1 and names[0] in data and names[0] == formula.response.strip("`"):
        column = data[names[0]]
        if isinstance(column.dtype, pd.CategoricalDtype):
            return _binary(spec, names[0], column)
        return column.to_numpy(dtype=float), "1" if spec.family.support.single else ""
    return evaluate_numbers(formula.response, data), ""


def _binary(spec: ModelSpec, name: str, column: pd.Series) -> tuple[Array, str]:
    """A response of two labels: the second is the success, as in R's glm."""
    levels = list(column.cat.categories)
    if not spec.family.support.single or len(levels) != 2:
        raise DataError(
            f"The response '{name}' is a factor with {len(levels)} levels "
            f"({', '.join(levels[:4])}{', ...' if len(levels) > 4 else ''}), but the "
            f"{spec.family.name} family needs {spec.family.support.requirement}."
        )
    return np.asarray(column.cat.codes, dtype=float), str(levels[1])


def _outside(spec: ModelSpec, y: Array, trials: Any, bad: Any, positions: Any) -> str:
    where = first_rows(np.asarray(positions)[bad])
    first = y[bad[0]]
    shown = f"{first:g}"
    if spec.family.takes_trials:
        shown += f" of {np.broadcast_to(trials, y.shape)[bad[0]]:g}"
    text = (
        f"The response '{spec.formula.response}' must be {spec.family.support.requirement} for the "
        f"{spec.family.name} family, but is {shown} in {where}."
    )
    if spec.family.support.counts and first != np.floor(first) and first > 0:
        text += " If it is a rate, model the count and name its denominator: exposure='...'."
    instead = spec.family.support.beyond(y[bad])
    return f"{text} {instead}" if instead else text


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"
