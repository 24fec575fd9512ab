"""Scripts of bambi and PyMC, run up to the fit: their log densities are those of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripts_made import DATA
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.crosscheck import compare_densities
from bayesglmm.crosscheck.densities import log_density_of

MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "slopes": ("score ~ x*f + (1 + x || g)", {}),
    "counts": (
        "count ~ x + f + (1 | g/h)",
        {"family": "negative_binomial", "exposure": "births", "alpha": "~ x", "centered": True},
    ),
    "trials": ("p(won, trials) ~ log(`age at birth`) + (1 | g)", {"family": "beta_binomial"}),
    "labels": ("died ~ 0 + f + offset(x)", {"family": "bernoulli", "link": "cloglog"}),
    "zeros": ("zeros ~ x + (1 | g)", {"family": "zero_inflated_poisson", "zi": "~ f"}),
    "hurdle": ("zeros ~ x", {"family": "hurdle_negative_binomial"}),
    "times": ("time ~ x", {"family": "weibull", "priors": {"x": bg.Prior("Cauchy", beta=1)}}),
}

ONLY_PYMC: dict[str, tuple[str, dict[str, Any]]] = {
    "correlated": ("score ~ x + (1 + x | g)", {"sigma": "~ x"}),
    "across": ("score ~ x + (1 |p| g)", {"sigma": "~ (1 |p| g)", "centered": True}),
    "errors": ("score ~ bs(x, df=4)", {"se": "spread", "sigma": "~ 1"}),
    "probit": ("p(won, trials) ~ f", {"family": "binomial", "link": "probit"}),
    "one": ("count ~ x", {"family": "nbinom1", "weights": "times"}),
}


def some(names: Iterable[str]) -> list[Any]:
    """Names of models, those of large graphs marked slow."""
    large = {"hurdle", "across", "correlated"}
    return [pytest.param(one, marks=[pytest.mark.slow] * (one in large)) for one in names]


def run(script: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The model that a script makes, without its last line, which fits it."""
    script.save(folder)
    monkeypatch.chdir(folder)
    *lines, last = script.text.strip().splitlines()
    assert last.startswith("idata = ")
    space: dict[str, Any] = {}
    exec(compile("\n".join(lines), "model.py", "exec"), space)
    return space["model"]


@pytest.mark.parametrize("name", some(MODELS))
def test_bambi_s_density_is_that_of_the_graph(name, tmp_path, monkeypatch):
    formula, how = MODELS[name]
    model = bg.Model(formula, DATA, **how)
    theirs = run(model.code("bambi"), tmp_path, monkeypatch)
    theirs.build()
    assert compare_densities(model, theirs, seed=seed(3)).agree


@pytest.mark.filterwarnings("ignore:PyTensor could not link")  # initial points are compiled
@pytest.mark.parametrize("name", some(MODELS | ONLY_PYMC))
def test_pymc_s_density_is_that_of_the_graph_but_for_a_constant(name, tmp_path, monkeypatch):
    formula, how = (MODELS | ONLY_PYMC)[name]
    model = bg.Model(formula, DATA, **how)
    theirs = run(model.code("pymc"), tmp_path, monkeypatch)
    ours, other = log_density_of(model.pymc), log_density_of(theirs)
    rng, apart = generator(3), []
    for _ in range(3):
        point = {
            key: value + 0.2 * rng.normal(size=value.shape)
            for key, value in model.pymc.initial_point().items()
        }
        apart.append(ours(point)[0] - other(moved(model, point, theirs))[0])
    assert np.isfinite(apart).all()
    assert np.ptp(apart) < 1e-8 * max(1.0, abs(ours(point)[0]))


def moved(model: bg.Model, point: dict[str, Any], theirs: Any) -> dict[str, Any]:
    """A point of the graph as the script's: coefficients per unit of their columns."""
    scales = {
        one.variable(term.name): [
            dict(zip(one.fixed.names, one.fixed.scale, strict=True))[column]
            for column in term.columns
        ]
        for one in model.design.predictors.values()
        for term in one.fixed.terms
    }
    own = {value.name: rv.name for rv, value in model.pymc.rvs_to_values.items()}
    values = {own[key].removesuffix("_scaled"): value for key, value in point.items()}
    shapes = {key: value.shape for key, value in theirs.initial_point().items()}
    names = {rv.name: value.name for rv, value in theirs.rvs_to_values.items() if rv.name in values}
    return {
        value: (np.ravel(values[name]) / np.ravel(scales.get(name, 1.0))).reshape(shapes[value])
        for name, value in names.items()
    }


