"""Pictures of a fit by name: those of the report, or a word on why there is none."""

from __future__ import annotations

import pytest
from posterior_maker import count_fit, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.report import Material
from bayesglmm.report.sections.effects import effects
from bayesglmm.report.sections.groups import groups


def test_they_are_the_pictures_of_the_report():
    fit = count_fit()
    material = Material(fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)
    assert fit.picture("ratios").svg in effects(material).body
    shown = groups(material).body
    assert fit.picture("shrinkage", "site").svg in shown
    assert fit.picture("ranks", "site").svg in shown


def bare_fit() -> bg.Fit:
    return make_fit(bg.Model("y ~ 1", normal_fit().design.data))


@pytest.mark.parametrize(
    ("make", "asked", "words"),
    [
        (count_fit, ("rank", "site"), "ranks"),
        (count_fit, ("ranks",), "factor"),
        (count_fit, ("ranks", "sit"), "site"),
        (bare_fit, ("ratios",), "no fixed effects"),
    ],
)
def test_what_cannot_be_drawn_is_said(make, asked, words):
    with pytest.raises(bg.BayesglmmError, match=words):
        make().picture(*asked)
