"""Marginal means of links: closed forms, and quadrature against adaptive quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from bayesglmm.families import FAMILIES, LINKS, find_link

VARIANCES = (0.0, 1e-6, 0.04, 1.0, 3.9, 4.1, 24.0, 30.0, 890.0, 910.0)
"""The roles are exchanged at 4, for logit at 900; 24 is the maximum likelihood of the crossover."""
PROBABILITY = sorted(
    {name for family in FAMILIES if family.support.successes for name in family.links}
)


def by_quad(link, eta: float, variance: float) -> float:
    """The mean by adaptive quadrature, told where the link is steep."""
    sd = np.sqrt(variance)
    steep = float(np.clip(-eta / sd, -12, 12)) if sd else 0.0

    def integrand(z: float) -> float:
        return float(link.inverse(eta + sd * z) * stats.norm.pdf(z))

    with np.errstate(over="ignore"):
        return integrate.quad(
            integrand, -14, 14, points=[steep], epsabs=1e-13, epsrel=1e-12, limit=400
        )[0]


@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("name", PROBABILITY)
def test_probabilities_against_adaptive_quadrature(name, variance):
    link = find_link(name)
    etas = np.array([-12.0, -4.0, -1.0, 0.5, 3.0])
    exact = [by_quad(link, eta, variance) for eta in etas]
    found = link.marginal(etas, variance)
    np.testing.assert_allclose(found, exact, rtol=5e-9, atol=1e-9)


@pytest.mark.parametrize("name", [link.name for link in LINKS if link.name not in PROBABILITY])
def test_closed_forms(name):
    link = find_link(name)
    for eta, variance in ((0.3, 0.0), (-1.2, 0.7), (2.0, 2.5)):
        assert link.marginal(eta, variance) == pytest.approx(by_quad(link, eta, variance), rel=1e-9)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.name)
def test_shapes_broadcast_and_no_variance_is_the_inverse(link):
    eta = np.linspace(0.1, 1.0, 6).reshape(3, 2)
    variance = np.array([[0.0], [1.0], [9.0]])
    found = link.marginal(eta, variance)
    assert found.shape == (3, 2)
    np.testing.assert_allclose(found[0], link.inverse(eta[0]), rtol=1e-14)
    for row in range(3):
        np.testing.assert_allclose(found[row], link.marginal(eta[row], variance[row]), rtol=1e-8)


@pytest.mark.parametrize("variance", [0.0, 0.5, 4.0, 100.0])
def test_logistic_means_keep_their_digits_in_both_tails(variance):
    """Far out a mean is that of the exponential, and nothing overflows."""
    link = find_link("logit")
    far = np.array([-1e5, -600.0, 600.0, 1e5])
    found = link.marginal(far, variance)
    assert (found >= 0).all()
    np.testing.assert_allclose(found[2:], 1, rtol=1e-12)
    if variance <= 4:
        expected = np.exp(-600 + variance / 2)
        np.testing.assert_allclose(found[1], expected, rtol=1e-6)
    etas = np.linspace(0, 30, 7)
    both = link.marginal(etas, variance) + link.marginal(-etas, variance)
    np.testing.assert_allclose(both, 1, rtol=1e-14)


def test_no_values_have_no_mean():
    assert find_link("logit").marginal(np.empty((0, 3)), np.ones((1, 3))).shape == (0, 3)
