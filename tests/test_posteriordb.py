"""Models of posteriordb (Magnusson et al. 2024) in our syntax: the density of their Stan programs.

Each program's density is written down here by hand, in SciPy, as its ``model`` block says it. The
seeds are Crowder's (1978), the operations those of the BUGS manual; the rest is simulated in the
shape of the data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit, logit
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.sample import beyond_kernel
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.written import Changes

type Point = dict[str, Any]

SEEDS = pd.DataFrame(
    {
        "r": [10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3],
        "n": [39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7],
        "x1": [0] * 11 + [1] * 10,
        "x2": [0] * 5 + [1] * 6 + [0] * 5 + [1] * 5,
        "plate": range(21),
    }
)
OPERATIONS = pd.DataFrame(
    {
        "r": [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24],
        "n": [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360],
        "hospital": list("ABCDEFGHIJKL"),
    }
)
WIDE = bg.Prior("Normal", mu=0, sigma=1000)


def years() -> pd.DataFrame:
    year = np.linspace(-1, 1, 40)
    return pd.DataFrame({"C": generator(1).poisson(np.exp(4 + year)), "year": year})


def houses() -> pd.DataFrame:
    rng = generator(2)
    return pd.DataFrame({"y": rng.normal(1.3, 0.8, size=80), "county": np.repeat(range(16), 5)})


def polls() -> pd.DataFrame:
    rng, n = generator(3), 400
    state = rng.integers(0, 20, size=n)
    rows = {name: rng.integers(0, 4, size=n) for name in ("age", "edu")}
    rows |= {name: rng.integers(0, 2, size=n) for name in ("y", "black", "female")}
    place = {"state": state, "region": state % 5, "v_prev": rng.normal(0.5, 0.1, size=20)[state]}
    return pd.DataFrame(rows | place)


def seeds_density(d: pd.DataFrame, p: Point) -> float:
    eta = p["Intercept"] + p["x1"] * d["x1"] + p["x2"] * d["x2"] + p["x1:x2"] * d["x1"] * d["x2"]
    tau, b = p["1|plate_sigma"] ** -2.0, p["1|plate"]
    four = [p[name] for name in ("Intercept", "x1", "x2", "x1:x2")]
    return (
        stats.norm(0, 1e3).logpdf(four).sum()
        + stats.gamma(1e-3, scale=1e3).logpdf(tau)
        + stats.norm(0, tau**-0.5).logpdf(b).sum()
        + stats.binom(d["n"], expit(eta + b)).logpmf(d["r"]).sum()
    )


def surgical_density(d: pd.DataFrame, p: Point) -> float:
    mu, variance = p["Intercept"], p["1|hospital_sigma"] ** 2
    b = mu + p["1|hospital"]
    return (
        stats.norm(0, 1000).logpdf(mu)
        + stats.invgamma(1e-3, scale=1e-3).logpdf(variance)
        + stats.norm(mu, np.sqrt(variance)).logpdf(b).sum()
        + stats.binom(d["n"], expit(b)).logpmf(d["r"]).sum()
    )


def poisson_density(d: pd.DataFrame, p: Point) -> float:
    year, sigma, eps = d["year"], p["1|obs()_sigma"], p["1|obs()"]
    slopes = [p[name] for name in ("year", "I(year ** 2)", "I(year ** 3)")]
    eta = p["Intercept"] + slopes[0] * year + slopes[1] * year**2 + slopes[2] * year**3 + eps
    return (
        stats.uniform(-20, 40).logpdf(p["Intercept"])
        + stats.uniform(-10, 20).logpdf(slopes).sum()
        + stats.uniform(0, 5).logpdf(sigma)
        + stats.norm(0, sigma).logpdf(eps).sum()
        + stats.poisson(np.exp(eta)).logpmf(d["C"]).sum()
    )


def radon_density(d: pd.DataFrame, p: Point) -> float:
    mu, spread, sigma = p["Intercept"], p["1|county_sigma"], p["sigma"]
    a = mu + p["1|county"]
    return (
        stats.norm(0, 1).logpdf(mu)
        + stats.uniform(0, 100).logpdf([spread, sigma]).sum()
        + stats.norm(mu, spread).logpdf(a).sum()
        + stats.norm(a[d["county"]], sigma).logpdf(d["y"]).sum()
    )


def election_density(d: pd.DataFrame, p: Point) -> float:
    beta = [p[name] for name in ("Intercept", "black", "female", "v_prev", "black:female")]
    eta = beta[0] + beta[1] * d["black"] + beta[2] * d["female"] + beta[3] * d["v_prev"]
    eta = eta + beta[4] * d["female"] * d["black"]
    density = stats.norm(0, 100).logpdf(beta).sum()
    cells = {"age": d["age"], "edu": d["edu"], "age:edu": 4 * d["age"] + d["edu"]}
    for factor, index in (cells | {"state": d["state"], "region": d["region"]}).items():
        effects, spread = p[f"1|{factor}"], p[f"1|{factor}_sigma"]
        density += stats.uniform(0, 100).logpdf(spread)
        density += stats.norm(0, spread).logpdf(effects).sum()
        eta = eta + effects[index]
    return density + stats.bernoulli(expit(eta)).logpmf(d["y"]).sum()


GAMMA, INVERSE = (bg.Prior(name, alpha=1e-3, beta=1e-3) for name in ("Gamma", "InverseGamma"))
TO_100 = bg.Prior("Uniform", lower=0, upper=100)
HUNDRED = bg.Prior("Normal", mu=0, sigma=100)
MODELS: dict[str, tuple[Any, str, str, dict[str, Any], Callable[..., float]]] = {
    "seeds": (
        *(lambda: SEEDS, "p(r, n) ~ x1 * x2 + (1 | plate)", "binomial"),
        {"Intercept": bg.AtZero(WIDE), "slopes": WIDE, "plate": bg.Precision(GAMMA)},
        seeds_density,
    ),
    "surgical": (
        *(lambda: OPERATIONS, "p(r, n) ~ (1 | hospital)", "binomial"),
        {"Intercept": WIDE, "hospital": bg.Variance(INVERSE)},
        surgical_density,
    ),
    "GLMM_Poisson": (
        *(years, "C ~ year + I(year**2) + I(year**3) + (1 | obs())", "poisson"),
        {
            "Intercept": bg.AtZero(bg.Prior("Uniform", lower=-20, upper=20)),
            "slopes": bg.Prior("Uniform", lower=-10, upper=10),
            "sd": bg.Prior("Uniform", lower=0, upper=5),
        },
        poisson_density,
    ),
    "radon_county": (
        *(houses, "y ~ (1 | county)", "gaussian"),
        {"Intercept": bg.Prior("Normal", mu=0, sigma=1), "sd": TO_100, "sigma": TO_100},
        radon_density,
    ),
    "election88": (
        polls,
        "y ~ black * female + v_prev + (1 | age) + (1 | edu) + (1 | age:edu) + (1 | state)"
        " + (1 | region)",
        *("bernoulli", {"Intercept": bg.AtZero(HUNDRED), "slopes": HUNDRED, "sd": TO_100}),
        election_density,
    ),
}


def model_of(name: str) -> bg.Model:
    data, formula, family, priors, _ = MODELS[name]
    return bg.Model(formula, data(), family=family, priors=priors)


def compiled(model: bg.Model) -> Callable[[Point], float]:
    """The density of the graph, centred, at values of the free variables on their own scale."""
    import pytensor
    from pytensor.compile.mode import Mode

    forms = {name: Parametrization(True, "") for name in model.forms}
    graph = build_graph(model.design, model.priors, forms)
    values = graph.value_vars
    density = graph.logp(jacobian=False)
    function = pytensor.function(values, density, mode=Mode(linker="py", optimizer=None))

    def call(point: Point) -> float:
        given = []
        for free, value in zip(graph.free_RVs, values, strict=True):
            number = point[free.name]
            if value.name.endswith("_interval__"):
                lower, upper = (float(item.eval()) for item in free.owner.inputs[-2:])
                number = logit((number - lower) / (upper - lower))
            elif value.name.endswith("_log__"):
                number = np.log(number)
            given.append(np.asarray(number, dtype=float))
        return float(function(*given))

    return call


def points(model: bg.Model, count: int = 4) -> list[Point]:
    """Values of all parameters, and of the variables that the graph has in their place."""
    rng, found, design = generator(9), [], model.design
    fixed = design.predictor.fixed
    for _ in range(count):
        slopes = dict(zip(fixed.names, rng.normal(scale=0.3, size=len(fixed.names)), strict=True))
        point: Point = {"Intercept": rng.normal(scale=0.5), **slopes}
        center = sum(slopes[name] * at for name, at in zip(fixed.names, fixed.center, strict=True))
        point["Intercept_centered"] = point["Intercept"] + center
        for name, scale in zip(fixed.names, fixed.scale, strict=True):
            point[f"{name}_scaled"] = slopes[name] * scale
        for group in design.groups:
            (sd,), (effect,) = group.sds, group.effects
            point[sd] = rng.gamma(3.0, 0.3)
            point |= {f"{sd}_variance": point[sd] ** 2, f"{sd}_precision": point[sd] ** -2.0}
            point[effect] = rng.normal(scale=0.5, size=len(group.levels))
        point |= {name: rng.gamma(3.0, 0.3) for name in design.others}
        found.append(point)
    return found


@pytest.mark.parametrize("name", MODELS)
def test_the_density_is_that_of_the_stan_program(name):
    """Up to a constant: that of the change from slopes to those of a standard deviation."""
    model = model_of(name)
    data, density = MODELS[name][0](), MODELS[name][-1]
    ours = compiled(model)
    distances = [ours(point) - density(data, point) for point in points(model)]
    np.testing.assert_allclose(distances, distances[0], rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("seeds", ""),
        ("surgical", ""),
        ("GLMM_Poisson", "the prior of Intercept ends at bounds"),
        ("radon_county", "the prior of sd(1|county) ends at bounds"),
        ("election88", "the prior of sd(1|age) ends at bounds"),
    ],
)
def test_which_of_them_the_kernel_samples(name, reason):
    model = model_of(name)
    assert beyond_kernel(model.design, model.priors, Changes()) == reason
