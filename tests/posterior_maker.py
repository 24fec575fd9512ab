"""Posteriors made by hand: draws around known values, without sampling anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import seeds
import xarray as xr
from seeds import generator

import bayesglmm as bg
from bayesglmm.design import dimensions
from bayesglmm.design.design import Design
from bayesglmm.design.parameters import correlation_pairs, model_parameters
from bayesglmm.engine import Draws, Run, make_settings
from bayesglmm.graph.build import build_graph

CHAINS = 4


def make_fit(
    model: bg.Model,
    known: Mapping[str, float] | None = None,
    effects: Mapping[str, Mapping[str, float]] | None = None,
    *,
    noise: float = 0.05,
    draws: int = 500,
    seed: int = 1,
) -> bg.Fit:
    """A fit whose draws are independent and scatter around known values.

    Parameters
    ----------
    model : Model
    known : mapping
        Label of a quantity to its value, as in `simulate`; 0 for coefficients and correlations,
        1 for standard deviations and parameters of the family, 0.5 for probabilities, where left
        out.
    effects : mapping
        Group effect to {level: value}, as in `Simulation.effects`; 0 where left out.
    noise : float
        Standard deviation of the draws; of their logarithm for positive quantities, of their log
        odds for probabilities. With 0 all
        draws are alike.
    draws : int
        Of each chain.
    seed : int
    """
    rng = generator(seed)
    design = model.design
    labels = {item.variable: item.labels for item in model_parameters(design)}
    wanted = dict(known or {})
    variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}

    def scatter(size: int) -> np.ndarray:
        return noise * rng.standard_normal((CHAINS, draws, size))

    def values(variable: str, default: float) -> np.ndarray:
        return np.array([float(wanted.pop(label, default)) for label in labels[variable]])

    def put(variable: str, content: np.ndarray, dims: tuple[str, ...] = ()) -> None:
        if not dims and content.ndim == 3:
            content = content[..., 0]
        variables[variable] = (("chain", "draw", *dims), content)

    groups = {group.name: group for group in design.groups}
    blocks = {block.name: block for block in design.blocks}
    for parameter in model_parameters(design):
        name = parameter.variable
        if parameter.role == "effect":
            own = (effects or {}).get(name, {})
            center = np.array([own.get(level, 0.0) for level in groups[parameter.group].levels])
            put(name, center + scatter(len(center)), parameter.dims)
        elif parameter.role == "cor":
            block = blocks[parameter.group]
            factor, pairs = _correlations(values(name, 0.0), scatter, len(block.columns))
            put(block.cholesky, factor, (f"{block.name} row", f"{block.name} column"))
            put(name, pairs, parameter.dims)
        elif parameter.support == "positive":
            put(name, values(name, 1.0) * np.exp(scatter(1)))
        elif parameter.support == "unit":
            center = values(name, 0.5)
            put(name, 1 / (1 + np.exp(-np.log(center / (1 - center)) - scatter(1))))
        else:
            put(name, values(name, 0.0) + scatter(len(parameter.labels)), parameter.dims)
    assert not wanted, f"the model has no {', '.join(wanted)}"

    coords = {"chain": np.arange(CHAINS), "draw": np.arange(draws)}
    used = {dim for dims, _ in variables.values() for dim in dims}
    coords |= {name: list(names) for name, names in dimensions(design).items() if name in used}
    for block in design.blocks:
        if block.correlated:
            coords[block.pairs] = list(correlation_pairs(block.columns))
    settings = make_settings(draws=draws, chains=CHAINS, seed=seeds.seed(seed), progress=False)
    run = Run("by hand", "1", {}, 0)
    posterior = xr.Dataset(variables, coords)
    made = Draws(posterior, _statistics(draws, rng), settings, run)
    graph = partial(build_graph, design, model.priors, model.forms)
    return bg.Fit(design, model.priors, model.forms, made, graph)


def with_posterior(fit: bg.Fit, variables: Mapping[str, np.ndarray]) -> bg.Fit:
    """The fit with some variables of its posterior replaced."""
    posterior = fit.draws.posterior.copy()
    for name, values in variables.items():
        posterior[name] = posterior[name].copy(data=values)
    return replace(fit, draws=replace(fit.draws, posterior=posterior))


def with_statistics(fit: bg.Fit, **statistics: np.ndarray) -> bg.Fit:
    """The fit with some of its sampler statistics replaced."""
    changed = {name: (("chain", "draw"), values) for name, values in statistics.items()}
    sample_stats = fit.draws.sample_stats.assign(changed)
    return replace(fit, draws=replace(fit.draws, sample_stats=sample_stats))


def mixed(fit: bg.Fit) -> None:
    """Chains of a model without difficulties tell one story, whatever their seed.

    The verdict is stricter: it may fail for a stray divergence or for one R-hat of many.
    """
    worst = {check.name: check.value for check in fit.verdict.checks}
    assert worst["R-hat"] < 1.05
    assert worst["divergences"] <= 0.01 * fit.draws.size


def joined(fit: bg.Fit) -> xr.Dataset:
    """The posterior with its chains joined: the last dimension is all the draws."""
    return fit.draws.posterior.stack(all_draws=("chain", "draw"))  # noqa: PD013 (not pandas)


def autoregressive(
    rng: np.random.Generator, draws: int, correlation: float, chains: int = CHAINS
) -> np.ndarray:
    """Stationary chains of standard normals with a given correlation of neighbours."""
    steps = rng.standard_normal((chains, draws))
    found = np.empty_like(steps)
    found[:, 0] = steps[:, 0]
    for place in range(1, draws):
        found[:, place] = (
            correlation * found[:, place - 1] + np.sqrt(1 - correlation**2) * steps[:, place]
        )
    return found


def _correlations(center, scatter, q):
    """Draws of the Cholesky factor of a correlation matrix, and of its lower triangle."""
    matrix = np.eye(q)
    below = np.tril_indices(q, -1)
    matrix[below] = center
    factor = np.linalg.cholesky(matrix + np.tril(matrix, -1).T)
    moved = factor + np.tril(scatter(q * q).reshape(CHAINS, -1, q, q))
    moved /= np.linalg.norm(moved, axis=-1, keepdims=True)
    return moved, (moved @ np.swapaxes(moved, -1, -2))[..., *below]


def _statistics(draws: int, rng: np.random.Generator) -> xr.Dataset:
    shape = (CHAINS, draws)
    content = {
        "diverging": np.zeros(shape, dtype=bool),
        "energy": rng.standard_normal(shape),
        "tree_depth": np.full(shape, 3),
        "n_steps": np.full(shape, 7),
        "reached_max_treedepth": np.zeros(shape, dtype=bool),
    }
    return xr.Dataset({name: (("chain", "draw"), values) for name, values in content.items()})


def count_rows(rows: int = 96) -> pd.DataFrame:
    """Counts in 6 sites and 4 years, with an exposure, a factor and a number."""
    rng = np.random.default_rng(11)  # a worked example
    place = np.arange(rows)
    return pd.DataFrame(
        {
            "events": rng.poisson(3.0, size=rows),
            "sex": np.array(["female", "male"])[place % 2],
            "x": np.round(rng.normal(1.0, 2.0, size=rows), 3),
            "site": np.array([f"site {letter}" for letter in "ABCDEF"])[place % 6],
            "year": 2019 + rng.integers(0, 4, size=rows),
            "time": np.round(rng.uniform(500, 4000, size=rows)),
        }
    )


COUNT_KNOWN = {
    "Intercept": np.log(151e-6),
    "sex[male]": np.log(2.0),
    "x": 0.25,
    "1|site_sigma": 0.5,
    "x|site_sigma": 0.2,
    "1+x|site_cor[1, x]": -0.6,
    "1|year_sigma": 0.3,
}
"""A baseline of 15.1 per 100,000 and an IRR of 2."""


def count_model(**options: object) -> bg.Model:
    """Poisson rates: a factor, a number, correlated slopes, and crossed years."""
    formula = "events ~ sex + x + (1 + x | site) + (1 | year)"
    fixed = {"family": "poisson", "exposure": "time", "per": 100_000}
    return bg.Model(formula, count_rows(), **(fixed | options))


def count_fit(noise: float = 0.02, **options: object) -> bg.Fit:
    """Hand-made draws of `count_model`."""
    effects = {
        "1|site": {f"site {letter}": 0.3 * (k - 2.5) for k, letter in enumerate("ABCDEF")},
        "x|site": {f"site {letter}": 0.1 * (2.5 - k) for k, letter in enumerate("ABCDEF")},
        "1|year": {str(2019 + k): 0.2 * (k - 1.5) for k in range(4)},
    }
    return make_fit(count_model(**options), COUNT_KNOWN, effects, noise=noise)


def binary_fit(noise: float = 0.1, link: str = "logit") -> bg.Fit:
    """Hand-made draws for 40 patients seen twice."""
    rng = np.random.default_rng(12)  # a worked example
    rows = pd.DataFrame(
        {
            "ill": rng.integers(0, 2, size=80),
            "trt": np.tile([0, 1], 40),
            "ID": np.repeat(np.arange(1, 41), 2),
        }
    )
    model = bg.Model(
        "ill ~ trt + (1 | ID)",
        rows,
        family="bernoulli",
        link=link,
        labels={"ill": {0: "well", 1: "ill"}, "trt": {0: "placebo", 1: "active"}},
    )
    known = {"Intercept": -1.0, "trt[active]": 0.7, "1|ID_sigma": 1.2}
    return make_fit(model, known, noise=noise)


def mean_draws(fit: bg.Fit, target: Design) -> np.ndarray:
    """Means of the rows of a design in every draw, shape (S, n)."""
    return fit.posterior.at(target).mean()


def response_draws(fit: bg.Fit, target: Design, seed: int) -> np.ndarray:
    """New responses of the rows of a design, shape (S, n)."""
    return fit.posterior.at(target).responses(generator(seed))


def normal_fit(noise: float = 0.1) -> bg.Fit:
    """Hand-made draws of a Gaussian model without groups."""
    rng = np.random.default_rng(13)  # a worked example
    rows = pd.DataFrame({"x": rng.normal(size=30), "y": rng.normal(10, 2, size=30)})
    known = {"Intercept": 10.0, "x": -1.5, "sigma": 2.0}
    return make_fit(bg.Model("y ~ x", rows), known, noise=noise)
