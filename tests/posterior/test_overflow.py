"""Extreme draws: what is beyond double precision is infinite or missing, and never a warning."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, with_posterior

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior

ROWS = 24


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(1)  # a worked example
    place = np.arange(ROWS)
    return pd.DataFrame(
        {
            "x": rng.normal(size=ROWS),
            "f": np.array(list("ab"))[place % 2],
            "g": place // 4,
            "time": rng.uniform(1, 5, size=ROWS),
            "count": rng.poisson(2, size=ROWS),
            "ill": place % 3 % 2,
        }
    )


MODELS = {
    "poisson": ("count ~ x + f + (1 + x | g)", {"family": "poisson", "exposure": "time"}),
    "identity": ("count ~ x + f + (1 | g)", {"family": "poisson", "link": "identity"}),
    "logit": ("ill ~ x + f + (1 | g)", {"family": "bernoulli"}),
    "cloglog": ("ill ~ x + f + (1 | g)", {"family": "bernoulli", "link": "cloglog"}),
    "gaussian": ("count ~ x + f + (1 | g)", {"family": "gaussian", "link": "log"}),
}

CALLS = {
    "ratios": lambda fit: fit.ratios(),
    "fixef": lambda fit: fit.fixef(),
    "ranef": lambda fit: fit.ranef("g"),
    "table": lambda fit: fit.table(),
    "typical": lambda fit: fit.predictions(),
    "observed": lambda fit: fit.avg_predictions(re="observed", by="f"),
    "integrated": lambda fit: fit.predictions(fit.grid(x=[0, 1]), re="integrate"),
    "comparisons": lambda fit: fit.avg_comparisons(["x", "f"], re="integrate"),
    "slopes": lambda fit: fit.avg_slopes("x"),
    "cells": lambda fit: fit.cells(),
    "rates": lambda fit: fit.group_rates("g"),
    "own rates": lambda fit: fit.group_rates("g", over="own"),
    "interval": lambda fit: fit.population_interval("g"),
    "variance": lambda fit: fit.variance(),
    "predict": lambda fit: fit.predict(),
    "moments": lambda fit: fit.moments(fit.grid(x=[0, 1]).assign(time=2.0)),
    "strata": lambda fit: fit.poststratify(fit.grid(x=[0, 1]).assign(N=1, g=2), weights="N"),
}


def extreme(fit: bg.Fit) -> bg.Fit:
    """Some draws of coefficients far from 0, and of standard deviations from 1e-300 to 8."""
    found = {}
    for name, known in fit.draws.posterior.data_vars.items():
        if "cholesky" in name or "_cor" in name:
            continue
        values = known.to_numpy().copy()
        if name.endswith("_sigma") or name == "sigma":
            values[0, :20], values[1, :20], values[2, :20] = 8, 1e-200, 1e-300
        else:
            values[0, :20] += 800
            values[1, :20] -= 800
            values[2, :10] += 1e155
            values[3, :10] *= 1e-200
        found[str(name)] = values
    return with_posterior(fit, found)


@pytest.fixture(scope="module", params=MODELS)
def fits(request):
    formula, options = MODELS[request.param]
    model = bg.Model(formula, rows(), **options)
    fit = make_fit(model, draws=100)
    return fit, extreme(fit)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_extreme_draws_overflow_in_silence(fits, call):
    for fit in fits:
        with np.errstate(all="raise"):  # as all="warn" with warnings as errors, and more
            assert repr(call(fit))


@pytest.mark.slow
def test_checks_of_extreme_draws_overflow_in_silence(fits):
    with np.errstate(all="raise"):
        assert repr(fits[1].checks())


@pytest.mark.parametrize("family", ["poisson", "negative_binomial", "bernoulli", "gaussian"])
def test_wide_priors_overflow_in_silence(family):
    name = "ill" if family == "bernoulli" else "count"
    wide = {"x": Prior("Normal", mu=0, sigma=1000)}
    link = {"link": "log"} if family == "gaussian" else {}
    model = bg.Model(f"{name} ~ x + (1 | g)", rows(), family=family, priors=wide, **link)
    with np.errstate(all="raise"):
        assert repr(model.prior_predictive())


def test_what_overflows_is_printed_as_infinite():
    model = bg.Model("count ~ x", rows(), family="poisson")
    fit = make_fit(model, {"Intercept": 1.0, "x": 800.0}, draws=100)
    shown = fit.ratios().formatted().set_index("").loc["x"]
    assert shown["IRR"] == "∞"


def test_groups_that_scatter_beyond_double_precision_are_refused():
    fit = make_fit(bg.Model("ill ~ x + (1 | g)", rows(), family="bernoulli"), draws=100)
    shape = fit.draws.posterior["1|g_sigma"].shape
    wide, wider = (with_posterior(fit, {"1|g_sigma": np.full(shape, sd)}) for sd in (1e100, 1e200))
    with pytest.raises(SpecError, match=r"standard deviation of 1e\+100 on the link scale"):
        wide.moments(pd.DataFrame({"x": [0.0, 1.0]}))
    with pytest.raises(SpecError, match="too large for double precision"):
        bg.compare({"a": wider, "b": wider}, unit="group")
