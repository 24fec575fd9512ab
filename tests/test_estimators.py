"""scikit-learn's own checks of the estimators, and what they are for."""

from __future__ import annotations

from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from seeds import bound, seed
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.utils.estimator_checks import estimator_checks_generator

import bayesglmm as bg
from bayesglmm.estimators import GLMMClassifier, GLMMRegressor

SKIPPED = {"check_array_api_input"}
"""Checks that scikit-learn leaves out itself, as docs/how-to/other-tools.md says."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "estimator", [GLMMRegressor(ess=100), GLMMClassifier(ess=100)], ids=["regressor", "classifier"]
)
def test_checks_of_scikit_learn(estimator):
    failed, skipped, count = {}, set(), 0
    for one, check in estimator_checks_generator(estimator):
        name, count = check.func.__name__, count + 1
        try:
            check(one)
        except SkipTest:
            skipped.add(name)
        except Exception as error:
            failed[name] = repr(error)[:300]
    assert failed == {}
    assert skipped <= SKIPPED
    assert count > 50


def schools(rows: int = 160) -> pd.DataFrame:
    rng = np.random.default_rng(2)  # data of a known answer
    school = rng.integers(0, 8, rows)
    x = rng.normal(size=rows)
    y = 1.0 + 0.5 * x + 1.5 * rng.normal(size=8)[school] + 0.5 * rng.normal(size=rows)
    return pd.DataFrame({"x": x, "school": [f"s{k}" for k in school], "y": y})


DATA = schools()
X, Y = DATA[["x", "school"]], DATA["y"]


def test_groups_have_their_own_level_and_new_ones_that_of_the_population():
    found = GLMMRegressor(groups="school", seed=seed(1)).fit(X, Y)
    assert found.fit_.design.spec.text == "y ~ x + (1 | school)"
    residuals = Y - found.predict(X)
    assert residuals.std() < 0.7
    new = found.predict(X.head(2).assign(school="another"))
    draws = found.fit_.draws
    typical = draws.flat("Intercept")[:, 0] + draws.flat("x")[:, 0] * X["x"].iloc[0]
    spread = float(np.sqrt(np.mean(np.square(draws.flat("1|school_sigma")))))
    assert abs(new[0] - typical.mean()) < bound(1) * spread / np.sqrt(draws.size)


def test_predictions_are_those_of_the_fit():
    found = GLMMRegressor("x + (1 | school)", seed=seed(2)).fit(X, Y)
    table = found.fit_.predict(X.head(3))
    assert found.predict(X.head(3)) == pytest.approx(
        found.fit_.posterior.mean(slice(0, 3)).mean(axis=0)
    )
    assert len(table.frame) == 3
    assert list(found.feature_names_in_) == ["x", "school"]


def test_a_count_has_its_own_scale():
    rng = np.random.default_rng(3)  # data of a known answer
    x = rng.normal(size=(150, 2))
    y = rng.poisson(np.exp(1 + 0.5 * x[:, 0]))
    found = GLMMRegressor(family="poisson", seed=seed(3)).fit(x, y)
    assert found.fit_.design.spec.text == "y ~ x0 + x1"
    assert found.predict(x).mean() == pytest.approx(y.mean(), rel=0.05)


def test_classes_may_be_text_and_probabilities_add_up():
    won = np.where(Y.gt(Y.median()), "yes", "no")
    found = GLMMClassifier(groups=["school"], seed=seed(4)).fit(X, won)
    assert list(found.classes_) == ["no", "yes"]
    chances = found.predict_proba(X)
    assert chances.sum(axis=1) == pytest.approx(1)
    assert (found.predict(X) == np.where(chances[:, 1] > 0.5, "yes", "no")).all()
    assert found.score(X, won) > 0.75


def test_folds_of_groups_go_through_scikit_learn():
    estimator = GLMMRegressor(groups="school", ess=100, seed=seed(5))
    scores = cross_val_score(clone(estimator), X, Y, groups=X["school"], cv=GroupKFold(2))
    assert scores.shape == (2,)
    assert np.isfinite(scores).all()


def test_a_column_that_never_varies_is_left_out():
    found = GLMMRegressor(ess=100, seed=seed(6)).fit(X.assign(one=1)[["x", "one"]], Y)
    assert found.fit_.design.spec.text == "y ~ x"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: GLMMRegressor(groups="class").fit(X, Y), "names no column 'class'"),
        (lambda: GLMMRegressor("x + z").fit(X, Y), "no column 'z'"),
        (lambda: GLMMRegressor(family="poisson").fit(X[["x"]], Y), "must be whole numbers"),
        (lambda: GLMMClassifier().fit(X[["x"]], np.arange(len(X)) % 3), "Only binary"),
        (lambda: GLMMClassifier().fit(X[["x"]], np.ones(len(X))), "one class only"),
        (lambda: GLMMRegressor().fit(X[["x"]], None), "requires y"),
        (lambda: GLMMRegressor().fit(X[["x"]].head(1), Y.head(1)), "minimum of 2 is required"),
    ],
)
def test_what_cannot_be_fitted_is_a_value_error(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_such_an_error_is_ours_too():
    with pytest.raises(bg.BayesglmmError, match="no column 'z'"):
        GLMMRegressor("x + z").fit(X, Y)


def test_nothing_is_predicted_before_a_fit():
    with pytest.raises(NotFittedError):
        GLMMClassifier().predict(X)
