"""bambi's opinion: by another process, in time, and told as it is."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
from posterior_maker import binary_fit, count_fit, normal_fit

from bayesglmm.crosscheck import DensityComparison
from bayesglmm.families import FAMILIES, LINKS
from bayesglmm.report import Material
from bayesglmm.report import second_opinion as module
from bayesglmm.report.second_opinion import Opinion, ask_opinion, form_opinion
from bayesglmm.report.sections.independent import independent


def section(opinion, fit=None) -> str:
    fit = fit or normal_fit()
    parts = (fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)
    return independent(Material(*parts, opinion=opinion)).body


@pytest.mark.slow
def test_the_other_process_says_what_this_one_would():
    fit = normal_fit()
    opinion = ask_opinion(fit.design, fit.priors, fit.forms)
    assert opinion() == opinion() == form_opinion(fit)
    assert opinion().comparison.agree
    shown = section(opinion)
    assert "agree, so both programs mean the same posterior; bambi drew nothing from it" in shown
    assert "gradient" in shown


def test_what_bambi_cannot_say_is_told_without_a_process(monkeypatch):
    monkeypatch.setattr(module.subprocess, "run", None)
    fit = count_fit()
    opinion = ask_opinion(fit.design, fit.priors, fit.forms)
    assert opinion().comparison is None
    assert "bambi has no correlated group effects" in section(opinion)


def test_a_model_that_would_fill_the_memory_of_bambi_is_not_asked_of_it(monkeypatch):
    monkeypatch.setattr(module.subprocess, "run", None)
    fit = binary_fit()
    effects = sum(len(g.levels) * len(g.columns) for g in fit.design.predictor.groups)
    monkeypatch.setattr(module, "MOST_CELLS", fit.design.n * effects - 1)
    opinion = ask_opinion(fit.design, fit.priors, fit.forms)
    assert f"a matrix of {fit.design.n} rows by {effects} group effects" in section(opinion)


def test_an_answer_that_does_not_come_is_told(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    fit = binary_fit()
    opinion = ask_opinion(fit.design, fit.priors, fit.forms)
    assert "gave no answer" in section(opinion)


def test_a_disagreement_is_loud():
    found = DensityComparison(3, 0.5, 1e-12, "x", 1e-9)
    assert "DISAGREE" in section(lambda: Opinion(found))


def test_not_asked_for():
    assert "the check was not asked for" in section(None)


def test_what_the_user_added_is_not_compared():
    fit = normal_fit()
    run = replace(fit.draws.run, extensions=("extra",))
    fit = replace(fit, draws=replace(fit.draws, run=run))
    found = DensityComparison(3, 0.0, 1e-12, "x", 1e-9)
    assert "added to the graph by hand" in section(lambda: Opinion(found), fit)


@pytest.mark.parametrize("thing", [*FAMILIES, *LINKS], ids=str)
def test_families_and_links_travel_as_themselves(thing):
    assert pickle.loads(pickle.dumps(thing)) is thing
