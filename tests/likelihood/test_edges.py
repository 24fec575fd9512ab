"""Ends of ranges, families that contain others, and what tables say of families beyond five."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(41)
    frame = pd.DataFrame({"x": rng.normal(size=200), "g": np.repeat(np.arange(20), 10)})
    mean = np.exp(1.0 + 0.3 * frame["x"] + 0.3 * rng.normal(size=20)[frame["g"]])
    return frame.assign(
        even=np.resize([2, 3, 3, 2, 4], 200),  # of less than Poisson spread
        spread=rng.negative_binomial(mean, 0.5),
        time=rng.gamma(4, mean / 4),
    )


def test_an_overdispersion_of_zero_is_said(rows):
    found = bg.Model("even ~ x", rows, family="nbinom1").ml()
    plain = bg.Model("even ~ x", rows, family="poisson").ml()
    assert found.converged
    said = "alpha is estimated as 0: the counts are no more spread than Poisson."
    assert said in found.verdict()
    assert np.isnan(found.errors[found.place("alpha")])
    assert found.loglik == pytest.approx(plain.loglik, abs=1e-5)
    assert np.allclose(found.errors[:2], plain.errors, rtol=1e-4)


def test_a_limit_is_a_boundary_of_any_family(rows):
    small = bg.Model("spread ~ x", rows, family="poisson").ml()
    large = bg.Model("spread ~ x + (1 | g)", rows, family="nbinom1").ml()
    test = bg.lrt(small, bg.Model("spread ~ x", rows, family="nbinom1").ml())
    assert test.weights == {0: 0.5, 1: 0.5}
    assert "because family 'poisson' is on the boundary of family 'nbinom1'" in test.reason
    both = bg.lrt(small, large)
    assert both.weights == {2: 1.0}
    assert "family 'poisson' is on the boundary of family 'nbinom1' too" in both.reason


def test_families_that_are_not_nested_are_refused(rows):
    first = bg.Model("spread ~ x", rows, family="nbinom1").ml()
    other = bg.Model("spread ~ x + (1 | g)", rows, family="negative_binomial").ml()
    with pytest.raises(SpecError, match=r"\(nbinom1 and negative_binomial\).*becomes poisson\."):
        bg.lrt(first, other)
    plain = bg.Model("spread ~ x", rows, family="poisson").ml()
    modelled = bg.Model("spread ~ x", rows, family="nbinom1", alpha="~ x").ml()
    with pytest.raises(SpecError, match="against a nbinom1 model whose alpha has a formula"):
        bg.lrt(plain, modelled)


def test_the_deviance_of_a_gamma_is_that_of_a_glm(rows):
    found = bg.Model("time ~ x", rows, family="gamma").ml()
    b0, b1 = found.estimates[:2]
    y, mean = rows["time"], np.exp(b0 + b1 * rows["x"])
    assert found.glm is not None
    direct = 2 * np.sum(-np.log(y / mean) + (y - mean) / mean)
    assert found.glm.deviance == pytest.approx(direct, rel=1e-9)
    null = 2 * np.sum(-np.log(y / y.mean()))
    assert found.glm.null_deviance == pytest.approx(null, rel=1e-6)
    assert (found.glm.residual_df, found.glm.null_df) == (198, 199)
    alpha = found.estimate("alpha")
    direct = stats.gamma.logpdf(y, alpha, scale=mean / alpha).sum()
    assert found.loglik == pytest.approx(direct, abs=1e-8)


def test_a_shape_is_profiled_on_its_own_scale(rows):
    found = bg.Model("time ~ x", rows, family="gamma").ml()
    frame = found.profile("alpha", mass=0.9).frame
    mean = np.exp(found.estimate("Intercept") + found.estimate("x") * rows["x"])
    for alpha in frame[["lower", "upper"]].to_numpy()[0]:  # the mean has the same maximum
        fallen = stats.gamma.logpdf(rows["time"], alpha, scale=mean / alpha).sum()
        gone = 2 * (found.loglik - fallen)
        assert gone == pytest.approx(stats.chi2.isf(0.1, 1), abs=1e-3)


def test_a_share_of_zeros_that_is_none_is_said(rows):
    """Counts without a zero: nothing is left for structural ones."""
    for family, base in (
        ("zero_inflated_poisson", "poisson"),
        ("zero_inflated_negative_binomial", "negative_binomial"),
    ):
        found = bg.Model("even ~ x", rows, family=family).ml()
        plain = bg.Model("even ~ x", rows, family=base).ml()
        assert found.converged
        assert "zi is estimated as 0, the end of its range." in found.verdict()
        assert np.isnan(found.errors[found.place("zi")])
        assert found.loglik == pytest.approx(plain.loglik, abs=1e-5)
        assert np.allclose(found.errors[:2], plain.errors[:2], rtol=1e-4)
    formula = bg.Model("even ~ x", rows, family="zero_inflated_poisson", zi="~ x").ml()
    assert formula.converged
    assert "zi goes to an end of its range in all rows. The coefficients" in formula.verdict()


def test_two_ends_are_an_upper_bound(rows):
    small = bg.Model("spread ~ x", rows, family="poisson").ml()
    large = bg.Model("spread ~ x", rows, family="zero_inflated_negative_binomial").ml()
    test = bg.lrt(small, large)
    assert test.weights == {2: 1.0}
    assert test.reason.endswith("too, so this is an upper bound of the p-value")


def test_ratios_of_categories_are_of_every_category(rows):
    kinds = rows.assign(k=np.array(list("abc"))[(rows["spread"] + np.arange(200)) % 3])
    found = bg.Model("k ~ x", kinds, family="categorical").ml()
    assert list(found.ratios().frame[""]) == list(found.labels)
    assert "Pearson" not in repr(found.criteria())
