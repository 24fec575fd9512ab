"""The section that compares models: only where a comparison is given, and in the table's words."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit, with_statistics

import bayesglmm as bg
from bayesglmm.report import Material, material_of
from bayesglmm.report.sections.comparison import compare_predictions, comparison, sentences

ATTACK = "<script>alert(1)</script>"


def two_fits() -> dict[str, bg.Fit]:
    fit = count_fit()
    model = bg.Model("events ~ sex", fit.design.given, family="poisson", exposure="time")
    return {"groups": fit, f"flat {ATTACK}": make_fit(model, {"Intercept": np.log(1.5e-3)})}


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


def test_no_comparison_no_section():
    assert comparison(material(count_fit())) is None


def test_sentences_are_those_of_the_table():
    fits = two_fits()
    found = bg.compare(fits)
    section = comparison(replace(material(fits["groups"]), comparison=found))
    assert section.title == "Comparison of models"
    shown = found.table.formatted().iloc[1]
    sentence, *others = sentences(found.table)
    assert all("fails the dispersion check" in other for other in others)
    assert shown["difference"] in sentence
    assert f"{shown['model']} predicts worse than" in sentence
    assert sentence in unescape(section.body)
    assert ATTACK not in section.body
    assert section.body.count("<svg") == 1


def test_a_report_shows_it(tmp_path):
    fit = normal_fit()
    flat = make_fit(bg.Model("y ~ 1", fit.design.given), {"Intercept": 10.0, "sigma": 2.0})
    found = bg.compare({"x": fit, "flat": flat})
    path = fit.report(tmp_path / "r.html", opinion=False, comparison=found)
    assert "Comparison by leaving out 30 rows, one at a time" in path.read_text(encoding="utf-8")


def test_a_fit_that_failed_is_named():
    fits = two_fits()
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[0, :9] = True
    fits["groups"] = with_statistics(fits["groups"], diverging=diverging)
    note = bg.compare(fits).table.notes[0]
    assert note.startswith("'groups': The fit has NOT converged")


def test_models_of_a_page_are_compared():
    materials = {name: material(fit) for name, fit in two_fits().items()}
    section = compare_predictions(materials)
    assert "96 rows left out" in section.body
    assert ATTACK not in section.body


def test_patients_are_left_out_too_where_there_are_many():
    fit = binary_fit(noise=0.3)
    flat = make_fit(bg.Model("ill ~ trt", fit.design.given, family="bernoulli"))
    section = compare_predictions({"mixed": material(fit), "flat": material(flat)})
    assert "80 rows left out" in section.body
    assert "40 groups of ID left out" in section.body


def test_a_refusal_of_groups_leaves_the_rows():
    rows = pd.DataFrame({"y": np.arange(60) % 7, "g": np.repeat(np.arange(20), 3)})
    made = {
        name: material(make_fit(bg.Model(f"y ~ {right}", rows, family="poisson", link="sqrt")))
        for name, right in (("groups", "1 + (1 | g)"), ("none", "1"))
    }
    body = compare_predictions(made).body
    assert "60 rows left out" in body
    assert "cannot be left out under the square-root link" in body


def test_models_of_different_rows_are_not():
    fit = count_fit()
    fewer = bg.Model("events ~ sex", fit.design.given.iloc[:90], family="poisson")
    section = compare_predictions({"all": material(fit), "fewer": material(make_fit(fewer))})
    assert "were fitted to different rows (96 and 90" in section.body
    assert "<table" not in section.body
