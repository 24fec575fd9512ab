"""Families against SciPy: log densities at the edges; `test_families` asks all that there is."""

from decimal import Decimal, localcontext
from math import comb, log

import numpy as np
import pytest
from scipy import stats
from seeds import generator

from bayesglmm.errors import SpecError
from bayesglmm.families import FAMILIES, Rows, find_family, find_link

BINARY = [family for family in FAMILIES if family.support.successes and not family.others]
PROBABILITY = [(family.name, link) for family in BINARY for link in family.links]
TAILS = {"logit": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
ETA = np.array([-30.0, -8.0, -1.3, 0.0, 0.7, 5.0, 30.0])
PARAMETERS = {"sigma": 1.7, "alpha": 2.3}


def log_density(family, link, eta, y, parameters=PARAMETERS, **rows):
    rows = Rows(y=np.asarray(y, dtype=float), **rows)
    return find_family(family).log_density(find_link(link), np.asarray(eta), rows, parameters)


@pytest.mark.parametrize(("family", "link"), PROBABILITY)
def test_binomial_log_density_is_exact_in_the_tails(family, link):
    """Against y log p + (n - y) log(1 - p), each log straight from SciPy's tails."""
    cases = [(0, 1), (1, 1)] if family == "bernoulli" else [(0, 1), (1, 1), (0, 9), (4, 9), (9, 9)]
    for y, n in cases:
        expected = np.full(len(ETA), log(comb(n, y)))
        expected += y * TAILS[link].logcdf(ETA) if y else 0
        expected += (n - y) * TAILS[link].logsf(ETA) if n > y else 0
        found = log_density(family, link, ETA, np.full(len(ETA), y), trials=float(n))
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14, err_msg=f"{y} of {n}")


@pytest.mark.parametrize("link", TAILS)
def test_binomial_log_density_is_scipys_where_the_probability_is_moderate(link):
    eta = np.array([-2.0, -0.5, 0.3, 1.1])
    y, trials = np.array([0, 3, 12, 20]), np.array([5, 7, 12, 25])
    expected = stats.binom.logpmf(y, trials, TAILS[link].cdf(eta))
    np.testing.assert_allclose(log_density("binomial", link, eta, y, trials=trials), expected)


@pytest.mark.parametrize(
    ("link", "eta"), [("log", ETA), ("identity", [0.01, 3, 40]), ("sqrt", [-2, 0.1, 6])]
)
@pytest.mark.parametrize("y", [0, 1, 7, 150])
def test_poisson_log_density(link, eta, y):
    exposure = np.linspace(0.5, 200, len(eta))
    mean = exposure * find_link(link).inverse(np.asarray(eta, dtype=float))
    found = log_density("poisson", link, eta, np.full(len(eta), y), exposure=exposure)
    np.testing.assert_allclose(found, stats.poisson.logpmf(y, mean), rtol=1e-12)


def exact_negative_binomial(y, mean, alpha):
    """Log density in 50 digits, the gamma functions as a product."""
    with localcontext() as context:
        context.prec = 50
        m, a = Decimal(float(mean)), Decimal(float(alpha))
        total = a * (a / (a + m)).ln() + (y * (m / (a + m)).ln() if y else 0)
        for k in range(y):
            total += ((a + k) / (k + 1)).ln()
        return float(total)


@pytest.mark.parametrize("alpha", [1e-3, 0.4, 2.3, 50.0, 1e4])
@pytest.mark.parametrize("y", [0, 1, 7, 150])
def test_negative_binomial_log_density(alpha, y):
    exposure = np.linspace(0.5, 200, len(ETA))
    rows = {"exposure": exposure, "parameters": {"alpha": alpha}}
    found = log_density("negative_binomial", "log", ETA, np.full(len(ETA), y), **rows)
    expected = [exact_negative_binomial(y, m, alpha) for m in exposure * np.exp(ETA)]
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("link", ["identity", "sqrt"])
def test_negative_binomial_log_density_is_scipys(link):
    eta, y, exposure = np.array([0.3, 2.0, 5.0]), np.array([0, 4, 11]), np.array([1.0, 3.0, 0.2])
    mean = exposure * find_link(link).inverse(eta)
    expected = stats.nbinom.logpmf(y, 2.3, 2.3 / (2.3 + mean))
    found = log_density("negative_binomial", link, eta, y, exposure=exposure)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("alpha", [1e9, 1e12, 1e16])
