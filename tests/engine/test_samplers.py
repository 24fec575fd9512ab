"""The samplers of the PyMC graph: repeatable, in ArviZ's names, and of one mind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from seeds import bound, generator, seed

import bayesglmm as bg

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model() -> bg.Model:
    x = np.linspace(-1, 1, 40)
    y = 1 + 2 * x + generator(0).normal(scale=0.5, size=40)
    return bg.Model("y ~ x", pd.DataFrame({"x": x, "y": y}))


@pytest.fixture(scope="module")
def nutpie_fit(model: bg.Model) -> bg.Fit:
    return model.fit(engine="nutpie", seed=seed(7), draws=1000, tune=500, progress=False)


def test_one_seed_gives_one_fit(model: bg.Model, nutpie_fit: bg.Fit):
    again = model.fit(engine="nutpie", seed=seed(7), draws=1000, tune=500, progress=False)
    for name in nutpie_fit.draws.posterior:
        np.testing.assert_array_equal(again.draws.posterior[name], nutpie_fit.draws.posterior[name])


def test_the_run_says_where_the_draws_come_from(nutpie_fit: bg.Fit):
    run = nutpie_fit.engine
    assert (run.engine, run.complete) == ("nutpie", True)
    assert "sampled from the PyMC graph" in run.notes
    assert set(run.seconds) == {"compiling", "sampling"}
    assert "Sampled from the PyMC graph." in repr(run)


def test_statistics_bear_arviz_names(nutpie_fit: bg.Fit):
    wanted = {"diverging", "energy", "tree_depth", "n_steps", "reached_max_treedepth"}
    assert wanted <= set(nutpie_fit.draws.sample_stats)
    assert nutpie_fit.draws.run.gradients == nutpie_fit.draws.sample_stats["n_steps"].sum()


@pytest.mark.parametrize("engine", ["kernel", "pymc"])
def test_engines_agree(model: bg.Model, nutpie_fit: bg.Fit, engine: str):
    other = model.fit(seed=seed(8), draws=1000, tune=500, engine=engine, progress=False)
    assert other.engine.engine == engine
    mixed(other)
    ours, theirs = (fit.fixef().frame for fit in (nutpie_fit, other))
    error = np.hypot(ours["mcse_mean"], theirs["mcse_mean"])
    assert (np.abs(ours["mean"] - theirs["mean"]) < bound(2, scatter=0.1) * error).all()


def test_unknown_engine_names_the_nearest(model: bg.Model):
    with pytest.raises(bg.BayesglmmError, match="Did you mean 'nutpie'"):
        model.fit(engine="nutpi", progress=False)


@pytest.mark.parametrize("engine", ["numpyro", "blackjax"])
def test_missing_engine_says_how_to_install_it(model: bg.Model, engine: str, monkeypatch):
    from importlib.metadata import PackageNotFoundError

    from bayesglmm.engine import graph_samplers

    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(graph_samplers, "version", absent)
    with pytest.raises(bg.BayesglmmError, match=f"pip install {engine}"):
        model.fit(engine=engine, progress=False)


def test_a_sampler_that_breaks_is_named(model: bg.Model, monkeypatch):
    import pymc as pm

    def broken(*_, **__):
        raise TypeError("kernel() got an unexpected keyword argument")

    monkeypatch.setattr(pm, "sample", broken)
    with pytest.raises(bg.BayesglmmError, match=r"pymc .* could not sample: kernel"):
        model.fit(engine="pymc", progress=False)


@pytest.mark.parametrize("engine", ["numpyro", "blackjax"])
def test_a_depth_that_would_be_ignored_is_refused(model: bg.Model, engine: str):
    with pytest.raises(bg.BayesglmmError, match="stops at a tree depth of 10"):
        model.fit(engine=engine, max_depth=12, progress=False)
