"""Likelihoods of R's packages at their own maxima: parametrisations are the field's.

R 4.2.2 with glmmTMB 1.1.5, survival, MASS 7.3-58.2 and stats, on ten rows with ``x = 0, ..., 9``.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from bayesglmm.families import Rows, find_family, find_link

X = np.arange(10.0)
COUNTS = np.array([0.0, 3, 1, 7, 2, 12, 0, 5, 4, 20])
SHARES = np.array([0.12, 0.3, 0.15, 0.42, 0.38, 0.55, 0.21, 0.66, 0.71, 0.9])
TIMES = np.array([1.2, 0.7, 2.5, 3.1, 1.9, 6.2, 4.4, 9.3, 7.7, 15.1])

# Family, responses, trials, (intercept, slope), other parameters, log likelihood.
MAXIMA = {
    # glmmTMB(y ~ x, family = genpois): sigma is 1 + alpha
    "generalized_poisson": (
        COUNTS,
        1.0,
        (0.578579166024, 0.207909282954),
        {"alpha": 4.13016984167},
        -26.0510557973,
    ),
    # glmmTMB(cbind(y, 25 - y) ~ x, family = betabinomial): sigma is phi
    "beta_binomial": (
        COUNTS,
        25.0,
        (-2.53712294902, 0.256052753216),
        {"phi": 4.14812956444},
        -25.8039684579,
    ),
    # glmmTMB(p ~ x, family = beta_family): sigma is phi
    "beta": (
        SHARES,
        1.0,
        (-1.6950276564, 0.315281744715),
        {"phi": 11.4060787885},
        6.81746307605,
    ),
    # glmmTMB(z ~ x, family = Gamma(link = "log")): sigma is 1 / sqrt(alpha)
    "gamma": (
        TIMES,
        1.0,
        (0.0537851972138, 0.28530790323),
        {"alpha": 0.334373088338**-2},
        -16.2278719808,
    ),
    # survival::survreg(Surv(z) ~ x): of the scale b, and 1 / scale is the shape
    "weibull": (
        TIMES,
        1.0,
        (0.203493542307 + math.lgamma(1 + 1 / 3.85292057883), 0.275539593398),
        {"shape": 3.85292057883},
        -15.5874345693,
    ),
}


def log_likelihood(name, slope_of, others):
    y, trials, (intercept, slope), _, _ = MAXIMA[name]
    family = find_family(name)
    eta = intercept + slope_of + slope * X
    rows = Rows(y, trials=np.full(10, trials))
    return family.log_density(find_link(family.links[0]), eta, rows, others).sum()


@pytest.mark.parametrize("name", MAXIMA)
def test_the_likelihood_is_that_of_another_package_and_largest_there(name):
    *_, others, expected = MAXIMA[name]
    assert log_likelihood(name, 0.0, others) == pytest.approx(expected, abs=1e-7)
    for step in (-1e-3, 1e-3):
        assert log_likelihood(name, step, others) < expected
        for other in others:
            moved = others | {other: others[other] * (1 + step)}
            assert log_likelihood(name, 0.0, moved) < expected


def test_the_deviance_of_an_inverse_gaussian_is_that_of_glm():
    """``glm(z ~ x, family = inverse.gaussian(link = "log"))``."""
    mean = np.exp(0.039232998157 + 0.289524658729 * X)
    found = find_family("inverse_gaussian").deviance(TIMES, mean, Rows(TIMES), {"shape": 2.0})
    assert found.sum() == pytest.approx(0.589469591444, rel=1e-9)
