"""Responses, exposure and trials: what each family takes, and what it is told."""

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design import make_design
from bayesglmm.errors import BayesglmmError
from bayesglmm.spec import specify

DATA = pd.DataFrame(
    {
        "y": [0, 3, 1, 4],
        "n": [5, 5, 1, 9],
        "t": [0.5, 2.0, 4.0, 1.0],
        "real": [1.0, -2.0, 3.5, 0.0],
        "hit": [0, 1, 1, 0],
        "won": [False, True, True, False],
        "word": ["lost", "won", "won", "lost"],
        "cat": pd.Categorical(["no", "yes", "yes", "no"], categories=["yes", "no"]),
        "three": ["a", "b", "c", "a"],
        "x": [1.0, 2.0, 3.0, 5.0],
    }
)


def rows_of(response, **options):
    design = make_design(specify(f"{response} ~ x", **options), DATA)
    return design.rows, design.success


@pytest.mark.parametrize(
    ("response", "family", "options", "y", "success"),
    [
        ("real", "gaussian", {}, [1, -2, 3.5, 0], ""),
        ("log(t)", "gaussian", {}, np.log([0.5, 2, 4, 1]), ""),
        ("I(y / n)", "gaussian", {}, [0, 0.6, 1, 4 / 9], ""),
        ("y", "poisson", {}, [0, 3, 1, 4], ""),
        ("y", "negative_binomial", {}, [0, 3, 1, 4], ""),
        ("p(y, n)", "binomial", {}, [0, 3, 1, 4], ""),
        ("hit", "bernoulli", {}, [0, 1, 1, 0], "1"),
        ("won", "bernoulli", {}, [0, 1, 1, 0], "True"),
        ("word", "bernoulli", {}, [0, 1, 1, 0], "won"),
        ("cat", "bernoulli", {}, [1, 0, 0, 1], "no"),  # the second level, in the declared order
        ("hit", "bernoulli", {"labels": {"hit": {0: "A", 1: "B"}}}, [0, 1, 1, 0], "B"),
        ("hit", "bernoulli", {"labels": {"hit": {1: "B", 0: "A"}}}, [1, 0, 0, 1], "A"),
    ],
)
def test_responses(response, family, options, y, success):
    rows, found = rows_of(response, family=family, **options)
    np.testing.assert_allclose(rows.y, y, rtol=1e-15)
    assert rows.y.dtype == np.float64
    assert found == success


@pytest.mark.parametrize(
    ("options", "exposure", "trials"),
    [
        ({"response": "y", "family": "poisson"}, 1.0, 1.0),
        ({"response": "y", "family": "poisson", "exposure": "t"}, [0.5, 2, 4, 1], 1.0),
        ({"response": "p(y, n)", "family": "binomial"}, 1.0, [5, 5, 1, 9]),
        ({"response": "p(y, 7)", "family": "binomial"}, 1.0, [7, 7, 7, 7]),
    ],
)
def test_exposure_and_trials(options, exposure, trials):
    rows, _ = rows_of(**options)
    np.testing.assert_array_equal(rows.exposure, exposure)
    np.testing.assert_array_equal(rows.trials, trials)


@pytest.mark.parametrize(
    ("response", "options", "change", "fragment"),
    [
        ("y", {"family": "poisson"}, {"y": [0, -1, 2, -3]}, "but is -1 in rows 1, 3"),
        ("y", {"family": "poisson"}, {"y": [0, 1, 2.5, 3]}, "If it is a rate, model the count"),
        ("y", {"family": "poisson"}, {"y": [0, 1, -2.5, 3]}, "but is -2.5 in row 2"),
        ("exp(y)", {"family": "poisson"}, {"y": [0, 9e9, 0, 0]}, "but is inf in row 1"),
        ("y", {"family": "negative_binomial"}, {"y": [0, 1, 2, 0.5]}, "whole numbers, 0 or more"),
        ("y", {"family": "bernoulli"}, {}, "0 or 1 (or two labels) for the bernoulli family"),
        ("p(y, n)", {"family": "binomial"}, {"n": [5, 2, 1, 3]}, "but is 3 of 2 in rows 1, 3"),
        ("p(y, n)", {"family": "binomial"}, {"y": [-1, 1, 1, 0]}, "but is -1 of 5 in row 0"),
        ("p(y, n)", {"family": "binomial"}, {"n": [5, 0, 1, 9]}, "'n' must be above 0, but is 0"),
        ("p(y, n)", {"family": "binomial"}, {"n": [5, 5, 1.5, 9]}, "'n' is not whole in row 2"),
        ("p(y, n)", {"family": "binomial"}, {"n": list("abcd")}, "'n' is a factor"),
        ("p(y, 3)", {"family": "binomial"}, {}, "but is 4 of 3 in row 3"),
        ("p(y, 0)", {"family": "binomial"}, {"y": 0}, "must be above 0, but is 0"),
        ("p(y, 4.5)", {"family": "binomial"}, {}, "'4.5' is not whole"),
        (
            "p(y, n - 1)",
            {"family": "binomial"},
            {},
            "takes a column of successes, and a column of trials",
        ),
        ("y", {"family": "poisson", "exposure": "t"}, {"t": [1, 0, 2, 0]}, "0 in rows 1, 3"),
        ("y", {"family": "poisson", "exposure": "t"}, {"t": [1, 1, -2, 1]}, "but is -2 in row 2"),
        ("y", {"family": "poisson", "exposure": "word"}, {}, "exposure 'word' is a factor"),
        ("three", {"family": "bernoulli"}, {}, "a factor with 3 levels (a, b, c)"),
        ("word", {"family": "poisson"}, {}, "the poisson family needs whole numbers"),
        ("word", {}, {}, "the gaussian family needs finite numbers"),
        ("real", {}, {"real": 2.0}, "'real' is 2 in every row"),
        ("log(t)", {}, {"t": [1.0, 0.0, 2.0, 3.0]}, "but is -inf in row 1"),
        ("y + t", {}, {}, "The response must be one column"),
    ],
)
def test_bad_responses(response, options, change, fragment):
    with pytest.raises(BayesglmmError) as caught:
        make_design(specify(f"{response} ~ x", **options), DATA.assign(**change))
    assert fragment in str(caught.value)


def test_rows_are_counted_in_the_users_frame():
    """Two rows are dropped before the bad one, which keeps the number it has in the data."""
    data = DATA.assign(x=[np.nan, np.nan, 3.0, 5.0], y=[0, 0, 0, -4])
    with pytest.raises(BayesglmmError, match="but is -4 in row 3"):
        make_design(specify("y ~ x", family="poisson", missing="drop"), data)