def test_negative_binomial_becomes_poisson(alpha):
    y, mean = np.array([0, 1, 7, 40]), np.array([0.2, 1.5, 5.0, 44.0])
    found = log_density("negative_binomial", "log", np.log(mean), y, {"alpha": alpha})
    # The two differ by the order of mean^2 / alpha, 2e-6 at most here.
    np.testing.assert_allclose(found, stats.poisson.logpmf(y, mean), atol=3e3 / alpha + 1e-12)


@pytest.mark.parametrize(
    ("link", "eta", "y"),
    [("identity", [-30.0, 0.0, 1e6], [2.0, -1.0, 1e6]), ("log", [-30.0, 0.0, 5.0], [2.0, -1.0, 0])],
)
def test_gaussian_log_density(link, eta, y):
    expected = stats.norm.logpdf(y, find_link(link).inverse(np.array(eta)), 1.7)
    np.testing.assert_allclose(log_density("gaussian", link, eta, y), expected, rtol=1e-13)


# A family, its SciPy twin at mean 6.5 (of 20 trials), trials, exposure.
TWINS = {
    "gaussian": (stats.norm(6.5, 1.7), 1.0, 1.0),
    "bernoulli": (stats.bernoulli(0.325), 1.0, 1.0),
    "binomial": (stats.binom(20, 0.325), 20.0, 1.0),
    "poisson": (stats.poisson(6.5), 1.0, 2.6),
    "negative_binomial": (stats.nbinom(2.3, 2.3 / 8.8), 1.0, 2.6),
}


@pytest.mark.parametrize(
    "family", [name for name, (twin, *_) in TWINS.items() if name != "gaussian"]
)
def test_density_sums_to_one_with_the_stated_mean_and_variance(family):
    twin, trials, exposure = TWINS[family]
    values = np.arange(trials + 1 if trials > 1 or family == "bernoulli" else 600)
    link = find_link(find_family(family).links[0])
    eta = np.full(len(values), link.forward(twin.mean() / trials / exposure))
    rows = {"exposure": exposure, "trials": trials}
    density = np.exp(log_density(family, link.name, eta, values, **rows))
    mean = density @ values
    assert density.sum() == pytest.approx(1, rel=1e-12)
    assert mean == pytest.approx(twin.mean(), rel=1e-12)
    assert density @ np.square(values - mean) == pytest.approx(twin.var(), rel=1e-11)


@pytest.mark.parametrize(
    ("family", "y", "trials", "allowed"),
    [
        ("gaussian", [0.5, -3, np.inf, np.nan], 1.0, [True, True, False, False]),
        ("poisson", [0, 3, 2.5, -1, np.nan], 1.0, [True, True, False, False, False]),
        ("negative_binomial", [0, 3, 2.5, -1, np.inf], 1.0, [True, True, False, False, False]),
        ("bernoulli", [0, 1, 2, 0.5, -1], 1.0, [True, True, False, False, False]),
        ("binomial", [0, 4, 5, 1.5, -1], 4.0, [True, True, False, False, False]),
    ],
)
def test_support(family, y, trials, allowed):
    assert find_family(family).support.allows(np.array(y), trials).tolist() == allowed


def test_unknown_family():
    with pytest.raises(
        SpecError, match=r"Unknown family 'negative_binomal'\. Did you mean 'negative_binomial'"
    ):
        find_family("negative_binomal")


@pytest.mark.parametrize("eta", [100.0, 700.0, 1000.0])
def test_counts_beyond_any_reason_are_infinite(eta):
    """A fit that failed may predict such means; its report must still be written."""
    rng = generator(1)
    poisson, log = find_family("poisson"), find_link("log")
    with np.errstate(over="ignore"):
        drawn = poisson.draw(rng, log, np.array([eta]), Rows(y=None), {})
    assert drawn[0] == np.inf


def test_counts_with_a_negative_mean_are_not_numbers():
    identity = find_link("identity")
    drawn = find_family("poisson").draw(
        generator(1), identity, np.array([-1.0, 3.0]), Rows(y=None), {}
    )
    assert np.isnan(drawn[0])
    assert np.isfinite(drawn[1])
