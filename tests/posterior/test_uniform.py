"""Chances of uniform values at many points at once, against enumeration and simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binom, multinomial
from seeds import CHANCE, bound, generator

from bayesglmm.posterior.uniform import (
    LEAST,
    chance_inside,
    uniform_band,
    uniform_chance,
)

POINTS = np.arange(1, 100) / 100


@pytest.mark.parametrize("n", [1, 4, 7])
@pytest.mark.parametrize("points", [(0.5,), (0.3, 0.6), (0.1, 0.2, 0.95)])
def test_the_chance_of_staying_inside_is_the_sum_over_all_ways(n, points):
    lower = np.array([0, 1, 1])[: len(points)]
    upper = np.array([n - 1, n, n])[: len(points)]
    cells = np.diff([0.0, *points, 1.0])
    total = 0.0
    for counts in product(range(n + 1), repeat=len(points)):
        below = np.cumsum(counts)
        if below[-1] <= n and (below >= lower).all() and (below <= upper).all():
            total += multinomial.pmf([*counts, n - below[-1]], n, cells)
    assert chance_inside(lower, upper, n, np.array(points)) == pytest.approx(total, abs=1e-12)


@pytest.mark.parametrize("below", [0, 3, 9, 15])
def test_at_one_point_it_is_the_two_sided_binomial_test(below):
    tail = 2 * min(binom.cdf(below, 15, 0.4), binom.sf(below - 1, 15, 0.4))
    counts = np.arange(16)
    tails = 2 * np.minimum(binom.cdf(counts, 15, 0.4), binom.sf(counts - 1, 15, 0.4))
    expected = binom.pmf(counts, 15, 0.4)[tails <= tail * (1 + 1e-12)].sum()
    found = uniform_chance(np.array([below]), 15, np.array([0.4]))
    assert found == pytest.approx(max(expected, LEAST), abs=1e-12)


def test_values_in_the_middle_of_what_is_likely_are_as_near_as_can_be():
    assert uniform_chance(np.round(200 * POINTS).astype(int), 200, POINTS) > 0.999


def test_values_that_are_all_alike_are_not_uniform():
    assert uniform_chance(np.zeros(99, dtype=int), 200, POINTS) == LEAST


def simulated(n: int, sets: int) -> np.ndarray:
    return generator(7).multinomial(n, np.full(100, 0.01), sets).cumsum(axis=1)[:, :-1]


@pytest.mark.parametrize("n", [20, 200])
@pytest.mark.parametrize("mass", [0.8, 0.95])
def test_a_band_holds_its_share_of_uniform_sets(n, mass):
    band, sets = uniform_band(n, POINTS, mass), 1000
    lower, upper = (np.rint(n * ends).astype(int) for ends in (band.lower, band.upper))
    exact = chance_inside(lower, upper, n, POINTS)
    assert mass <= exact < mass + 0.15 * (1 - mass) + 4 / n
    inside = np.mean([band.holds(below / n) for below in simulated(n, sets)])
    assert abs(inside - exact) < bound(4) * np.sqrt(exact * (1 - exact) / sets)


def test_a_chance_is_below_a_bound_as_often_as_it_says():
    some, points = slice(9, None, 10), POINTS[9::10]
    chances = np.array([uniform_chance(below[some], 50, points) for below in simulated(50, 400)])
    for level in (0.05, 0.3, 0.7):
        assert (chances <= level).sum() <= binom.isf(CHANCE / 3, 400, level)


def test_a_shift_is_found_and_the_band_says_where():
    shifted = np.floor(200 * POINTS**1.8).astype(int)
    band = uniform_band(200, POINTS)
    assert not band.holds(shifted / 200)
    assert uniform_chance(shifted, 200, POINTS) < 1e-6
