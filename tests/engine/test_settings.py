"""Settings are checked, and a seed is always known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bayesglmm.engine import make_settings
from bayesglmm.engine.settings import GRAPH_ENGINES
from bayesglmm.errors import SpecError


def test_defaults_of_the_kernel():
    """It draws until every quantity has 1000 effective draws; its map needs little warm-up."""
    found = make_settings(seed=3)
    assert found.engine == "kernel"
    assert (found.ess, found.draws, found.max_minutes) == (1000, None, 60)
    assert (found.tune, found.chains, found.seed) == (150, 4, 3)
    assert 0.5 <= found.target_accept < 1


@pytest.mark.parametrize("engine", GRAPH_ENGINES)
def test_defaults_of_the_samplers_of_the_graph(engine):
    found = make_settings(engine=engine)
    assert (found.ess, found.draws, found.tune, found.chains) == (None, 2000, 1000, 4)
    assert found.target_accept > make_settings().target_accept


@pytest.mark.parametrize(
    ("options", "goal"),
    [
        ({}, (1000, None)),
        ({"ess": 400}, (400, None)),
        ({"draws": 400}, (None, 400)),
        ({"engine": "nutpie"}, (None, 2000)),
        ({"engine": "nutpie", "draws": 400}, (None, 400)),
    ],
)
def test_one_of_two_numbers_says_when_to_stop(options, goal):
    found = make_settings(**options)
    assert (found.ess, found.draws) == goal


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({}, {"ess", "target_accept", "sampler"}),
        ({"ess": None, "chains": None}, {"ess", "target_accept", "sampler"}),
        ({"ess": 1000}, {"target_accept", "sampler"}),
        ({"draws": 400}, {"target_accept", "sampler"}),
        ({"target_accept": 0.8}, {"ess"}),
        ({"max_depth": 8}, {"ess", "target_accept"}),
        ({"sampler": "collapsed"}, {"ess", "target_accept"}),
        ({"sampler": "nuts"}, {"ess", "target_accept"}),
        ({"engine": "nutpie"}, {"target_accept"}),
        ({"engine": "nutpie", "target_accept": 0.9}, set()),
    ],
)
def test_what_is_left_to_the_engine(options, left):
    """It goes on for digits, and may raise the acceptance, only where nobody chose otherwise."""
    assert set(make_settings(**options).open) == left


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ess": 1000, "draws": 1000}, "not both"),
        ({"ess": 1000, "engine": "nutpie"}, "takes a fixed number of draws"),
        ({"max_minutes": 5, "engine": "pymc"}, "cannot be stopped by max_minutes="),
        ({"engine": "nutpi"}, "Did you mean 'nutpie'"),
        ({"engine": ["nutpie"]}, "Unknown engine"),
        ({"sede": 3}, "Unknown setting 'sede'. Did you mean 'seed'"),
        ({"open": ("ess",)}, "Unknown setting 'open'"),
    ],
)
def test_contradictions(options, message):
    with pytest.raises(SpecError, match=message):
        make_settings(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"draws": 99},
        {"draws": 1000.0},
        {"draws": "many"},
        {"draws": True},
        {"ess": 99},
        {"ess": 1000.0},
        {"ess": True},
        {"max_minutes": 0},
        {"max_minutes": -1.5},
        {"max_minutes": np.nan},
        {"max_minutes": "long"},
        {"max_minutes": True},
        {"progress": 3},
        {"progress": "no"},
        {"tune": 0},
        {"chains": 3},
        {"chains": -4},
        {"max_depth": 0},
        {"target_accept": 0.49},
        {"target_accept": 1.0},
        {"target_accept": np.nan},
        {"target_accept": "high"},
        {"seed": -1},
        {"seed": 2**32},
        {"seed": 1.5},
        {"seed": "one"},
        {"seed": False},
    ],
)
def test_out_of_range(options):
    (name,) = options
    with pytest.raises(SpecError, match=f"{name}="):
        make_settings(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"draws": 100},
        {"ess": 100},
        {"max_minutes": 0.01},
        {"max_minutes": np.inf},
        {"tune": 100},
        {"chains": 4},
        {"max_depth": 1},
        {"target_accept": 0.5},
        {"target_accept": 0.999},
        {"seed": 0},
        {"seed": 2**32 - 1},
    ],
)
def test_limits_are_allowed(options):
    ((name, value),) = options.items()
    assert getattr(make_settings(**options), name) == value


def test_numpy_numbers_become_plain_ones():
    found = make_settings(draws=np.int64(500), seed=np.uint32(7), target_accept=np.float32(0.75))
    assert [type(value) for value in (found.draws, found.seed, found.target_accept)] == [
        int,
        int,
        float,
    ]
    assert found == make_settings(draws=500, seed=7, target_accept=0.75)


def test_a_seed_is_drawn_where_none_is_given():
    seeds = {make_settings().seed for _ in range(5)}
    assert len(seeds) == 5  # five equal 31-bit numbers have a probability below 1e-8
    assert all(make_settings(seed=seed).seed == seed for seed in seeds)


def test_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_settings().draws = 5
