"""The section on priors: what is flat predicts nothing, what is absurd is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.report import material_of
from bayesglmm.report.sections.priors import priors


def flat_fit() -> bg.Fit:
    rng = np.random.default_rng(13)  # a worked example
    rows = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(10, 2, size=30)})
    said = {"Intercept": bg.Prior("Flat"), "x": bg.Difference(-3, 3)}
    return make_fit(bg.Model("y ~ x", rows, priors=said), {"Intercept": 10.0, "sigma": 2.0})


def test_a_flat_prior_predicts_nothing_and_the_section_says_so():
    body = priors(material_of(flat_fit())).body
    assert "The prior of Intercept is flat, which is no distribution" in body
    assert "90 % of differences in means lie between -3 and 3" in body
    assert "<svg" not in body


def test_a_flat_prior_cannot_be_drawn_from():
    fit = flat_fit()
    with pytest.raises(SpecError, match="prior of Intercept is flat"):
        bg.Model(fit.design.spec, fit.design.data).prior_predictive()
    assert "prior" not in fit.idata.children
    assert "log_prior" in fit.idata.children
    assert np.isfinite(fit.sensitivity().power.frame["all priors"]).all()


def test_what_is_left_to_the_absurd_is_told():
    body = priors(material_of(count_fit())).body
    assert "is left to the absurd" in body
