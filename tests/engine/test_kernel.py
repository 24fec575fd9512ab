"""The kernel's log density and gradient are those of the PyMC graph, for every kind of model."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pandas as pd
import pytest
from kernel_maker import (
    compile_graph,
    flat_gradient,
    general_likelihoods,
    graph_point,
    non_centred,
)
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.kernel.density import NOT_FINITE
from bayesglmm.engine.kernel.rows import CHUNK
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.likelihoods import GENERAL, LIKELIHOODS
from bayesglmm.engine.target import density_function
from bayesglmm.families import FAMILIES, find_family
from bayesglmm.families.distributions import DISTRIBUTIONS
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization

ROWS = 90
TOLERANCE = 1e-9


def make_rows() -> pd.DataFrame:
    """Rows that often repeat, so that there are fewer cells than rows."""
    rng = generator(8)
    size = rng.integers(4, 9, ROWS)
    return pd.DataFrame(
        {
            "x": rng.choice([-1.2, 0.3, 2.0], ROWS),
            "w": rng.choice([0.5, 1.5], ROWS),
            "f": rng.choice(["low", "mid", "high"], ROWS),
            "g": rng.choice(list("abcde"), ROWS),
            "h": rng.choice(["u", "v", "s"], ROWS),
            "births": rng.choice([20.0, 35.0, 50.0], ROWS),
            "size": size,
            "real": 3.0 + rng.normal(size=ROWS),
            "above": rng.gamma(2.0, 1.5, ROWS),
            "binary": rng.integers(0, 2, ROWS),
            "successes": rng.binomial(size, 0.4),
            "count": rng.poisson(3.0, ROWS) * rng.integers(0, 2, ROWS),
            "large": rng.poisson(40.0, ROWS),
            "time": rng.choice([0.4, 1.1, 2.5, 7.0], ROWS),
            "part": rng.choice([0.02, 0.3, 0.55, 0.97], ROWS),
            "some": 1 + rng.poisson(2.0, ROWS),
            "spent": rng.choice([0.0, 0.4, 2.5], ROWS),
            "category": rng.integers(1, 5, ROWS),
            "whole": rng.choice([0.0, 0.02, 0.3, 0.97, 1.0], ROWS),
        }
    )


DATA = make_rows()

RESPONSES = {
    "gaussian": "real",
    "bernoulli": "binary",
    "binomial": "p(successes, size)",
    "poisson": "count",
    "negative_binomial": "count",
    "nbinom1": "count",
    "gamma": "above",
    "generalized_poisson": "count",
    "student_t": "real",
    "exponential": "time",
    "weibull": "time",
    "lognormal": "time",
    "inverse_gaussian": "time",
    "tweedie": "spent",
    "beta": "part",
    "beta_binomial": "p(successes, size)",
    "ordered_beta": "whole",
    "zero_one_inflated_beta": "whole",
    "zero_inflated_poisson": "count",
    "zero_inflated_negative_binomial": "count",
    "zero_inflated_binomial": "p(successes, size)",
    "zero_truncated_poisson": "some",
    "zero_truncated_negative_binomial": "some",
    "hurdle_poisson": "count",
    "hurdle_negative_binomial": "count",
    "hurdle_gamma": "spent",
    "hurdle_lognormal": "spent",
}
OF_CATEGORIES = [family for family in FAMILIES if family.support.categories]
RESPONSES |= {family.name: "category" for family in OF_CATEGORIES}
EVERY = (*LIKELIHOODS, *general_likelihoods())
CENTERS = {"identity": 40.0, "sqrt": 6.0}
"""Where a count's mean is to be above 0 whatever the other parameters: place of the intercept."""

