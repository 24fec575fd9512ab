"""Priors: what they accept, how they print, and how they follow a change of scale."""

import re

import numpy as np
import pytest
from scipy import integrate, stats
from seeds import CHANCE, generator

from bayesglmm.errors import SpecError
from bayesglmm.families import DISTRIBUTIONS, AtZero, Precision, Prior, Variance

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
    (Prior("Uniform", lower=0, upper=12), lambda p: stats.uniform(p["lower"], p["upper"])),
    (Prior("LogNormal", mu=1, sigma=2), lambda p: stats.lognorm(p["sigma"], 0, np.exp(p["mu"]))),
]


def test_every_distribution_has_a_twin():
    names = {prior.name for prior, _ in TWINS}
    without_scale = {"LKJ", "Beta", "Flat", "HalfFlat"}
    assert names | without_scale == {row.name for row in DISTRIBUTIONS if not row.joint}


@pytest.mark.parametrize(("prior", "twin"), TWINS, ids=[str(prior) for prior, _ in TWINS])
@pytest.mark.parametrize("factor", [0.01, 3.0])
def test_times_is_the_prior_of_the_multiplied_parameter(prior, twin, factor):
    """The density of c * theta at c * x is that of theta at x, divided by c."""
    x = np.array([0.1, 0.7, 2.0, 11.0])
    before = twin(dict(prior.arguments)).logpdf(x)
    after = twin(dict(prior.times(factor).arguments)).logpdf(factor * x)
    np.testing.assert_allclose(after, before - np.log(factor), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("make", [Variance, Precision])
@pytest.mark.parametrize("factor", [0.01, 3.0])
def test_a_variance_follows_the_square_of_the_factor(make, factor):
    prior, x = make(Prior("Gamma", alpha=3, beta=2)), np.array([0.1, 0.7, 2.0, 11.0])
    after = prior.times(factor).log_density(factor * x)
    np.testing.assert_allclose(after, prior.log_density(x) - np.log(factor), rtol=1e-12)
    assert prior.times(factor).of == prior.of


@pytest.mark.parametrize("make", [Variance, Precision])
def test_a_prior_of_a_variance_is_a_density_of_the_sd_and_is_drawn_so(make):
    prior = make(Prior("Gamma", alpha=3, beta=2))
    total, _ = integrate.quad(lambda x: np.exp(prior.log_density(x)), 0, np.inf)
    assert total == pytest.approx(1, abs=1e-8)
    base = prior.draw(generator(1), 4000) ** prior.power
    assert stats.kstest(base, stats.gamma(3, 0, 0.5).cdf).pvalue > CHANCE


@pytest.mark.parametrize(
    ("prior", "code", "text"),
    [
        (
            Variance(Prior("InverseGamma", alpha=1, beta=2)),
            'bg.Variance(bg.Prior("InverseGamma", alpha=1.0, beta=2.0))',
            "InverseGamma(alpha = 1, beta = 2) of the variance",
        ),
        (AtZero(Prior("Flat")), 'bg.AtZero(bg.Prior("Flat"))', "Flat"),
        (
            Prior("Uniform", lower=0, upper=1 / 3),
            f'bg.Prior("Uniform", lower=0.0, upper={1 / 3!r})',
            "Uniform(lower = 0, upper = 0.3333)",
        ),
    ],
)
def test_what_a_prior_is_of_is_written(prior, code, text):
    assert prior.code(before="bg.") == code
    assert str(prior) == text


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda: Variance(Prior("Normal", sigma=1)), "Write Variance(Prior('InverseGamma'"),
        (lambda: Precision(3), "Write Precision(Prior('Gamma'"),
        (lambda: Variance(Precision(Prior("HalfFlat"))), "takes a prior of a positive number"),
        (lambda: AtZero(Prior("HalfFlat")), "Write AtZero(Prior('Normal'"),
        (lambda: Prior("Uniform", lower=2, upper=2), "not below upper=2"),
        (lambda: Prior("Flat", sigma=1), "argument of the Flat prior: 'sigma'"),
    ],
)
def test_bad_priors_of_something_of_a_parameter(make, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        make()


@pytest.mark.parametrize(
    ("bounds", "supports"),
    [
        ((-1, 1), ("real",)),
        ((0, 5), ("real", "positive")),
        ((0.2, 0.7), ("real", "positive", "unit")),
    ],
)
def test_a_uniform_prior_goes_by_its_bounds(bounds, supports):
    assert Prior("Uniform", lower=bounds[0], upper=bounds[1]).supports == supports


@pytest.mark.parametrize(
    ("bounds", "support", "wider"),
    [
        ((0, 5), "positive", (0, 10)),
        ((1, 3), "positive", (0, 4)),
        ((-1, 3), "real", (-3, 5)),
        ((0.2, 0.6), "unit", (0, 0.8)),
        ((0, 1), "unit", (0, 1)),
    ],
)
def test_a_uniform_prior_is_made_wider_inside_its_support(bounds, support, wider):
    prior = Prior("Uniform", lower=bounds[0], upper=bounds[1]).widened(2.0, support)
    assert dict(prior.arguments) == pytest.approx(dict(zip(("lower", "upper"), wider, strict=True)))


@pytest.mark.parametrize("name", ["Flat", "HalfFlat"])
def test_a_flat_prior_cannot_be_drawn_from(name):
    with pytest.raises(ValueError, match="cannot be drawn"):
        Prior(name).draw(generator(1), 3)
    assert Prior(name).times(3) == Prior(name).widened(3) == Prior(name)


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
