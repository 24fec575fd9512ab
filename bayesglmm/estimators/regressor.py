"""A regression with scikit-learn's face."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin

from bayesglmm.estimators.base import GLMMEstimator, rows_and_response
from bayesglmm.families.links import Array


class GLMMRegressor(RegressorMixin, GLMMEstimator):  # type: ignore[misc]
    """A generalised linear mixed model of a number, by its posterior.

    Parameters
    ----------
    formula : str, optional
        Right side, such as ``"x + (1 + x | school)"``, in the names of the columns; those of an
        array are ``x0``, ``x1``, .... Where left out, the sum of all columns that vary.
    family : str
        As for `bayesglmm.specify`.
    groups : str or sequence of str, optional
        Columns whose groups have an intercept each; not needed with a formula.
    priors : mapping, optional
        As for `bayesglmm.specify`.
    ess : int
        Effective sample size of every reported quantity.
    seed : int

    Attributes
    ----------
    fit_ : Fit
        With the tables and everything else of a fit.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where `fit` was given a frame.
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Sample the posterior.

        Parameters
        ----------
        X : array of shape (n, columns), or pandas.DataFrame
            Text and categoricals of a frame are factors.
        y : array of shape (n,)

        Returns
        -------
        GLMMRegressor
            Itself.

        Raises
        ------
        ValueError
            If no model can be made of them; says why.
        """
        rows, found = rows_and_response(self, X, y)
        self._fit(rows, np.asarray(found, dtype=float))
        return self

    def predict(self, X: Any) -> Array:
        """Posterior mean of the mean response of each row.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        array of shape (m,)
            Response scale. Rows of a group that was fitted have its effects; others those of a new
            group, drawn from the population, so that their mean is averaged over it.
        """
        return self._mean(X)
