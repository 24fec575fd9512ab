"""Draws that the digits of the main table need, and what they may cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from arviz_stats.base import array_stats
from posterior_maker import autoregressive, binary_fit, make_fit, normal_fit
from scipy import stats
from seeds import generator

from bayesglmm.engine.digits import (
    CORES,
    MARGIN,
    MOST_SECONDS,
    Digits,
    estimates_with_errors,
    shortage,
)
from bayesglmm.engine.nuts import Sample
from bayesglmm.engine.quantile_errors import quantile_errors
from bayesglmm.posterior.more_digits import more_digits_note
from bayesglmm.posterior.quantities import ERRORS, ESTIMATES
from bayesglmm.tables.digits import OF_ESTIMATE


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
    assert times(draws).max() == pytest.approx((error / 0.1) ** 2, rel=0.7)
    assert not times(generator(1).normal(100, 1, size=(4, 5000, 1))).any()


def times(values, kind="estimate", of_estimate=OF_ESTIMATE):
    """How many times as many draws are needed, each number of draws."""
    return shortage(*estimates_with_errors(values), kind, of_estimate)


def test_two_digits_of_every_number_and_a_third_of_the_estimates_are_asked_for():
    """A median of 5.2 and bounds of 3.1 and 8.7: hundredths and tenths of them."""
    numbers, errors = np.array([[5.2, 3.1, 8.7]]), np.array([[0.02, 0.05, 0.2]])
    two, three = (shortage(numbers, errors, "positive", many) for many in (2, 3))
    assert two == pytest.approx(np.array([[0, 0, 4]]))
    assert three == pytest.approx(np.array([[4, 0, 4]]))
    width = shortage(numbers - 5, errors, "estimate", 3)
    assert width == pytest.approx(np.array([[0, 0, 4]]))


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
    needed = kept.draws * MARGIN * times(kept.positions)
    needed = needed[needed > 0]
    assert digits.wanted(kept, 49) == 50
    assert digits.wanted(kept, 0) == 50  # where nothing at all can be had
    assert digits.wanted(kept, int(needed.min()) - 1) == 50
    assert digits.wanted(kept, 10**9) == int(np.ceil(needed.max()))


def test_the_third_digit_of_the_estimates_is_for_the_whole_column_or_not_at_all():
    """One estimate could have it for little; the other, wider by far, cannot."""
    scores = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    shuffled = generator(3).permutation(scores).reshape(4, -1, 1)
    kept = Sample(np.concatenate([0.3 * shuffled, 1.5 * shuffled], axis=2), {})
    for places, gains in (([0], True), ([0, 1], False)):
        digits = Digits(lambda s, at=places: 2.5 * np.exp(s.positions[..., at]), "positive", 1e-6)
        three = kept.draws * MARGIN * times(digits.printed(kept), "positive")[:, 0]
        assert three[0] > kept.draws
        most = int(1.2 * three[0])
        assert (digits.wanted(kept, most) >= three[0]) == gains


def test_a_model_without_fixed_effects_has_no_digits():
    kept = make_sample(50)
    assert Digits(lambda s: s.positions[..., :0], "estimate", 1e-6).wanted(kept, 10**6) == 50


def test_numbers_that_overflow_have_no_digits():
    with np.errstate(over="raise", invalid="raise"):
        kept = make_sample(50)
        huge = Digits(lambda s: np.full_like(s.positions, np.inf), "positive", 1e-6)
        assert huge.wanted(kept, 10**6) == 50


# Estimate, lower, upper; errors; kind; what the note says of a fit of 500 draws, or nothing
NOTES = [
    ((7.23, 1.04, 69.8), (0.004, 0.04, 0.4), "positive", ""),
    (
        (7.23, 1.04, 69.8),
        (0.03, 0.04, 0.4),
        "positive",
        "The estimates have two digits; fit(draws=5_000) gives three.",
    ),
    (
        (7.23, 1.04, 69.8),
        (0.03, 0.04, 1.5),
        "positive",
        "Digits that the Monte Carlo error does not support are left out: fit(draws=2_000) gives "
        "two of every number, fit(draws=5_000) the third of the estimates.",
    ),
    (
        (7.23, 1.04, 69.8),
        (0.012, 0.04, 1.5),
        "positive",
        "Digits that the Monte Carlo error does not support are left out: fit(draws=2_000) gives "
        "two of every number.",
    ),
    (
        (-0.02, -0.14, 0.09),
        (0.002, 0.02, 0.01),
        "estimate",
        "Digits that the Monte Carlo error does not support are left out: fit(draws=2_000) gives "
        "them.",
    ),
    ((np.nan,) * 3, (np.nan,) * 3, "positive", ""),
    ((np.inf,) * 3, (np.nan,) * 3, "positive", ""),
]


@pytest.mark.parametrize(("values", "errors", "kind", "said"), NOTES)
def test_a_table_says_which_run_gives_its_digits(values, errors, kind, said):
    frame = pd.DataFrame([values + errors], columns=[*ESTIMATES, *ERRORS])
    assert more_digits_note(frame, normal_fit().draws, kind) == ((said,) if said else ())


def test_the_note_stands_below_the_table_of_ratios():
    notes = binary_fit(noise=2.0).ratios().notes
    (said,) = [note for note in notes if note.startswith("Digits that")]
    assert "fit(draws=" in said
    fine = normal_fit(noise=1e-4)
    long = make_fit(_model(fine), {"Intercept": 10.0, "x": -1.5, "sigma": 2.0}, draws=20_000)
    assert not [note for note in long.ratios().notes if "digits" in note]


def _model(fit):
    import bayesglmm as bg

    return bg.Model("y ~ x", fit.design.given)
