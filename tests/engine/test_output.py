"""Draws of the kernel bear the graph's names, and are the graph's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytensor
import pytest
import xarray as xr
from kernel_maker import graph_point
from pytensor.compile.mode import Mode
from seeds import generator

import bayesglmm as bg
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine import Draws, Run, make_settings
from bayesglmm.engine.convergence import convergence
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.output import posterior_dataset, reported_draws
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.posterior.quantities import gather

MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "slopes and crossed": (
        "y ~ x*f + (1 + x + f | g) + (1 | h)",
        {"family": "negative_binomial"},
    ),
    "several terms of a factor": (
        "z ~ x + (0 + w | g) + (1 + x | g) + (1 + f || h)",
        {"family": "gaussian"},
    ),
    "no intercept": ("y ~ 0 + f + x + (0 + x | g)", {"family": "poisson"}),
    "intercept alone": ("z ~ 1", {"family": "gaussian"}),
}


def make_model(name: str) -> bg.Model:
    rng = generator(14)
    rows = 80
    data = pd.DataFrame(
        {
            "x": rng.normal(3, 2, rows),
            "w": rng.uniform(1, 2, rows),
            "f": rng.choice(["low", "mid", "high"], rows),
            "g": rng.choice(list("abcd"), rows),
            "h": rng.choice(["u", "v", "s"], rows),
            "y": rng.poisson(3, rows),
            "z": rng.normal(size=rows),
        }
    )
    formula, options = MODELS[name]
    return bg.Model(formula, data, **options)


@pytest.fixture(params=MODELS)
def model(request) -> bg.Model:
    return make_model(request.param)


def random_positions(target: Any, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of non-centred effects, and the parameters that they are."""
    rng = generator(2)
    vectors = 0.5 * rng.normal(size=(4, draws, target.coordinates.size))
    flat = vectors.reshape(-1, vectors.shape[-1])
    places = np.stack([target.place(vector) for vector in flat])
    return vectors, places.reshape(vectors.shape)


def test_values_are_those_of_the_graph(model: bg.Model):
    target = make_target(model.design, model.priors)
    vectors, positions = random_positions(target, draws=2)
    found = posterior_dataset(model.design, target.coordinates, positions)
    forms = {name: Parametrization(False, "") for name in model.forms}
    graph = build_graph(model.design, model.priors, forms)
    written = graph.replace_rvs_by_values(graph.unobserved_RVs)
    function = pytensor.function(
        graph.value_vars, written, mode=Mode(linker="py", optimizer=None), on_unused_input="ignore"
    )
    point = graph_point(model.design, target.coordinates, vectors[3, 1])
    values = function(*(point[variable.name] for variable in graph.value_vars))
    named = dict(zip([part.name for part in graph.unobserved_RVs], values, strict=True))
    inner = {name for name in named if name.endswith(("_scaled", "_offset"))}
    assert set(found) == set(named) - inner
    for name, draws in found.items():
        expected = named[name]
        np.testing.assert_allclose(draws.to_numpy()[3, 1], expected, rtol=1e-10, atol=1e-12)


def test_dimensions_are_those_of_the_graph(model: bg.Model):
    target = make_target(model.design, model.priors)
    found = posterior_dataset(
        model.design, target.coordinates, random_positions(target, draws=1)[1]
    )
    graph = model.pymc
    for name, dims in graph.named_vars_to_dims.items():
        if name in found:
            assert found[name].dims == ("chain", "draw", *dims)
            for dim in dims:
                assert list(found[dim].to_numpy()) == [str(label) for label in graph.coords[dim]]


def test_what_stops_a_run_is_what_is_reported(model: bg.Model):
    """The diagnostics that are judged while sampling are those of the tables."""
    target = make_target(model.design, model.priors)
    _, positions = random_positions(target, draws=50)
    judged = reported_draws(model.design, target.coordinates, positions)
    found = convergence(judged.values)
    posterior = posterior_dataset(model.design, target.coordinates, positions)
    draws = Draws(posterior, xr.Dataset(), make_settings(), Run("none", "", {}, 0))
    quantities = model_parameters(model.design)
    labels, values = gather(quantities, draws)
    effects = [item.role == "effect" for item in quantities for _ in item.labels]
    shown_effects, judged_effects = values[..., effects], judged.values[..., judged.effects]
    np.testing.assert_allclose(np.sort(shown_effects), np.sort(judged_effects), rtol=1e-12)
    shown = convergence(values)
    for place, label in enumerate(labels):
        same = np.isclose(found.ess_bulk, shown.ess_bulk[place], rtol=1e-9)
        same &= np.isclose(found.ess_tail, shown.ess_tail[place], rtol=1e-9)
        # Two draws about a median are as far from it; on another scale, rounding may part them.
        same &= np.isclose(found.r_hat, shown.r_hat[place], rtol=1e-3)
        assert same.any(), label
