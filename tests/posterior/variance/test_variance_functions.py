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
from twins import OTHERS, TWINS

import bayesglmm as bg
from bayesglmm.families import Rows, find_family
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


def small_fit(family: str, **options: str) -> bg.Fit:
    """Responses of four groups, other parameters as in `twins`."""
    chosen = find_family(family)
    rows = ROWS.assign(y=ROWS["y"] / 13 if chosen.support.fraction else ROWS["y"], n=20)
    response = "p(y, n)" if chosen.takes_trials else "y"
    known = {"Intercept": ETA, "1|g_sigma": np.sqrt(V)}
    known |= {item.name: OTHERS[item.name] for item in chosen.others if item.name not in options}
    model = bg.Model(f"{response} ~ 1 + (1 | g)", rows, family=family, **options)
    return make_fit(model, known, noise=0)


@pytest.mark.parametrize("family", ["gamma", "exponential", "weibull", "lognormal"])
def test_the_variance_of_a_log_is_exact(family):
    """Of SciPy's quantiles, evenly spaced; tails are cut at 1e-6, which costs 1e-3 at most."""
    frame = small_fit(family).variance().frame.set_index("quantity")
    twin = TWINS[family](1.0, Rows(None), OTHERS)
    logs = np.log(twin.ppf((np.arange(500_000) + 0.5) / 500_000))
    below = frame.loc["variance, log of a response", "median"]
    assert below == pytest.approx(logs.var(), rel=2e-3)
    assert frame.loc["ICC, g", "median"] == pytest.approx(V / (V + below), rel=1e-9)


@pytest.mark.parametrize("family", ["inverse_gaussian", "beta", "beta_binomial"])
def test_where_the_literature_has_no_latent_variance_there_is_none(family):
    table = small_fit(family).variance()
    assert not any(name.startswith("ICC") for name in table.frame["quantity"])
    assert any("Not defined: ICC and R² on the latent scale" in note for note in table.notes)
    assert "VPC, g" in set(table.frame["quantity"])


def test_a_log_whose_variance_differs_between_groups_has_no_one_variance():
    table = small_fit("gamma", alpha="~ (1 | g)").variance()
    assert any("differs between groups, with alpha" in note for note in table.notes)
    table = small_fit("lognormal", sigma="~ (1 | g)").variance()
    assert any("does not exist where sigma differs" in note for note in table.notes)
