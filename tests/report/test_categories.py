"""A report of categories is whole: equations, thresholds, probabilities of cells, groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.report.equations import equations, legend

WORDS = ["poor", "fair", "good"]


def model(family: str, **options: object) -> bg.Model:
    rng = np.random.default_rng(7)  # a worked example
    frame = pd.DataFrame(
        {
            "rating": np.array(WORDS)[np.arange(90) % 3],
            "x": np.round(rng.normal(size=90), 2),
            "arm": np.array(["a", "b"])[rng.integers(0, 2, 90)],
            "g": np.arange(90) % 6,
        }
    )
    formula = "rating ~ x + arm + (1 | g)"
    return bg.Model(formula, frame, family=family, labels={"rating": WORDS}, **options)


@pytest.mark.parametrize(
    ("family", "options", "first"),
    [
        ("cumulative", {}, "logit(P(rating[i] ≤ k)) = c[k] − η[i]"),
        ("cumulative", {"disc": "~ x"}, "logit(P(rating[i] ≤ k)) = d[i] · (c[k] − η[i])"),
        ("sequential", {}, "logit(P(rating[i] = k given rating[i] ≥ k)) = c[k] − η[i]"),
        (
            "adjacent",
            {"link": "probit"},
            "Φ^−1(P(rating[i] = k given rating[i] = k or k + 1)) = c[k] − η[i]",
        ),
    ],
)
def test_equations_of_ordered_categories(family, options, first):
    design = model(family, **options).design
    lines = [line.plain for line in equations(design)]
    assert lines[0] == first
    assert lines[1].startswith("η[i] = β[0] + β[x] · x[i]")
    said = " ".join(legend(design))
    assert "η[i] is the location of row i" in said
    assert "c[1] is 0, and c[k] is c[k - 1] and the increment of k more" in said
    assert ("discrimination" in said) == ("disc" in options)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("family", "said"),
    [
        (
            "cumulative",
            (
                "Thresholds of rating",
                "poor | fair",
                "odds ratio of a higher category",
                "Predicted probabilities",
                "Group effects of g on mu",
                "share of poor",
            ),
        ),
        ("categorical", ("Fixed effects on mu_fair", "odds of good against poor", "a · fair")),
    ],
)
def test_a_report(family, said, tmp_path):
    fit = make_fit(model(family), draws=100)
    page = fit.report(tmp_path / "page.html").read_text(encoding="utf-8")
    for text in said:
        assert text in page, text
