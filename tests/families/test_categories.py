"""Families of categories: probabilities by hand, in NumPy and in the graph; also far out."""

from __future__ import annotations

import copy
import pickle
from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pymc.pytensorf import rewrite_pregrad
from pytensor.compile.mode import Mode
from scipy import special, stats
from seeds import CHANCE, generator

from bayesglmm.families import FAMILIES, Rows, find_family, find_link
from bayesglmm.families.link import Location

LEVELS = ("poor", "fair", "good", "very good")
BELOW = {
    "logit": special.expit,
    "probit": special.ndtr,
    "cloglog": lambda x: -np.expm1(-np.exp(x)),
}
ORDERED = [
    (family.name, link) for family in FAMILIES if family.support.ordered for link in family.links
]
OF_CATEGORIES = [*ORDERED, ("categorical", "log")]
ETA = np.array([-0.7, -0.3, 0.0, 0.4, 1.1, 1.6])
TAU = np.array([0.0, 1.3, 2.0])
"""Thresholds, the intercept left in the linear predictor."""


def parameters(name: str) -> dict[str, float]:
    """The parameters beside the first: of thresholds, or odds against the first category."""
    if name == "categorical":
        return {"mu_good": 0.7, "mu_very good": 2.5}
    stem = "gap_" if name == "cumulative" else "step_"
    return {f"{stem}2": 1.3, f"{stem}3": 0.7}


def by_hand(name: str, link: str, eta: np.ndarray, disc: float = 1.0) -> np.ndarray:
    """Probabilities (categories, rows) from the definitions, without a thought for the tails."""
    one = np.ones_like(eta)
    if name == "categorical":
        odds = np.stack([one, np.exp(eta), 0.7 * one, 2.5 * one])
        return odds / odds.sum(axis=0)
    below = BELOW[link](disc * (TAU[:, None] - eta))
    if name == "cumulative":
        return np.diff(np.vstack([0 * one, below, one]), axis=0)
    if name == "sequential":
        reached = np.cumprod(np.vstack([one, 1 - below]), axis=0)
        return reached * np.vstack([below, one])
    weights = np.cumprod(np.vstack([one, (1 - below) / below]), axis=0)
    return weights / weights.sum(axis=0)


@cache
def compiled(name: str, link: str) -> Any:
    """A graph's log density of some rows, and its slopes in their linear predictors.

    Rewritten as for a sampler, and run by Python: what compiles in the tests of an engine need not
    do so here.
    """
    family, eta, y = find_family(name).of_levels(LEVELS), pt.dvector("eta"), pt.lvector("y")
    own = {key: pt.constant(np.array(value)) for key, value in parameters(name).items()}
    kind, arguments = family.distribution(find_link(link), eta, Rows(None), own)
    logs = pm.logp(getattr(pm, kind).dist(**arguments), y)
    logs = rewrite_pregrad(logs)
    return pytensor.function(
        [eta, y],
        [logs, pytensor.grad(logs.sum(), eta)],
        mode=Mode("py", "fast_run").excluding("fusion"),
    )


@pytest.mark.parametrize(("name", "link"), OF_CATEGORIES)
def test_density_by_hand(name, link):
    family, chosen = find_family(name).of_levels(LEVELS), find_link(link)
    expected = by_hand(name, link, ETA)
    np.testing.assert_allclose(expected.sum(axis=0), 1)
    each = family.chances.each(Location(chosen, ETA), parameters(name))
    np.testing.assert_allclose(each, expected.T, rtol=1e-9, atol=1e-14)
    for k in range(4):
        found = family.log_density(chosen, ETA, Rows(np.full(6, float(k))), parameters(name))
        np.testing.assert_allclose(found, np.log(expected[k]), rtol=1e-9, atol=1e-12)
        below = family.cdf(np.full(6, k + 0.5), chosen, ETA, Rows(None), parameters(name))
        np.testing.assert_allclose(below, expected[: k + 1].sum(axis=0), rtol=1e-9, atol=1e-14)
    assert (family.cdf(np.full(6, -1.0), chosen, ETA, Rows(None), parameters(name)) == 0).all()


