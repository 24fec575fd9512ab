"""Prose with planted mistakes: percentages, an interval, a rate of the wrong size; Word too."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit, normal_fit
from report.test_lint import IRR, PROSE
from report.test_lint import fit as published_fit  # noqa: F401 - a fixture

import bayesglmm as bg
from bayesglmm.report.manuscript import read_manuscript


@pytest.fixture(scope="module")
def ohio() -> bg.Fit:
    """The ratios and rates of the case study of lung cancer, nearly without error."""
    place = np.arange(120)
    rows = pd.DataFrame(
        {
            "deaths": 40 + place % 7,
            "people": 1e5,
            "sex": np.array(["male", "female"])[place % 2],
            "county": np.array(["Adams", "Holmes", "Scioto"])[place % 3],
        }
    )
    model = bg.Model(
        "deaths ~ sex + (1 | county)",
        rows,
        family="poisson",
        exposure="people",
        per=100_000,
        reference={"sex": "male"},
    )
    known = {"Intercept": np.log(41.2e-5), "sex[female]": np.log(0.332), "1|county_sigma": 0.2}
    effects = {"1|county": {"Adams": 0.3, "Holmes": -0.6}}
    return make_fit(model, known, effects, noise=1e-4)


def verdicts(fit: bg.Fit, text: str) -> list[str]:
    return [claim.verdict for claim in fit.lint(text).claims]


RIGHT = (
    "Women died at a rate 66.8% lower than men (female: rate ratio 0.332, 95% CrI 0.332 to 0.332). "
    "The baseline rate was 41.2 per 100,000 person-years."
)
MISTAKES = {
    "a percentage": ("66.8%", "68.8%"),
    "an interval": ("0.332 to 0.332)", "0.332 to 0.432)"),
    "a thousandth of the rate": ("41.2 per", "0.0412 per"),
    "a thousand times the rate": ("41.2 per", "41,200 per"),
}


@pytest.mark.parametrize(("right", "wrong"), MISTAKES.values(), ids=MISTAKES)
def test_each_planted_mistake_is_found(ohio, right, wrong):
    text = RIGHT.replace("Women died", "For female subjects, they died")
    assert right in text
    assert "DIFFERS" not in verdicts(ohio, text)
    assert verdicts(ohio, text.replace(right, wrong)).count("DIFFERS") == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The baseline rate was 4.12 per 10,000.", ["agrees"]),
        ("The baseline rate was 41.2 (41.2 to 41.2) per 100,000.", ["agrees"]),
        ("The baseline rate was 41.2 (30 to 50) per 100,000.", ["DIFFERS"]),
        ("In Adams 0.041 deaths per 100,000 were seen.", ["DIFFERS"]),
        ("A rate of 38 per 100,000 has been seen elsewhere.", ["not read"]),
        ("A rate of 0.041 per 100,000 was reported.", ["DIFFERS"]),
        ("The baseline rate was 41.2 per 100 000.", ["agrees"]),
        ("The baseline rate was 16 per 100\u202f000.", ["DIFFERS"]),
        ("The baseline rate was 412 per million.", ["agrees"]),
        ("The baseline rate was 412 per 1 million people.", ["agrees"]),
        ("The baseline rate was 412 000 per billion.", ["agrees"]),
        ("In county 4 the rate was 900 per million.", ["not read"]),
        ("In county 4 the rate was 9,000 per million.", ["DIFFERS"]),
        ("For female subjects the RR is 0.332, the baseline 41.2 per 100 000.", ["agrees"] * 2),
        ("Of 100,000 people 41 died.", []),
        ("For female subjects the odds fell by 66.8 % (66.8 % to 66.8 %), lower.", ["agrees"]),
        ("For female subjects rates were 66.8 % lower (60 to 70).", ["DIFFERS"]),
    ],
)
def test_rates_and_intervals(ohio, text, found):
    assert verdicts(ohio, text) == found


def test_a_rate_of_another_size_says_which_there_are(ohio):
    (claim,) = ohio.lint("A rate of 0.041 per 100,000 was reported.").wrong
    low, high = re.fullmatch(r"([\d.]+) to ([\d.]+) per 100,000", claim.right).groups()
    assert float(low) < float(high) < 100


def test_a_model_without_rates_reads_none():
    assert verdicts(normal_fit(), "The mean was 0.041 per 100,000.") == []


def test_a_word_document_is_read_like_a_text(published_fit, tmp_path):  # noqa: F811
    docx = pytest.importorskip("docx")
    document = docx.Document()
    first, *others = PROSE.splitlines()
    for line in others:
        document.add_paragraph(line)
    document.add_table(rows=1, cols=1).cell(0, 0).text = first
    document.save(str(tmp_path / "paper.docx"))
    text = read_manuscript(tmp_path / "paper.docx")
    assert len(published_fit.lint(text).wrong) == 5
    assert {claim.label for claim in published_fit.lint(text).wrong} < set(IRR)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.md", None, "There is no manuscript"),
        ("latin.md", b"\xe9\xff", "is no text in UTF-8"),
        ("not.docx", b"not a zip file", "is no Word document"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(bg.BayesglmmError, match=words):
        read_manuscript(tmp_path / name)


def test_the_table_counts_rates_too():
    shown = repr(count_fit().lint("The baseline rate was 3 per 100,000 time."))
    assert "1 differ" in shown
