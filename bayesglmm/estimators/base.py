"""What both estimators share: from arrays to a formula and rows, and back to numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import column_or_1d
from sklearn.utils.validation import (
    assert_all_finite,
    check_consistent_length,
    check_is_fitted,
    validate_data,
)

from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.families import Prior
from bayesglmm.families.links import Array
from bayesglmm.fit import Fit
from bayesglmm.model import Model

RESPONSE = "y"


class InputError(SpecError, ValueError):
    """An array or a frame that no model can be made of; scikit-learn expects a `ValueError`."""


class GLMMEstimator(BaseEstimator):  # type: ignore[misc]
    """A model fitted to arrays or a frame; see `GLMMRegressor`."""

    fit_: Fit

    def __init__(
        self,
        formula: str | None = None,
        family: str = "gaussian",
        groups: str | Sequence[str] | None = None,
        priors: Mapping[str, Prior] | None = None,
        ess: int = 400,
        seed: int = 0,
    ) -> None:
        self.formula = formula
        self.family = family
        self.groups = groups
        self.priors = priors
        self.ess = ess
        self.seed = seed

    def _fit(self, rows: pd.DataFrame, y: Array) -> None:
        """Fit the model to rows and a response of as many numbers."""
        response = RESPONSE
        while response in rows:
            response += "_"
        text = f"{response} ~ {self._right_side(rows)}"
        try:
            model = Model(
                text, rows.assign(**{response: y}), family=self.family, priors=self.priors or {}
            )
            self.fit_ = model.fit(ess=self.ess, seed=self.seed, progress=False)
        except BayesglmmError as error:
            raise InputError(str(error)) from error

    def _right_side(self, rows: pd.DataFrame) -> str:
        """The formula given, without its response; else the sum of all columns that vary."""
        if self.formula is not None:
            return self.formula.rpartition("~")[2].strip()
        groups = [self.groups] if isinstance(self.groups, str) else list(self.groups or ())
        names = [str(name) for name in rows.columns]
        unknown = [name for name in groups if name not in names]
        if unknown:
            raise InputError(
                f"groups= names no column '{unknown[0]}'. There are: {', '.join(names)}."
            )
        columns = [name for name in names if name not in groups and len(pd.unique(rows[name])) > 1]
        terms = [*map(_quoted, columns)] or ["1"]
        return " + ".join([*terms, *(f"(1 | {_quoted(name)})" for name in groups)])

    def _mean(self, X: Any) -> Array:
        """Mean of the response of each row, over the draws."""
        check_is_fitted(self)
        rows = _rows(self, X, reset=False)
        try:
            posterior = self.fit_.posterior.apply(rows)
        except BayesglmmError as error:
            raise InputError(str(error)) from error
        return np.concatenate([posterior.mean(some).mean(axis=0) for some in posterior.blocks()])


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _rows(estimator: Any, X: Any, *, reset: bool) -> pd.DataFrame:
    """A frame of the columns; those of an array are called ``x0``, ``x1``, ..."""
    if isinstance(X, pd.DataFrame):
        validate_data(estimator, X, skip_check_array=True, reset=reset)
        if reset and len(X) < 2:
            raise InputError(f"The frame has {len(X)} sample; a minimum of 2 is required.")
        numbers = X.select_dtypes("number")
        assert_all_finite(numbers.to_numpy(dtype=float), input_name="X")
        return _named(X.reset_index(drop=True))
    array = validate_data(
        estimator, X, dtype="float64", reset=reset, ensure_min_samples=2 if reset else 1
    )
    return pd.DataFrame(array, columns=[f"x{place}" for place in range(array.shape[1])])


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns under names that are text: those of an array where some are not."""
    if all(isinstance(name, str) for name in rows):
        return rows
    return rows.set_axis([f"x{place}" for place in range(rows.shape[1])], axis=1)


def rows_and_response(estimator: Any, X: Any, y: Any) -> tuple[pd.DataFrame, Any]:
    """Rows and responses to fit to, checked as scikit-learn does.

    Parameters
    ----------
    estimator : estimator
        Is told the names and the number of columns.
    X : array of shape (n, columns), or pandas.DataFrame
    y : array of shape (n,)

    Returns
    -------
    rows : pandas.DataFrame
    y : array of shape (n,)

    Raises
    ------
    ValueError
        If they are no columns of numbers, or no frame, of as many rows.
    """
    if y is None:
        raise InputError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None."
        )
    rows = _rows(estimator, X, reset=True)
    found = column_or_1d(y, warn=True)
    check_consistent_length(rows, found)
    assert_all_finite(found, input_name="y")
    return rows, found
