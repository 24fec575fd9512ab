"""The methods paragraph and the checklist of standards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from markupsafe import escape
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from report.test_page import failed_fit

import bayesglmm as bg
from bayesglmm.crosscheck import DensityComparison
from bayesglmm.engine import make_settings
from bayesglmm.engine.r_hat import bounds_among
from bayesglmm.report import Material, material_of
from bayesglmm.report.document import make_sections
from bayesglmm.report.methods import methods
from bayesglmm.report.resolution import shortfalls
from bayesglmm.report.second_opinion import Opinion
from bayesglmm.report.sections.independent import independent
from bayesglmm.report.standards import CHECKLIST, checklist
from bayesglmm.tables.intervals import intervals

EXPECTED = {
    count_fit: (
        "All 96 rows of the data were used. The response, events, was modelled by a Bayesian",
        "Poisson with log link, with time as exposure (rates are per 100,000 time)",
        "(reference levels: sex female)",
        "correlated intercept and x by site (6 levels); intercept by year (4 levels)",
        "All priors were weakly informative defaults",
        "4 chains of 150 warm-up and 500 kept draws",
        "there were 0 divergences",
        "posterior medians with 95 % equal-tailed credible intervals",
    ),
    binary_fit: ("a Bayesian generalised linear mixed model", "for the probability of ill"),
    normal_fit: ("a Bayesian generalised linear model, Gaussian with identity link",),
    failed_fit: ("The fit has NOT converged", "there were 3 divergences"),
}


def sampled(fit, ess: int = 400):
    """The fit as one that was asked for an effective sample size."""
    settings = replace(fit.draws.settings, ess=ess, draws=None)
    return replace(fit, draws=replace(fit.draws, settings=settings))


def test_a_model_without_spread_has_its_methods():
    """A Poisson model without groups has a table of ratios, and none of standard deviations."""
    rows = pd.DataFrame({"y": [0, 1, 3, 2, 4, 3], "x": [0.0, 1, 2, 3, 4, 5]})
    made = material(make_fit(bg.Model("y ~ x", rows, family="poisson")))
    assert "Poisson with log link" in methods(made)[0]
    assert [table.frame.columns[1] for table in made.tables] == ["IRR"]


def material(fit) -> Material:
    return material_of(fit)


@pytest.fixture(scope="module")
def counts():
    """Material and sections of `count_fit`."""
    made = material(count_fit())
    return made, make_sections(made)


@pytest.mark.parametrize("make", EXPECTED)
def test_what_was_done_is_said(make, counts):
    text = " ".join(methods(counts[0] if make is count_fit else material(make())))
    for words in EXPECTED[make]:
        assert words in text, words


AIM = "until every parameter and group effect had a bulk and tail effective sample size of 1,000"
TIME = "the time allowed by max_minutes= ran out"
USER = "interrupted by the user"


@pytest.mark.parametrize(
    ("asked", "stopped", "sentence"),
    [
        ({}, "", f"Sampling went on {AIM}, and on for the digits of the fixed effects."),
        ({"ess": 1000}, "", f"Sampling went on {AIM}."),
        ({}, TIME, f"Sampling was to go on {AIM}, but the run ended before that: {TIME}."),
        ({}, USER, f"Sampling was to go on {AIM}, but the run ended before that: {USER}."),
        ({"draws": 500}, "", "The number of draws was fixed beforehand, at 500 a chain."),
        (
            {"draws": 2000},
            USER,
            "The number of draws was fixed beforehand, at 2,000 a chain, but the run ended before "
            f"that: {USER}.",
        ),
    ],
)
def test_why_sampling_ended_is_told_as_it_was(asked, stopped, sentence):
    fit = normal_fit()
    run, settings = replace(fit.draws.run, stopped=stopped), make_settings(progress=False, **asked)
    ended = replace(fit, draws=replace(fit.draws, run=run, settings=settings))
    assert sentence in methods(material(ended))[1]


def test_every_table_meets_the_claim_or_is_named(monkeypatch):
    """Rates of groups and the partition rest on thinned draws where rows are many."""
    monkeypatch.setattr("bayesglmm.posterior.profiles.FEWEST", 100)
    monkeypatch.setattr("bayesglmm.posterior.profiles.BUDGET", 10_000)
    made = material(sampled(count_fit()))
    text = " ".join(methods(made))
    assert "Over all parameters and group effects the largest R-hat was" in text
    asked = "below 400 or an R-hat above its bound (1.01, more for one of very many groups): "
    named = text.partition(asked)[2]
    for table in made.tables:
        frame = table.frame
        if "ess_bulk" not in frame:
            continue
        least = frame[["ess_bulk", "ess_tail"]].min().min()
        bounds = 1.01
        if "level" in frame:
            bounds = bounds_among(frame["ess_bulk"].to_numpy(), 4)
        short = least < 400 or (frame["r_hat"] > bounds).any()
        assert (f"{table.caption} (effective" in named) == short, table.caption
    assert "Rate per 100,000 time by site (effective sample size" in named


def test_numbers_without_diagnostics_are_named(counts):
    """All that has an interval and no effective sample size beside it."""
    text = methods(counts[0])[1]
    named = text.partition("with the digits that their Monte Carlo error supports: ")[2]
    for table in counts[0].tables:
        columns = [str(name) for name in table.frame if not str(name).startswith("mcse_")]
        found = list(intervals(columns))
        silent = found if "ess_bulk" not in columns else found[1:]
        if "ess_bulk" not in columns:
            assert (table.caption in named) == bool(silent), table.caption
        else:
            assert (f"beside the {found[0]}" in named) == bool(silent)
    assert "rate difference beside the IRR" in named


@pytest.mark.parametrize(("r_hat", "named"), [(1.0107, False), (1.03, True)])
def test_numbers_of_thousands_of_groups_have_the_bound_of_the_verdict(r_hat, named):
    """Of 4,114 effects at an effective size of 1,000 chance gives the largest R-hat 1.0226."""
    rows = pd.DataFrame({"y": np.tile([0.0, 1.0, 2.0], 10), "g": np.repeat(np.arange(10), 3)})
    made = material(sampled(make_fit(bg.Model("y ~ 1 + (1 | g)", rows)), ess=100))
    found = made.groups["g"]
    many = found.effects.frame.loc[np.arange(4114) % 10].reset_index(drop=True)
    many = many.assign(ess_bulk=1000.0, ess_tail=1000.0, r_hat=1.0)
    many.loc[7, "r_hat"] = r_hat
    made.groups["g"] = replace(found, effects=replace(found.effects, frame=many))
    assert any("Group effects of g (" in text for text in shortfalls(made)) == named


def test_sections_show_the_tables_that_are_judged(counts):
    made, sections = counts
    page = "".join(section.body for section in sections)
    captions = [table.caption for table in made.tables]
    assert len(captions) >= 9
    assert all(escape(caption) in page for caption in captions)


def test_a_report_holds_every_item_of_the_standards(counts):
    made, sections = counts
    found = checklist(made, sections).frame
    assert set(found.loc[found["here"] == "NO", "item"]) == {CHECK}  # it was not asked for
    assert len(found) == len(CHECKLIST)
    assert sections[-1].anchor == "contents"
    assert f"Missing: {CHECK}." in sections[-1].body


CHECK = "independent check of the program"


@pytest.mark.parametrize(
    ("opinion", "here"),
    [
        (None, "NO"),
        (Opinion(None, "bambi has no such family."), "NO"),
        (Opinion(DensityComparison(5, 1e-12, 1e-11, "x", 1e-9)), "yes"),
        (Opinion(DensityComparison(5, 0.1, 0.2, "x", 1e-9)), "yes"),
    ],
)
def test_an_independent_check_is_there_when_it_was_made(counts, opinion, here):
    made = replace(counts[0], opinion=opinion and (lambda: opinion))
    found = checklist(made, [independent(made)]).frame.set_index("item")["here"]
    assert found[CHECK] == here


def test_what_is_missing_is_told():
    made = material(normal_fit())
    sections = [section for section in make_sections(made) if section.anchor != "priors"]
    bare = [
        replace(section, blocks=section.blocks[1:]) if section.anchor == "data" else section
        for section in sections
    ]
    found = checklist(made, bare).frame.set_index("item")["here"]
    assert found["every prior with its reason"] == "NO"
    assert found["rows read, dropped and used"] == "NO"
    assert found["seed, settings, digest of the data"] == "yes"
    assert "rates per unit of exposure" not in found  # asked of rates only