def test_what_is_printed_is_the_script():
    script = bg.Model("score ~ x + (1 | g)", DATA).code("pymc")
    assert repr(script) == script.text
    assert script.text.startswith("# score ~ x + (1 | g)\n# Gaussian family, identity link")


REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "tool": ("score ~ x", {}, "stan", "Unknown tool 'stan'"),
    "no groups": ("score ~ x", {}, "lme4", "no models without group terms. brms, glmmTMB"),
    "family": ("time ~ x", {"family": "weibull"}, "glmmTMB", "no weibull family. brms, bambi"),
    "correlated": ("score ~ x + (1 + x | g)", {}, "bambi", "no correlated group effects"),
    "censored": (
        "censored(time, 'right', lost) ~ x",
        {"family": "weibull"},
        "pymc",
        "Bounds of responses and weights of rows are not written for pymc. brms can.",
    ),
    "alone": (
        "score ~ x",
        {"priors": {"slopes": bg.Prior("R2D2")}},
        "brms",
        "scales its R2D2 prior otherwise than 'x' has it. glmmTMB .without priors. can",
    ),
    "levels apart": ("score ~ x + (1 + f || g)", {}, "lme4", "effects of the levels of f correl"),
    "across": (
        "score ~ x + (1 |p| g)",
        {"sigma": "~ (1 |p| g)"},
        "glmmTMB",
        "no names between bars, as 'p' is",
    ),
    "categories": (
        "f ~ x",
        {"family": "cumulative", "labels": {"f": ["low", "mid", "high"]}},
        "bambi",
        "other parameters of thresholds and categories than the cumulative family here, so that "
        "priors cannot be carried over. The PyMC graph",
    ),
    "cells": ("score ~ f:h", {}, "brms", "would make other columns of 'f:h'"),
    "a blank": ("score ~ `age at birth`", {}, "brms", "no column called 'age at birth'. Rename"),
    "sums": ("score ~ 0 + C(f, Sum)", {}, "brms", "would make other columns of '0 . C.f, Sum.'"),
    "aliased": ("score ~ x + I(2*x)", {}, "brms", "keeps a column that others determine"),
    "weights": (
        "count ~ x + (1 | g)",
        {"family": "poisson", "survey_weights": "weight"},
        "lme4",
        "lme4 has no survey weights. brms and glmmTMB .without priors. can",
    ),
    "a link": (
        "count ~ x",
        {"family": "poisson", "link": "identity", "exposure": "births"},
        "brms",
        "exposures as offsets of the log link",
    ),
    "nobody": (
        "suppressed(count, 1, 2) ~ x",
        {"family": "nbinom1"},
        "brms",
        "has no nbinom1 family. The PyMC graph, model.pymc, says all of it",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_tool_cannot_say_is_refused_with_who_can(case):
    formula, how, tool, said = REFUSED[case]
    data = DATA.assign(count=DATA["count"].where(DATA["count"] > 2)) if case == "nobody" else DATA
    model = bg.Model(formula, data, **how)
    with pytest.raises(bg.BayesglmmError, match=said):
        model.code(tool)


def test_files_that_are_there_are_not_replaced_in_silence(tmp_path):
    (tmp_path / "data.csv").write_text("mine")
    script = bg.Model("score ~ x", DATA).code("pymc")
    with pytest.raises(bg.BayesglmmError, match=r"holds data\.csv already"):
        script.save(tmp_path)
    assert (tmp_path / "data.csv").read_text() == "mine"
    script.save(tmp_path, overwrite=True)
    assert (tmp_path / "data.csv").read_text() != "mine"
    with pytest.raises(bg.BayesglmmError, match="is a file"):
        script.save(tmp_path / "data.csv")
