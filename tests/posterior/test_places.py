"""Where a coefficient holds: one case for each way in which a column stands in several terms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.posterior.places import find_places, slope_within
from bayesglmm.report.effect_prose import findings, spoken


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(1)  # data of a known answer
    return pd.DataFrame(
        {
            "y": rng.integers(0, 2, 60),
            "age": rng.uniform(20, 60, 60),
            "x": rng.uniform(1, 5, 60),
            "f": np.tile(list("abc"), 20),
        }
    )


def model(formula: str, rows: pd.DataFrame) -> bg.Model:
    return bg.Model(formula, rows, family="bernoulli")


PLACES = {
    "y ~ age + f": {},
    "y ~ I(age**2)": {},
    "y ~ age + I(age**2)": {"age": "slope age = 0", "I(age ** 2)": "bound age"},
    "y ~ center(age) + I(center(age)**2) + I(center(age)**3)": {
        "center(age)": "slope center(age) = 0",
        "I(center(age) ** 2)": "bound age",
        "I(center(age) ** 3)": "bound age",
    },
    "y ~ log(x) + x": {"log(x)": "bound x", "x": "bound x"},
    "y ~ poly(age, 2)": {"poly(age, 2)": "bound age"},
    "y ~ bs(age, df=4) + f": {"bs(age, df=4)": "bound age"},
    "y ~ age + np.sqrt(age)": {"age": "bound age", "np.sqrt(age)": "bound age"},
    "y ~ x + offset(log(x))": {"x": "bound x"},
    "y ~ age * f": {"age": "f = a", "f": "age = 0"},
    "y ~ x + age + x:age": {"x": "age = 0", "age": "x = 0"},
    "y ~ age + I(age**2) + f + f:age": {
        "age": "slope age = 0, f = a",
        "I(age ** 2)": "bound age",
        "f": "age = 0",
    },
    "y ~ log(x) + x:f": {"log(x)": "bound x", "x:f": "bound x"},
    "y ~ 0 + f + f:x": {"f": "x = 0"},
}


@pytest.mark.parametrize("formula", PLACES)
def test_places(formula, rows):
    said = {
        name: ", ".join(
            filter(
                None,
                [
                    place.slope and f"slope {place.slope}",
                    place.partners,
                    place.bound and f"bound {place.bound}",
                ],
            )
        )
        for name, place in find_places(model(formula, rows).design).items()
    }
    assert said == PLACES[formula]


def test_a_square_is_never_said_without_its_place(rows):
    fit = make_fit(model("y ~ age + I(age**2)", rows), {"age": 0.004}, noise=0.001)
    table = fit.ratios()
    _, age, square = findings(fit.design, table)
    assert age.startswith("age, one unit more along the slope at age = 0: odds ratio 1.004")
    assert square.endswith("By itself it is no effect of age, which moves other columns too.")
    assert "age: the slope at age = 0." in table.notes
    assert "I(age ** 2): by itself no effect of age, which moves other columns too." in table.notes
    assert "The baseline holds with age at 0." in table.notes
    short = spoken(fit.design, table, ())
    assert square not in short.sentences  # of a short answer
    assert short.left == 1


def test_slopes_within_levels_are_no_ratios_of_ratios(rows):
    fit = make_fit(model("y ~ f + f:x", rows), noise=0.01)
    term = next(term for term in fit.design.predictor.fixed.terms if term.is_interaction)
    assert slope_within(fit.design, term)
    said = findings(fit.design, fit.ratios())
    assert [text for text in said if text.startswith("x, one unit more, where f = b: odds ratio")]
    assert not any("ratio of odds ratios" in text for text in said)
    assert "f:x: the odds ratio of each level by itself." in fit.ratios().notes
    differing = make_fit(model("y ~ x + f + x:f", rows), noise=0.01)
    assert any(
        "ratio of odds ratios" in text for text in findings(differing.design, differing.ratios())
    )
