"""The triangle of an intercept and a slope on a column far from 0."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kernel_maker import central_differences
from seeds import seed

import bayesglmm as bg
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.engine.convergence import convergence
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.far_columns import means_of_far_columns, uncorrelated, users
from bayesglmm.engine.kernel.triangle import from_sides, to_sides, to_sides_backward
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.posterior.quantities import gather

PLACES = [
    (0.3, 0.2, -0.4),
    (-1.0, 3.0, 0.5),
    (-1.0, -6.0, 0.1),
    (0.5, 0.7, 6.0),
    (0.0, -0.9, 9.0),
    (0.2, 1.5, -4.0),
]
"""Of all three corners, their middle, and flat triangles."""


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_third_side_is_by_the_law_of_cosines(place):
    log_s0, log_b, cotangent, _ = to_sides(*place)
    s0, b = np.exp(log_s0), np.exp(log_b)
    corner = s0 * np.exp(1j * np.arctan2(1.0, cotangent))
    assert np.log(abs(corner - b)) == pytest.approx(place[0], abs=1e-9)
    np.testing.assert_allclose(from_sides(log_s0, log_b, cotangent), place, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_determinant_and_the_slopes_are_derivatives(place):
    def sides(at: np.ndarray) -> np.ndarray:
        return np.array(to_sides(*at))

    jacobian = central_differences(sides, np.array(place))
    sign, log_determinant = np.linalg.slogdet(jacobian[:3])
    assert sign != 0
    assert sides(np.array(place))[3] == pytest.approx(log_determinant, abs=1e-6)
    slopes = np.array([0.7, -1.3, 2.0 / np.cosh(place[2])])
    expected = np.append(slopes, 1.0) @ jacobian
    np.testing.assert_allclose(to_sides_backward(*place[1:], tuple(slopes)), expected, rtol=1e-6)


def make_coordinates(means: dict[str, float], right: str) -> Coordinates:
    rng = np.random.default_rng(7)  # fixed: only means of columns count
    columns = {name: rng.normal(mean, 1.0, 60) for name, mean in means.items()}
    rows = pd.DataFrame(
        columns | {"y": rng.normal(size=60), "g": [f"g{k % 12}" for k in range(60)]}
    )
    model = bg.Model(f"y ~ 1 + {right}", rows, family="gaussian")
    return make_target(model.design, model.priors).coordinates


@pytest.mark.parametrize(
    ("right", "far"),
    [
        ("(1 + x | g)", "x|g"),
        ("(1 + x + z | g)", "z|g"),
        ("(1 + z + x | g)", "z|g"),
        ("(1 + near | g)", ""),
        ("(1 + center(x) | g)", ""),
        ("(1 + x || g)", ""),
        ("(0 + x | g)", ""),
    ],
)
def test_the_farthest_column_of_a_block_with_an_intercept_is_far(right, far):
    coordinates = make_coordinates({"x": 6.0, "z": -9.0, "near": 1.0}, right)
    means = means_of_far_columns(coordinates)
    assert [coordinates.effects[place].name for place in np.flatnonzero(means)] == [far] * bool(far)


@pytest.mark.parametrize("mean", [6.5, -40.0])
def test_effects_without_correlation_at_the_mean(mean):
    coordinates = make_coordinates({"x": mean}, "(1 + x | g)")
    means = means_of_far_columns(coordinates)
    sds = np.array([np.log(0.7), np.log(0.2), 0.0, 0.0])
    theta, _ = users(coordinates, means, uncorrelated(coordinates, means, sds))
    L = np.array([[1.0, means[1]], [0.0, 1.0]]) @ coordinates.covariance_factor(0, theta)
    np.testing.assert_allclose(L @ L.T, np.diag([0.49, 0.04]), atol=1e-9)


def lines(center: float, sds: tuple[float, float]) -> pd.DataFrame:
    """Lines of 30 groups over x, of mean `center` and sd 0.46."""
    rng = np.random.default_rng(5)  # fixed: only where x lies changes
    g = np.repeat(np.arange(30), 20)
    x = rng.normal(0, 0.46, len(g))
    effects = np.array(sds)[:, None] * rng.normal(size=(2, 30))
    y = effects[0, g] + (0.5 + effects[1, g]) * x + rng.normal(0, 0.5, len(g))
    return pd.DataFrame({"y": y, "x": x - x.mean() + center, "g": [f"g{k:02d}" for k in g]})


@pytest.mark.parametrize(
    ("center", "sds"),
    [
        (6.5, (0.0, 0.0)),
        (-6.5, (0.0, 0.1)),
        (6.5, (0.3, 0.0)),
        (6.5, (0.3, 0.1)),
        (6.5, (0.3, 0.5)),
    ],
    ids=str,
)
def test_slopes_on_a_column_far_from_zero_cost_what_those_of_a_centred_one_do(center, sds):
    """Slopes that are there, hardly there, and not there.

    Gradients for each effective draw of the worst quantity, whose logarithm scatters by about 0.15
    from run to run; without coordinates of their own such slopes cost 4 to 2,000 times as much.
    """
    costs = []
    for place in (0.0, center):
        model = bg.Model("y ~ x + (1 + x | g)", lines(place, sds))
        fit = model.fit(seed=seed(1), draws=1000, progress=False)
        quantities = model_parameters(fit.design, PARAMETERS)
        found = convergence(gather(quantities, fit.draws)[1])
        costs.append(fit.draws.run.gradients / min(found.ess_bulk.min(), found.ess_tail.min()))
    assert costs[1] < 2.5 * costs[0]


@pytest.mark.parametrize(("sds", "short"), [((0.3, 0.5), True), ((0.3, 0.0), False)])
def test_the_pilot_stands_at_the_mode_that_holds_the_posterior(sds, short):
    """The side a is short where slopes are beyond doubt; where they are not there, the prior's."""
    model = bg.Model("y ~ x + (1 + x | g)", lines(6.5, sds))
    pilot = run_pilot(model.design, make_target(model.design, model.priors))
    assert np.any(pilot.transport.means)
    assert (pilot.theta[2] > 1.5) == short


def test_two_modes_get_the_user_s_coordinates():
    """Slopes that the prior takes for intercepts: 12 % of the posterior has a short side a."""
    rng = np.random.default_rng(1005)  # fixed: a data set that has two
    g = np.repeat(np.arange(30), 20)
    x = 0.44 * rng.normal(size=30)[g] + np.sqrt(0.46**2 - 0.44**2) * rng.normal(size=600)
    x = (x - x.mean()) / x.std() * 0.46
    intercepts, slopes = 0.0 * rng.normal(size=30), 0.5 * rng.normal(size=30)
    y = 1 + 0.5 * x + intercepts[g] + slopes[g] * x + 0.5 * rng.normal(size=600)
    rows = pd.DataFrame({"y": y, "x": x + 6.5, "g": [f"g{k:02d}" for k in g]})
    model = bg.Model("y ~ x + (1 + x | g)", rows)
    pilot = run_pilot(model.design, make_target(model.design, model.priors))
    assert not np.any(pilot.transport.means)
