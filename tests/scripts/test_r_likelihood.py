"""Scripts of lme4 and glmmTMB, run: their maximum likelihood is that of this package."""

from __future__ import annotations

from typing import Any

import pytest
from scripts_made import DATA, run_r

import bayesglmm as bg

POISSON: dict[str, Any] = {"family": "poisson"}

LME4: dict[str, tuple[str, dict[str, Any]]] = {
    "slopes": ("score ~ x*f + (1 + x | g)", {}),
    "counts": ("count ~ x + f + (1 | g) + (1 | h)", POISSON | {"exposure": "births"}),
    "nested": ("p(won, trials) ~ x + (1 | g/h)", {"family": "binomial"}),
    "labels": ("died ~ I(x**2) + log(`age at birth`) + (1 | g)", {"family": "bernoulli"}),
    "weights": ("score ~ scale(x) + C(f, Sum) + (1 + x || h)", {"weights": "times"}),
}

GLMMTMB: dict[str, tuple[str, dict[str, Any]]] = {
    "shape": ("count ~ x + (1 | g)", {"family": "negative_binomial", "alpha": "~ x"}),
    "one": ("count ~ x + f + (1 | g)", {"family": "nbinom1", "reference": {"f": "mid"}}),
    "zeros": ("zeros ~ x + (1 | g)", {"family": "zero_inflated_poisson", "zi": "~ f"}),
    "hurdle": ("zeros ~ x", {"family": "hurdle_poisson"}),
    "sigma": ("score ~ x + (1 | g)", {"sigma": "~ x"}),
    "gamma": ("time ~ x + center(`age at birth`) + (1 | g)", {"family": "gamma"}),
    "beta": ("part ~ bs(x, df=4)", {"family": "beta"}),
    "apart": ("score ~ 0 + f + (1 + f || g)", {}),
    "probit": ("p(won, trials) ~ x + (1 | g/h)", {"family": "binomial", "link": "probit"}),
    "rows": ("count ~ x + offset(log(births)) + (1 | obs())", POISSON),
}

LOOK = {
    "lme4": "out <- list(estimates = as.list(fixef(fit)), ll = as.numeric(logLik(fit)))",
    "glmmTMB": ("out <- list(estimates = as.list(fixef(fit)$cond), ll = as.numeric(logLik(fit)))"),
}


@pytest.mark.parametrize(
    ("tool", "models"),
    [("lme4", LME4), pytest.param("glmmTMB", GLMMTMB | LME4, marks=pytest.mark.slow)],
)
def test_maximum_likelihood_is_the_same(tool, models, tmp_path):
    made = {name: bg.Model(formula, DATA, **how) for name, (formula, how) in models.items()}
    found = run_r(tmp_path, {name: one.code(tool) for name, one in made.items()}, LOOK[tool])
    for name, model in made.items():
        ours, theirs = model.ml(), found[name]
        assert theirs["ll"] == pytest.approx(ours.loglik, abs=2e-3), name
        named = dict(zip(ours.labels, ours.estimates, strict=True))
        fixed = model.design.predictor.fixed
        known = [named[one] for one in (*["Intercept"] * fixed.intercept, *fixed.names)]
        assert sorted(theirs["estimates"].values()) == pytest.approx(sorted(known), abs=2e-3), name


def test_two_chances_are_not_one_formula_of_zeros():
    model = bg.Model("part ~ x", DATA, family="zero_one_inflated_beta")
    with pytest.raises(bg.BayesglmmError, match="glmmTMB has no zero_one_inflated_beta family"):
        model.code("glmmTMB")