STRUCTURES = {
    "x": "no groups",
    "1": "an intercept alone",
    "x + (1 | g)": "one factor",
    "x + (1 + x | g)": "correlated",
    "f + (1 + x || g)": "uncorrelated",
    "x + (1 | g) + (1 | h)": "crossed",
    "x*f + (1 | h/g)": "nested",
    "(1 + x + f | g)": "four effects a group",
    "x + (0 + w | g) + (1 + x | g) + (1 | h)": "a block that is not the first of its factor",
    "0 + f + x + (0 + x | h)": "no intercept",
    "x + offset(log(w)) + (1 | g)": "an offset",
}

CASES: list[tuple[str, str, str, dict[str, Any]]] = [
    # every family and link in several structures, every structure in several families
    ("gaussian", "identity", "x", {}),
    ("gaussian", "identity", "x + (1 + x | g)", {}),
    ("gaussian", "identity", "0 + f + x + (0 + x | h)", {}),
    ("gaussian", "log", "1", {}),
    ("gaussian", "log", "x + offset(log(w)) + (1 | g)", {}),
    ("gaussian", "log", "x + (1 | g) + (1 | h)", {}),
    ("bernoulli", "logit", "x + (1 | g)", {}),
    ("bernoulli", "logit", "0 + f + x + (0 + x | h)", {}),
    ("bernoulli", "probit", "f + (1 + x || g)", {}),
    ("bernoulli", "probit", "x + offset(log(w)) + (1 | g)", {}),
    ("bernoulli", "cloglog", "1", {}),
    ("bernoulli", "cloglog", "x + (1 + x | g)", {}),
    ("binomial", "logit", "x*f + (1 | h/g)", {}),
    ("binomial", "logit", "(1 + x + f | g)", {}),
    ("binomial", "probit", "x", {}),
    ("binomial", "probit", "x + (1 | g) + (1 | h)", {}),
    ("binomial", "cloglog", "x + (0 + w | g) + (1 + x | g) + (1 | h)", {}),
    ("binomial", "cloglog", "x + (1 | g)", {}),
    ("poisson", "log", "x + (1 | g)", {"exposure": "births"}),
    ("poisson", "log", "(1 + x + f | g)", {"exposure": "births"}),
    ("poisson", "log", "x + offset(log(w)) + (1 | g)", {"exposure": "births"}),
    ("poisson", "log", "0 + f + x + (0 + x | h)", {}),
    ("poisson", "identity", "x*f + (1 | h/g)", {}),
    ("poisson", "identity", "x", {"exposure": "births"}),
    ("poisson", "sqrt", "x + (1 | g) + (1 | h)", {"exposure": "births"}),
    ("poisson", "sqrt", "x + (0 + w | g) + (1 + x | g) + (1 | h)", {}),
    ("negative_binomial", "log", "f + (1 + x || g)", {"exposure": "births"}),
    ("negative_binomial", "log", "x*f + (1 | h/g)", {}),
    ("negative_binomial", "log", "x + offset(log(w)) + (1 | g)", {"exposure": "births"}),
    ("negative_binomial", "identity", "x + (1 | g)", {"exposure": "births"}),
    ("negative_binomial", "identity", "f + (1 + x || g)", {}),
    ("negative_binomial", "sqrt", "x", {}),
    ("negative_binomial", "sqrt", "x + (1 + x | g)", {"exposure": "births"}),
    # a parameter beside the mean with a formula: every link, groups of one predictor, of both
    ("gaussian", "identity", "x", {"sigma": "~ w"}),
    ("gaussian", "identity", "x + (1 + x | g)", {"sigma": "~ f + (1 + x | g)"}),
    ("gaussian", "identity", "1", {"sigma": "~ x*f + (1 | h/g)"}),
    ("gaussian", "log", "x + (1 | g)", {"sigma": "~ 0 + f + offset(log(w)) + (0 + x | h)"}),
    ("gaussian", "log", "x + offset(log(w)) + (1 | g)", {"sigma": "~ (1 | h)"}),
    ("negative_binomial", "log", "x + (1 | g)", {"alpha": "~ x + (1 | h)", "exposure": "births"}),
    ("negative_binomial", "log", "f + (1 + x || g)", {"alpha": "~ 0 + f + (1 | g)"}),
    ("negative_binomial", "identity", "x", {"alpha": "~ w", "exposure": "births"}),
    ("negative_binomial", "sqrt", "x + (1 + x | g)", {"alpha": "~ x + (1 + w | g)"}),
    # general likelihoods: each parameter one number for all rows, and with a formula
    ("nbinom1", "log", "x + (1 | g)", {"exposure": "births"}),
    ("nbinom1", "log", "f + (1 + x || g)", {"alpha": "~ x + (1 | h)", "exposure": "births"}),
    ("nbinom1", "identity", "x + (1 | g) + (1 | h)", {"exposure": "births"}),
    ("nbinom1", "identity", "x", {"alpha": "~ w"}),
    ("nbinom1", "sqrt", "1", {}),
    ("nbinom1", "sqrt", "x + (1 |p| g)", {"alpha": "~ 0 + f + offset(log(w)) + (1 |p| g)"}),
    ("gamma", "log", "x + offset(log(w)) + (1 | g)", {}),
    ("gamma", "log", "x + (1 + x | g)", {"alpha": "~ x*f + (1 | h/g)"}),
    ("gamma", "identity", "x", {}),
    ("gamma", "identity", "x + (1 | g)", {"alpha": "~ w + (1 |p| g)"}),
    ("generalized_poisson", "log", "x + (1 | g)", {"exposure": "births"}),
    ("generalized_poisson", "log", "x + (1 |p| g)", {"alpha": "~ f + (1 |p| g)"}),
    ("generalized_poisson", "identity", "x", {"alpha": "~ w", "exposure": "births"}),
    ("generalized_poisson", "sqrt", "1", {}),
    ("student_t", "identity", "x + (1 + x | g)", {}),
    ("student_t", "identity", "x", {"sigma": "~ w + (1 | g)", "nu": "~ f"}),
    ("student_t", "log", "x + (1 |p| g)", {"nu": "~ x + (1 |p| g)"}),
    ("exponential", "log", "x + (1 | g) + (1 | h)", {}),
    ("exponential", "identity", "x", {}),
    ("weibull", "log", "x + (1 | g)", {}),
    ("weibull", "log", "x + (1 |p| g)", {"shape": "~ f + (1 |p| g)"}),
    ("weibull", "identity", "1", {"shape": "~ w"}),
    ("lognormal", "log", "x*f + (1 | h/g)", {}),
    ("lognormal", "log", "f + (1 + x || g)", {"sigma": "~ x + (1 | h)"}),
    ("inverse_gaussian", "log", "x + (1 | g)", {"shape": "~ w + (1 | g)"}),
    ("inverse_gaussian", "identity", "x", {}),
    ("tweedie", "log", "x + (1 | g)", {}),
    ("tweedie", "log", "x + (1 |p| g)", {"phi": "~ w + (1 |p| g)"}),
    ("tweedie", "log", "f", {"power": "~ x + (1 | h)"}),
    ("beta", "logit", "x + (1 | g)", {}),
    ("beta", "logit", "x + (1 + x | g)", {"phi": "~ f + (1 | g)"}),
    ("beta", "probit", "x + offset(log(w)) + (1 | g)", {"phi": "~ x"}),
    ("beta", "cloglog", "1", {}),
    ("beta_binomial", "logit", "x + (1 | g) + (1 | h)", {}),
    ("beta_binomial", "logit", "x + (1 |p| g)", {"phi": "~ w + (1 |p| g)"}),
    ("beta_binomial", "probit", "x", {"phi": "~ f"}),
    ("beta_binomial", "cloglog", "0 + f + x + (0 + x | h)", {}),
    ("ordered_beta", "logit", "x + (1 | g)", {}),
    ("ordered_beta", "logit", "x + (1 |p| g)", {"cutzero": "~ w + (1 |p| g)", "phi": "~ x"}),
    ("ordered_beta", "logit", "f", {"gap": "~ w + (1 | g)"}),
    ("zero_one_inflated_beta", "logit", "x + (1 | g)", {}),
    ("zero_one_inflated_beta", "logit", "x + (1 |p| g)", {"phi": "~ f", "zoi": "~ x + (1 |p| g)"}),
    ("zero_one_inflated_beta", "probit", "x", {"coi": "~ w + (1 | g)"}),
    ("zero_one_inflated_beta", "cloglog", "1", {}),
    ("zero_inflated_poisson", "log", "x + (1 | g)", {"exposure": "births"}),
    ("zero_inflated_poisson", "log", "x + (1 |p| g)", {"zi": "~ x*f + (1 + w |p| g) + (1 | h)"}),
    ("zero_inflated_negative_binomial", "log", "x", {"zi": "~ 1 + w + (1 | g)"}),
    ("zero_inflated_negative_binomial", "log", "(1 |p| g)", {"alpha": "~ x", "zi": "~ (1 |p| g)"}),
    ("zero_inflated_negative_binomial", "log", "1", {"exposure": "births"}),
    ("zero_inflated_binomial", "logit", "x + (1 | g)", {}),
    ("zero_inflated_binomial", "logit", "f + (1 + x || g)", {"zi": "~ 0 + f"}),
    ("zero_truncated_poisson", "log", "x + offset(log(w)) + (1 | g)", {}),
    ("zero_truncated_negative_binomial", "log", "x", {}),
    ("zero_truncated_negative_binomial", "log", "x + (1 | g)", {"alpha": "~ w"}),
    ("hurdle_poisson", "log", "x + (1 | g) + (1 | h)", {}),
    ("hurdle_poisson", "log", "x + (1 |p| g)", {"hu": "~ x + (1 |p| g)"}),
    ("hurdle_negative_binomial", "log", "x", {"alpha": "~ w"}),
    ("hurdle_negative_binomial", "log", "x + (1 | g)", {"hu": "~ w + (1 | h)"}),
    ("hurdle_gamma", "log", "x + (1 | g)", {}),
    ("hurdle_gamma", "log", "x", {"alpha": "~ w", "hu": "~ x + (1 | g)"}),
    ("hurdle_lognormal", "log", "x + (1 | g)", {"hu": "~ w"}),
    ("hurdle_lognormal", "log", "x", {"sigma": "~ w"}),
    # categories: in order, with and without a discrimination, and without an order
    ("cumulative", "logit", "x + (1 | g) + (1 | h)", {}),
    ("cumulative", "probit", "f + (1 + x || g)", {"disc": "~ x + (1 | h)"}),
    ("cumulative", "cloglog", "x", {"gap_2": "~ f"}),
    ("sequential", "logit", "x + (1 + x | g)", {}),
    ("sequential", "probit", "x", {"disc": "~ f"}),
    ("sequential", "cloglog", "1", {"step_3": "~ w + (1 | g)"}),
    ("adjacent", "logit", "x + offset(log(w)) + (1 | g)", {}),
    ("adjacent", "probit", "x", {"disc": "~ w"}),
    ("adjacent", "cloglog", "1", {}),
    ("categorical", "log", "x + (1 |p| g)", {"mu_3": "~ f + (1 |p| g)"}),
    # effects of several predictors, or of several terms of one, that share a name
    ("gaussian", "identity", "x + (1 + x |p| g)", {"sigma": "~ w + (1 |p| g)"}),
    ("gaussian", "identity", "x + (1 |p| g) + (1 | h)", {"sigma": "~ (1 + w |p| g) + (1 | h)"}),
    ("gaussian", "log", "(0 + w |q| g) + (1 |p| g)", {"sigma": "~ x + (x |p| g) + (w || h)"}),
    ("gaussian", "log", "(1 |p| g) + (0 + x |q| g)", {"sigma": "~ (1 |q| g) + (0 + w |p| g)"}),
    ("negative_binomial", "log", "x + (1 + x |p| g) + (1 | h)", {"alpha": "~ x + (1 |p| g)"}),
    ("negative_binomial", "sqrt", "(0 + f |p| g) + (1 |p| g)", {"alpha": "~ (1 |p| g)"}),
    ("poisson", "log", "(0 + x |p| g) + (1 |p| g) + (1 |q| h)", {"exposure": "births"}),
]

