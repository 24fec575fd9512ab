"""The probability that a response is 0: closed forms, and quadrature over new groups."""

from __future__ import annotations

import numpy as np
import pytest
from posterior_maker import binary_fit, count_fit, normal_fit

from bayesglmm.errors import SpecError


def test_of_a_poisson_count_it_is_the_exponential_of_minus_the_mean():
    fit = count_fit(noise=0.0)
    rows = fit.grid(sex=["female", "male"], x=0)
    mean = fit.predictions(rows, exposure=2000).frame["median"]
    found = fit.predictions(rows, kind="zero", exposure=2000)
    np.testing.assert_allclose(found.frame["median"], np.exp(-mean), rtol=1e-12)
    assert found.scale == "probability of 0 at 2,000 time"


def test_over_new_groups_it_is_the_mean_over_the_population():
    """Sixty nodes of Gauss and Hermite, at the variance of the intercepts of both factors."""
    fit = count_fit(noise=0.0)
    rows = fit.grid(sex=["female", "male"], x=0)
    eta = np.log(fit.predictions(rows, exposure=2000).frame["median"].to_numpy())
    node, weight = np.polynomial.hermite_e.hermegauss(60)
    sd = np.sqrt(0.5**2 + 0.3**2)
    expected = np.exp(-np.exp(eta[:, None] + sd * node)) @ (weight / weight.sum())
    found = fit.predictions(rows, kind="zero", exposure=2000, re="integrate").frame["median"]
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_of_a_single_trial_it_is_the_probability_of_a_failure():
    fit = binary_fit(noise=0.0)
    rows = fit.grid(trt=["placebo", "active"])
    p = fit.predictions(rows).frame["median"].to_numpy()
    zero = fit.predictions(rows, kind="zero").frame["median"].to_numpy()
    np.testing.assert_allclose(zero, 1 - p, rtol=1e-12)
    found = fit.comparisons("trt", rows.head(1), kind="zero", scale="or").frame["median"]
    np.testing.assert_allclose(found, np.exp(-0.7), rtol=1e-9)


def test_slopes_are_those_of_the_probability():
    fit = count_fit(noise=0.0)
    rows = fit.grid(sex="female", x=0)
    mean = float(fit.predictions(rows, exposure=2000).frame["median"].iloc[0])
    slope = fit.slopes("x", rows, kind="zero", exposure=2000).frame["median"]
    np.testing.assert_allclose(slope, -0.25 * mean * np.exp(-mean), rtol=1e-6)


def test_what_has_no_zeros_is_refused():
    with pytest.raises(SpecError, match="No response of the gaussian family is 0"):
        normal_fit().predictions(kind="zero")
    with pytest.raises(SpecError, match="Leave the rest out"):
        count_fit().predictions(kind="zero", scale="link")
    with pytest.raises(SpecError, match="kind"):
        count_fit().predictions(kind="none")
