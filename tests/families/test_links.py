"""Links against SciPy's distribution functions and numerical derivatives."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import logit

from bayesglmm.errors import SpecError
from bayesglmm.families import FAMILIES, LINKS, find_family, find_link

# A link, and a range of linear predictors on which its inverse can be inverted without
# rounding: close to probability 1 the mean itself no longer tells eta.
RANGES = {
    "identity": (-30, 30),
    "log": (-30, 30),
    "sqrt": (0.05, 30),
    "logit": (-30, 6),
    "probit": (-30, 3),
    "cloglog": (-30, 2),
    "logit_above_one": (-6, 6),
}
DISTRIBUTIONS = {"logit": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
PROBABILITY = sorted(DISTRIBUTIONS)
EXTREME = np.array([-300.0, -100.0, -30.0, -8.0, 8.0, 30.0, 100.0, 300.0])


def test_every_link_is_in_the_table():
    assert {link.name for link in LINKS} == set(RANGES)
    assert {name for family in FAMILIES for name in family.links} <= set(RANGES)


def test_links_of_probabilities_are_all_compared_with_a_distribution():
    successes = [family for family in FAMILIES if family.support.successes]
    assert {name for family in successes for name in family.links} == set(DISTRIBUTIONS)


@pytest.mark.parametrize("name", RANGES)
def test_forward_undoes_inverse(name):
    link, eta = find_link(name), np.linspace(*RANGES[name], 121)
    np.testing.assert_allclose(link.forward(link.inverse(eta)), eta, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", RANGES)
def test_slope_is_the_derivative_of_the_inverse(name):
    link = find_link(name)
    eta = np.linspace(max(RANGES[name][0], -3), min(RANGES[name][1], 3), 61)
    step = 1e-5  # central differences: truncation and rounding are both of the order of 1e-10
    numerical = (link.inverse(eta + step) - link.inverse(eta - step)) / (2 * step)
    np.testing.assert_allclose(link.slope(eta), numerical, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", PROBABILITY)
def test_probability_links_are_distribution_functions(name):
    link, reference, eta = find_link(name), DISTRIBUTIONS[name], np.linspace(-30, 30, 241)
    np.testing.assert_allclose(link.inverse(eta), reference.cdf(eta), rtol=1e-12)
    np.testing.assert_allclose(link.slope(eta), reference.pdf(eta), rtol=1e-12)


@pytest.mark.parametrize("name", PROBABILITY)
def test_log_odds_where_the_probability_is_moderate(name):
    link, eta = find_link(name), np.linspace(-3, 1.5, 91)
    np.testing.assert_allclose(link.log_odds(eta), logit(link.inverse(eta)), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", PROBABILITY)
def test_log_odds_where_the_probability_rounds_to_0_or_1(name):
    log_odds, reference = find_link(name).log_odds(EXTREME), DISTRIBUTIONS[name]
    assert np.isfinite(log_odds).all()
    exact = reference.logcdf(EXTREME) - reference.logsf(EXTREME)
    np.testing.assert_allclose(log_odds, exact, rtol=1e-12)


@pytest.mark.parametrize("name", PROBABILITY)
def test_log_odds_rise(name):
    eta = np.linspace(-40, 40, 4001)  # across every change of branch
    assert (np.diff(find_link(name).log_odds(eta)) > 0).all()


@pytest.mark.parametrize("name", [link.name for link in LINKS if link.name not in PROBABILITY])
def test_only_probability_links_have_log_odds(name):
    assert find_link(name).log_odds is None
    assert find_link(name).graph_log_odds is None


def test_unknown_link():
    with pytest.raises(SpecError, match=r"Unknown link 'probbit'\. Did you mean 'probit'"):
        find_link("probbit")


@pytest.mark.parametrize(
    ("family", "words"),
    [
        ("gaussian", "difference in means"),
        ("poisson", "difference in rates"),
        ("binomial", "difference in probabilities"),
    ],
)
def test_what_is_compared_is_in_the_plural(family, words):
    support = find_family(family).support
    assert find_link("identity").measure(support).long == words