REAL_PRIORS = [
    bg.Prior("Normal", mu=0.3, sigma=1.5),
    bg.Prior("StudentT", nu=3, mu=0.2, sigma=1.3),
    bg.Prior("Cauchy", alpha=0.1, beta=2),
    bg.Prior("Laplace", mu=-0.1, b=1.2),
]
POSITIVE_PRIORS = [
    bg.Prior("HalfNormal", sigma=1.3),
    bg.Prior("HalfStudentT", nu=4, sigma=1.2),
    bg.Prior("HalfCauchy", beta=1.5),
    bg.Prior("Exponential", lam=1.7),
    bg.Prior("Gamma", alpha=2.5, beta=1.5),
    bg.Prior("InverseGamma", alpha=3, beta=2),
    bg.Prior("LogNormal", mu=0.2, sigma=0.7),
]
PRIORS = [
    {
        "Intercept": REAL_PRIORS[place % 4],
        "slopes": REAL_PRIORS[(place + 1) % 4],
        "sd": positive,
        scalar: POSITIVE_PRIORS[place - 3],
    }
    for place, (positive, scalar) in enumerate(
        zip(POSITIVE_PRIORS, ["alpha", "sigma"] * 4, strict=False)
    )
]
CORRELATIONS = [bg.Prior("LKJ", eta=eta) for eta in (1, 2, 5)]


