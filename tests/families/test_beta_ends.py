"""Proportions of which some are 0 or 1: what they are made of, by other models and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.families import Rows, find_family, find_link

LOGIT = find_link("logit")


def frame(family, others, n=400):
    rng = generator(21)
    x = rng.normal(size=n)
    y = find_family(family).draw(rng, LOGIT, 0.2 + 0.5 * x, Rows(None), others)
    return pd.DataFrame({"y": y, "x": x, "end": 1.0 * np.isin(y, (0, 1)), "one": 1.0 * (y == 1)})


def test_the_likelihood_of_a_zero_one_inflated_beta_is_that_of_three_models():
    """No parameter is in two parts, so the largest likelihoods multiply."""
    data = frame("zero_one_inflated_beta", {"phi": 6.0, "zoi": 0.3, "coi": 0.6})
    whole = bg.Model("y ~ x", data, family="zoib", zoi="~ x", coi="~ x").ml()
    ends, inner = data[data["end"] == 1], data[data["end"] == 0]
    parts = [
        bg.Model("end ~ x", data, family="bernoulli").ml(),
        bg.Model("one ~ x", ends, family="bernoulli").ml(),
        bg.Model("y ~ x", inner, family="beta").ml(),
    ]
    assert whole.loglik == pytest.approx(sum(part.loglik for part in parts), abs=1e-8)
    for prefix, part in zip(("zoi_", "coi_", ""), parts, strict=True):
        assert whole.estimate(f"{prefix}x") == pytest.approx(part.estimate("x"), abs=1e-6)


def test_the_ends_of_an_ordered_beta_are_ordered_categories():
    """Without the beta part, the three chances are those of a cumulative logit."""
    family, eta = find_family("ordered_beta"), np.linspace(-4, 4, 9)
    others = {"phi": 3.0, "cutzero": -1.5, "gap": 2.2}
    zero, one = (
        family.log_density(LOGIT, eta, Rows(np.full(9, end)), others) for end in (0.0, 1.0)
    )
    np.testing.assert_allclose(zero, special.log_expit(-1.5 - eta), rtol=1e-13)
    np.testing.assert_allclose(one, special.log_expit(eta - 0.7), rtol=1e-13)
    between = family.log_density(LOGIT, eta, Rows(np.full(9, 0.4)), others)
    mean = special.expit(eta)
    between -= stats.beta.logpdf(0.4, 3 * mean, 3 * (1 - mean))
    np.testing.assert_allclose(np.exp(zero) + np.exp(one) + np.exp(between), 1.0, rtol=1e-12)


def test_without_ends_it_is_a_beta():
    """Thresholds far apart leave nothing at the ends."""
    y, eta = np.array([0.1, 0.5, 0.9]), np.array([-1.0, 0.3, 2.0])
    far = {"phi": 4.0, "cutzero": -50.0, "gap": 100.0}
    found = find_family("ordered_beta").log_density(LOGIT, eta, Rows(y), far)
    plain = find_family("beta").log_density(LOGIT, eta, Rows(y), {"phi": 4.0})
    np.testing.assert_allclose(found, plain, rtol=1e-13)
    certain = find_family("zoib").log_density(
        LOGIT, eta, Rows(y), {"phi": 4.0, "zoi": 0.0, "coi": 0.5}
    )
    np.testing.assert_allclose(certain, plain, rtol=1e-13)


@pytest.mark.parametrize("family", ["ordered_beta", "zero_one_inflated_beta"])
def test_all_at_the_ends_still_has_a_mean_to_begin_with(family):
    data = pd.DataFrame({"y": [0.0, 1.0, 0.0, 1.0, 1.0], "x": np.arange(5.0)})
    model = bg.Model("y ~ x", data, family=family)
    assert np.isfinite(model.priors["Intercept"].prior.log_density(0.0))
    assert np.isfinite(model.design.spec.family.support.empirical(model.design.rows)).all()


def test_what_others_call_zero_inflated_beta_is_answered():
    for name in ("fractional", "zero_inflated_beta"):
        with pytest.raises(SpecError, match="'ordered_beta', or 'zero_one_inflated_beta' where"):
            find_family(name)
