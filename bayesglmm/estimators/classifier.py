"""A classification of two classes with scikit-learn's face."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from bayesglmm.estimators.base import GLMMEstimator, InputError, rows_and_response
from bayesglmm.families import Prior
from bayesglmm.families.links import Array


class GLMMClassifier(ClassifierMixin, GLMMEstimator):  # type: ignore[misc]
    """A generalised linear mixed model of one of two classes, by its posterior.

    Parameters
    ----------
    formula, family, groups, priors, ess, seed
        As for `GLMMRegressor`; the family is one of responses that are 0 or 1.

    Attributes
    ----------
    classes_ : array of shape (2,)
        Sorted; the second is the success.
    fit_ : Fit
    n_features_in_ : int
    feature_names_in_ : array of str
        Where `fit` was given a frame.
    """

    classes_: NDArray[Any]

    def __init__(
        self,
        formula: str | None = None,
        family: str = "bernoulli",
        groups: str | Sequence[str] | None = None,
        priors: Mapping[str, Prior] | None = None,
        ess: int = 400,
        seed: int = 0,
    ) -> None:
        super().__init__(formula, family, groups, priors, ess, seed)

    def fit(self, X: Any, y: Any) -> Self:
        """Sample the posterior.

        Parameters
        ----------
        X : array of shape (n, columns), or pandas.DataFrame
        y : array of shape (n,)
            Of two classes: numbers, text or truth values.

        Returns
        -------
        GLMMClassifier
            Itself.

        Raises
        ------
        ValueError
            If no model can be made of them; says why.
        """
        rows, found = rows_and_response(self, X, y)
        check_classification_targets(found)
        classes, codes = np.unique(found, return_inverse=True)
        if len(classes) > 2:
            raise InputError(
                "Only binary classification is supported. The type of the target is multiclass: "
                f"{len(classes)} classes. bg.Model(..., family='categorical') has more."
            )
        if len(classes) < 2:
            raise InputError("y has one class only, so there is nothing to tell apart.")
        self.classes_ = classes
        self._fit(rows, codes.astype(float))
        return self

    def predict_proba(self, X: Any) -> Array:
        """Posterior mean of the probability of each class.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        array of shape (m, 2)
            Groups as for `GLMMRegressor.predict`.
        """
        chance = self._mean(X)
        return np.column_stack([1 - chance, chance])

    def predict(self, X: Any) -> NDArray[Any]:
        """The likelier class of each row.

        Parameters
        ----------
        X : as for `fit`

        Returns
        -------
        array of shape (m,)
        """
        check_is_fitted(self)
        return np.asarray(self.classes_[(self._mean(X) > 0.5).astype(int)])

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may ask: two classes, no more."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
