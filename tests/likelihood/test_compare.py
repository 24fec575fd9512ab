"""Likelihood-ratio tests and profile intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.likelihood.objective import make_objective


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(11)
    frame = pd.DataFrame(
        {"x": rng.normal(size=300), "g": np.repeat(np.arange(30), 10), "w": rng.normal(size=300)}
    )
    eta = 0.3 + 0.4 * frame["x"] + 0.4 * rng.normal(size=30)[frame["g"]]
    return frame.assign(y=rng.poisson(np.exp(eta)))


def ml(rows, right, family="poisson", quadrature=1):
    return bg.Model(f"y ~ {right}", rows, family=family).ml(quadrature)


def test_columns_are_plain_chi_squared(rows):
    test = bg.lrt(ml(rows, "1"), ml(rows, "x + w"))
    assert test.df == 2
    assert test.reason == "chi-squared with 2 degrees of freedom"
    assert test.p == pytest.approx(stats.chi2.sf(test.statistic, 2))


def test_one_variance_is_half_of_two_distributions(rows):
    test = bg.lrt(ml(rows, "x"), ml(rows, "x + (1 | g)"))
    assert test.weights == {0: 0.5, 1: 0.5}
    assert "half chi-squared with 0, half with 1 degree of freedom, because" in repr(test)
    assert test.p == pytest.approx(0.5 * stats.chi2.sf(test.statistic, 1))


def test_a_slope_more_is_half_of_one_and_two(rows):
    test = bg.lrt(ml(rows, "x + (1 | g)"), ml(rows, "x + (1 + x | g)"))
    assert test.weights == {1: 0.5, 2: 0.5}
    expected = 0.5 * stats.chi2.sf(test.statistic, 1) + 0.5 * stats.chi2.sf(test.statistic, 2)
    assert test.p == pytest.approx(expected)


def test_several_variances_have_an_upper_bound(rows):
    test = bg.lrt(ml(rows, "x"), ml(rows, "x + (1 + x || g)"))
    assert test.weights == {2: 1.0}
    assert "upper bound" in repr(test)


def test_poisson_is_on_the_boundary_of_the_negative_binomial(rows):
    test = bg.lrt(ml(rows, "x"), ml(rows, "x", "negative_binomial"))
    assert test.weights == {0: 0.5, 1: 0.5}
    assert "'poisson' is on the boundary of family 'negative_binomial'" in test.reason


def test_several_variances_and_a_shape_have_an_upper_bound(rows):
    test = bg.lrt(ml(rows, "1"), ml(rows, "1 + (1 + x || g)", "negative_binomial"))
    assert test.weights == {2: 0.5, 3: 0.5}
    assert "upper bound" in test.reason


NAMES = ("alpha", "log_sigma", "1|h_sigma", "x_cor[1, x]")


@pytest.mark.parametrize(
    ("family", "name"),
    [("poisson", "sigma"), *((family, n) for family in ("poisson", "gaussian") for n in NAMES)],
)
def test_a_covariate_named_like_a_parameter_is_a_covariate(rows, family, name):
    renamed = rows.rename(columns={"w": name})
    small = ml(rows, "x", family)
    plain = bg.lrt(small, ml(rows, "x + w", family))
    test = bg.lrt(ml(renamed, "x", family), ml(renamed, f"x + `{name}`", family))
    assert test.weights == {1: 1.0}
    assert (test.p, test.reason) == (plain.p, plain.reason)


def test_a_profile_goes_by_the_role_of_a_parameter(rows):
    renamed = rows.rename(columns={"x": "x_sigma", "w": "x_cor[1, x]"})
    formula = "1 + {x} + `{w}` + (1 + {x} | g)"
    plain = ml(rows, formula.format(x="x", w="w")).profile("x", "w", "x|g_sigma").frame
    odd = ml(renamed, formula.format(x="x_sigma", w="x_cor[1, x]"))
    found = odd.profile("x_sigma", "x_cor[1, x]", "x_sigma|g_sigma").frame
    pd.testing.assert_frame_equal(found.drop(columns=""), plain.drop(columns=""))


def test_a_large_coefficient_named_alpha_is_no_boundary(rows):
    fit = ml(rows.assign(alpha=1e-12 * rows["x"]), "alpha")
    assert fit.estimate("alpha") > 1e9
    assert fit.boundaries == ()


def test_nothing_gained_has_a_p_of_one(rows):
    rng = generator(1)
    counts = np.tile([0, 1, 2, 3, 4], 60).reshape(30, 10)
    even = rows.assign(y=rng.permuted(counts, axis=1).ravel())
    test = bg.lrt(ml(even, "x"), ml(even, "x + (1 | g)"))
    assert (test.statistic, test.p) == (0.0, 1.0)


@pytest.mark.slow
def test_the_mixture_is_the_distribution_under_the_small_model():
    """Self and Liang's mixture, by simulation: about half of the statistics are 0."""
    rng = generator(12)
    g = np.repeat(np.arange(30), 8)
    statistics = []
    for _ in range(120):
        frame = pd.DataFrame({"g": g, "y": rng.poisson(3.0, size=240)})
        statistics.append(bg.lrt(ml(frame, "1"), ml(frame, "1 + (1 | g)")).statistic)
    above = np.mean(np.array(statistics) > stats.chi2.isf(0.2, 1))
    assert abs(above - 0.1) < bound() * np.sqrt(0.1 * 0.9 / 120)
    # Half of them in the limit; with 30 groups, up to a tenth more.
    allowed = bound() * np.sqrt(0.25 / 120)
    assert 0.5 - allowed < np.mean(np.array(statistics) < 1e-4) < 0.6 + allowed


