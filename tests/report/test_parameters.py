"""Reports of models in which sigma or alpha has a formula of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from report.test_page import Outline

import bayesglmm as bg
from bayesglmm.report import Material, material_of
from bayesglmm.report.equations import equations, legend
from bayesglmm.report.methods import methods
from bayesglmm.report.page import page
from bayesglmm.report.sections.effects import effects
from bayesglmm.report.sections.groups import groups
from bayesglmm.report.sections.model import model
from bayesglmm.report.sections.side_by_side import ratio_columns


def made(formula: str, **options: object) -> Material:
    rng = np.random.default_rng(4)  # any data
    rows = pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "f": np.tile(["a", "b", "c"], 20),
            "clinic": np.repeat(np.arange(12), 5).astype(str),
            "nurse": np.tile(np.arange(10), 6).astype(str),
        }
    )
    fit = make_fit(bg.Model(formula, rows, **options), draws=150)
    return material_of(fit)


@pytest.fixture(scope="module")
def both() -> Material:
    return made("y ~ x + (1 | clinic)", sigma="~ z + f + (1 | nurse)")


@pytest.fixture(scope="module")
def alone() -> Material:
    return made("y ~ x", sigma="~ f + (1 | clinic)")


def test_a_page_is_written(both):
    assert Outline(page(both)).wrong == []


def test_forms_are_said_of_every_group_term(both):
    text = str(model(both).body)
    assert "1|clinic: non-centred" in text
    assert "sigma: 1|nurse: non-centred" in text


def test_what_moves_sigma_stands_beside_the_fixed_effects(both):
    assert "Fixed effects on sigma: ratios" in effects(both).body
    captions = [table.caption for table in both.tables]
    assert captions[:3] == [
        "Fixed effects: difference in means",
        "Fixed effects on sigma: ratios",
        "Random part",
    ]
    table = both.parameters["sigma"]
    assert "Reference levels: f = a." in table.notes
    assert "The baseline holds with factors at their reference, z at 0." in table.notes
    assert not any("f = a" in note or "reference" in note for note in both.ratios.notes)
    assert both.random_part.scale == "link (response), link (log) for sigma"


def test_a_model_without_a_random_part_has_no_table_of_it():
    plain = made("y ~ x", sigma="~ z")
    assert [table.caption for table in plain.tables] == [
        "Fixed effects: difference in means",
        "Fixed effects on sigma: ratios",
    ]
    assert "Random part" not in effects(plain).body
    assert ratio_columns({"plain": plain}).frame[""].tolist()[:4] == [
        "baseline mean",
        "x",
        "baseline sigma",
        "sigma: z",
    ]


def test_levels_of_sigma_are_told_from_ratios_side_by_side():
    levels = made("y ~ x", sigma="~ 0 + f")
    assert "sigma, f[a]" in ratio_columns({"levels": levels}).frame[""].tolist()


def test_methods_and_legend_name_the_formula_and_its_groups(both, alone):
    said = methods(both)[0]
    assert "linear mixed model" in said
    assert (
        "The log of sigma, the residual standard deviation, had a linear predictor of its own, "
        "with the fixed part z + f." in said
    )
    assert "intercept by clinic (12 levels); intercept (of sigma) by nurse (10 levels)" in said
    assert "linear mixed model" in methods(alone)[0]
    assert "j counts the groups: 12 clinics, 10 nurses." in legend(both.design)
    assert any(text.startswith("A column with a level in brackets") for text in legend(both.design))
    lines = [line.plain for line in equations(both.design)]
    assert lines[1].endswith("u^(clinic)[clinic[i]]")
    assert lines[2].endswith("u^(sigma: nurse)[nurse[i]]")


def test_methods_name_effects_that_are_correlated_across_predictors():
    fit = made("y ~ x + (1 + x |p| clinic)", sigma="~ (1 |p| clinic) + (1 | nurse)")
    said = "correlated intercept and x, with intercept (of sigma) by clinic (12 levels); intercept"
    assert f"{said} (of sigma) by nurse (10 levels)" in methods(fit)[0]


def test_groups_of_sigma_alone_are_not_denied(alone):
    assert "Groups differ in sigma only, not in the mean" in groups(alone).body


def test_cells_are_of_the_factors_of_the_mean(both):
    assert both.cells is None
    factors = made("y ~ f + x", sigma="~ nurse")
    assert factors.cells.frame["cell"].tolist() == ["a", "b", "c"]
    assert "nurse" not in factors.cells.estimand


def test_a_text_about_alpha_is_not_held_against_the_mean():
    rows = pd.DataFrame({"c": np.arange(60) % 7, "f": np.tile(["a", "b", "c"], 20)})
    model = bg.Model("c ~ f", rows, family="negative_binomial", alpha="~ f")
    fit = make_fit(model, {"f[b]": 0.4, "alpha_f[b]": 0.5}, noise=0.01, draws=100)
    text = "With f[b], alpha was 1.65 times as high.\n\nThe count in f[b] was 1.65 times as high."
    of_alpha, of_mean = fit.lint(text).claims
    assert (of_alpha.verdict, of_alpha.right) == ("not read", "of alpha, not of the mean")
    assert of_mean.verdict == "DIFFERS"
