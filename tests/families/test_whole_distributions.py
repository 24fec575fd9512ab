"""Every family as a whole distribution: it sums to 1, its draws have its moments; at the ends of
what doubles hold it is finite, or certain. `tests/graph/test_build.py` holds it against the graph.

Cases are those of `twins`.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate
from seeds import bound, generator
from twins import NAMES, PAIRS, TWINS, case, responses

from bayesglmm.families import Rows, find_family, find_link


@pytest.mark.parametrize("name", NAMES)
def test_it_sums_or_integrates_to_one(name):
    family, link, eta, rows, others, twin = case(name, find_family(name).links[0], n=3)
    # Of a proportion close to 1 too few digits are left for the density to be integrated there.
    places = 1 if family.support.fraction else 3
    if family.support.fraction:
        eta, twin = np.full(3, 0.4), TWINS[name](link.inverse(np.full(3, 0.4)), rows, others)

    def density(y, place):
        one = replace(rows.take(np.array([place])), y=np.atleast_1d(np.asarray(y, dtype=float)))
        return np.exp(family.log_density(link, eta[[place]], one, others))

    for place in range(places):
        if family.support.discrete:
            top = np.broadcast_to(twin.ppf(1 - 1e-14), eta.shape)[place]
            total = density(np.arange(top + 1), place).sum()
        else:
            shares = [1e-12, 1e-6, 1e-3, 0.05, 0.5, 0.95, 0.999, 1 - 1e-6, 1 - 1e-12]
            knots = [np.broadcast_to(twin.ppf(share), eta.shape)[place] for share in shares]
            ends = [0.0] * family.has_zeros + [1.0] * (family.has_zeros and family.support.fraction)
            atoms = sum(density(end, place)[0] for end in ends)
            knots = np.clip(knots, 1e-300, np.nextafter(1.0, 0.0)) if len(ends) > 1 else knots
            knots = [max(knot, 1e-300) for knot in knots] if ends else knots
            total = atoms + sum(
                integrate.quad(lambda y, k=place: density(y, k)[0], a, b, epsabs=0, epsrel=1e-10)[0]
                for a, b in itertools.pairwise(knots)
            )
        assert total == pytest.approx(1, rel=1e-9)


INVERTED = ("hurdle", "zero_truncated")
"""Families whose draws are quantiles, found one by one: fewer of them, for the time they take."""


@pytest.mark.parametrize("name", NAMES)
def test_a_million_draws_have_the_mean_and_the_variance(name):
    family, link, eta, rows, others, twin = case(name, find_family(name).links[0], n=4)
    count = 10_000 if name.startswith(INVERTED) else 250_000
    drawn = family.draw(generator(5), link, np.broadcast_to(eta, (count, 4)), rows, others)
    mean, variance = np.broadcast_to(twin.mean(), 4), np.broadcast_to(twin.var(), 4)
    far = np.abs(drawn.mean(axis=0) - mean) / np.sqrt(variance / len(drawn))
    assert far.max() < bound(4)
    squares = np.square(drawn - mean)
    if np.isfinite(np.broadcast_to(twin.stats("k"), 4)).all():  # else the variance has no error
        error = squares.std(axis=0) / np.sqrt(len(drawn))
        assert (np.abs(squares.mean(axis=0) - variance) / error).max() < bound(4, 0.05)


FAR = np.array([-700.0, -300.0, -40.0, 0.3, 40.0, 300.0, 700.0])


@pytest.mark.parametrize(("name", "link"), PAIRS)
def test_far_linear_predictors_give_numbers_or_certainty(name, link):
    """A density is finite or 0, never no number and never infinite; draws are what they can be."""
    family, link = find_family(name), find_link(link)
    *_, others, twin = case(name, link.name)
    eta = np.abs(FAR) + 1e-3 if link.linear and family.support.positive else FAR
    y = float(np.ravel(responses(twin)[2])[4])
    trials = 30.0 if family.takes_trials else 1.0
    rows = Rows(np.full(len(eta), y), trials=trials)
    with np.errstate(over="ignore", divide="ignore", under="ignore", invalid="ignore"):
        found = family.log_density(link, eta, rows, others)
        drawn = family.draw(generator(3), link, eta, rows, others)
        below = family.cdf(rows.y, link, eta, rows, others)
    assert not np.isnan(found).any()
    assert (found < np.inf).all()
    assert np.isfinite(found[3])
    assert not np.isnan(drawn).any()
    assert family.support.allows(drawn[np.isfinite(drawn)], trials).all()
    assert ((below >= 0) & (below <= 1)).all()


ENDS = [0.0, 1e-12, 1 - 1e-12, 1.0]
EDGES = {"beta": ENDS, "ordered_beta": ENDS, "zero_one_inflated_beta": ENDS}
EDGES |= {"exponential": [1e-300, 1e9], "weibull": [1e-300, 1e9]}
COUNTS = [0.0, 1.0, 1e6, 1e9]


@pytest.mark.parametrize("name", NAMES)
def test_extreme_responses_have_finite_densities(name):
    family, link, eta, rows, others, _ = case(name, find_family(name).links[0])
    extreme = COUNTS if family.support.counts else EDGES.get(name, [])
    for y in (y for y in extreme if np.all(family.support.allows(np.full(1, y), 1.0))):
        found = family.log_density(link, eta, replace(rows, y=np.full(eta.shape, y)), others)
        assert np.isfinite(found).all()


def test_every_family_is_asked():
    assert set(NAMES) == set(TWINS)