def make_model(family: str, link: str, structure: str, **options: Any) -> bg.Model:
    response = "large" if link in CENTERS else RESPONSES[family]
    return bg.Model(f"{response} ~ {structure}", DATA, family=family, link=link, **options)


def make_graph(model: bg.Model, centered: bool) -> Any:
    forms = {name: Parametrization(centered, "") for name in model.forms}
    return build_graph(model.design, model.priors, forms)


def random_vector(model: bg.Model, target: Any, seed: int) -> np.ndarray:
    found = 0.4 * generator(seed).normal(size=target.coordinates.size)
    if model.design.predictor.fixed.intercept:
        found[target.coordinates.theta] += CENTERS.get(model.spec.link.name, 0.0)
    return found


def assert_same(model: bg.Model) -> None:
    """Density and gradient of kernel and graph are the same at two random points."""
    target = make_target(model.design, model.priors)
    graph = compile_graph(make_graph(model, centered=False))
    for seed in (1, 2):
        vector = random_vector(model, target, seed)
        value, gradient = target.density(vector)
        expected, parts = graph(graph_point(model.design, target.coordinates, vector))
        assert np.isfinite(expected)
        assert value == pytest.approx(expected, rel=TOLERANCE)
        np.testing.assert_allclose(
            gradient,
            flat_gradient(model.design, target.coordinates, parts),
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )


