"""Few levels and an infinite shape: the map's coordinates stay near to normal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from kernel_maker import bent
from scipy import stats
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.engine.bend import KNOTS, bends
from bayesglmm.engine.deadline import NEVER
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.engine.transport import Transport, identity
from bayesglmm.report.spec_code import spec_code

FITS, FEWEST = 8, 6
"""Fits, and those at least that have no divergence: where one in 500 has, 5e-7 fail by chance."""


def without_divergences(models: list[bg.Model]) -> int:
    """Fits of short chains that have no divergence."""
    fits = [model.fit(seed=seed(s), draws=300, progress=False) for s, model in enumerate(models)]
    return sum(not fit.draws.sample_stats["diverging"].any() for fit in fits)


def four_batches() -> pd.DataFrame:
    rng = np.random.default_rng(3)  # fixed: a worked example
    g = np.repeat(list("abcd"), 5)
    effects = np.repeat(rng.normal(0, 0.25, 4), 5)
    return pd.DataFrame({"g": g, "y": 60 + effects + rng.normal(0, 0.33, 20)})


@pytest.mark.parametrize("levels", [2, 4])
def test_few_levels_do_not_diverge(levels):
    rows = four_batches().head(5 * levels)
    assert without_divergences([bg.Model("y ~ 1 + (1 | g)", rows)] * FITS) >= FEWEST


@pytest.mark.parametrize(
    ("formula", "asked", "acceptance"),
    [("y ~ 1 + (1 | g)", {}, 0.95), ("y ~ 1 + (1 | g)", {"target_accept": 0.7}, 0.7)],
)
def test_steps_are_shorter_where_levels_are_few(formula, asked, acceptance):
    fit = bg.Model(formula, four_batches()).fit(seed=seed(1), draws=100, progress=False, **asked)
    assert fit.draws.settings.target_accept == acceptance
    assert ("target_accept" in spec_code(fit.design.spec, fit.draws.settings)) == bool(asked)


def test_counts_without_overdispersion_do_not_diverge():
    models = []
    for number in range(FITS):
        rng = generator(number)
        x = rng.normal(size=100)
        rows = pd.DataFrame({"x": x, "c": rng.poisson(np.exp(1 + 0.3 * x))})
        models.append(bg.Model("c ~ x", rows, family="negative_binomial"))
    assert without_divergences(models) >= FEWEST


@pytest.mark.parametrize("totals", [[1, 11, 0, 5, 0], [0, 4, 3]], ids=str)
def test_a_bend_that_cannot_be_followed_leaves_the_pilot(totals):
    """Counts of levels without an event: three sds out the pilot's system is singular."""
    y = np.concatenate([[total // 3, total - 2 * (total // 3), total // 3] for total in totals])
    rows = pd.DataFrame({"y": y, "g": np.repeat([f"g{k}" for k in range(len(totals))], 3)})
    model = bg.Model("y ~ (1 | g)", rows, family="poisson")
    pilot = run_pilot(model.design, make_target(model.design, model.priors), NEVER)
    assert np.isfinite(pilot.transport.theta_shape).all()


class Density:
    """A density of one coordinate, and the slope of its log."""

    def __init__(self, distribution: object) -> None:
        self.distribution = distribution

    def slope(self, t: float) -> float:
        h = 1e-5
        log = self.distribution.logpdf
        return float((log(t + h) - log(t - h)) / (2 * h))


@pytest.mark.parametrize(
    "distribution",
    [stats.loggamma(2, loc=-np.log(2)), stats.gumbel_r(), stats.t(4, scale=0.9)],
    ids=["short right tail", "long right tail", "two long tails"],
)
def test_a_bent_normal_has_the_quantiles_of_the_density(distribution):
    """Modes are at 0, as along the coordinates of a pilot."""
    shape = bends([Density(distribution).slope])
    model = bg.Model("y ~ 1", pd.DataFrame({"y": [0.0, 1.0, 3.0]}))
    target = make_target(model.design, model.priors)
    transport = _with_shape(identity(target.coordinates), shape)
    for z in (-3.0, -1.5, 0.0, 1.5, 3.0):
        expected = distribution.ppf(stats.norm.cdf(z))
        scale = distribution.std()
        assert abs(bent(transport, np.array([z]))[0] - expected) < 0.12 * scale * max(1, abs(z))


def test_a_normal_is_not_bent():
    assert bends([lambda t: -t]).shape == (1, 0)


def test_what_cannot_be_followed_is_not_bent():
    values = bends([lambda t: np.nan * t, lambda t: -t - 3 * max(t, 0.0)])
    np.testing.assert_allclose(values[0].reshape(-1, 4)[:, 0], KNOTS[:-1], atol=1e-12)


def test_a_large_sample_is_not_bent():
    rng = generator(2)
    rows = pd.DataFrame({"y": rng.normal(size=2000)})
    model = bg.Model("y ~ 1", rows)
    pilot = run_pilot(model.design, make_target(model.design, model.priors), NEVER)
    assert pilot.transport.theta_shape.shape == (1, 0)


def _with_shape(transport: Transport, shape: np.ndarray) -> Transport:
    return replace(transport, theta_shape=shape)
