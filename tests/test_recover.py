"""Simulate with known parameters, fit, and find them again, for every family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from scipy.stats import binom
from seeds import CHANCE, bound, generator, seed

import bayesglmm as bg
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.likelihoods import LIKELIHOODS
from bayesglmm.families import FAMILIES

EXTRA = {"gaussian": {"sigma": 0.8}, "negative_binomial": {"alpha": 3.0}}

CASES = {
    "gaussian": ("y ~ x * f + (1 | g)", {}),
    "bernoulli": ("y ~ x * f + (1 | g)", {}),
    "binomial": ("p(y, n) ~ x * f + (1 | g)", {}),
    "negative_binomial": ("y ~ x * f + (1 | g)", {"exposure": "time"}),
}
"""The Poisson family is recovered with correlated slopes, from the shared simulation; those whose
likelihoods are not fused in slow tests of their own (families/test_recovered.py)."""

TRUTH = {
    "Intercept": -0.3,
    "x": 0.5,
    "f[b]": 0.7,
    "x:f[b]": -0.4,
    "1|g_sigma": 0.6,
}


def make_rows() -> pd.DataFrame:
    rng = generator(5)
    return pd.DataFrame(
        {
            "x": rng.normal(3, 2, size=700),
            "f": rng.choice(["a", "b"], size=700),
            "g": np.repeat(np.arange(35), 20),
            "n": rng.integers(1, 9, size=700),
            "time": rng.uniform(0.5, 5, size=700),
        }
    )


NORMAL = {"fixed": np.asarray, "sd": np.log, "cor": np.arctanh, "distributional": np.log}
"""On which scale the posterior of each role is nearly normal."""


def check(fit: bg.Fit, truth: dict[str, float]) -> None:
    """The truth is as far from the posterior mean as the posterior says, about 7 numbers a fit."""
    mixed(fit)
    for role, scale in NORMAL.items():
        for item in model_parameters(fit.design, (role,)):
            for label, values in zip(item.labels, fit.draws.flat(item.variable).T, strict=True):
                draws, known = scale(values), scale(truth[label])
                assert abs(draws.mean() - known) < bound(7) * draws.std(), label


@pytest.mark.parametrize("family", list(CASES))
def test_known_parameters_are_recovered(family: str):
    formula, options = CASES[family]
    spec = bg.specify(formula, family=family, **options)
    truth = TRUTH | EXTRA.get(family, {})
    simulation = bg.simulate(spec, make_rows(), truth, seed=seed(17))
    check(bg.Model(spec, simulation.data).fit(seed=seed(4), progress=False), truth)


def test_correlated_slopes_of_counts_are_recovered(slopes_simulation, slopes_fit: bg.Fit):
    check(slopes_fit, slopes_simulation.truth)


def test_group_effects_are_recovered(slopes_simulation, slopes_fit: bg.Fit):
    """With the mean that they scatter about: without it, one error would move all 40 intervals."""
    common = {"1|site": "Intercept", "x|site": "x"}
    for effect, truth in slopes_simulation.effects.items():
        draws = slopes_fit.draws.posterior[effect]
        levels = draws.coords[draws.dims[-1]].to_numpy()
        known = np.array([truth[level] for level in levels])
        known = known + slopes_simulation.truth[common[effect]]
        whole = draws + slopes_fit.draws.posterior[common[effect]]
        lower, upper = np.quantile(whole, [0.05, 0.95], axis=(0, 1))
        inside = ((lower <= known) & (known <= upper)).sum()
        assert inside >= binom.ppf(CHANCE / 2, 40, 0.9), effect


def test_every_family_is_covered():
    fused = {likelihood.family for likelihood in LIKELIHOODS}
    assert {family.name for family in FAMILIES} & fused == {*CASES, "poisson"}