@pytest.mark.parametrize(("family", "link", "structure", "options"), CASES)
def test_density_and_gradient_are_those_of_the_graph(family, link, structure, options):
    assert_same(make_model(family, link, structure, **options))


@pytest.mark.parametrize("priors", PRIORS, ids=lambda priors: priors["sd"].name)
def test_every_prior(priors):
    family = "negative_binomial" if "alpha" in priors else "gaussian"
    link = "log" if "alpha" in priors else "identity"
    assert_same(make_model(family, link, "x + f + (1 + x || g)", priors=priors))


@pytest.mark.parametrize("prior", POSITIVE_PRIORS, ids=str)
def test_every_prior_of_a_number_that_has_a_linear_predictor(prior):
    assert_same(make_model("nbinom1", "log", "x", priors={"alpha": prior}))


@pytest.mark.parametrize("prior", CORRELATIONS, ids=str)
def test_correlations(prior):
    structure = "x + (1 + x + f | g) + (1 + x | h)"
    assert_same(make_model("poisson", "log", structure, priors={"cor": prior}))


def test_nothing_is_left_out_of_the_tables():
    pairs = {(likelihood.family, likelihood.link) for likelihood in EVERY}
    pairs |= {(family.name, link) for family in OF_CATEGORIES for link in family.links}
    assert {(family, link) for family, link, *_ in CASES} == pairs
    for name in {likelihood.family for likelihood in EVERY} & {*GENERAL}:
        numbers = {item.name for item in find_family(name).others}
        asked = [set(options) & numbers for family, *_, options in CASES if family == name]
        for parameter in numbers:
            assert len({parameter in some for some in asked}) == 2, (name, parameter)
    for structure in STRUCTURES:
        families = {family for family, _, other, _ in CASES if other == structure}
        assert len(families) >= 2, structure
    names = {prior.name for priors in PRIORS for prior in priors.values()}
    elsewhere = {"LKJ", "Beta", "Uniform", "Flat", "HalfFlat"}  # see test_log_priors
    elsewhere |= {"R2D2", "Horseshoe"}  # see graph/test_joint_slopes
    assert names | elsewhere == {row.name for row in DISTRIBUTIONS}


