"""Responses of categories: which there are, in which order, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.errors import BayesglmmError, DataError, SpecError

WORDS = ["poor", "fair", "good", "very good"]


def frame() -> pd.DataFrame:
    """60 ratings, as numbers, as text, and as categories in and without an order."""
    rng = np.random.default_rng(3)  # a worked example
    code = np.tile(np.arange(4), 15)
    text = np.array(WORDS)[code]
    return pd.DataFrame(
        {
            "rating": code + 1,
            "word": text,
            "ordered": pd.Categorical(text, categories=WORDS, ordered=True),
            "loose": pd.Categorical(text, categories=WORDS),
            "x": np.round(rng.normal(size=60), 3),
            "g": np.arange(60) % 6,
            "half": code / 2,
            "two": np.where(code > 1, "high", "low"),
        }
    )


def levels(formula: str, **options: object) -> tuple[str, ...]:
    return bg.Model(formula, frame(), **options).design.spec.family.support.levels


@pytest.mark.parametrize(
    ("formula", "options", "expected"),
    [
        ("rating ~ x", {}, ("1", "2", "3", "4")),
        ("ordered ~ x", {}, tuple(WORDS)),
        ("word ~ x", {"labels": {"word": WORDS}}, tuple(WORDS)),
        (
            "rating ~ x",
            {"labels": {"rating": dict(enumerate(WORDS, start=1))}},
            tuple(WORDS),
        ),
    ],
)
def test_the_order_is_that_of_labels_categories_or_numbers(formula, options, expected):
    assert levels(formula, family="cumulative", **options) == expected
    design = bg.Model(formula, frame(), family="cumulative", **options).design
    np.testing.assert_array_equal(design.rows.y, np.tile(np.arange(4.0), 15))
    assert list(design.predictors) == ["mu", "gap_2", "gap_3"]


def test_the_reference_of_categories_without_an_order():
    assert levels("word ~ x", family="categorical") == ("fair", "good", "poor", "very good")
    first = levels("word ~ x", family="categorical", reference={"word": "good"})
    assert first == ("good", "fair", "poor", "very good")


def test_categories_without_rows_are_no_categories_of_the_model():
    data = frame().loc[lambda rows: rows["word"] != "fair"]
    model = bg.Model("ordered ~ x", data, family="cumulative")
    assert model.design.spec.family.support.levels == ("poor", "good", "very good")


def test_every_location_has_the_main_formula_or_its_own():
    model = bg.Model("word ~ x + (1 | g)", frame(), family="categorical", mu_poor="~ 1")
    design = model.design
    assert list(design.predictors) == ["mu_good", "mu_poor", "mu_very good"]
    assert [one.fixed.names for one in design.predictors.values()] == [("x",), (), ("x",)]
    assert [len(one.groups) for one in design.predictors.values()] == [1, 0, 1]
    names = [one.variable("Intercept") for one in design.predictors.values()]
    assert names == [f"{name}_Intercept" for name in design.predictors]
    assert not any(one.is_number for one in design.predictors.values())


def test_priors_speak_of_all_locations_of_one_and_of_gaps():
    narrow, wide = bg.Prior("Normal", sigma=1), bg.Prior("Normal", sigma=3)
    model = bg.Model(
        "word ~ x",
        frame(),
        family="categorical",
        priors={"slopes": narrow, "mu_poor": {"x": wide}},
    )
    said = {name: model.priors[name].prior for name in model.priors if name.endswith("_x")}
    assert said == {"mu_good_x": narrow, "mu_poor_x": wide, "mu_very good_x": narrow}
    gap = bg.Prior("Gamma", alpha=2, beta=1)
    model = bg.Model("rating ~ x", frame(), family="cumulative", priors={"gap_2": gap})
    assert model.priors["gap_2"].prior == gap
    with pytest.raises(SpecError, match="gap_9"):
        bg.Model("rating ~ x", frame(), family="cumulative", priors={"gap_9": gap})


def test_intercepts_are_centred_on_the_shares():
    data = frame().iloc[:45]  # 12 poor, 11 of each other
    rows = data["word"].value_counts()
    share = {word: (rows[word] + 0.5) / (len(data) + 2) for word in WORDS}
    model = bg.Model("word ~ 1", data, family="categorical", reference={"word": "poor"})
    for word in WORDS[1:]:
        prior = dict(model.priors[f"mu_{word}_Intercept"].prior.arguments)
        assert prior["mu"] == pytest.approx(np.log(share[word] / share["poor"]), abs=5e-4)
    hazard = -np.log(-np.log1p(-share["poor"]))
    model = bg.Model("ordered ~ 1", data, family="cumulative", link="cloglog")
    assert dict(model.priors["Intercept"].prior.arguments)["mu"] == pytest.approx(hazard, abs=5e-4)


def test_discrimination_is_there_with_a_formula_only_and_without_an_intercept():
    model = bg.Model("rating ~ x", frame(), family="cumulative", disc="~ x + C(two)")
    assert list(model.design.predictors) == ["mu", "gap_2", "gap_3", "disc"]
    disc = model.design.predictors["disc"]
    assert not disc.fixed.intercept
    assert disc.fixed.names == ("x", "C(two)[low]")
    assert "disc_Intercept" not in model.priors


BAD: dict[str, tuple[str, dict[str, object], str]] = {
    "text without an order": (
        "word ~ x",
        {},
        "labels={'word': ['fair', 'good', 'poor', 'very good']}",
    ),
    "categories without an order": ("loose ~ x", {}, "ordered categorical of pandas"),
    "parts": ("half ~ x", {}, "'half' is a number such as 0.5, not a category"),
    "two": ("two ~ x", {"labels": {"two": ["low", "high"]}}, "Write family='bernoulli'"),
    "two of no order": ("two ~ x", {"family": "categorical"}, "Write family='bernoulli'"),
    "a number": ("x ~ g", {}, "not a category"),
    "an expression": ("I(rating + 1) ~ x", {}, "is a column of categories, not 'I(rating + 1)'"),
    "no such location": ("word ~ x", {"family": "categorical", "mu_bad": "~ 1"}, "'mu_bad'"),
    "an intercept of disc": ("rating ~ x", {"disc": "~ 1"}, "disc is 1 where all columns are 0"),
    "a reference of an order": ("rating ~ x", {"reference": {"rating": "2"}}, "Unknown name"),
    "exposure": ("rating ~ x", {"exposure": "g"}, "belongs to counts"),
    "no parameter": ("rating ~ x", {"sigma": "~ x"}, "has no parameter 'sigma'"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_refused(what):
    formula, options, said = BAD[what]
    with pytest.raises(BayesglmmError) as caught:
        bg.Model(formula, frame(), **({"family": "cumulative"} | options))
    assert said in str(caught.value)


def test_one_category_and_too_many():
    data = frame()
    with pytest.raises(DataError, match="'rating' is '2' in every row used"):
        bg.Model("rating ~ x", data.assign(rating=2), family="cumulative")
    many = pd.DataFrame({"y": np.arange(61), "x": np.linspace(0, 1, 61)})
    with pytest.raises(DataError, match="has 61 different values"):
        bg.Model("y ~ x", many, family="cumulative")
