"""Log densities of the priors against scipy, and priors made wider."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from seeds import generator

from bayesglmm.families import DISTRIBUTIONS, Prior
from bayesglmm.families.distributions import draw_correlations

X = np.array([-2.5, -0.3, 0.4, 1.7, 6.0])
CASES = {
    "Normal": ({"mu": 0.5, "sigma": 2.0}, stats.norm(0.5, 2.0)),
    "StudentT": ({"nu": 3, "mu": 0.5, "sigma": 2.0}, stats.t(3, 0.5, 2.0)),
    "Cauchy": ({"alpha": 0.5, "beta": 2.0}, stats.cauchy(0.5, 2.0)),
    "Laplace": ({"mu": 0.5, "b": 2.0}, stats.laplace(0.5, 2.0)),
    "HalfNormal": ({"sigma": 2.0}, stats.halfnorm(0, 2.0)),
    "HalfCauchy": ({"beta": 2.0}, stats.halfcauchy(0, 2.0)),
    "Exponential": ({"lam": 2.0}, stats.expon(0, 0.5)),
    "Gamma": ({"alpha": 3.0, "beta": 2.0}, stats.gamma(3.0, scale=0.5)),
    "InverseGamma": ({"alpha": 3.0, "beta": 2.0}, stats.invgamma(3.0, scale=2.0)),
    "Beta": ({"alpha": 2.5, "beta": 0.7}, stats.beta(2.5, 0.7)),
    "Uniform": ({"lower": -2.0, "upper": 3.0}, stats.uniform(-2.0, 5.0)),
    "LogNormal": ({"mu": 0.5, "sigma": 2.0}, stats.lognorm(2.0, scale=np.exp(0.5))),
}


@pytest.mark.parametrize("name", CASES)
def test_log_density(name):
    arguments, law = CASES[name]
    prior = Prior(name, **arguments)
    x = {"real": X, "positive": np.abs(X), "unit": 1 / (1 + np.exp(-X))}[prior.support]
    np.testing.assert_allclose(prior.log_density(x), law.logpdf(x), rtol=1e-12)


def test_half_student():
    x = np.abs(X)
    found = Prior("HalfStudentT", nu=3, sigma=2).log_density(x)
    np.testing.assert_allclose(found, np.log(2) + stats.t(3, 0, 2).logpdf(x), rtol=1e-12)


def test_lkj_is_the_power_of_the_determinant():
    factors = draw_correlations(generator(1), 1.0, 20, 3)
    determinants = np.linalg.det(factors @ factors.transpose(0, 2, 1))
    found = Prior("LKJ", eta=2.5).log_density(factors)
    np.testing.assert_allclose(found, 1.5 * np.log(determinants), atol=1e-10)


def test_every_distribution_is_covered():
    assert {row.name for row in DISTRIBUTIONS if not row.joint} == {
        *(*CASES, "HalfStudentT", "LKJ"),
        *("Flat", "HalfFlat"),  # 0 wherever they are
    }


@pytest.mark.parametrize(
    ("prior", "wider"),
    [
        (Prior("Normal", mu=3, sigma=2), Prior("Normal", mu=3, sigma=4)),
        (Prior("Cauchy", alpha=3, beta=2), Prior("Cauchy", alpha=3, beta=4)),
        (Prior("HalfStudentT", nu=3, sigma=2), Prior("HalfStudentT", nu=3, sigma=4)),
        (Prior("Exponential", lam=2), Prior("Exponential", lam=1)),
        (Prior("Gamma", alpha=8, beta=4), Prior("Gamma", alpha=2, beta=1)),
        (Prior("InverseGamma", alpha=0.4, beta=0.3), Prior("InverseGamma", alpha=0.4, beta=0.6)),
        (Prior("LKJ", eta=2), Prior("LKJ", eta=1)),
    ],
    ids=lambda prior: prior.name,
)
def test_wider(prior, wider):
    assert prior.widened(2.0) == wider
    assert wider.widened(0.5) == prior


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in DISTRIBUTIONS
        if row.width and not row.joint and row.name not in ("LKJ", "Gamma")
    ],
    ids=lambda r: r.name,
)
def test_wider_spreads_draws(row):
    prior = Prior(row.name, **dict.fromkeys(row.arguments, 1.5))
    spreads = [
        np.subtract(*np.quantile(law.draw(generator(1), 4000), [0.75, 0.25]))
        for law in (prior, prior.widened(3.0))
    ]
    assert spreads[1] > 2 * spreads[0]
