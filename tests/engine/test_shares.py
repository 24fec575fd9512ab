"""Effects of about one row a level beside a residual: the sum of the variances has a coordinate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kernel_maker import central_differences
from scipy import stats
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.engine.convergence import convergence
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.engine.pilot import Pilot
from bayesglmm.engine.shares import from_shares, log_whole_sd, residual_slope, to_shares
from bayesglmm.engine.target import Target

SHARED = np.array([False, True, True])
THETA = np.array([0.3, -1.2, 0.8, 0.1, -0.4])
"""Log sds of three effects, a correlation's coordinate, the log of the residual sd."""
FITS, FEWEST = 8, 6
"""Fits, and those at least that have no divergence: where one in 500 has, 5e-7 fail by chance."""


def nested_rows(rows: int, number: int = 0, levels: tuple[int, int] = (12, 25)) -> pd.DataFrame:
    """Trees of plots of sites, each measured once."""
    rng, (sites, plots) = generator(number), levels
    plot = np.concatenate([np.arange(plots), rng.integers(0, plots, rows - plots)])
    site = np.concatenate([np.arange(sites), rng.integers(0, sites, plots - sites)])[plot]
    x, tree = rng.normal(size=rows), np.arange(rows)
    mean = 1 + 0.5 * x + rng.normal(size=sites)[site] + 0.7 * rng.normal(size=plots)[plot]
    y = mean + 0.6 * rng.normal(size=rows) + 0.5 * rng.normal(size=rows)
    return pd.DataFrame(
        {"y": y, "x": x, "site": site, "plot": plot, "tree": tree, "pair": tree // 2}
    )


def pilot_of(model: bg.Model) -> tuple[Target, Pilot]:
    target = make_target(model.design, model.priors)
    return target, run_pilot(model.design, target)


def test_shares_are_of_one_variance_and_go_back():
    found = to_shares(SHARED, THETA)
    sds = np.exp(THETA)
    whole = np.sqrt(sds[1] ** 2 + sds[2] ** 2 + sds[4] ** 2)
    expected = [THETA[0], np.log(sds[1] / sds[4]), np.log(sds[2] / sds[4]), THETA[3], np.log(whole)]
    np.testing.assert_allclose(found, expected, rtol=1e-14)
    np.testing.assert_allclose(from_shares(SHARED, found), THETA, rtol=1e-14)
    assert log_whole_sd(SHARED, THETA, 0) == pytest.approx(np.log(whole), rel=1e-14)
    later = np.log(np.hypot(sds[2], sds[4]))
    assert log_whole_sd(SHARED, THETA, 2) == pytest.approx(later, rel=1e-14)
    assert log_whole_sd(SHARED, THETA, 3) == THETA[4]


def test_the_step_to_sds_has_determinant_one_and_the_slope_that_is_said():
    inner = to_shares(SHARED, THETA)
    jacobian = central_differences(lambda at: from_shares(SHARED, at), inner)
    assert abs(np.linalg.det(jacobian)) == pytest.approx(1.0, abs=1e-8)
    np.testing.assert_allclose(residual_slope(SHARED, inner), jacobian[-1], atol=1e-8)


def test_without_shares_theta_stays():
    nobody = np.zeros(3, dtype=bool)
    for step in (to_shares, from_shares):
        np.testing.assert_array_equal(step(nobody, THETA), THETA)
    np.testing.assert_array_equal(residual_slope(nobody, THETA), [0, 0, 0, 0, 1])


@pytest.mark.parametrize(
    ("formula", "options", "expected"),
    [
        ("y ~ x + (1 | tree)", {}, [True]),
        ("y ~ x + (1 | site) + (1 | plot) + (1 | tree)", {}, [False, False, True]),
        ("y ~ x + (1 | pair)", {}, [False]),
        ("y ~ x + (0 + x | tree)", {}, [False]),
        ("y ~ x + (1 + x || tree)", {}, [False, False]),
        ("positive ~ x + (1 | tree)", {"link": "log"}, [False]),
        ("count ~ x + (1 | tree)", {"family": "poisson"}, [False]),
        ("count ~ x + (1 | tree)", {"family": "negative_binomial"}, [False]),
        ("y ~ x + (1 | tree)", {"sigma": "~ x"}, [False]),
    ],
    ids=str,
)
def test_who_shares_the_residual(formula, options, expected):
    rows = nested_rows(60)
    rows = rows.assign(count=np.arange(60) % 7, positive=np.exp(rows["y"] / 4))
    _, pilot = pilot_of(bg.Model(formula, rows, **options))
    assert pilot.transport.shared.tolist() == expected


@pytest.mark.parametrize("rows", [12, 60])
def test_the_map_is_exact_along_the_ridge(rows):
    """Whatever part of the variance is the residual's, the rest of the coordinates is normal."""
    model = bg.Model("y ~ x + (1 | tree)", nested_rows(rows, levels=(4, 6)))
    target, pilot = pilot_of(model)
    behind, T = target.moved(pilot.transport), target.coordinates.theta
    z = generator(7).normal(size=target.coordinates.size)
    for place in (-4.0, -2.0, 2.0, 4.0):
        z[:T] = 0.0, 0.0
        z[np.flatnonzero(pilot.transport.shared)] = place
        _, gradient = behind.density(z)
        np.testing.assert_allclose(gradient[T:], -z[T:], atol=0.1)


def test_three_nested_factors_of_which_one_is_the_row_mix():
    formula = "y ~ x + (1 | site) + (1 | plot) + (1 | tree)"
    fit = bg.Model(formula, nested_rows(40, levels=(8, 16))).fit(
        seed=seed(1), draws=300, progress=False
    )
    assert fit.draws.sample_stats["diverging"].mean() < 0.02
    assert min(check.value for check in fit.verdict.checks if "ESS" in check.name) > 60


def test_a_dozen_rows_of_a_level_each_do_not_diverge():
    clean = 0
    for number in range(FITS):
        model = bg.Model("y ~ x + (1 | tree)", nested_rows(12, number, levels=(4, 6)))
        fit = model.fit(seed=seed(number), draws=300, progress=False)
        clean += not fit.draws.sample_stats["diverging"].any()
    assert clean >= FEWEST


def test_shares_of_the_variance_are_those_of_the_prior():
    """Data show the whole variance alone: given it, the residual's part is as the priors say."""
    rows = nested_rows(60, 3)
    flat = bg.Prior("HalfNormal", sigma=50)
    priors = {"1|tree": flat, "sigma": flat}
    model = bg.Model("y ~ x + (1 | tree)", rows, priors=priors)
    draws = model.fit(seed=seed(1), draws=2500, progress=False).draws
    angle = np.arctan2(draws.array("1|tree_sigma"), draws.array("sigma"))[:, :, 0]
    shares = 2 * angle / np.pi  # flat priors of two sds are flat in their angle
    size = convergence(shares[:, :, None]).ess_bulk[0]
    assert stats.kstest(shares.ravel()[:: max(1, int(shares.size / size))], "uniform").pvalue > 1e-6
    assert abs(shares.mean() - 0.5) < bound(1, 0.1) * np.sqrt(1 / 12 / size)
