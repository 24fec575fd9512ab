"""Intervals that hold together: closed forms, coverage, invariance."""

from __future__ import annotations

import numpy as np
import pytest
from posterior_maker import count_fit
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.hypotheses.joint import joint_bounds, joint_errors

MASS = 0.9


@pytest.mark.parametrize("rows", [2, 5, 20])
def test_independent_normals_have_a_closed_form(rows):
    """Each holds with mass ** (1 / rows), so that all hold with the mass."""
    size = 40_000
    bounds, tail = joint_bounds(generator(3).normal(size=(size, rows)), MASS)
    true = (1 - MASS ** (1 / rows)) / 2
    # of all draws a share of 1 - MASS lies outside; its error moves the tail by the slope there
    slope = 2 * rows * (1 - 2 * true) ** (rows - 1)
    error = np.sqrt(MASS * (1 - MASS) / size) / slope
    assert abs(tail - true) < bound() * error
    edge = stats.norm.ppf(1 - true)
    of_draws = np.sqrt(true * (1 - true) / size)
    errors = np.hypot(error, of_draws) / stats.norm.pdf(edge)
    assert np.abs(np.abs(bounds) - edge).max() < bound(2 * rows) * errors


def test_coverage_of_correlated_normals():
    """Bounds from some draws hold all of others' rows as often as they say."""
    rng, rows = generator(5), 6
    factor = np.linalg.cholesky(0.7 + 0.3 * np.eye(rows)) @ np.diag([1, 2, 3, 1, 1, 5])
    made, others = (rng.normal(size=(20_000, rows)) @ factor.T for _ in range(2))
    low, high = joint_bounds(made, MASS)[0]
    inside = ((low <= others) & (others <= high)).all(axis=1)
    assert abs(inside.mean() - MASS) < bound() * np.sqrt(2 * MASS * (1 - MASS) / 20_000)
    own = ((low <= made) & (made <= high)).all(axis=1).mean()
    assert MASS <= own < MASS + 1e-3


def test_rows_that_move_together_need_no_more_width():
    value = generator(6).normal(size=4001)
    together = np.stack([value, 3 * value + 1, np.exp(value)], axis=1)
    bounds, tail = joint_bounds(together, MASS)
    assert tail == pytest.approx((1 - MASS) / 2, abs=1e-3)
    np.testing.assert_allclose(bounds, np.quantile(together, (tail, 1 - tail), axis=0))


def test_ratios_have_the_intervals_of_their_logarithms():
    values = generator(7).normal(size=(1001, 4))
    np.testing.assert_allclose(
        joint_bounds(np.exp(values), MASS)[0], np.exp(joint_bounds(values, MASS)[0])
    )


def test_what_never_varies_does_not_count():
    values = generator(8).normal(size=(1000, 3))
    with_constant = np.concatenate([values, np.full((1000, 1), 2.0)], axis=1)
    found = joint_bounds(with_constant, MASS)[0]
    np.testing.assert_array_equal(found[:, :3], joint_bounds(values, MASS)[0])
    np.testing.assert_array_equal(found[:, 3], 2.0)


def test_monte_carlo_errors_are_those_of_repeated_draws():
    rng = generator(9)
    found = [joint_bounds(rng.normal(size=(2000, 4)), MASS)[0] for _ in range(200)]
    errors = [joint_errors(rng.normal(size=(2000, 4)), MASS) for _ in range(20)]
    ratio = np.mean(errors) / np.std(found, axis=0, ddof=1).mean()
    assert 0.6 < ratio < 1.7  # batches are short, and their outermost draws scatter alike


def test_a_table_says_that_its_intervals_hold_together():
    fit = count_fit()
    alone, together = fit.fixef(), fit.fixef(joint=True)
    values = alone.draws.to_numpy().reshape(-1, 3)
    bounds, tail = joint_bounds(values, 0.95)
    np.testing.assert_array_equal(together.frame[["lower", "upper"]].T, bounds)
    np.testing.assert_array_equal(together.frame["median"], alone.frame["median"])
    assert (together.frame["lower"] < alone.frame["lower"]).all()
    assert (together.frame["mcse_lower"] > 0).all()
    text = str(together).replace("\n  ", " ")
    assert "all 3 hold together with 95 % posterior probability" in text
    assert f"each is an equal-tailed interval of {100 * (1 - 2 * tail):.3g} % by itself" in text
    assert "95 % equal-tailed" not in str(together)
    assert str(bg.hypotheses(together, joint=True)) == str(together)
    of_pairs = fit.avg_predictions(by="year", hypothesis="pairwise", joint=True)
    assert "all 6 hold together" in str(of_pairs)


def test_one_row_stands_alone():
    fit = count_fit()
    one = fit.avg_predictions(joint=True)
    assert "95 % equal-tailed credible interval" in str(one)
    np.testing.assert_allclose(one.frame["lower"], fit.avg_predictions().frame["lower"], rtol=1e-3)


def test_several_intervals_in_a_row_are_refused():
    with pytest.raises(SpecError, match="several intervals in a row"):
        bg.hypotheses(count_fit().ratios(), joint=True)
