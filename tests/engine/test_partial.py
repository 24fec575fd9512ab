"""The kernel's rows that are censored, truncated, weighted or have known errors: as the graph."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kernel_maker import central_differences, compile_graph, flat_gradient, graph_point
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.kernel.likelihood_calls import evaluate_rows
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.likelihoods import find_general
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization


def make_rows() -> pd.DataFrame:
    """Responses of all kinds, and what may be known of them instead."""
    rng = generator(9)
    n = 60
    z = rng.normal(size=n)
    between = rng.uniform(size=n) < 0.3
    return pd.DataFrame(
        {
            "x": rng.choice([-1.2, 0.3, 2.0], n),
            "g": rng.choice(list("abcd"), n),
            "t": rng.choice([1.0, 3.0], n),
            "z": z,
            "how": rng.choice(["none", "left", "right"], n),
            "lost": rng.integers(0, 2, n),
            "open": np.where(between, np.nan, z),
            "low": np.where(between, z - 0.7, np.nan),
            "high": np.where(between, z + rng.choice([0.4, np.nan], n), np.nan),
            "c": rng.poisson(4.0, n) + 1,
            "b": rng.integers(0, 2, n),
            "k": rng.integers(0, 4, n),
            "s": rng.uniform(0.2, 1.5, n),
            "v": rng.uniform(0.2, 3.0, n),
            "d": rng.weibull(1.5, n) + 0.05,
        }
    )


DATA = make_rows()
CASES = {
    "left and right": ("censored(z, how) ~ x + (1 | g)", {}),
    "one side": ("censored(z, 'right', lost) ~ x", {"sigma": "~ x"}),
    "between": ("censored(open, low, high) ~ x + (1 | g)", {}),
    "log link": ("censored(z, how) ~ x", {"link": "log"}),
    "truncated": ("truncated(z, -3, 4) ~ x + (1 | g)", {}),
    "truncated below": ("truncated(z, -3) ~ x", {"sigma": "~ x"}),
    "known errors": ("z ~ x + (1 | g)", {"se": "s"}),
    "both errors": ("z ~ x + (1 | g)", {"se": "s", "sigma": "~ 1"}),
    "both errors, one by a formula": ("z ~ x", {"se": "s", "sigma": "~ x + (1 | g)"}),
    "both errors, censored": ("censored(z, how) ~ x", {"se": "s", "sigma": "~ 1"}),
    "both errors, truncated": ("truncated(z, None, 5) ~ x", {"se": "s", "sigma": "~ 1"}),
    "counts on the right": (
        "censored(c, 'right', lost) ~ x + (1 | g)",
        {"family": "poisson", "exposure": "t"},
    ),
    "counts on both sides": ("censored(c, how) ~ x", {"family": "negative_binomial"}),
    "counts, a shape by a formula": (
        "censored(c, how) ~ x + (1 | g)",
        {"family": "negative_binomial", "alpha": "~ x"},
    ),
    "suppressed counts, a shape by a formula": (
        "suppressed(masked, 3, 5) ~ x",
        {"family": "negative_binomial", "alpha": "~ x"},
    ),
    "counts without 0": (
        "truncated(c, 1) ~ x + (1 | g)",
        {"family": "negative_binomial", "exposure": "t"},
    ),
    "counts between": ("truncated(c, 1, 30) ~ x", {"family": "poisson", "link": "sqrt"}),
    "weighted gaussian": ("z ~ x + (1 | g)", {"survey_weights": "v"}),
    "weighted sigma": ("z ~ x", {"survey_weights": "v", "sigma": "~ x"}),
    "weighted bernoulli": ("b ~ x + (1 | g)", {"survey_weights": "v", "family": "bernoulli"}),
    "weighted binomial": ("p(k, 4) ~ x", {"survey_weights": "v", "family": "binomial"}),
    "weighted poisson": (
        "c ~ x + (1 | g)",
        {"survey_weights": "v", "family": "poisson", "exposure": "t"},
    ),
    "weighted negative binomial": (
        "c ~ x + (1 | g)",
        {"survey_weights": "v", "family": "negative_binomial", "exposure": "t"},
    ),
    "weighted alpha": (
        "c ~ x",
        {"survey_weights": "v", "family": "negative_binomial", "alpha": "~ x"},
    ),
}
for family, options in {
    "exponential": {},
    "weibull": {"shape": "~ x"},
    "lognormal": {"sigma": "~ x"},
}.items():
    CASES |= {
        f"{family} on both sides": ("censored(d, how) ~ x + (1 | g)", {"family": family}),
        f"{family} truncated": ("truncated(d, 0.04, 6) ~ x", {"family": family} | options),
    }
CENTERS = {"log link": 0.5, "counts between": 2.0, "counts on the right": 1.5}
"""Added to the intercept: the graph loses digits of counts far above their means."""


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_density_and_gradient_are_those_of_the_graph(case):
    formula, options = CASES[case]
    data = DATA.assign(masked=DATA["c"].where(~DATA["c"].between(3, 5)))
    model = bg.Model(formula, data, **options)
    target = make_target(model.design, model.priors)
    forms = {name: Parametrization(False, "") for name in model.forms}
    graph = compile_graph(build_graph(model.design, model.priors, forms))
    for seed in (1, 2):
        vector = 0.4 * generator(seed).normal(size=target.coordinates.size)
        vector[target.coordinates.theta] += CENTERS.get(case, 0.0)
        value, gradient = target.density(vector)
        expected, parts = graph(graph_point(model.design, target.coordinates, vector))
        assert value == pytest.approx(expected, rel=1e-9)
        slopes = flat_gradient(model.design, target.coordinates, parts)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-8, atol=1e-9)


DURATIONS = [
    ("exponential", ("log",)),
    ("exponential", ("identity",)),
    ("weibull", ("log", "log")),
    ("weibull", ("identity", "log")),
    ("lognormal", ("log", "log")),
]


@pytest.mark.parametrize(("family", "links"), DURATIONS)
def test_durations_known_by_bounds_have_the_density_of_the_family(family, links):
    """Left, right and between, on rows that are truncated, against the family's own, and slopes."""
    likelihood, own = find_general(family, links, partial=True), find_family(family)
    every = [find_link(name) for name in links]
    y = np.array([0.3, 0.0, 1.2, 0.7, 2.5, 0.4])
    upper = np.array([0.3, 0.8, np.inf, 1.9, 2.5, 0.41])
    rows = Rows(
        y, upper=upper, least=np.full(6, -np.inf), most=np.array([np.inf, 4, np.inf, 5, 3, np.inf])
    )
    eta = np.abs(0.5 + 0.3 * generator(2).normal(size=(6, len(links)))) + 0.1

    def expected(by):
        moved = eta + by
        others = {
            item.name: link.inverse(column)
            for item, link, column in zip(own.others, every[1:], moved[:, 1:].T, strict=True)
        }
        return own.log_density(every[0], moved[:, 0], rows, others)

    statistics = likelihood.summarise(rows, np.zeros(6), np.arange(6), 6)
    value, score, _ = evaluate_rows(likelihood, statistics, eta.ravel(), 1.0)
    at = expected(np.zeros(len(links)))
    assert value + statistics.constant == pytest.approx(at.sum(), rel=1e-10)
    slopes = central_differences(expected, np.zeros(len(links)))
    np.testing.assert_allclose(score.reshape(6, -1), slopes, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("far", [-300.0, 300.0])
@pytest.mark.parametrize("family", ["exponential", "weibull", "lognormal"])
def test_durations_far_out_are_finite_or_impossible(family, far):
    links = ("log",) if family == "exponential" else ("log", "log")
    likelihood = find_general(family, links, partial=True)
    rows = Rows(np.array([0.0, 2.0]), upper=np.array([1.0, np.inf]), least=None, most=None)
    statistics = likelihood.summarise(rows, np.zeros(2), np.arange(2), 2)
    for place in range(len(links)):
        eta = np.zeros((2, len(links)))
        eta[:, place] = far
        value, score, _ = evaluate_rows(likelihood, statistics, eta.ravel(), 1.0)
        assert value <= 0
        assert np.isfinite(score).all()
