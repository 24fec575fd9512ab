"""Probabilities of categories, their comparisons and slopes, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy import special

import bayesglmm as bg
from bayesglmm.errors import SpecError

WORDS = ["poor", "fair", "good"]
KNOWN = {"Intercept": 0.4, "x": 0.8, "arm[b]": 0.5, "1|g_sigma": 0.7, "gap_2": 1.2}
LOGS = {"mu_fair": (0.3, 0.5, -0.4), "mu_good": (-0.2, 1.0, 0.6)}
"""Of each category against the first: intercept, x, arm b."""


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(7)  # a worked example
    code = np.arange(60) % 3
    return pd.DataFrame(
        {
            "rating": np.array(WORDS)[code],
            "x": np.round(rng.normal(size=60), 2),
            "arm": np.array(["a", "b"])[rng.integers(0, 2, 60)],
            "g": np.arange(60) % 5,
        }
    )


def ordered(link: str = "logit", **options: Any) -> bg.Fit:
    formula, labels = "rating ~ x + arm + (1 | g)", {"rating": WORDS}
    model = bg.Model(formula, rows(), family="cumulative", link=link, labels=labels, **options)
    return make_fit(model, KNOWN, noise=0.0, draws=100)


def nominal(groups: str = "") -> bg.Fit:
    formula, reference = f"rating ~ x + arm{groups}", {"rating": "poor"}
    model = bg.Model(formula, rows(), family="categorical", reference=reference)
    known = {
        f"{name}_{column}": value
        for name, values in LOGS.items()
        for column, value in zip(("Intercept", "x", "arm[b]"), values, strict=True)
    }
    return make_fit(model, known, noise=0.0, draws=100)


def by_hand(eta: Any, below: Any = special.expit) -> np.ndarray:
    """Probabilities (..., 3) of ordered categories."""
    cuts = below(np.array([0.0, 1.2]) - np.asarray(eta)[..., None])
    return np.diff(cuts, axis=-1, prepend=0.0, append=1.0)


def odds_by_hand(frame: pd.DataFrame) -> np.ndarray:
    eta = [a + b * frame["x"] + c * (frame["arm"] == "b") for a, b, c in LOGS.values()]
    odds = np.exp(np.stack([0 * frame["x"], *eta], axis=-1))
    return odds / odds.sum(axis=-1, keepdims=True)


def location(frame: pd.DataFrame) -> np.ndarray:
    return (0.4 + 0.8 * frame["x"] + 0.5 * (frame["arm"] == "b")).to_numpy()


def test_a_line_for_each_row_and_category():
    new = pd.DataFrame({"x": [-1.0, 2.0], "arm": ["a", "b"]})
    for fit, expected in ((ordered(), by_hand(location(new))), (nominal(), odds_by_hand(new))):
        found = fit.predictions(new).frame
        assert list(found)[:3] == ["x", "arm", "rating"]
        assert list(found["rating"]) == WORDS * 2
        np.testing.assert_array_equal(found["x"], np.repeat([-1.0, 2.0], 3))
        np.testing.assert_allclose(found["median"], expected.ravel(), rtol=1e-12)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_over_new_groups_probabilities_are_means_over_the_population(link):
    fit = ordered(link)
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    below = {"logit": special.expit, "probit": special.ndtr}.get(
        link, lambda x: -np.expm1(-np.exp(x))
    )
    shifted = location(rows())[:, None] + 0.7 * node
    each = np.einsum("rnk,n->rk", by_hand(shifted, below), weight / weight.sum())
    found = fit.avg_predictions(by="arm", re="integrate").frame
    for arm, part in found.groupby("arm"):
        expected = each[(rows()["arm"] == arm).to_numpy()].mean(axis=0)
        np.testing.assert_allclose(part["median"], expected, rtol=1e-7)


def test_over_new_groups_of_each_location():
    """Three effects of a group would be two here: the rule against a million of them."""
    rng = np.random.default_rng(1)  # a second opinion of known error
    new = pd.DataFrame({"x": [0.5], "arm": ["b"]})
    start = np.log(odds_by_hand(new)[0])
    odds = np.exp(
        start + np.concatenate([np.zeros((400_000, 1)), rng.normal(size=(400_000, 2))], 1)
    )
    expected = (odds / odds.sum(axis=1, keepdims=True)).mean(axis=0)
    found = nominal(" + (1 | g)").predictions(new, re="integrate").frame
    np.testing.assert_allclose(found["median"], expected, atol=5 * 0.3 / np.sqrt(400_000))


def test_differences_and_odds_of_each_category():
    frame = rows()
    low, high = (by_hand(location(frame.assign(arm=arm))) for arm in "ab")
    fit = ordered()
    found = fit.avg_comparisons("arm").frame
    assert list(found["rating"]) == WORDS
    np.testing.assert_allclose(found["median"], (high - low).mean(axis=0), rtol=1e-10)
    assert found["median"].sum() == pytest.approx(0, abs=1e-12)
    found = fit.comparisons("arm", frame.head(2), scale="or").frame
    odds = (high / (1 - high)) / (low / (1 - low))
    np.testing.assert_allclose(found["median"], odds[:2].ravel(), rtol=1e-10)


@pytest.mark.parametrize("make", [ordered, nominal])
def test_slopes_are_derivatives(make):
    fit, step = make(), 1e-5
    found = fit.avg_slopes("x").frame
    assert found["median"].sum() == pytest.approx(0, abs=1e-9)
    sides = [
        fit.avg_predictions(rows().assign(x=rows()["x"] + sign * step)).frame["median"]
        for sign in (-1, 1)
    ]
    np.testing.assert_allclose(
        found["median"], (sides[1] - sides[0]) / (2 * step), rtol=1e-5, atol=1e-9
    )


def test_the_score_is_asked_for():
    found = ordered().avg_predictions(kind="score")
    expected = (by_hand(location(rows())) @ [1, 2, 3]).mean()
    assert found.frame["median"].item() == pytest.approx(expected, rel=1e-12)
    assert found.scale == "mean score (poor is 1, good is 3)"
    with pytest.raises(SpecError, match="categorical family has none"):
        nominal().avg_predictions(kind="score")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda fit: fit.posterior.mean(), "has no mean: a response is one of 3 categories"),
        (lambda fit: fit.avg_predictions(kind="zero"), "there is no such probability"),
        (lambda fit: fit.avg_predictions(parameter="mu"), "write scale='link'"),
        (lambda fit: fit.avg_predictions(kind="score", exposure=3.0), "exposure"),
    ],
)
def test_what_is_not_defined(ask, said):
    with pytest.raises(SpecError, match=said):
        ask(ordered())


def test_a_parameter_of_the_family_is_answered_as_ever():
    assert ordered().avg_predictions(parameter="gap_2").frame["median"].item() == pytest.approx(1.2)
    found = nominal().avg_predictions(parameter="mu_good", scale="link").frame["median"].item()
    a, b, c = LOGS["mu_good"]
    expected = a + b * rows()["x"].mean() + c * (rows()["arm"] == "b").mean()
    assert found == pytest.approx(expected)
