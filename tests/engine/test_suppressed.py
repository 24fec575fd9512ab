"""The kernel's suppressed counts: against the families, against differences, and the graph."""

from __future__ import annotations

import math
from functools import cache
from itertools import product

import numba
import numpy as np
import pandas as pd
import pytest
from kernel_maker import compile_graph, flat_gradient, graph_point
from scipy import special, stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.likelihoods import LIKELIHOODS, SUPPRESSED, find_likelihood
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization

TOLERANCE = 1e-9
INTERVALS = [(1, 9), (0, 4), (3, 4), (10, 300)]
LINKS = ["log", "identity", "sqrt"]
FAMILIES = ["poisson", "negative_binomial"]

compile_function = cache(
    numba.njit(error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
)


def evaluate(family, link, eta, lower, upper, log_exposure, parameter=1.7):
    """Value, score and slope of the log of the parameter, of one suppressed count."""
    likelihood, score = find_likelihood(family, link, suppressed=True), np.full(1, np.nan)
    given = {"log_exposure": log_exposure, "lower": lower, "upper": upper}
    cells = likelihood.cells(
        *(np.full(1, float(given.get(name, 0))) for name in likelihood.cells._fields)
    )
    place = np.full(1, float(eta))
    value, slope = compile_function(likelihood.rows)((place,), (score,), cells, parameter)
    return value, score[0], slope


def test_every_family_of_counts_and_link_has_one():
    pairs = {(one.family, one.link) for one in SUPPRESSED}
    counts = {name for name in FAMILIES if find_family(name).support.name == "count"}
    assert pairs == {(one.family, one.link) for one in LIKELIHOODS if one.family in counts}
    assert find_likelihood("gaussian", "identity", suppressed=True) is None
    assert len({one.rows.__qualname__ for one in SUPPRESSED}) == len(SUPPRESSED)


@pytest.mark.parametrize(("lower", "upper"), INTERVALS)
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("family", FAMILIES)
def test_value_and_slopes_are_those_of_the_family(family, link, lower, upper):
    """At means from 1e-8 to 1e4; slopes by differences of fourth order."""
    exposure, log_alpha = 2.5, math.log(1.7)

    def expected(eta, log_alpha):
        rows = Rows(np.array([float(lower)]), exposure, 1.0, np.array([float(upper)]))
        alpha = {"alpha": math.exp(log_alpha)}
        place = np.array([eta])
        return find_family(family).log_density(find_link(link), place, rows, alpha)[0]

    def derivative(eta, eta_step, alpha_step):
        """By differences along one of the two."""
        change = [expected(eta + k * eta_step, log_alpha + k * alpha_step) for k in (-2, -1, 1, 2)]
        return (8 * (change[2] - change[1]) - (change[3] - change[0])) / 12

    for mean in (1e-8, 1e-2, 0.7, 8.0, 50.0, 1e4):
        eta = float(find_link(link).forward(mean / exposure))
        value, score, slope = evaluate(family, link, eta, lower, upper, math.log(exposure))
        step = 1e-3 * (1.0 if link == "log" else eta)
        assert value == pytest.approx(expected(eta, log_alpha), rel=1e-11, abs=1e-12)
        assert score == pytest.approx(derivative(eta, step, 0) / step, rel=1e-6, abs=1e-10 / step)
        assert slope == pytest.approx(derivative(eta, 0, 1e-3) / 1e-3, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("family", FAMILIES)
def test_extremes_are_numbers(family, link):
    etas, exposures, alphas = (-700.0, -40.0, 0.0, 40.0, 700.0), (1e-6, 1.0, 1e9), (1e-6, 1.7, 1e12)
    for eta, exposure, alpha, lower in product(etas, exposures, alphas, (0, 1)):
        found = evaluate(family, link, eta, lower, 9, math.log(exposure), alpha)
        where = (eta, exposure, alpha, lower)
        impossible = (link == "identity" and eta < 0) or (link != "log" and eta == 0 and lower > 0)
        if impossible:
            assert found[:2] == (-np.inf, 0), where
        else:
            assert found[0] <= 1e-12, where
            assert np.isfinite(found).all(), where


@pytest.mark.parametrize("log_mean", [-30.0, -3.0, 0.0, 2.0, 6.0])
def test_a_large_shape_is_poisson(log_mean):
    value, score, slope = evaluate("negative_binomial", "log", log_mean, 1, 9, 0.0, 1e12)
    counts = np.arange(1, 10)
    pmf = stats.poisson.logpmf(counts, math.exp(log_mean))
    assert value == pytest.approx(special.logsumexp(pmf), rel=1e-9)
    expected = special.softmax(pmf) @ counts - math.exp(log_mean)
    assert score == pytest.approx(expected, rel=1e-7, abs=1e-9)
    assert slope == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_score_is_not_a_number_only_where_the_predictor_is_not(family, link):
    value, score, _ = evaluate(family, link, np.nan, 1, 9, 0.0)
    assert not value > -np.inf
    assert not np.isfinite(score) or score == 0


def make_rows() -> pd.DataFrame:
    """Rows that often repeat; a third of the counts are suppressed."""
    rng = generator(8)
    n = 90
    count = rng.poisson(9.0, n) * rng.integers(0, 2, n)
    return pd.DataFrame(
        {
            "x": rng.choice([-1.2, 0.3, 2.0], n),
            "w": rng.choice([0.5, 1.5], n),
            "g": rng.choice(list("abc"), n),
            "births": rng.choice([20.0, 50.0], n),
            "count": np.where((count >= 1) & (count <= 9), np.nan, count),
        }
    )


DATA = make_rows()
CENTERS = {"identity": 40.0, "sqrt": 6.0}
CASES = [
    (family, link, structure, options)
    for family in FAMILIES
    for link, structure, options in (
        ("log", "x + offset(log(w)) + (1 + x | g)", {"exposure": "births"}),
        ("log", "x", {}),
        ("identity", "x + (1 | g)", {"exposure": "births"}),
        ("sqrt", "x + (1 | g)", {"exposure": "births"}),
    )
]


@pytest.mark.parametrize(("family", "link", "structure", "options"), CASES)
def test_density_and_gradient_are_those_of_the_graph(family, link, structure, options):
    formula = f"suppressed(count, 1, 9) ~ {structure}"
    model = bg.Model(formula, DATA, family=family, link=link, **options)
    target = make_target(model.design, model.priors)
    masked = int(DATA["count"].isna().sum())
    if structure == "x":
        assert target.cells.count == masked + 3  # known counts share cells, suppressed ones do not
    forms = {name: Parametrization(False, "") for name in model.forms}
    graph = compile_graph(build_graph(model.design, model.priors, forms))
    for seed in (1, 2):
        vector = 0.4 * generator(seed).normal(size=target.coordinates.size)
        vector[target.coordinates.theta] += CENTERS.get(link, 0.0)
        value, gradient = target.density(vector)
        expected, parts = graph(graph_point(model.design, target.coordinates, vector))
        assert value == pytest.approx(expected, rel=TOLERANCE)
        slopes = flat_gradient(model.design, target.coordinates, parts)
        np.testing.assert_allclose(gradient, slopes, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_interval_of_one_count_gives_the_ordinary_posterior(family):
    """To the last digit: nothing is suppressed where nothing is open."""
    data = DATA.assign(count=DATA["count"].fillna(3.0))
    masked = data.assign(count=data["count"].where(data["count"] != 3.0))
    ordinary = bg.Model("count ~ x + (1 | g)", data, family=family)
    other = bg.Model("suppressed(count, 3, 3) ~ x + (1 | g)", masked, family=family)
    assert other.design.rows.known.all()
    found = []
    for model in (ordinary, other):
        target = make_target(model.design, model.priors)
        vector = 0.3 * generator(3).normal(size=target.coordinates.size)
        found.append(target.density(vector))
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])
