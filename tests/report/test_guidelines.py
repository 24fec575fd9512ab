"""Reporting standards: points that are tested, points that are filled in, and those left open."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from posterior_maker import count_fit, count_rows, make_fit

import bayesglmm as bg
from bayesglmm.posterior.priors.sensitivity import Sensitivity, sensitivity
from bayesglmm.posterior.priors.verdicts import VERDICTS
from bayesglmm.report import make_sections, material_of
from bayesglmm.report.guidelines import FILLED, HELD, OPEN, STANDARDS, hold
from bayesglmm.report.guidelines.point import INTERACTIONS, REFITS
from bayesglmm.report.material import Section
from bayesglmm.tables import Table

POINTS = {"barg": 29, "robust": 7, "wambs": 10, "strobe": 32, "sampl": 19}


@pytest.fixture(scope="module")
def sections() -> tuple[Section, ...]:
    return make_sections(material_of(count_fit()))


def test_every_point_has_a_number_of_its_own_and_few_words():
    assert {name: len(one.points) for name, one in STANDARDS.items()} == POINTS
    for one in STANDARDS.values():
        numbers = [point.number for point in one.points]
        assert len(numbers) == len(set(numbers))
        assert all(len(point.what) < 70 for point in one.points)
        assert any(year in one.source for year in ("2005", "2007", "2013", "2017", "2021"))


def test_every_test_names_a_section_that_there_is(sections):
    anchors = {section.anchor for section in sections}
    for one in STANDARDS.values():
        assert {point.anchor for point in one.points} - {""} <= anchors


def test_a_report_holds_what_only_the_analyst_need_not_say(sections):
    """All that is open are slots, or need refits or an interaction, which this report has not."""
    review = hold((), sections, {})
    slots = {
        f"{name} {point.number}"
        for name, one in STANDARDS.items()
        for point in one.points
        if not point.anchor or point.words in (REFITS, INTERACTIONS)
    }
    assert set(review.open) == slots
    found = {one.standard: one.total - len(one.open) for one in review.checklists}
    assert found["ROBUST"] == 7
    assert "ROBUST: 7 of 7 points." in repr(review)


ADDITIVE = "events ~ sex + x"
INTERACTING = "events ~ sex * x"
OF_REFITS = {"barg 5A", "barg 5C", "sampl Bayes 7", "wambs 7", "wambs 9"}
OF_INTERACTIONS = {"strobe 12b", "sampl regression 7"}


def refitted(posterior, priors) -> Sensitivity:
    """What refits would have found."""
    frame = pd.DataFrame({"": ["x"], "when priors are": ["all twice as wide"]})
    frame["verdict"] = VERDICTS[0]
    return replace(sensitivity(posterior, priors), verdicts=Table(frame, "Verdicts"))


@pytest.mark.parametrize(
    ("formula", "refits", "left"),
    [
        (ADDITIVE, False, OF_REFITS | OF_INTERACTIONS),
        (ADDITIVE, True, OF_INTERACTIONS),
        (INTERACTING, False, OF_REFITS),
        (INTERACTING, True, set()),
    ],
)
def test_what_was_not_done_stays_open(formula, refits, left):
    fit = make_fit(bg.Model(formula, count_rows(), family="poisson", exposure="time", per=100_000))
    made = material_of(fit)
    if refits:
        made = replace(made, sensitivity=refitted(made.posterior, made.priors))
    opened = set(hold((), make_sections(made), {}).open)
    assert opened & (OF_REFITS | OF_INTERACTIONS) == left
    assert "strobe 12e" not in opened  # power-scaling is a sensitivity analysis


@pytest.mark.parametrize("anchor", ["priors", "convergence", "data", "sensitivity"])
def test_a_section_that_is_missing_opens_its_points(sections, anchor):
    whole = set(hold((), sections, {}).open)
    less = [section for section in sections if section.anchor != anchor]
    opened = set(hold((), less, {}).open) - whole
    assert opened
    assert opened <= {
        f"{name} {point.number}"
        for name, one in STANDARDS.items()
        for point in one.points
        if point.anchor == anchor
    }


def test_notes_fill_points(sections):
    notes = {"wambs 3": "Run twice as long, the same.", "WAMBS 6": "Yes."}
    notes |= {"wambs 7": "Refitted.", "wambs 9": "Refitted."}
    (found,) = hold(["WAMBS"], sections, notes).checklists
    assert found.open == ()
    assert found.sentence() == "WAMBS: 10 of 10 points."
    frame = found.table.frame.set_index("point")
    assert frame.loc["3", "settled"] == FILLED
    assert frame.loc["3"].iloc[-1] == "Run twice as long, the same."
    assert frame.loc["1"].tolist()[1:] == [HELD, "Priors"]
    (empty,) = hold(["wambs"], sections, {}).checklists
    assert empty.table.frame.set_index("point").loc["3", "settled"] == OPEN
    assert empty.open == ("wambs 3", "wambs 6", "wambs 7", "wambs 9")


@pytest.mark.parametrize(
    ("standards", "notes", "words"),
    [
        (("consort",), None, "reporting standard 'consort'"),
        ((), {"barg 9Z": "x"}, "barg 9Z"),
        ((), {"barg 4A": " "}, "Write what you say of it"),
        ((), ["barg 4A"], "is no dictionary"),
    ],
)
def test_what_no_standard_has_is_refused(standards, notes, words):
    with pytest.raises(bg.BayesglmmError, match=words):
        count_fit().check(*standards, notes=notes)


def test_the_filled_checklist_is_the_appendix(tmp_path):
    fit = count_fit()
    notes = {"robust 1": "As in the protocol."}
    path = fit.report(tmp_path / "r.html", check=("robust", "barg"), notes=notes)
    html = path.read_text(encoding="utf-8")
    assert "ROBUST: 7 of 7 points." in html
    assert "As in the protocol." in html
    assert html.index('id="contents"') < html.index('id="standards"')
    plain = fit.report(tmp_path / "p.html").read_text(encoding="utf-8")
    assert 'id="standards"' not in plain