@pytest.mark.parametrize("structure", ["x + (1 | g) + (1 | h)", "f + (1 + x | g)"])
def test_many_cells_with_many_values(structure, monkeypatch):
    """Columns that are kept value by value, in more cells than are held at a time."""
    rng = generator(9)
    large = pd.concat([DATA] * 60, ignore_index=True)
    large["x"] += rng.normal(size=len(large))
    model = bg.Model(f"count ~ {structure}", large, family="poisson", exposure="births")
    assert make_target(model.design, model.priors).cells.count == len(large) > 5000
    assert_same(model)
    monkeypatch.setattr("bayesglmm.engine.compression.FEW", 10)
    assert_same(model)


@pytest.mark.parametrize("structure", ["x + f", "x + w + (1 + x | g) + (1 | h)"])
def test_many_cells_of_two_predictors(structure):
    """Patterns in the order of the cells and in any, in more cells than are held at a time."""
    large = pd.concat([DATA] * 16, ignore_index=True)
    large["x"] += generator(9).normal(size=len(large))
    formula = f"real ~ {structure} + offset(w)"
    model = bg.Model(formula, large, sigma="~ x + f + offset(w) + (0 + x | g)")
    assert make_target(model.design, model.priors).cells.count == 2 * len(large)
    assert len(large) > CHUNK
    assert_same(model)


CENTERED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("bernoulli", "logit", "x + (1 | g)", {}),
    ("bernoulli", "logit", "x + (1 + x | g) + (1 | h)", {}),
    ("bernoulli", "logit", "(1 + x + f | g)", {}),
    ("gaussian", "identity", "x + (1 + x |p| g)", {"sigma": "~ (1 |p| g) + (1 | h)"}),
]


@pytest.mark.parametrize(("family", "link", "structure", "options"), CENTERED)
def test_the_centred_graph_is_the_same_model(family, link, structure, options):
    """Its density is the kernel's but for the Jacobian from standard normals to effects."""
    model = make_model(family, link, structure, **options)
    target = make_target(model.design, model.priors)
    coordinates = target.coordinates
    vector = random_vector(model, target, 3)
    expected, effects = target.density(vector)[0], target.place(vector)
    np.testing.assert_allclose(non_centred(target, effects), vector, rtol=1e-12, atol=1e-12)
    for number, factor in enumerate(coordinates.factors):
        L = coordinates.covariance_factor(number, vector[: coordinates.theta])
        expected -= factor.levels * np.log(np.diagonal(L)).sum()
    point = graph_point(model.design, coordinates, effects)
    renamed = {
        name.replace("_offset", "_block" if "+" in name else ""): values
        for name, values in point.items()
    }
    value, _ = compile_graph(make_graph(model, centered=True))(renamed)
    assert value == pytest.approx(expected, rel=TOLERANCE)


