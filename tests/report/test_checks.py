"""Checks together: which panels a response has, and that text from data stays text."""

from __future__ import annotations

import re

import pytest
from posterior_maker import binary_fit, count_fit, count_rows, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.posterior.checks import replicated
from bayesglmm.report import blocks as pieces
from bayesglmm.report.checks import make_checks
from bayesglmm.report.html import html as html_of
from bayesglmm.tables import table

ATTACK = "<script>alert(1)</script>"

TITLES = {
    "counts": (
        count_fit,
        "Statistics of the data, Dispersion, Counts, Means by site, Means by year, LOO-PIT, "
        "New groups",
    ),
    "binary": (
        binary_fit,
        "Statistics of the data, Calibration, Means by ID, LOO-PIT, New groups",
    ),
    "normal": (normal_fit, "Statistics of the data, LOO-PIT"),
}


@pytest.mark.parametrize(("make", "titles"), TITLES.values(), ids=TITLES)
def test_panels(make, titles):
    checks = make().checks()
    assert ", ".join(checks.tables) == titles
    assert set(checks.pictures) == set(checks.tables) - {"New groups", "Dispersion"}
    text = repr(checks)
    for title in checks.tables:
        assert title in text
    html = checks._repr_html_()
    assert html.count("<svg") == len(checks.pictures)
    assert html_of(checks.blocks()).count("<figcaption>") == len(checks.pictures) + len(
        checks.tables
    )
    assert not re.search(r"\bnan\b", text)


def test_text_from_data_stays_text():
    rows = count_rows()
    rows["site"] = rows["site"].replace("site A", ATTACK)
    fit = make_fit(bg.Model("events ~ 1 + (1 | site)", rows, family="poisson"), noise=0.02)
    checks = fit.checks()
    for html in (checks._repr_html_(), str(html_of(checks.blocks()))):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_the_same_checks_twice():
    assert count_fit().checks()._repr_html_() == count_fit().checks()._repr_html_()


def test_memory_is_bounded(monkeypatch):
    """Rows times replicates; a table of very many groups shows its first and last ones."""
    monkeypatch.setattr(replicated, "MOST_CELLS", 0)
    monkeypatch.setattr(pieces, "MOST_ROWS", 3)
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    fit = count_fit()
    assert len(replicated.replicate(fit.posterior).drawn) == replicated.FEWEST
    body = html_of(make_checks(fit.posterior).blocks())
    assert "The first and last 1 of" in body
