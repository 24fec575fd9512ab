"""Draws that the digits of the main table need, and what they may cost."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats
from posterior_maker import autoregressive, binary_fit, make_fit, normal_fit
from scipy import stats
from seeds import generator

from bayesglmm.engine.digits import CORES, MARGIN, MOST_SECONDS, Digits, shortage
from bayesglmm.engine.nuts import Sample
from bayesglmm.engine.quantile_errors import quantile_errors


@pytest.mark.parametrize("correlation", [-0.3, 0.0, 0.9])
@pytest.mark.parametrize("draws", [5, 250, 251])
def test_errors_of_quantiles_are_those_of_arviz(correlation, draws):
    values = np.stack([autoregressive(generator(k), draws, correlation) for k in range(3)], axis=2)
    values[..., 2] = np.round(values[..., 2])  # ties
    parts = (0.5, 0.025, 0.975)
    found = quantile_errors(values, parts)
    for part, row in zip(parts, found, strict=True):
        theirs = array_stats.mcse(values, chain_axis=0, draw_axis=1, method="quantile", prob=part)
        np.testing.assert_allclose(row, theirs, rtol=1e-9)


def test_errors_of_what_is_no_sample():
    values = np.zeros((4, 100, 2))
    values[0, 0, 1] = np.nan
    assert quantile_errors(values, (0.5,))[0, 0] == 0
    assert np.isnan(quantile_errors(values, (0.5,))[0, 1])
    assert np.isnan(quantile_errors(values[:, :3], (0.5,))).all()


def test_draws_needed_are_the_square_of_the_error_in_units_of_the_last_digit():
    """Two digits of a width of 8.6 are tenths; the error of a bound is known in closed form."""
    sd, size = 2.2, 800
    scores = stats.norm.ppf((np.arange(size) + 0.5) / size)
    draws = 100 + sd * generator(1).permutation(scores).reshape(4, -1, 1)
    error = sd * np.sqrt(0.025 * 0.975 / size) / stats.norm.pdf(stats.norm.ppf(0.025))
    assert shortage(draws, "estimate").max() == pytest.approx((error / 0.1) ** 2, rel=0.7)
    assert not len(shortage(generator(1).normal(100, 1, size=(4, 5000, 1)), "estimate"))


def make_sample(draws: int, steps: int = 10) -> Sample:
    statistics = {"n_steps": np.full((4, draws), steps)}
    return Sample(generator(2).normal(100, 1, size=(4, draws, 1)), statistics)


@pytest.mark.parametrize("seconds", [1e-6, 1e-4, 2e-3, 1.0])
def test_digits_cost_no_more_than_the_run_so_far_and_three_seconds(seconds):
    kept, warmup = make_sample(200), 4 * 150 * 20
    most = Digits(lambda sample: sample.positions, "estimate", seconds).most_draws(warmup, kept)
    each = 4 * 10 * seconds / CORES
    more = (most - kept.draws) * each
    so_far = kept.draws * each + warmup * seconds / CORES
    assert more <= so_far
    assert more <= MOST_SECONDS
    assert more == pytest.approx(min(so_far, MOST_SECONDS), abs=each)


def test_what_cannot_be_reached_costs_nothing():
    kept = make_sample(50)
    digits = Digits(lambda sample: sample.positions, "estimate", 1e-6)
    needed = kept.draws * MARGIN * shortage(kept.positions, "estimate")
    assert digits.wanted(kept, 49) == 50
    assert digits.wanted(kept, int(needed.min()) - 1) == 50
    assert digits.wanted(kept, 10**9) == int(np.ceil(needed.max()))


def test_a_model_without_fixed_effects_has_no_digits():
    kept = make_sample(50)
    assert Digits(lambda s: s.positions[..., :0], "estimate", 1e-6).wanted(kept, 10**6) == 50


def test_numbers_that_overflow_have_no_digits():
    with np.errstate(over="raise", invalid="raise"):
        kept = make_sample(50)
        huge = Digits(lambda s: np.full_like(s.positions, np.inf), "positive", 1e-6)
        assert huge.wanted(kept, 10**6) == 50


def test_a_table_says_which_run_gives_its_digits():
    notes = binary_fit().ratios().notes
    (said,) = [note for note in notes if note.startswith("Digits that")]
    assert "fit(draws=" in said
    fine = normal_fit(noise=1e-4)
    long = make_fit(_model(fine), {"Intercept": 10.0, "x": -1.5, "sigma": 2.0}, draws=20_000)
    assert not [note for note in long.ratios().notes if note.startswith("Digits that")]


def _model(fit):
    import bayesglmm as bg

    return bg.Model("y ~ x", fit.design.given)
