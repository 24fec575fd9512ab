"""Scripts of brms: brms takes them, with our columns, and has every prior for a parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scripts_made import DATA, run_r

import bayesglmm as bg
from bayesglmm.scripts import Script

STATUS = np.where(DATA["lost"] == 1, "right", np.where(DATA["x"] > 1, "left", "none"))
BOUNDS = {"low": DATA["time"] * 0.9, "high": DATA["time"] * 1.2}
MASKED = DATA.assign(
    count=DATA["count"].where(DATA["count"] > 2),
    x2=DATA["age at birth"],
    status=STATUS,
    between=DATA["time"].where(DATA["lost"] == 0),
    **BOUNDS,
)

MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "slopes": (
        "score ~ x*f + poly(x2, 2) + (1 + x | g)",
        {"sigma": "~ scale(x) + (1 | h)"},
    ),
    "apart": ("log(score + 20) ~ C(f, Sum)*x + (1 + f || g)", {"family": "student_t"}),
    "across": ("score ~ I(x**2) + (1 |p| g)", {"sigma": "~ (1 |p| g)"}),
    "shape": (
        "count ~ center(x) + bs(x2, df=4) + (1 | g/h)",
        {"family": "negative_binomial", "exposure": "births", "alpha": "~ x", "missing": "drop"},
    ),
    "masked": ("suppressed(count, 1, 2) ~ x + (1 | obs())", {"family": "poisson"}),
    "status": ("censored(time, status) ~ x", {"family": "weibull"}),
    "between": ("censored(between, low, high) ~ x", {"family": "lognormal"}),
    "truncated": (
        "truncated(time, 0.01, None) ~ x",
        {"family": "gamma", "priors": {"alpha": bg.Prior("Uniform", lower=0, upper=50)}},
    ),
    "trials": ("p(won, trials) ~ T(f, 'mid')", {"family": "beta_binomial"}),
    "zeros": ("zeros ~ x", {"family": "zero_inflated_poisson", "zi": "~ f"}),
    "hurdle": ("zeros ~ x", {"family": "hurdle_negative_binomial"}),
    "known": ("score ~ x", {"se": "spread"}),
    "beside": ("score ~ x", {"se": "spread", "sigma": "~ 1"}),
    "weights": ("died ~ x", {"family": "bernoulli", "survey_weights": "weight"}),
    "at zero": (
        "score ~ x",
        {"priors": {"Intercept": bg.AtZero(bg.Prior("Normal", sigma=9)), "x": bg.Prior("Flat")}},
    ),
    "flat": (
        "score ~ x",
        {"priors": {"Intercept": bg.Prior("Flat"), "sigma": bg.Prior("HalfFlat")}},
    ),
}

LOOK = """
standata <- make_standata(formula, data, family, priors)
written <- make_stancode(formula, data, family, priors)
dimnames <- colnames(standata$X)
out <- list(X = as.data.frame(standata$X), sigma = as.data.frame(standata$X_sigma),
            code = as.character(written), Y = standata$Y, cens = standata$cens,
            upper = standata$rcens, weights = standata$weights)
"""


def without_fit(script: Script) -> Script:
    """The script with the family by itself in place of the fit."""
    text, _, call = script.text.partition("fit <- brm(formula, data = data, family = ")
    return Script(script.tool, f"{text}family <- {call.partition(')')[0]})\n", script.data, ".R")


@pytest.mark.slow
def test_brms_makes_the_same_columns_and_takes_every_prior(tmp_path):
    made = {name: bg.Model(formula, MASKED, **how) for name, (formula, how) in MODELS.items()}
    scripts = {name: without_fit(model.code("brms")) for name, model in made.items()}
    found = run_r(tmp_path, scripts, LOOK)
    for name, model in made.items():
        fixed, rows = model.design.predictor.fixed, found[name]["X"]
        theirs = np.array(
            [[value for key, value in row.items() if key != "Intercept"] for row in rows]
        )
        np.testing.assert_allclose(
            np.sort(theirs, axis=1), np.sort(fixed.values, axis=1), atol=1e-8, err_msg=name
        )
    for name in ("masked", "status", "between"):
        rows, theirs = made[name].design.rows, found[name]
        assert np.equal(theirs["cens"], 0).tolist() == rows.known.tolist(), name
        inside = np.equal(theirs["cens"], 2)
        counts = name == "masked"
        assert np.allclose(np.array(theirs["Y"])[inside], rows.y[inside] - counts)
        assert np.allclose(np.array(theirs["upper"])[inside], rows.upper[inside])
    assert np.allclose(found["weights"]["weights"], made["weights"].design.rows.weight)
    assert "lb[n]" in found["truncated"]["code"]
    assert "ub" not in found["truncated"]["code"]


def test_a_script_of_brms():
    model = bg.Model(
        "count ~ x + (1 | g)",
        DATA,
        family="negative_binomial",
        exposure="births",
        priors={"x": bg.Prior("StudentT", nu=3, sigma=1), "g": bg.Prior("Exponential", lam=2)},
    )
    text = model.code("brms").text
    assert "count ~ x + offset(log(births)) + (1 | g)" in text
    assert 'set_prior("student_t(3, 0, 1)", class = "b", coef = "x")' in text
    assert 'set_prior("exponential(2)", class = "sd", coef = "Intercept", group = "g")' in text
    assert 'set_prior("inv_gamma(0.4, 0.3)", class = "shape")' in text
    assert 'brmsfamily("negbinomial", link = "log")' in text
