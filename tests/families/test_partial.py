"""Responses censored and truncated, by the families: against SciPy, sums and integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats
from seeds import CHANCE, generator

from bayesglmm.families import Rows, find_family, find_link

PARAMETERS = {"sigma": 1.3, "alpha": 0.8}
SIZE = {"binomial": 7.0}
LINKS = {
    "gaussian": "identity",
    "poisson": "log",
    "negative_binomial": "log",
    "nbinom1": "log",
    "binomial": "logit",
    "bernoulli": "logit",
}
LOCATIONS = np.array([0.2, 0.7, 0.95])


def twin(family: str, location):
    """SciPy's distribution of a response at a location."""
    return {
        "gaussian": lambda: stats.norm(location, 1.3),
        "poisson": lambda: stats.poisson(location),
        "negative_binomial": lambda: stats.nbinom(0.8, 0.8 / (0.8 + location)),
        "nbinom1": lambda: stats.nbinom(location / 0.8, 1 / 1.8),
        "binomial": lambda: stats.binom(7, location),
        "bernoulli": lambda: stats.bernoulli(location),
    }[family]()


def log_density(family: str, **given):
    link = find_link(LINKS[family])
    shape = (len(LOCATIONS),)
    rows = Rows(
        trials=SIZE.get(family, 1.0),
        **{name: np.broadcast_to(float(value), shape).copy() for name, value in given.items()},
    )
    return find_family(family).log_density(link, link.forward(LOCATIONS), rows, PARAMETERS)


@pytest.mark.parametrize("family", LINKS)
def test_a_censored_response_has_the_probability_of_its_side(family):
    """Both ends are included, as in ``suppressed()``."""
    own = twin(family, LOCATIONS)
    whole = family != "gaussian"
    for bound in (0.0, 1.0):
        np.testing.assert_allclose(
            log_density(family, y=-np.inf, upper=bound), own.logcdf(bound), rtol=1e-11, atol=1e-15
        )
        np.testing.assert_allclose(
            log_density(family, y=bound, upper=np.inf),
            np.log(own.sf(bound - whole)),
            rtol=1e-11,
            atol=1e-15,
        )


@pytest.mark.parametrize("family", ["gaussian", "poisson", "negative_binomial"])
def test_tails_keep_their_digits(family):
    """Far above the mean, where the distribution function is 1 to all digits."""
    own = twin(family, LOCATIONS)
    far, whole = 40.0, family != "gaussian"
    between = own.sf(far - whole) - own.sf(far + 3)
    found = log_density(family, y=far, upper=far + 3)
    np.testing.assert_allclose(found, np.log(between), rtol=1e-10)
    found = log_density(family, y=far, upper=np.inf)
    np.testing.assert_allclose(found, own.logsf(far - whole), rtol=1e-10)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial", "nbinom1", "binomial"])
def test_truncated_counts_sum_to_one(family):
    for least, most in ((1, np.inf), (2, 5), (-np.inf, 4)):
        counts = np.arange(max(least, 0), min(most, SIZE.get(family, 3000)) + 1)
        total = sum(
            np.exp(log_density(family, y=count, least=least, most=most)) for count in counts
        )
        np.testing.assert_allclose(total, 1.0, rtol=1e-9)


def test_a_truncated_normal_integrates_to_one_and_is_scipys():
    for least, most in ((-1.0, np.inf), (-0.5, 2.0), (-np.inf, 0.3), (6.0, 8.0)):
        for place, mean in enumerate(LOCATIONS):

            def density(y, place=place, least=least, most=most):
                return np.exp(log_density("gaussian", y=y, least=least, most=most)[place])

            ends = max(least, mean - 12), min(most, mean + 12)
            assert integrate.quad(density, *ends)[0] == pytest.approx(1.0, rel=1e-8)
            own = stats.truncnorm((least - mean) / 1.3, (most - mean) / 1.3, mean, 1.3)
            inside = (ends[0] + ends[1]) / 2
            assert density(inside) == pytest.approx(own.pdf(inside), rel=1e-10)


@pytest.mark.parametrize("family", ["gaussian", "poisson", "negative_binomial"])
def test_draws_of_a_truncated_response(family):
    """Within the bounds, and distributed as SciPy's inside them."""
    n, link = 20_000, find_link(LINKS[family])
    least, most = (-0.5, 2.0) if family == "gaussian" else (1.0, 4.0)
    rows = Rows(y=None, least=np.full(n, least), most=np.full(n, most))
    eta = np.full((1, n), float(link.forward(0.7)))
    drawn = find_family(family).draw(generator(4), link, eta, rows, PARAMETERS)[0]
    assert drawn.min() >= least
    assert drawn.max() <= most
    own = twin(family, 0.7)
    if family == "gaussian":

        def inside(y):
            return (own.cdf(y) - own.cdf(least)) / (own.cdf(most) - own.cdf(least))

        assert stats.kstest(drawn, inside).pvalue > CHANCE
        return
    share = own.pmf(np.arange(1, 5))
    seen = np.bincount(drawn.astype(int), minlength=5)[1:]
    assert stats.chisquare(seen, n * share / share.sum()).pvalue > CHANCE


def test_a_known_error_adds_to_sigma():
    rows = Rows(np.array([0.3, 2.0]), error=np.array([0.5, 2.0]))
    eta = np.array([[0.1, 0.4]])
    total = np.hypot(1.3, rows.error)
    gaussian, link = find_family("gaussian"), find_link("identity")
    found = gaussian.log_density(link, eta, rows, PARAMETERS)
    np.testing.assert_allclose(found[0], stats.norm.logpdf(rows.y, eta[0], total), rtol=1e-13)
    cdf = gaussian.cdf(rows.y, link, eta, rows, PARAMETERS)
    np.testing.assert_allclose(cdf[0], stats.norm.cdf(rows.y, eta[0], total), rtol=1e-13)
    back = gaussian.quantile(cdf, link, eta, rows, PARAMETERS)
    np.testing.assert_allclose(back[0], rows.y, rtol=1e-12)
    np.testing.assert_allclose(gaussian.variance(eta, rows, PARAMETERS)[0], np.square(total))


def test_what_is_in_the_middle_of_bounds():
    rows = Rows(y=np.array([-np.inf, 2.0, 1.0, 3.0]), upper=np.array([4.0, np.inf, 2.0, 3.0]))
    np.testing.assert_array_equal(rows.central, [4.0, 2.0, 1.5, 3.0])
    np.testing.assert_array_equal(rows.known, [False, False, False, True])
    assert not rows.plain
    assert Rows(y=rows.y).plain
