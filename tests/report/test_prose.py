"""Sentences quote the tables as they are printed."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior import ratios
from bayesglmm.report.effect_prose import findings

NUMBER = r"[<>]?-?[\d,]+(?:\.\d+)?(?:e[+-]\d+)?"


def wide_fit() -> bg.Fit:
    """Estimates from 0.0001 to 2,000,000, with errors of every size."""
    rng = generator(31)
    rows = pd.DataFrame(rng.normal(size=(30, 6)), columns=list("abcdef"))
    rows["y"] = rng.poisson(2, 30)
    known = {"a": -9.0, "b": -3.0, "c": 0.01, "d": 3.0, "e": 9.0, "f": 14.5}
    return make_fit(bg.Model("y ~ a + b + c + d + e + f", rows, family="poisson"), known, noise=0.4)


@pytest.mark.parametrize("make", [count_fit, binary_fit, normal_fit, wide_fit])
def test_every_number_is_one_the_table_prints(make):
    fit = make()
    table = ratios(fit.posterior)
    shown = table.formatted()
    sentences = findings(fit.design, table)
    assert len(sentences) == len(shown)
    measure = shown.columns[1]
    for sentence, (_, row) in zip(sentences, shown.iterrows(), strict=True):
        assert f"{row[measure]} ({row['lower']} to {row['upper']})" in sentence
        if not row[""].startswith("baseline"):
            certainty = next(name for name in shown.columns if name.startswith("P(>"))
            assert f"probability {row[certainty]} that it is above" in sentence
        words = sentence.replace(row[""], "", 1).replace("one unit more", "")
        words = words.replace("per 100,000 time", "")
        quoted = {text.rstrip(".,") for text in re.findall(NUMBER, words) if text.strip(",")}
        printed = {text.rstrip(".,") for text in row} | {"0", "1"}
        assert quoted <= printed, (sentence, quoted - printed)


def number_after(words: str, sentence: str) -> float:
    """The first number that follows the words."""
    found = re.search(re.escape(words) + r"([\d.]*\d)", sentence)
    assert found, sentence
    return float(found[1])


def test_sentences_of_a_rate():
    fit = count_fit()
    first, sex, x = findings(fit.design, ratios(fit.posterior))
    # Medians of 2,000 draws: five standard errors of each, and half a unit of its last digit.
    assert first.startswith("The baseline rate per 100,000 time is ")
    assert number_after("time is ", first) == pytest.approx(15.1, abs=0.1)
    assert sex.startswith("sex, male against female: incidence-rate ratio ")
    assert number_after("ratio ", sex) == pytest.approx(2, abs=0.011)
    assert x.startswith("x, one unit more: incidence-rate ratio ")
    assert number_after("ratio ", x) == pytest.approx(1.284, abs=0.009)
    assert "probability >0.999 that it is above 1. Averaged over new sites and years: " in x
    averaged = x.partition("Averaged")[2]
    assert number_after("incidence-rate ratio ", averaged) == pytest.approx(1.33, abs=0.011)
    assert number_after("rate difference ", averaged) == pytest.approx(13, abs=0.8)
    assert averaged.endswith(") per 100,000 time.")


def test_columns_that_determine_each_other_say_nothing():
    rows = pd.DataFrame({"y": [1, 2, 3, 4, 6], "x": [0.0, 1, 2, 4, 5]}).assign(
        z=lambda data: 2 * data["x"]
    )
    fit = make_fit(bg.Model("y ~ x + z", rows, family="poisson"))
    (only,) = findings(fit.design, ratios(fit.posterior))
    assert only.startswith("The baseline")


def test_a_column_named_baseline_is_a_predictor():
    rows = pd.DataFrame({"y": [1, 2, 3, 4, 6], "baseline": [0.0, 1, 2, 4, 5]})
    fit = make_fit(bg.Model("y ~ baseline", rows, family="poisson"), {"baseline": 0.7})
    _, sentence = findings(fit.design, ratios(fit.posterior))
    assert sentence.startswith("baseline, one unit more: ratio of counts 2.0")


@pytest.mark.parametrize(
    ("formula", "label", "subject"),
    [
        ("y ~ x * f", "x:f[b]", "x:f[b]"),
        ("y ~ x * f", "f[b]", "f, b against a, where x = 0"),
        ("y ~ x * f", "x", "x, one unit more, where f = a"),
        ("y ~ f", "f[b]", "f, b against a"),
        ("y ~ log(x)", "log(x)", "log(x), one unit more"),
    ],
)
def test_subjects(formula, label, subject):
    rows = pd.DataFrame({"y": [1, 2, 3, 4, 6], "x": [1.0, 2, 3, 4, 5], "f": list("ababb")})
    fit = make_fit(bg.Model(formula, rows, family="poisson"))
    table = ratios(fit.posterior)
    place = list(table.frame[""]).index(label)
    assert findings(fit.design, table)[place].startswith(f"{subject}: ")
