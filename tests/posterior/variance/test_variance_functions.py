"""Families whose variance is no quadratic of the mean: moments and shares stay exact.

An inverse Gaussian has the variance ``m^3 / lambda``, a Tweedie distribution ``phi m^p``; here a
family of the project has its variance exchanged, and closed forms of lognormal means are the
second opinion.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.families import find_family
from bayesglmm.families.variance import PowerVariance
from bayesglmm.posterior.estimands.moments import moments
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.variance import variance

ETA, V, SCALE = 0.4, 0.36, 0.5
ROWS = pd.DataFrame({"y": np.arange(12.0) + 1, "g": np.repeat(list("abcd"), 3)})


def posterior_of(power: float) -> Posterior:
    """A log-link model with the variance ``sigma^2 m^power``, all draws alike."""
    model = bg.Model("y ~ 1 + (1 | g)", ROWS, link="log")
    known = {"Intercept": ETA, "1|g_sigma": np.sqrt(V), "sigma": SCALE}
    fit = make_fit(model, known, noise=0)
    coefficients = PowerVariance(lambda _, parameters: {power: np.square(parameters["sigma"])})
    family = replace(find_family("gaussian"), variance=coefficients)
    design = replace(fit.design, spec=replace(fit.design.spec, family=family))
    return Posterior(design, fit.draws)


def expected(power: float) -> tuple[float, float]:
    """Mean variance of a response over new groups, and the variance of its mean."""
    below = SCALE**2 * np.exp(power * ETA + power**2 * V / 2)
    return below, np.exp(2 * ETA + V) * np.expm1(V)


@pytest.mark.parametrize("power", [1.6, 2, 3])
def test_moments(power):
    table = moments(posterior_of(power), pd.DataFrame({"unused": [0.0]}))
    found = table.frame.set_index("")["median"]["variance, row 0"]
    assert found == pytest.approx(sum(expected(power)), rel=1e-10)


@pytest.mark.parametrize("power", [1.6, 2, 3])
def test_share_between_groups(power):
    frame = variance(posterior_of(power)).frame.set_index("quantity")
    below, between = expected(power)
    assert frame.loc["VPC, g", "median"] == pytest.approx(between / (between + below))
