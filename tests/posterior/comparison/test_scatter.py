"""Poisson or negative binomial: the dispersion check beside the predictive densities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior.comparison.scatter import FAILS, Scatter, with_scatter
from bayesglmm.report.sections.comparison import sentences
from bayesglmm.tables import Table


def counts(alpha: float, number: int) -> pd.DataFrame:
    """Counts of 30 groups of 8 rows; about twice as widely spread as Poisson at alpha 3."""
    rng = generator(number)
    group, x = np.repeat(np.arange(30), 8), rng.normal(size=240)
    mean = np.exp(1.2 + 0.3 * x + 0.6 * rng.normal(size=30)[group])
    y = rng.negative_binomial(alpha, alpha / (alpha + mean)) if alpha else rng.poisson(mean)
    return pd.DataFrame({"y": y, "x": x, "g": group.astype(str)})


def fitted(rows: pd.DataFrame, family: str) -> bg.Fit:
    """Draws around the maximum likelihood: the check needs no more than the right place."""
    model = bg.Model("y ~ x + (1 | g)", rows, family=family)
    best = model.ml()
    known = dict(zip(best.labels, best.estimates, strict=True))
    effects = {name: dict(enumerate(values)) for name, values in best.effects.items()}
    named = {
        name: dict(zip(model.design.predictor.groups[0].levels, values.values(), strict=True))
        for name, values in effects.items()
    }
    return make_fit(model, known | {"1|g_sigma": max(known["1|g_sigma"], 0.1)}, named, draws=100)


def compared(alpha: float, number: int, unit: str) -> bg.Comparison:
    rows = counts(alpha, number)
    fits = {family: fitted(rows, family) for family in ("poisson", "negative_binomial")}
    return bg.compare(fits, unit=unit)


@pytest.mark.parametrize("unit", ["row", "group"])
def test_an_overdispersed_count_is_told_whatever_is_left_out(unit):
    found = compared(3, 1, unit).table
    verdicts = found.frame.set_index("model")["verdict"]
    assert verdicts["poisson"].endswith(FAILS)
    assert not verdicts["negative_binomial"].endswith(FAILS)
    ratio = found.frame.set_index("model")["dispersion"]
    assert ratio["poisson"] > 1.3
    assert 0.6 < ratio["negative_binomial"] < 1.3
    notes = " ".join(found.notes)
    assert "'poisson' fails the dispersion check: rows scatter" in notes
    assert "It does not fail for 'negative_binomial': prefer that." in notes
    whole = "count most, and how rows scatter within a group counts less"
    assert (whole in notes) == (unit == "group")
    assert ("The spread between groups is hardly seen" in notes) == (unit == "row")
    said = sentences(found)
    assert [text for text in said if text.startswith("poisson fails the dispersion check: rows")]


def test_a_poisson_that_is_right_does_not_fail():
    table = compared(0, 2, "group").table
    assert not table.frame["verdict"].str.endswith(FAILS).any()
    assert "fails" not in " ".join(table.notes)


def test_single_trials_cannot_show_it():
    fit = binary_fit(noise=0.3)
    flat = make_fit(bg.Model("ill ~ trt", fit.design.given, family="bernoulli"))
    table = bg.compare({"mixed": fit, "flat": flat}, unit="group").table
    assert "dispersion" not in table.frame
    assert not any(note.startswith("Dispersion") for note in table.notes)


@pytest.mark.parametrize(
    ("scatter", "fails"),
    [
        (Scatter(2.0, 1.8, 2.2, 0.0), True),
        (Scatter(1.1, 0.95, 1.3, 0.005), False),  # 1 is within the interval
        (Scatter(1.2, 1.05, 1.4, 0.05), False),  # replicates do so, too
        (Scatter(0.3, 0.2, 0.4, 1.0), False),  # an effect for each row
    ],
)
def test_only_more_scatter_than_expected_fails(scatter, fails):
    assert scatter.fails == fails


def test_all_fits_may_fail():
    frame = pd.DataFrame(
        {"model": ["a", "b"], "verdict": ["best", "predicts worse"], "its se": 1.0}
    )
    bad = Scatter(2.0, 1.8, 2.2, 0.0)
    found = with_scatter(Table(frame, "t"), {"a": bad, "b": bad}, "")
    assert list(found.frame["verdict"]) == [f"best{FAILS}", f"predicts worse{FAILS}"]
    assert not any("prefer" in note for note in found.notes)
