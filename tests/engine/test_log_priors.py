"""Priors in compiled code: against their densities, and against the graph."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from kernel_maker import compile_graph, graph_point
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.engine.kernel.log_priors import log_prior, prior_row
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.sample import beyond_kernel
from bayesglmm.families import DISTRIBUTIONS
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.written import Changes

IG, GAMMA = bg.Prior("InverseGamma", alpha=1.5, beta=0.7), bg.Prior("Gamma", alpha=2.0, beta=3.0)
PRIORS = [
    bg.Prior("Normal", mu=0.3, sigma=1.5),
    bg.Prior("StudentT", nu=3, mu=0.2, sigma=1.3),
    bg.Prior("Cauchy", alpha=0.1, beta=2),
    bg.Prior("Laplace", mu=-0.1, b=1.2),
    bg.Prior("HalfNormal", sigma=1.3),
    bg.Prior("HalfStudentT", nu=4, sigma=1.2),
    bg.Prior("HalfCauchy", beta=1.5),
    bg.Prior("Exponential", lam=1.7),
    GAMMA,
    IG,
    bg.Prior("LogNormal", mu=0.2, sigma=0.7),
    bg.Prior("Beta", alpha=2.5, beta=1.5),
    bg.Prior("Uniform", lower=0, upper=1),
    bg.Prior("Flat"),
    bg.Prior("HalfFlat"),
]
OF_POWERS = [
    make(prior)
    for make in (bg.Variance, bg.Precision)
    for prior in PRIORS
    if "positive" in prior.supports
]


def test_every_distribution_is_here():
    single = {row.name for row in DISTRIBUTIONS if not row.joint}
    assert {prior.name for prior in PRIORS} | {"LKJ"} == single


@pytest.mark.parametrize("prior", [*PRIORS, *OF_POWERS], ids=repr)
def test_value_and_slope_are_those_of_the_density(prior):
    row, constant = prior_row(prior)
    inside = prior.name == "Uniform" and prior.of == "precision"
    for x in (1.2, 3.0) if inside else (0.07, 0.4, 0.96):
        value, slope = log_prior(row, x)
        assert value + constant == pytest.approx(float(prior.log_density(np.float64(x))), rel=1e-12)
        step = 1e-5
        ends = [float(prior.log_density(np.float64(x + h))) for h in (-step, step)]
        assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-6, abs=1e-7)


def rows() -> pd.DataFrame:
    rng = generator(31)
    x = rng.normal(2.0, 1.0, size=60)
    return pd.DataFrame({"y": x + rng.normal(size=60), "x": x, "g": np.repeat(list("abcdef"), 10)})


@pytest.mark.parametrize(
    ("priors", "factors"),
    [
        ({"g": bg.Variance(IG), "sigma": bg.Precision(GAMMA)}, (2, -2)),
        ({"g": bg.Precision(GAMMA), "sigma": bg.Variance(bg.Prior("HalfFlat"))}, (-2, 2)),
        ({"Intercept": bg.Prior("Flat"), "slopes": bg.Prior("Flat")}, (1, 1)),
        ({"sd": bg.Prior("HalfFlat"), "sigma": bg.Prior("HalfFlat")}, (1, 1)),
        ({"Intercept": bg.AtZero(bg.Prior("Normal", mu=1, sigma=3))}, (1, 1)),
    ],
    ids=str,
)
def test_the_kernel_has_the_density_of_the_graph(priors, factors):
    """The graph's free variable is the log of the variance, twice the log of the sd."""
    model = bg.Model("y ~ x + (1 | g)", rows(), priors=priors)
    forms = {name: Parametrization(False, "") for name in model.forms}
    graph = compile_graph(build_graph(model.design, model.priors, forms))
    target = make_target(model.design, model.priors)
    names = ("1|g_sigma", "sigma")
    said = {name: model.priors[name].prior for name in names}
    shift = sum(math.log(abs(factor)) for factor in factors)
    for number in (1, 2):
        vector = 0.4 * generator(number).normal(size=target.coordinates.size)
        point = graph_point(model.design, target.coordinates, vector)
        for name, factor in zip(names, factors, strict=True):
            of = f"_{said[name].of}" if factor != 1 else ""
            point[f"{name}{of}_log__"] = factor * point.pop(f"{name}_log__")
        value, gradient = target.density(vector)
        expected, parts = graph(point)
        assert value == pytest.approx(expected + shift, rel=1e-9)
        for place, (name, factor) in enumerate(zip(names, factors, strict=True)):
            of = f"_{said[name].of}" if factor != 1 else ""
            own = (0, target.coordinates.theta - 1)[place]
            assert gradient[own] == pytest.approx(factor * parts[f"{name}{of}_log__"], rel=1e-8)


@pytest.mark.parametrize(
    ("priors", "what"),
    [
        ({"g": bg.Prior("Uniform", lower=0, upper=5)}, "sd(1|g)"),
        ({"x": bg.Prior("Uniform", lower=-1, upper=3)}, "x"),
        ({"g": bg.Variance(bg.Prior("Uniform", lower=0, upper=5))}, "sd(1|g)"),
    ],
    ids=str,
)
def test_a_prior_with_walls_is_left_to_the_graph(priors, what):
    model = bg.Model("y ~ x + (1 | g)", rows(), priors=priors)
    reason = beyond_kernel(model.design, model.priors, Changes())
    assert reason == f"the prior of {what} ends at bounds"


def test_flat_priors_give_least_squares():
    """Without priors of coefficients and with 1/sigma of sigma, the posterior mean is OLS."""
    data = rows()
    flat = {"Intercept": bg.Prior("Flat"), "slopes": bg.Prior("Flat")}
    fit = bg.Model("y ~ x", data, priors=flat).fit(ess=2000, seed=seed(3), progress=False)
    slope, intercept = np.polyfit(data["x"], data["y"], 1)
    found = fit.draws.posterior
    for name, expected in (("x", slope), ("Intercept", intercept)):
        draws = found[name].to_numpy()
        error = draws.std() / math.sqrt(1000)
        assert abs(draws.mean() - expected) < 6 * error
