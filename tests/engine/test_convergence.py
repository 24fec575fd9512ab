"""Effective sample sizes and R-hat are ArviZ's, and come without it."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from arviz_stats.base import array_stats
from seeds import generator

from bayesglmm.engine.convergence import SHORTEST, TAILS, convergence

NAMES = ("ess_bulk", "ess_tail", "r_hat")


def rough(chains: int, draws: int) -> np.ndarray:
    """Independent standard normal draws."""
    return generator(1000 * chains + draws).normal(size=(chains, draws))


def correlated(noise: np.ndarray, rho: float) -> np.ndarray:
    """First-order autoregression."""
    found = noise.copy()
    for draw in range(1, noise.shape[1]):
        found[:, draw] += rho * found[:, draw - 1]
    return found


def numbers(noise: np.ndarray) -> np.ndarray:
    """0, 1, 2, ... for the chains, as a column."""
    return np.arange(float(len(noise)))[:, np.newaxis]


def holding(noise: np.ndarray, value: float, places: slice) -> np.ndarray:
    found = noise.copy()
    found[-1, places] = value
    return found


CASES = {
    "independent": lambda noise: noise,
    "sticky": lambda noise: correlated(noise, 0.9),
    "walk": lambda noise: noise.cumsum(axis=1),
    "antithetic": lambda noise: correlated(noise, -0.7),
    "strictly alternating": lambda noise: 0.01 * noise + (-1.0) ** np.arange(noise.shape[1]),
    "trend": lambda noise: noise + np.arange(noise.shape[1]),
    "chains of different means": lambda noise: noise + numbers(noise),
    "chains of different spread": lambda noise: noise * (1 + numbers(noise)),
    "Cauchy": lambda noise: noise / rough(*noise.shape)[:, ::-1],
    "ties": lambda noise: np.round(correlated(noise, 0.5)),
    "two values": lambda noise: np.sign(correlated(noise, 0.5)),
    "rarely another value": lambda noise: (noise > 2).astype(float),
    "constant": lambda noise: np.full_like(noise, 0.1),
    "chains that never move": lambda noise: 0.1 * numbers(noise) + np.zeros_like(noise),
    "one chain that never moves": lambda noise: holding(noise, 0.1, slice(None)),
    "signed zeros": lambda noise: np.copysign(0.0, noise),
    "one NaN": lambda noise: holding(noise, np.nan, slice(3, 4)),
    "all NaN": lambda noise: np.full_like(noise, np.nan),
    "one infinite": lambda noise: holding(noise, np.inf, slice(3, 4)),
    "one negative infinite": lambda noise: holding(noise, -np.inf, slice(3, 4)),
    "many infinite": lambda noise: np.where(noise > 1, np.inf, noise),
    "mostly infinite": lambda noise: np.where(noise > -0.5, np.inf, noise),
    "infinite both ways": lambda noise: np.copysign(np.inf, noise),
    "all infinite": lambda noise: np.full_like(noise, np.inf),
}
SHAPES = [(1, 120), (2, 100), (4, 4), (4, 5), (4, 7), (4, 9), (4, 101), (4, 500), (7, 103)]


def second_opinion(draws: np.ndarray) -> dict[str, np.ndarray]:
    """ArviZ's numbers for draws of shape (chains, draws, k)."""
    axes = {"chain_axis": 0, "draw_axis": 1}
    with np.errstate(all="ignore"):
        return {
            "ess_bulk": np.asarray(array_stats.ess(draws, method="bulk", **axes)),
            "ess_tail": np.asarray(array_stats.ess(draws, method="tail", prob=TAILS, **axes)),
            "r_hat": np.asarray(array_stats.rhat(draws, **axes)),
        }


def assert_agrees(draws: np.ndarray) -> None:
    found, expected = convergence(draws), second_opinion(draws)
    for name in NAMES:
        np.testing.assert_allclose(getattr(found, name), expected[name], rtol=1e-10, err_msg=name)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_agrees_with_arviz(make, shape):
    assert_agrees(make(rough(*shape))[..., np.newaxis])


def test_quantities_side_by_side_agree_with_arviz(monkeypatch):
    noise = rough(4, 100)
    draws = np.stack([make(noise) for make in CASES.values()], axis=2)
    monkeypatch.setattr("bayesglmm.engine.convergence.BLOCK", 5 * noise.size)
    assert_agrees(draws)


def test_chains_that_mix_badly_cost_no_more():
    """20,000 draws of ten random walks took forty times as long as independent ones."""
    noise = generator(2).normal(size=(4, 20_000, 10))
    seconds = []
    for draws in (noise, noise.cumsum(axis=1)):
        convergence(draws[:, :200])
        start = time.process_time()
        convergence(draws)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 6 * seconds[0]


def test_work_is_ended_between_blocks():
    class EnoughError(Exception):
        pass

    def end() -> None:
        raise EnoughError

    with pytest.raises(EnoughError):
        convergence(rough(4, 100)[..., np.newaxis], end)


@pytest.mark.parametrize("draws", [1, SHORTEST - 1])
def test_short_chains_say_nothing(draws):
    found = convergence(np.ones((4, draws, 3)))
    for name in NAMES:
        np.testing.assert_array_equal(getattr(found, name), np.full(3, np.nan))


def test_no_quantities():
    found = convergence(np.empty((4, 100, 0)))
    assert [getattr(found, name).shape for name in NAMES] == [(0,)] * 3


def test_draws_are_left_as_they_were():
    draws = rough(4, 100)[..., np.newaxis]
    before = draws.copy()
    convergence(draws)
    np.testing.assert_array_equal(draws, before)


def test_needs_no_arviz_and_imports_numba_late():
    code = (
        "import sys, numpy as np; from bayesglmm.engine.convergence import convergence;"
        "early = set(sys.modules); convergence(np.ones((4, 100, 1)));"
        "assert not {'numba', 'arviz', 'arviz_stats'} & early;"
        "assert not {'arviz', 'arviz_stats'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
