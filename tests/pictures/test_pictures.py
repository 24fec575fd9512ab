"""Pictures of a fit: those of the report, or a word on why there is none."""

from __future__ import annotations

import pytest
from posterior_maker import count_fit, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.report import Material, material_of
from bayesglmm.report.sections.effects import effects
from bayesglmm.report.sections.groups import groups


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


def test_they_are_the_pictures_of_the_report():
    fit = count_fit()
    assert fit.ratio_plot().svg in effects(material(fit)).body
    shown = groups(material(fit)).body
    assert fit.shrinkage_plot("site").svg in shown
    assert fit.rank_plot("site").svg in shown


@pytest.mark.parametrize("formula", ["y ~ 1", "y ~ 0 + f"])
def test_what_cannot_be_drawn_is_said(formula):
    rows = normal_fit().design.data
    bare = make_fit(bg.Model(formula, rows.assign(f=["a", "b"] * (len(rows) // 2))))
    with pytest.raises(bg.BayesglmmError, match="no fixed effects"):
        bare.ratio_plot()
    assert "<svg" not in effects(material(bare)).body
    with pytest.raises(bg.BayesglmmError, match="site"):
        count_fit().rank_plot("sit")


def test_counts_without_exposure_are_not_called_rates():
    def of(**options: object) -> bg.Fit:
        rows = count_fit().design.data
        return make_fit(
            bg.Model("events ~ sex * x + (1 | site)", rows, family="poisson", **options)
        )

    counts, rates = of(), of(exposure="time")
    assert counts.design.measure.long == "ratio of counts"
    assert counts.ratios().caption == "Fixed effects: ratio of counts"
    shown = " ".join(
        [counts.ratio_plot().description, repr(counts.table()), counts.ranef("site").notes[-1]]
    )
    assert "incidence" not in shown
    assert "is a ratio of ratios of counts." in repr(counts.ratios())
    assert "is a ratio of incidence-rate ratios." in repr(rates.ratios())
    assert "incidence-rate ratio" in rates.ratio_plot().description
