"""The section that compares models: only where a comparison is given, and in the table's words."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import numpy as np
from posterior_maker import count_fit, make_fit, with_statistics

import bayesglmm as bg
from bayesglmm.report import Material
from bayesglmm.report.sections.comparison import comparison, sentences

ATTACK = "<script>alert(1)</script>"


def two_fits() -> dict[str, bg.Fit]:
    fit = count_fit()
    model = bg.Model("events ~ sex", fit.design.given, family="poisson", exposure="time")
    return {"groups": fit, f"flat {ATTACK}": make_fit(model, {"Intercept": np.log(1.5e-3)})}


def material(fit: bg.Fit) -> Material:
    return Material(fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)


def test_no_comparison_no_section():
    assert comparison(material(count_fit())) is None


def test_sentences_are_those_of_the_table():
    fits = two_fits()
    found = bg.compare(fits)
    section = comparison(replace(material(fits["groups"]), comparison=found))
    assert section.title == "Comparison of models"
    shown = found.table.formatted().iloc[1]
    (sentence,) = sentences(found.table)
    assert shown["difference"] in sentence
    assert shown["verdict"] in sentence
    assert sentence in unescape(section.body)
    assert ATTACK not in section.body
    assert section.body.count("<svg") == 1


def test_a_report_shows_it(tmp_path):
    fits = two_fits()
    path = fits["groups"].report(tmp_path / "r.html", comparison=bg.compare(fits, unit="row"))
    assert "Comparison by leaving out 96 rows, one at a time" in path.read_text(encoding="utf-8")


def test_a_fit_that_failed_is_named():
    fits = two_fits()
    diverging = np.zeros((4, 500), dtype=bool)
    diverging[0, :9] = True
    fits["groups"] = with_statistics(fits["groups"], diverging=diverging)
    note = bg.compare(fits).table.notes[0]
    assert note.startswith("'groups': The fit has NOT converged")
