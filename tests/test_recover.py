"""Simulate with known parameters, fit, and find them again, for every family."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from scipy.special import logit
from scipy.stats import binom
from seeds import CHANCE, bound, generator, seed
from twins import OTHERS

import bayesglmm as bg
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.engine.likelihoods import LIKELIHOODS
from bayesglmm.families import FAMILIES, find_family
from bayesglmm.simulation import possible_responses

EXTRA = {"gaussian": {"sigma": 0.8}, "negative_binomial": {"alpha": 3.0}}

CASES = {
    "gaussian": ("y ~ x * f + (1 | g)", {}),
    "bernoulli": ("y ~ x * f + (1 | g)", {}),
    "binomial": ("p(y, n) ~ x * f + (1 | g)", {}),
    "negative_binomial": ("y ~ x * f + (1 | g)", {"exposure": "time"}),
}
"""Of the likelihoods that are fused. Poisson is recovered with correlated slopes, from the shared
simulation; every other family, whose likelihood is compiled by itself, in slow tests."""

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


NORMAL = {
    "real": np.asarray,
    "positive": np.log,
    "unit": logit,
    "one to two": lambda power: logit(power - 1),
    "correlation": np.arctanh,
}
"""On which scale the posterior of each support is nearly normal."""


def check(fit: bg.Fit, truth: dict[str, float]) -> None:
    """The truth is as far from the posterior mean as the posterior says, its Monte Carlo error too.

    The mean of a posterior of many data scatters about the truth by the sd of the posterior (the
    theorem of Bernstein and von Mises), and the estimate of that mean by its Monte Carlo error.
    """
    mixed(fit)
    items = model_parameters(fit.design, PARAMETERS)
    numbers = sum(len(item.labels) for item in items)
    ess = min(one.value for one in fit.verdict.checks if one.name == "bulk ESS")
    for item in items:
        scale = NORMAL[item.support]
        for label, values in zip(item.labels, fit.draws.flat(item.variable).T, strict=True):
            draws, known = scale(values), scale(truth[label])
            error = draws.std() * np.sqrt(1 + 1 / ess)
            assert abs(draws.mean() - known) < bound(numbers) * error, label


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


LEVELS = ["low", "some", "most", "all"]
OTHER = [family for family in FAMILIES if family.name not in {*CASES, "poisson"}]
"""Families that the cases above do not have."""


def truth_of(model: bg.Model) -> dict[str, float]:
    """A value for every parameter: those of `twins.OTHERS`, and one for each role or support."""
    by_support = {"positive": 1.5, "unit": 0.3, "real": 0.4, "one to two": 1.6}
    found: dict[str, float] = {}
    for item in model_parameters(model.design, PARAMETERS):
        usual = {"sd": 0.5, "fixed": 0.4}.get(item.role, by_support[item.support])
        found |= {label: OTHERS.get(label, usual) for label in item.labels}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", [family.name for family in OTHER])
def test_known_parameters_of_every_other_family_are_recovered(name: str):
    family = find_family(name)
    left = "p(y, n)" if family.support.many_trials else "y"
    labels = {"y": LEVELS} if family.support.categories else None
    spec = bg.specify(f"{left} ~ x + (1 | g)", family=name, labels=labels)
    rows = make_rows().assign(x=lambda data: (data["x"] - 3) / 2)
    empty = bg.Model(spec, rows.assign(y=possible_responses(spec, len(rows))))
    truth = truth_of(empty)
    simulation = bg.simulate(spec, rows, truth, seed=seed(18))
    check(bg.Model(spec, simulation.data).fit(seed=seed(4), progress=False), truth)


def test_every_family_is_covered():
    assert {family.name for family in FAMILIES} == {*CASES, "poisson", *(f.name for f in OTHER)}
    assert {likelihood.family for likelihood in LIKELIHOODS} == {*CASES, "poisson"}
