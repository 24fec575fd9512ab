"""Priors: what they accept, how they print, and how they follow a change of scale."""

import numpy as np
import pytest
from scipy import stats

from bayesglmm.errors import SpecError
from bayesglmm.families import DISTRIBUTIONS, Prior

# Each prior with the same distribution in SciPy's parameters.
TWINS = [
    (Prior("Normal", mu=1.5, sigma=2), lambda p: stats.norm(p["mu"], p["sigma"])),
    (Prior("StudentT", nu=4, mu=1, sigma=2), lambda p: stats.t(p["nu"], p["mu"], p["sigma"])),
    (Prior("Cauchy", alpha=1, beta=2), lambda p: stats.cauchy(p["alpha"], p["beta"])),
    (Prior("Laplace", mu=1, b=2), lambda p: stats.laplace(p["mu"], p["b"])),
    (Prior("HalfNormal", sigma=2), lambda p: stats.halfnorm(0, p["sigma"])),
    (Prior("HalfStudentT", nu=3, sigma=2), lambda p: stats.t(p["nu"], 0, p["sigma"])),
    (Prior("HalfCauchy", beta=2), lambda p: stats.halfcauchy(0, p["beta"])),
    (Prior("Exponential", lam=2), lambda p: stats.expon(0, 1 / p["lam"])),
    (Prior("Gamma", alpha=3, beta=2), lambda p: stats.gamma(p["alpha"], 0, 1 / p["beta"])),
    (Prior("InverseGamma", alpha=3, beta=2), lambda p: stats.invgamma(p["alpha"], 0, p["beta"])),
    (Prior("LogNormal", mu=1, sigma=2), lambda p: stats.lognorm(p["sigma"], 0, np.exp(p["mu"]))),
]


def test_every_distribution_has_a_twin():
    names = {prior.name for prior, _ in TWINS}
    assert names | {"LKJ", "Beta"} == {row.name for row in DISTRIBUTIONS}  # which have no scale


@pytest.mark.parametrize(("prior", "twin"), TWINS, ids=[str(prior) for prior, _ in TWINS])
@pytest.mark.parametrize("factor", [0.01, 3.0])
def test_times_is_the_prior_of_the_multiplied_parameter(prior, twin, factor):
    """The density of c * theta at c * x is that of theta at x, divided by c."""
    x = np.array([0.1, 0.7, 2.0, 11.0])
    before = twin(dict(prior.arguments)).logpdf(x)
    after = twin(dict(prior.times(factor).arguments)).logpdf(factor * x)
    np.testing.assert_allclose(after, before - np.log(factor), rtol=1e-12, atol=1e-12)


def test_a_correlation_has_no_scale():
    assert Prior("LKJ", eta=2).times(7) == Prior("LKJ", eta=2)


@pytest.mark.parametrize("prior", [prior for prior, _ in TWINS], ids=str)
def test_repr_is_how_to_write_it(prior):
    assert eval(repr(prior)) == prior


@pytest.mark.parametrize(
    ("prior", "text", "support"),
    [
        (Prior("Normal", sigma=2.5), "Normal(mu = 0, sigma = 2.5)", "real"),
        (Prior("HalfNormal", sigma=1), "HalfNormal(sigma = 1)", "positive"),
        (Prior("Beta", alpha=1, beta=4), "Beta(alpha = 1, beta = 4)", "unit"),
        (Prior("LKJ", eta=2), "LKJ(eta = 2)", "correlation"),
    ],
)
def test_print_and_support(prior, text, support):
    assert str(prior) == text
    assert prior.support == support


@pytest.mark.parametrize(
    ("name", "arguments", "fragment"),
    [
        ("Norml", {"sigma": 1}, "Unknown prior 'Norml'. Did you mean 'Normal'?"),
        ("Normal", {"sd": 1}, "argument of the Normal prior: 'sd'"),
        ("Normal", {"sigm": 1}, "Did you mean 'sigma'?"),
        ("Normal", {"mu": 0}, "needs sigma. Write Prior('Normal', mu=..., sigma=...)"),
        ("Gamma", {}, "needs alpha and beta"),
        ("Normal", {"sigma": 0}, "sigma of the Normal prior must be a number above 0, not 0"),
        ("Normal", {"sigma": -1}, "above 0"),
        ("Normal", {"sigma": np.inf}, "above 0"),
        ("Normal", {"mu": np.nan, "sigma": 1}, "mu of the Normal prior must be a finite number"),
        ("Normal", {"mu": "0a", "sigma": 1}, "must be a number, not '0a'"),
        ("Exponential", {"lam": [1, 2]}, "must be a number, not [1, 2]"),
        ("LKJ", {"eta": 0}, "above 0"),
    ],
)
def test_bad_priors(name, arguments, fragment):
    with pytest.raises(SpecError) as caught:
        Prior(name, **arguments)
    assert fragment in str(caught.value)


def test_priors_are_values():
    assert Prior("Normal", sigma=1) == Prior("Normal", mu=0.0, sigma=1)
    assert len({Prior("Normal", sigma=1), Prior("Normal", mu=0, sigma=1)}) == 1
    with pytest.raises(AttributeError):
        Prior("Normal", sigma=1).name = "Cauchy"