def extreme_rows() -> pd.DataFrame:
    """Counts and trials up to 1e9, exposures from 1e-6 to 1e9."""
    repeats = 16
    size = np.tile([1, 1000, 10**9], repeats)
    return pd.DataFrame(
        {
            "x": np.tile([-1.0, 0.0, 1.0, 2.0], 12),
            "g": np.repeat(list("abcdef"), 8),
            "births": np.tile([1e-6, 1.0, 1e9], repeats),
            "size": size,
            "real": np.tile([-1e9, 0.0, 1e-9, 1e9], 12),
            "above": np.tile([1e-9, 1e-300, 1.0, 1e9], 12),
            "binary": np.tile([0, 1, 1], repeats),
            "successes": size * np.repeat([0, 1], 24),
            "large": np.tile([0, 1, 3, 10**9], 12),
            "count": np.tile([0, 1, 3, 10**9], 12),
            "time": np.tile([1e-9, 1.0, 3.0, 1e9], 12),
            "part": np.tile([1e-12, 0.2, 0.9, 1 - 1e-12], 12),
            "some": np.tile([1, 2, 3, 10**9], 12),
            "spent": np.tile([0.0, 1e-9, 3.0, 1e9], 12),
            "whole": np.tile([0.0, 1e-12, 1 - 1e-12, 1.0], 12),
        }
    )


ETA = (-700.0, -30.0, 0.0, 30.0, 700.0)
THETA = (-700.0, -30.0, 0.0, 30.0, 350.0, 700.0)
"""Logs of standard deviations and scalar parameters."""


def with_code(target: Any, vector: np.ndarray) -> tuple[float, np.ndarray, int]:
    """Density and gradient, and the code by which a sampler is told of what is not finite."""
    value, gradient = target.density(vector)
    found = np.empty(1), np.empty(len(vector))
    arrays = [a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for a in (vector, *found[::-1])]
    code = density_function().ctypes(len(vector), *arrays, target.addresses.ctypes.data)
    np.testing.assert_array_equal(found[0], [value])
    np.testing.assert_array_equal(found[1], gradient)
    return value, gradient, code


@pytest.mark.parametrize("likelihood", EVERY, ids=repr)
def test_extremes(likelihood):
    """The density is finite, and so is its gradient, or it is -inf and the sampler is told."""
    options = {"exposure": "births"} if find_family(likelihood.family).takes_exposure else {}
    formula = f"{RESPONSES[likelihood.family]} ~ x + (1 + x | g)"
    model = bg.Model(
        formula, extreme_rows(), family=likelihood.family, link=likelihood.link, **options
    )
    target = make_target(model.design, model.priors)
    coordinates, finite = target.coordinates, 0
    numbers = [coordinates.theta + first for first in coordinates.firsts[1:]]
    scales = [0, 1, *([coordinates.theta - 1] if coordinates.scalar else numbers)]
    for eta in ETA:
        for scale in scales:
            for theta in THETA:
                vector = generator(1).uniform(-0.5, 0.5, coordinates.size)
                vector[coordinates.theta] += eta
                vector[scale] += theta
                value, gradient, code = with_code(target, vector)
                is_finite = bool(np.isfinite(value) and np.isfinite(gradient).all())
                assert (code == 0) == is_finite
                assert code in (0, NOT_FINITE)
                if abs(theta) <= 30 or scale >= 2:
                    finite += is_finite
                    assert value < np.inf
                    assert not np.isfinite(value) or is_finite, (eta, scale, theta, value)
    assert finite >= 5
