"""What figures say of themselves: each of a few estimates, the ends of many, sides of a line."""

from __future__ import annotations

import numpy as np
import pytest
from posterior_maker import binary_fit, count_fit, normal_fit

from bayesglmm.pictures.words import FEW, estimates_in_words, sides_in_words, span
from bayesglmm.report import material_of
from bayesglmm.report.answer_picture import MOST, answer_picture
from bayesglmm.report.effect_rows import effect_rows


def test_few_estimates_are_all_said_and_of_many_the_ends():
    values = np.array([2.0, 5.0, 1.0, 3.0, 4.0, 6.0, 0.5])
    labels, texts = [f"L{k}" for k in range(7)], [f"{value:g} (a to b)" for value in values]
    few = estimates_in_words("effects", labels[:2], texts[:2], values[:2])
    assert few == "L0: 2 (a to b); L1: 5 (a to b)."
    assert len(values) > FEW
    assert estimates_in_words("effects", labels, texts, values) == (
        "7 effects. Highest: L5: 6 (a to b). Lowest: L6: 0.5 (a to b)."
    )


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        ([2], [3], "The interval lies above 1."),
        ([0.2], [0.3], "The interval lies below 1."),
        ([0.2], [3], "The interval includes 1."),
        ([2, 0.1, 0.5], [3, 0.2, 2], "Intervals wholly above 1: 1 of 3; wholly below: 1."),
    ],
)
def test_intervals_about_a_line(lower, upper, said):
    assert sides_in_words(np.array(lower), np.array(upper), 1.0) == said


def test_the_middle_of_a_histogram():
    assert span(np.append(np.arange(1001.0), np.inf)) == "25 to 975"


def test_the_picture_of_the_answer_shows_the_numbers_of_the_table():
    fit = binary_fit(noise=0.02)
    drawn = answer_picture(material_of(fit))
    row = fit.ratios().formatted().set_index("").loc["trt[active]"]
    words = f"{row['OR']} ({row['lower']} to {row['upper']})"
    assert f"For a typical group of ID: trt, active against placebo: {words}." in drawn.shows
    assert f"{row['marginal OR']} ({row['marginal lower']}" in drawn.shows
    assert drawn.narrow


@pytest.mark.parametrize("make", [binary_fit, count_fit, normal_fit])
def test_every_effect_of_the_formula_is_a_row(make):
    made = material_of(make())
    rows = effect_rows(made.design, made.ratios, made.interactions)
    assert len(rows) == len(made.design.predictor.fixed.names) <= MOST
