"""The bound of R-hat: 1.01 for one quantity, what chance gives for thousands of group effects."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2
from seeds import generator

from bayesglmm.engine import r_hat
from bayesglmm.engine.convergence import R_HAT, Convergence, convergence
from bayesglmm.engine.r_hat import r_hat_bounds

MANY = 4114
"""Effects of a crossed Gaussian model whose fit stopped with an R-hat of 1.0107."""


def found(ess_within: float, k: int) -> Convergence:
    return Convergence(*np.full((3, k), 2000.0), np.full(k, ess_within))


def noise(draws: int, k: int) -> np.ndarray:
    return generator(8).normal(size=(4, draws, k))


def exceeds(draws: np.ndarray, effects: int) -> np.ndarray:
    """Which quantities disagree between chains, as effects among so many."""
    seen = convergence(draws)
    k = len(seen.r_hat)
    rest = np.full(effects - k, 1.0)
    whole = Convergence(*(np.concatenate([getattr(seen, n), rest]) for n in Convergence.__slots__))
    return seen.r_hat > r_hat_bounds(whole, np.ones(effects, dtype=bool), 4)[:k]


@pytest.mark.parametrize(("ess", "k"), [(1000, 1), (1000, 88), (2341, MANY), (500, MANY)])
def test_the_bound_of_effects_is_a_quantile_of_what_chance_gives(ess, k):
    """One of k effects, each with two values of R-hat, exceeds it in one fit of a hundred."""
    level = (1 - 0.01) ** (1 / (2 * k))
    expected = np.sqrt(1 + 8 / ess * chi2.ppf(level, 7) / 7)
    bounds = r_hat_bounds(found(ess, k), np.ones(k, dtype=bool), 4)
    np.testing.assert_allclose(bounds, max(expected, 1.01), rtol=1e-7)


def test_known_bounds():
    """2,341 draws' worth in 8 halves: hardly more than the bound of one quantity."""
    every = np.ones(MANY, dtype=bool)
    assert r_hat_bounds(found(1000, MANY), every, 4)[0] == pytest.approx(1.0226, abs=1e-4)
    assert r_hat_bounds(found(2341, MANY), every, 4)[0] == R_HAT == 1.01
    for ess in (4, 400, np.nan):  # what has fewer fails by its ESS
        assert r_hat_bounds(found(ess, MANY), every, 4)[0] == pytest.approx(1.0557, abs=1e-4)


def test_what_is_no_group_effect_keeps_its_bound():
    effects = np.arange(6) >= 2
    bounds = r_hat_bounds(found(1000, 6), effects, 4)
    np.testing.assert_array_equal(bounds[:2], R_HAT)
    assert (bounds[2:] > R_HAT).all()
    np.testing.assert_array_equal(r_hat_bounds(found(1000, 3), np.zeros(3, bool), 4), R_HAT)


def test_thousands_of_effects_of_chains_that_agree_are_not_called_stuck(monkeypatch):
    """Some are above 1.01; in a million such fits one is above what chance gives."""
    monkeypatch.setattr(r_hat, "FALSE_ALARMS", 1e-6)
    draws = noise(150, MANY)
    assert not exceeds(draws, MANY).any()
    assert (convergence(draws).r_hat > R_HAT).sum() > 50


@pytest.mark.parametrize("draws", [300, 800])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda chain: chain + 1,
        lambda chain: 3 * chain,
        lambda chain: np.full_like(chain, chain[0]),
        lambda chain: chain + np.linspace(-2, 2, len(chain))[:, np.newaxis],
    ],
    ids=["elsewhere", "wider", "frozen", "drifting"],
)
def test_one_stuck_effect_of_thousands_is_caught(spoil, draws):
    values = noise(draws, 200)
    values[2] = spoil(values[2])
    assert exceeds(values, MANY).all()


def test_half_a_standard_deviation_is_caught_with_more_draws():
    """Always at an ESS of 8,000; at 1,000 in two of three fits."""
    values = noise(2000, 50)
    values[0] += 0.5
    assert exceeds(values, MANY).all()


def test_the_size_within_chains_does_not_know_of_their_means():
    values = noise(500, 3)
    values[0] += 5 * np.arange(1, 4)
    seen = convergence(values)
    assert (seen.ess_bulk < 20).all()
    assert (seen.ess_within > 400).all()
    assert np.isnan(convergence(noise(2000, 3)).ess_within).all()
