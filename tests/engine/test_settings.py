"""Settings are checked, and a seed is always known."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from bayesglmm.engine import make_settings
from bayesglmm.errors import SpecError


def test_defaults():
    found = make_settings(seed=3)
    assert found.engine == "nutpie"
    assert (found.draws, found.tune, found.chains, found.seed) == (2000, 1000, 4, 3)
    assert 0.5 <= found.target_accept < 1


@pytest.mark.parametrize(
    "options",
    [
        {"draws": 99},
        {"draws": 1000.0},
        {"draws": "many"},
        {"draws": True},
        {"tune": 0},
        {"tune": None},
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
