"""What is used of nutpie's inner library is there, and both roads to it give one posterior."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time

import numpy as np
import pytest
from kernel_maker import counts_model, non_centred
from posterior_maker import mixed
from seeds import bound, seed

import bayesglmm as bg
from bayesglmm.engine import nuts
from bayesglmm.engine.draws import STATISTICS
from bayesglmm.engine.kernel.density import NOT_FINITE
from bayesglmm.engine.kernel.record import HALT
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.nuts import TESTED, Chains, inner_library, sampler_version
from bayesglmm.engine.settings import make_settings
from bayesglmm.engine.target import density_function
from bayesglmm.errors import EngineError

DRAWS = 500


@pytest.fixture(scope="module")
def model() -> bg.Model:
    return counts_model()


@pytest.fixture(scope="module")
def by_pointer(model: bg.Model) -> bg.Fit:
    return model.fit(seed=seed(3), draws=DRAWS, progress=False)


@pytest.fixture
def closed(monkeypatch) -> None:
    """The version of nutpie is one whose inner parts are not known."""
    monkeypatch.setattr(nuts, "TESTED", ("0.15.",))


def test_the_installed_version_is_a_known_one():
    """A new one is added to `TESTED` when all tests of this file pass with it."""
    assert sampler_version().startswith(TESTED)


@pytest.mark.parametrize(
    "name",
    [
        "PyNutsSettings.Diag",
        "LogpFunc",
        "ExpandFunc",
        "PyVariable.new_variables",
        "PyMcModel",
        "PySampler.from_pymc",
        "PySampler.wait",
        "PySampler.inspect",
        "PySampler.pause",
        "PySampler.resume",
        "PySampler.abort",
        "ProgressType.none",
        "PyStorage.arrow",
    ],
)
def test_the_inner_library_has_what_is_used(name):
    found = inner_library()
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)


def test_the_inner_settings_take_what_is_set():
    chosen = inner_library().PyNutsSettings.Diag(11)
    chosen.update(
        {
            "num_tune": 120,
            "num_draws": 340,
            "num_chains": 5,
            "target_accept": 0.83,
            "maxdepth": 7,
        }
    )
    found = chosen.as_dict()["settings"]
    names = ("num_tune", "num_draws", "num_chains", "maxdepth", "seed")
    assert [found[name] for name in names] == [120, 340, 5, 7, 11]
    assert found["adapt_options"]["step_size_settings"]["target_accept"] == 0.83


@pytest.mark.slow
def test_nothing_else_is_loaded_with_it():
    code = (
        "import sys; from bayesglmm.engine.nuts import inner_library; first = inner_library();"
        "assert not {'nutpie', 'arviz', 'arviz_stats', 'pymc', 'pytensor'} & set(sys.modules);"
        "assert inner_library() is first;"
        "import nutpie; assert nutpie._lib is first"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_a_whole_fit_loads_neither_arviz_nor_pymc():
    code = (
        "import sys; from kernel_maker import counts_model;"
        "fit = counts_model().fit(seed=1, draws=100, progress=False);"
        "assert fit.engine.complete;"
        "assert not {'nutpie', 'arviz', 'arviz_stats', 'pymc', 'pytensor'} & set(sys.modules)"
    )
    folder = {"PYTHONPATH": ":".join([*map(str, sys.path)])}
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **folder})


def test_the_pointer_is_the_road_taken(by_pointer: bg.Fit):
    assert not any("Python callable" in note for note in by_pointer.engine.notes)


@pytest.mark.usefixtures("closed")
def test_both_roads_give_one_posterior(model: bg.Model, by_pointer: bg.Fit):
    other = model.fit(seed=seed(4), draws=DRAWS, progress=False)
    assert "the density reaches nutpie through a Python callable, which is slower" in (
        other.engine.notes
    )
    assert other.draws.posterior.sizes == by_pointer.draws.posterior.sizes
    mixed(other)
    ours, theirs = (fit.fixef().frame for fit in (by_pointer, other))
    for value in ("mean", "sd"):
        error = np.hypot(ours[f"mcse_{value}"], theirs[f"mcse_{value}"])
        assert (np.abs(ours[value] - theirs[value]) < bound(4, scatter=0.1) * error).all()


@pytest.mark.usefixtures("closed")
def test_one_seed_takes_the_same_steps_on_both_roads(model: bg.Model, by_pointer: bg.Fit):
    other = model.fit(seed=seed(3), draws=DRAWS, progress=False)
    for name, values in by_pointer.draws.posterior.items():
        np.testing.assert_array_equal(values, other.draws.posterior[name])


def test_statistics_of_every_draw(by_pointer: bg.Fit):
    found = by_pointer.draws.sample_stats
    assert set(found) == set(STATISTICS.values())
    assert all(values.shape == (4, DRAWS) for values in found.values())
    assert by_pointer.engine.gradients == found["n_steps"].sum()
    assert by_pointer.engine.warmup_gradients > 0


def test_positions_are_parameters(model: bg.Model):
    """What comes back lies where its log density says, chains in the order of their seeds."""
    target = make_target(model.design, model.priors)
    settings = make_settings(seed=seed(1), draws=100, tune=300, progress=False)
    size = target.coordinates.size
    chains = Chains(target, settings, 100, lambda _: None, lambda _: np.zeros(size))
    while not chains.wait(0.1):
        pass
    sample = chains.look()
    assert sample.positions.shape == (4, 400, size)
    assert chains.finished == sample.draws == 400
    assert sample.part(10, 30).draws == 20
    np.testing.assert_array_equal(
        sample.part(10, 30).statistics["lp"], sample.statistics["lp"][:, 10:30]
    )
    for chain, draw in [(0, 0), (1, 200), (3, 399)]:
        z = non_centred(target, sample.positions[chain, draw])
        assert target.density(z)[0] == pytest.approx(sample.statistics["lp"][chain, draw])
    assert len(np.unique(sample.statistics["lp"][:, -1])) == 4


@pytest.mark.parametrize("road", ["pointer", "callable"])
def test_chains_rest_until_they_are_told_to_go_on(model: bg.Model, road, monkeypatch):
    if road == "callable":
        monkeypatch.setattr(nuts, "TESTED", ("0.15.",))
    target = make_target(model.design, model.priors)
    settings = make_settings(seed=seed(1), tune=100, progress=False)
    size = target.coordinates.size
    chains = Chains(target, settings, 100_000, lambda _: None, lambda _: np.zeros(size))
    try:
        while chains.finished < 50:
            chains.wait(0.001)
        chains.pause()
        rested = 0
        while chains.look().draws > rested:  # until every chain has heard of it
            rested = chains.look().draws
            time.sleep(0.05)
        assert chains.look().draws == rested
        chains.resume()
        while chains.finished <= rested:
            chains.wait(0.001)
    finally:
        chains.abandon()


def test_chains_that_are_stopped_give_what_all_had(model: bg.Model):
    """Without the draws of trajectories that were ended for it."""
    target = make_target(model.design, model.priors)
    settings = make_settings(seed=seed(1), tune=100, progress=False)
    size = target.coordinates.size
    chains = Chains(target, settings, 100_000, lambda _: None, lambda _: np.zeros(size))
    while chains.finished < 150:
        chains.wait(0.001)
    heard = chains.finished
    sample = chains.stop()
    assert heard <= sample.draws < 100_100
    assert (sample.statistics["n_steps"][:, -1] > 0).all()
    assert np.isfinite(target.density(np.zeros(size))[0])  # others of the target go on


def test_the_density_fails_once_it_is_told_to(model: bg.Model):
    target = make_target(model.design, model.priors)
    z, found = np.zeros(target.coordinates.size), (np.ones(1), np.zeros(target.coordinates.size))
    addresses = target.addresses.copy()
    arrays = [a.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for a in (z, *found[::-1])]
    for halted, code in ((0, 0), (1, NOT_FINITE)):
        addresses[HALT] = halted
        assert density_function().ctypes(len(z), *arrays, addresses.ctypes.data) == code
        assert np.isfinite(found[0][0]) == (code == 0)


def test_a_density_that_fails_everywhere_is_said(model: bg.Model):
    target = make_target(model.design, model.priors)
    settings = make_settings(seed=seed(1), draws=100, progress=False)
    nowhere = np.full(target.coordinates.size, np.nan)
    with pytest.raises(EngineError, match="The sampler stopped"):
        Chains(target, settings, 100, lambda _: None, lambda _: nowhere).wait(60)


def test_an_installation_without_nutpie_says_what_to_do(monkeypatch):
    monkeypatch.delitem(sys.modules, nuts.LIBRARY, raising=False)
    monkeypatch.setattr(nuts.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(EngineError, match="pip install nutpie"):
        inner_library()
