"""Cells of factors: which ones, on which side, and comparisons that differ between them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, count_rows, make_fit, normal_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior.estimands import factor_cells as module
from bayesglmm.posterior.estimands.factor_cells import cell_means
from bayesglmm.posterior.estimands.interactions import interaction_comparisons
from bayesglmm.posterior.ratios import ratios
from bayesglmm.report.effect_prose import comparison_sentences, findings, spoken
from bayesglmm.report.leading import leading

ESTIMATES = ["median", "lower", "upper"]


@pytest.fixture(scope="module")
def crossover() -> bg.Fit:
    rows = bg.datasets.load("crossover").assign(dose=np.resize([1.0, 3.0, 3.0, 1.0], 134))
    model = bg.Model(
        "outcome ~ trt * period + dose + (1 | ID)",
        rows,
        family="bernoulli",
        labels={"trt": {0: "placebo", 1: "active"}, "period": {0: "first", 1: "second"}},
    )
    known = {"Intercept": -2.0, "trt[active]": 1.5, "trt:period[active, second]": -1.0}
    return make_fit(model, known | {"1|ID_sigma": 3.0})


def side(table, name: str) -> np.ndarray:
    return table.frame[[name, f"{name} lower", f"{name} upper"]].to_numpy()


def test_cells_are_predictions_on_both_sides(crossover):
    table = cell_means(crossover.posterior)
    assert table.frame["cell"].tolist() == [
        "placebo · first",
        "placebo · second",
        "active · first",
        "active · second",
    ]
    rows = crossover.grid(trt=["placebo", "active"], period=["first", "second"])
    for name, re in (("typical", "typical"), ("marginal", "integrate")):
        expected = crossover.predictions(rows, re=re).frame[ESTIMATES]
        np.testing.assert_allclose(side(table, name), expected)
    assert "cells: trt · period, at dose = 2" in table.estimand
    assert "integrated over new groups of ID" in table.estimand


def test_comparisons_within_the_levels_of_the_other_factor(crossover):
    (found,) = interaction_comparisons(crossover.posterior)
    odds, differences = found.tables
    assert odds.caption == "trt by period: odds ratio"
    for table, scale in ((odds, "or"), (differences, "difference")):
        for name, re in (("typical", "typical"), ("marginal", "integrate")):
            expected = crossover.avg_comparisons("trt", by="period", scale=scale, re=re).frame
            np.testing.assert_allclose(side(table, name), expected[ESTIMATES])


def test_the_short_answer_tells_of_every_kind_of_effect(crossover):
    compared = interaction_comparisons(crossover.posterior)
    odds, differences = compared[0].tables
    first, second = comparison_sentences(crossover.design, compared[0])
    assert first.startswith("trt, active against placebo, where period = first: odds ratio")
    assert ", where period = second: " in second
    for table in (odds, differences):
        shown = table.formatted().iloc[0]
        for name, words in (
            ("typical", "for a typical group of ID"),
            ("marginal", "averaged over new groups of ID"),
        ):
            interval = f"({shown[f'{name} lower']} to {shown[f'{name} upper']})"
            assert f"{shown[name]} {interval} {words}" in first
    table = ratios(crossover.posterior)
    answer = spoken(crossover.design, table, compared)
    assert answer.sentences[:2] == (first, second)
    assert [text.partition(" ")[0] for text in answer.sentences[2:]] == [
        "trt:period[active,",
        "dose,",
        "The",
    ]
    assert answer.left == 2  # trt and period, each at one level of the other
    assert len(findings(crossover.design, table)) == 5


def test_a_short_answer_is_that_of_the_columns_however_they_are_written():
    rows = pd.DataFrame({"f": list("aabbaabb"), "k": [1, 2] * 4, "y": [1, 2, 3, 4, 5, 6, 5, 4]})
    told = []
    for right in ("f*C(k)", "C(f)*C(k)", "C(f)*factor(k)"):
        fit = make_fit(bg.Model(f"y ~ {right}", rows, family="poisson"), noise=0)
        compared, table = interaction_comparisons(fit.posterior), ratios(fit.posterior)
        first = leading(fit.design, table, compared, 0.95)
        told.append((first, *spoken(fit.design, table, compared).sentences))
    assert told[0] == told[1] == told[2]
    subjects = [text.partition(": ")[0] for text in told[0][1:3]]
    assert subjects == [f"f, b against a, where k = {k}" for k in (1, 2)]
    assert not any(text.startswith("k, 2 against 1") for text in told[0])


def test_a_short_answer_is_short():
    rows = pd.DataFrame(generator(3).normal(size=(9, 6)), columns=list("bcdefg"))
    rows["y"] = range(9)
    fit = make_fit(bg.Model("y ~ g + b + c + d + e + f", rows, family="poisson"))
    answer = spoken(fit.design, ratios(fit.posterior), [])
    assert [text[0] for text in answer.sentences] == [*"gbcde", "T"]
    assert answer.left == 1


def test_only_cells_that_occur_or_else_each_factor_by_itself(monkeypatch):
    rows = pd.DataFrame({"f": list("aabbcc"), "h": list("uvuvuu"), "y": [1, 2, 3, 4, 5, 6]})
    fit = make_fit(bg.Model("y ~ f + h", rows, family="poisson"))
    found = cell_means(fit.posterior)
    assert found.frame["cell"].tolist() == ["a · u", "a · v", "b · u", "b · v", "c · u"]
    assert "estimate lower" in found.frame
    shown = found.printed()
    assert list(shown) == ["cell", "estimate"]
    assert shown["estimate"].str.fullmatch(r"\S+ \(\S+ to \S+\)").all()
    monkeypatch.setattr(module, "MOST_CELLS", 4)
    found = cell_means(fit.posterior)
    assert found.frame["cell"].tolist() == ["f = a", "f = b", "f = c", "h = u", "h = v"]
    assert "other columns at their most frequent level" in found.estimand


def test_models_without_factors_or_interactions():
    fit = normal_fit()
    assert cell_means(fit.posterior) is None
    assert interaction_comparisons(count_fit().posterior) == []


def test_means_that_may_be_negative_have_differences_only():
    rows = count_rows().assign(h=np.repeat(["p", "q"], 48))
    fit = make_fit(bg.Model("x ~ sex * h + (1 | site)", rows))
    (found,) = interaction_comparisons(fit.posterior)
    assert [table.caption for table in found.tables] == ["sex by h: difference in mean"]
    sentence = comparison_sentences(fit.design, found)[0]
    assert sentence.startswith("sex, male against female, where h = p: difference in mean ")
    assert sentence.endswith(" for a typical site.")  # over new groups it is the same


def test_all_of_a_fit_in_one_call(crossover):
    found = crossover.cells(mass=0.5)
    assert [table.caption for table in found.tables] == [
        "Predicted means",
        "trt by period: odds ratio",
        "trt by period: difference in probability",
    ]
    expected = cell_means(crossover.posterior, 0.5)
    pd.testing.assert_frame_equal(found.tables[0].frame, expected.frame)
    with pytest.raises(bg.BayesglmmError, match="no factors"):
        normal_fit().cells()
