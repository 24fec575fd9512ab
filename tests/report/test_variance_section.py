"""The section on variance quotes its table, and is left out where nothing is shared."""

from __future__ import annotations

import pytest
from posterior_maker import binary_fit, count_fit, normal_fit

import bayesglmm as bg
from bayesglmm.posterior.variance import partition
from bayesglmm.report import Material, material_of
from bayesglmm.report.sections.variance import between_groups, sentences, variance


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


@pytest.mark.parametrize(
    ("make", "factor", "ratio", "what"),
    [
        (count_fit, "site", "median rate ratio", "rate"),
        (binary_fit, "ID", "median odds ratio", "odds"),
        (lambda: binary_fit(link="cloglog"), "ID", "median hazard ratio", "hazard"),
    ],
)
def test_sentences_quote_the_table(make, factor, ratio, what):
    fit = make()
    found = partition(fit.posterior)
    printed = found.table.formatted().set_index("quantity")
    words = " ".join([*between_groups(fit.design, found), *sentences(found)])
    for label in (f"ICC, {factor}", f"VPC, {factor}", "R², marginal", "R², conditional"):
        row = printed.loc[label]
        assert f"{row['median']} ({row['lower']} to {row['upper']})" in words
    row = printed.loc[f"{ratio}, {factor}"]
    assert f"the higher {what} has, in the median, {row['median']} (" in words
    assert ("These shares hold for a response with an exposure of" in words) == (what == "rate")


def test_the_section_is_there_where_there_are_groups():
    assert variance(material(normal_fit())) is None
    section = variance(material(count_fit()))
    assert section.title == "Variance partition"
    assert "site + year" in section.body


def test_plain_counts_have_no_rates():
    words = str(variance(material(count_fit(exposure=None, per=1))).body)
    assert "the one with the higher expected count has" in words
    assert "higher rate" not in words
