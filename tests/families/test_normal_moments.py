"""Moments of means whose linear predictors are normal, against Gauss and Hermite and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from bayesglmm.families import LINKS, Rows, find_link
from bayesglmm.families.link import (
    GraphLocation,
    Link,
    Location,
    NormalLocation,
    mean_power,
    mean_product,
)
from bayesglmm.families.measure import of_odds
from bayesglmm.families.support import BINARY
from bayesglmm.families.variance import PowerVariance

NODE, WEIGHT = np.polynomial.hermite_e.hermegauss(80)
WEIGHT = WEIGHT / WEIGHT.sum()
ETA = np.array([-2.0, -0.3, 0.8, 2.5])
LINK_NAMES = [link.name for link in LINKS]


@pytest.mark.parametrize("variance", [0.0, 0.3, 1.5])
@pytest.mark.parametrize("power", [0, 1, 2, 3])
@pytest.mark.parametrize("name", LINK_NAMES)
def test_powers(name, power, variance):
    link = find_link(name)
    direct = WEIGHT @ link.inverse(ETA + np.sqrt(variance) * NODE[:, None]) ** power
    found = mean_power(link, power, ETA, np.full(4, variance))
    np.testing.assert_allclose(found, direct, rtol=1e-7, atol=1e-12)


def test_powers_that_are_no_whole_numbers():
    """As a Tweedie distribution has them: under a log link in closed form."""
    direct = WEIGHT @ np.exp(1.6 * (ETA + 0.5 * NODE[:, None]))
    found = mean_power(find_link("log"), 1.6, ETA, 0.25)
    np.testing.assert_allclose(found, direct, rtol=1e-12)


@pytest.mark.parametrize("shared", [-0.4, 0.0, 0.6])
@pytest.mark.parametrize("name", LINK_NAMES)
def test_products(name, shared):
    """b_1 = sd_1 z_1 and b_2 = c / sd_1 z_1 + rest z_2, all pairs of nodes."""
    link, other, v1, v2 = find_link(name), ETA[::-1] * 0.5, 0.9, 1.3
    z1, z2 = NODE[:, None, None], NODE[None, :, None]
    left = link.inverse(ETA + np.sqrt(v1) * z1)
    pull = shared / np.sqrt(v1)
    right = link.inverse(other + pull * z1 + np.sqrt(v2 - pull**2) * z2)
    direct = np.einsum("i,j,ijk->k", WEIGHT, WEIGHT, left * right)
    one = np.ones(4)
    found = mean_product(link, ETA, other, v1 * one, v2 * one, shared * one)
    np.testing.assert_allclose(found, direct, rtol=1e-6, atol=1e-10)


@pytest.mark.parametrize("name", LINK_NAMES)
def test_the_product_of_a_row_with_itself_is_its_square(name):
    link, v = find_link(name), np.full(4, 0.7)
    square, product = mean_power(link, 2, ETA, v), mean_product(link, ETA, ETA, v, v, v)
    np.testing.assert_allclose(product, square, rtol=1e-8, atol=1e-13)


@pytest.mark.parametrize(
    ("power", "name"),
    [(3, "an inverse Gaussian's"), (1.6, "a Tweedie distribution's"), (2, "a gamma's")],
)
def test_variances_that_are_no_quadratics_have_exact_expectations(power, name):
    """Probing the variance at a few means would take it for a quadratic."""
    variance = PowerVariance(lambda _, parameters: {power: parameters["phi"]})
    link, spread, rows, given = find_link("log"), 0.36, Rows(None), {"phi": 0.4}
    direct = WEIGHT @ variance(np.exp(ETA + 0.6 * NODE[:, None]), rows, given)
    found = variance.expected(NormalLocation(link, ETA, spread), rows, given)
    np.testing.assert_allclose(found, direct, rtol=1e-10, err_msg=name)


def test_a_probability_link_needs_no_log_odds_of_its_own():
    """The inverse of a Cauchy distribution function, with what every link must have and no more."""
    logit = find_link("logit")
    cauchit = Link(
        "cauchit",
        "cauchit",
        forward=lambda mean: np.tan(np.pi * (np.asarray(mean) - 0.5)),
        inverse=lambda eta: 0.5 + np.arctan(eta) / np.pi,
        slope=lambda eta: 1 / (np.pi * (1 + np.square(eta))),
        marginal=logit.marginal,
        graph=lambda eta: 0.5 + np.arctan(eta) / np.pi,
        unit=True,
        formula="tan(pi * (m - 0.5))",
        measure=of_odds,
    )
    p = cauchit.inverse(ETA)
    np.testing.assert_allclose(Location(cauchit, ETA).log_odds, np.log(p / (1 - p)), rtol=1e-13)
    graph = GraphLocation(cauchit, ETA).log_odds.eval()
    np.testing.assert_allclose(graph, np.log(p / (1 - p)), rtol=1e-13)
    assert cauchit.measure(BINARY).baseline == "probability"