def test_refusals(rows):
    small, large = ml(rows, "x"), ml(rows, "x + w")
    for given in ((bg.Model("y ~ x", rows), large), (small, bg.Model("y ~ x", rows))):
        with pytest.raises(
            SpecError, match=r"is no fit by maximum likelihood. Write lrt\(small.ml"
        ):
            bg.lrt(*given)
    with pytest.raises(SpecError, match="only in the first"):
        bg.lrt(large, small)
    with pytest.raises(SpecError, match="not of the same rows"):
        bg.lrt(ml(rows[:200], "x"), large)
    with pytest.raises(SpecError, match="Use the same quadrature"):
        bg.lrt(ml(rows, "1 + (1 | g)"), ml(rows, "x + (1 | g)", quadrature=9))
    with pytest.raises(SpecError, match="no likelihood ratio"):
        bg.lrt(small.quasi(), large)
    with pytest.raises(SpecError, match="different families"):
        bg.lrt(ml(rows, "1"), bg.Model("y ~ x", rows, link="log").ml())
    other = bg.Model("y ~ 1 + offset(0.5 * w)", rows, family="poisson").ml()
    with pytest.raises(SpecError, match="different exposures, offsets or trials"):
        bg.lrt(other, small)


def test_an_exposure_is_an_offset_of_its_logarithm(rows):
    timed = rows.assign(time=np.linspace(1, 9, len(rows)))
    first = bg.Model("y ~ 1", timed, family="poisson", exposure="time").ml()
    second = bg.Model("y ~ x + offset(log(time))", timed, family="poisson").ml()
    assert bg.lrt(first, second).df == 1


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_profile_ends_are_where_the_likelihood_has_fallen(rows, family):
    rng = generator(13)
    spread = rows.assign(y=rng.poisson(rows["y"] * rng.gamma(2, 0.5, size=300)))
    found = ml(spread, "x + (1 | g)", family)
    table = found.profile(mass=0.9)
    goal = stats.chi2.isf(0.1, 1) / 2
    objective = make_objective(found.problem, 1)
    scale = found.design.predictor.fixed.scale[0]
    for _, row in table.frame.iterrows():
        assert row["lower"] < row["estimate"] < row["upper"], row[""]
    for end in table.frame.set_index("").loc["x", ["lower", "upper"]]:
        fall = found.loglik - best_with(objective, found.optimum.free, 1, end * scale)
        assert fall == pytest.approx(goal, abs=1e-4)
    for end in table.frame.set_index("").loc["1|g_sigma", ["lower", "upper"]]:
        fall = found.loglik - best_with(objective, found.optimum.free, 2, end)
        # A standard deviation ends at 0 where the likelihood has not fallen so far there.
        assert fall == pytest.approx(goal, abs=1e-4) if end > 0 else fall <= goal


def best_with(objective, free, place, value):
    """The maximum with one free number held, by another optimiser."""
    from scipy.optimize import minimize

    others = np.arange(len(free)) != place

    def fall(rest):
        whole = free.copy()
        whole[others], whole[place] = rest, value
        height, gradient = objective(whole)
        return -height, -gradient[others]

    return -minimize(fall, free[others], jac=True, method="L-BFGS-B", tol=1e-14).fun


def test_profile_of_the_intercept_does_not_depend_on_centring(rows):
    shifted = rows.assign(x=rows["x"] - 5)
    far = ml(shifted, "x + (1 | g)")
    near = bg.Model("y ~ I(x + 5) + (1 | g)", shifted, family="poisson").ml()
    ends = [found.profile("Intercept").frame for found in (near, ml(rows, "x + (1 | g)"))]
    columns = ["lower", "upper"]
    assert np.allclose(ends[0][columns], ends[1][columns], atol=1e-4)
    # The intercept at x = 0 is five away from the mean of x there, and less certain.
    wide, narrow = far.profile("Intercept").frame[columns], ends[0][columns]
    assert np.ptp(wide.to_numpy()) > 2 * np.ptp(narrow.to_numpy())


def test_profile_of_a_correlation_stays_within_its_range(rows):
    found = ml(rows, "x + (1 + x | g)")
    label = "1+x|g_cor[1, x]"
    frame = found.profile(label, "1|g_sigma").frame.set_index("")
    assert -1 <= frame.loc[label, "lower"] < frame.loc[label, "upper"] <= 1
    assert frame.loc["1|g_sigma", "lower"] > 0