@pytest.mark.parametrize(("name", "link"), ORDERED)
def test_discrimination_multiplies_the_distance_to_the_thresholds(name, link):
    family, chosen = find_family(name).of_levels(LEVELS), find_link(link)
    disc = np.full(6, 0.6)
    each = family.chances.each(Location(chosen, ETA), {**parameters(name), "disc": disc})
    np.testing.assert_allclose(each, by_hand(name, link, ETA, 0.6).T, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize(("name", "link"), OF_CATEGORIES)
def test_the_graph_has_the_same_density_and_its_slope(name, link):
    family, y = find_family(name).of_levels(LEVELS), np.array([0, 3, 1, 2, 1, 2])

    def density(eta):
        return family.log_density(find_link(link), eta, Rows(y.astype(float)), parameters(name))

    values, slopes = compiled(name, link)(ETA, y)
    np.testing.assert_allclose(values, density(ETA), rtol=1e-12)
    step = 1e-5
    numeric = (density(ETA + step) - density(ETA - step)) / (2 * step)
    np.testing.assert_allclose(slopes, numeric, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("name", "link"), OF_CATEGORIES)
def test_far_out_everything_is_finite_and_alike_in_the_graph(name, link):
    family, y = find_family(name).of_levels(LEVELS), np.arange(4)
    for far in (-700.0, -40.0, 40.0, 700.0):
        eta = np.full(4, far)
        found = family.log_density(find_link(link), eta, Rows(y.astype(float)), parameters(name))
        assert np.isfinite(found).all()
        assert special.logsumexp(found) == pytest.approx(0, abs=1e-12)
        values, slopes = compiled(name, link)(eta, y)
        np.testing.assert_allclose(values, found, rtol=1e-11, atol=1e-15)
        assert np.isfinite(slopes).all()


def test_the_cumulative_logit_far_out_to_all_digits():
    """At eta = 700 the first three are ``tau_k - eta`` and what F's ratio of neighbours adds."""
    family = find_family("cumulative").of_levels(LEVELS)
    own = parameters("cumulative")
    y = np.arange(3.0)
    found = family.log_density(find_link("logit"), np.full(3, 700.0), Rows(y), own)
    ends = np.exp(TAU) - np.array([0.0, 1.0, np.exp(1.3)])
    np.testing.assert_allclose(found, np.log(ends) - 700, rtol=1e-13)


@pytest.mark.parametrize(("name", "link"), OF_CATEGORIES)
def test_draws_have_the_probabilities(name, link):
    family, count = find_family(name).of_levels(LEVELS), 20_000
    eta = np.full(count, 0.4)
    drawn = family.draw(generator(5), find_link(link), eta, Rows(None), parameters(name))
    expected = by_hand(name, link, np.array([0.4]))[:, 0]
    observed = np.bincount(drawn.astype(int), minlength=4)
    assert stats.chisquare(observed, count * expected).pvalue > CHANCE
    assert family.support.allows(drawn, 1.0).all()


@pytest.mark.parametrize(("name", "link"), OF_CATEGORIES)
def test_quantiles_are_the_first_category_that_reaches_the_share(name, link):
    family, chosen = find_family(name).of_levels(LEVELS), find_link(link)
    share = np.linspace(0.02, 0.98, 6)
    found = family.quantile(share, chosen, ETA, Rows(None), parameters(name))
    expected = (np.cumsum(by_hand(name, link, ETA), axis=0) < share).sum(axis=0)
    np.testing.assert_array_equal(found, expected)


def test_two_categories_of_a_threshold_are_a_bernoulli():
    for name, link in ORDERED:
        family = find_family(name).of_levels(("no", "yes"))
        found = family.log_density(find_link(link), ETA, Rows(np.ones(6)), {})
        np.testing.assert_allclose(found, np.log1p(-BELOW[link](-ETA)), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", ["cumulative", "sequential", "adjacent", "categorical"])
def test_a_family_of_levels_is_one_and_travels(name):
    family = find_family(name).of_levels(LEVELS)
    assert find_family(name).of_levels(LEVELS) is family
    assert pickle.loads(pickle.dumps(family)) is family
    assert copy.deepcopy(family) is family
    for parameter in family.parameters:
        assert pickle.loads(pickle.dumps(parameter)) == parameter
    names = [parameter.name for parameter in family.parameters]
    assert len({*names}) == len(names)
    assert len({parameter.symbol for parameter in family.parameters}) == len(names)


def test_gaps_have_priors_of_the_size_of_equal_categories():
    wide, narrow = (find_family("cumulative").of_levels(tuple("abcdefghij"[:k])) for k in (3, 10))
    assert [p.name for p in wide.others] == ["gap_2", "disc"]
    assert [p.name for p in narrow.others] == [*(f"gap_{k}" for k in range(2, 10)), "disc"]
    sizes = [dict(one.others[0].prior.make(None).arguments)["sigma"] for one in (wide, narrow)]
    np.testing.assert_allclose(sizes, [5 * np.log(2), 5 * np.log(9) / 8], atol=1e-3)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("ordinal", "cumulative"),
        ("clm", "cumulative"),
        ("cumulative(probit)", "cumulative"),
        ("sratio", "sequential"),
        ("acat", "adjacent"),
        ("multinomial", "categorical"),
        ("categorical(logit)", "categorical"),
    ],
)
def test_what_others_call_them(called, name):
    from bayesglmm.families import read_family

    assert read_family(called)[0].name == name
