"""Means over new groups: each draw by as many points as its spread needs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, with_posterior
from scipy import special

import bayesglmm as bg
from bayesglmm.families.chances import NUMPY, QUICK, log_total
from bayesglmm.posterior.over_groups import over_new_groups
from bayesglmm.posterior.over_normals import CACHED

NODE, WEIGHT = np.polynomial.hermite_e.hermegauss(120)
WEIGHT = WEIGHT / WEIGHT.sum()


def two_locations(draws: int = 100) -> bg.Fit:
    rng = np.random.default_rng(5)  # a worked example
    rows = pd.DataFrame(
        {
            "colour": np.array(["blue", "green", "red"])[np.arange(60) % 3],
            "x": np.round(rng.normal(size=60), 2),
            "g": np.arange(60) % 5,
        }
    )
    model = bg.Model("colour ~ x + (1 | g)", rows, family="categorical")
    known = {"mu_green_Intercept": 0.3, "mu_green_x": 0.5, "mu_red_Intercept": -0.2}
    return make_fit(model, known, noise=0.0, draws=draws)


def by_nodes(row: float, first: float, second: float) -> np.ndarray:
    """Probabilities over two independent normals, by 120 x 120 nodes of Gauss and Hermite."""
    green = np.exp(0.3 + 0.5 * row + first * NODE[:, None])
    red = np.exp(-0.2 + second * NODE[None, :])
    total = 1 + green + red
    return np.array([WEIGHT @ (one / total) @ WEIGHT for one in (1.0, green, red)])


def with_spreads(fit: bg.Fit, green: np.ndarray, red: np.ndarray) -> bg.Fit:
    shape = fit.draws.posterior["mu_green_1|g_sigma"].shape
    return with_posterior(
        fit,
        {
            "mu_green_1|g_sigma": green.reshape(shape),
            "mu_red_1|g_sigma": red.reshape(shape),
        },
    )


@pytest.mark.parametrize("sd", [0.3, 1.0, 1.8])
def test_probabilities_of_two_locations(sd):
    fit = two_locations()
    fit = with_spreads(fit, np.full(400, sd), np.full(400, 0.7))
    found = fit.predictions(pd.DataFrame({"x": [0.5]}), re="integrate").frame["median"]
    np.testing.assert_allclose(found, by_nodes(0.5, sd, 0.7), rtol=2e-6)


def test_every_draw_has_its_own_spread():
    """Stretches of alike draws are put back in the order of the draws."""
    fit = two_locations()
    green = np.linspace(0.2, 1.5, 400)
    green = green[(np.arange(400) * 7) % 400]
    fit = with_spreads(fit, green, np.full(400, 0.5))
    new = fit.design.apply(pd.DataFrame({"x": np.linspace(-1, 1, CACHED // 100), "g": 0}))
    posterior = fit.posterior.at(new)
    names = ("mu_green", "mu_red")

    def share(found):
        green, red = found["mu_green"].value, found["mu_red"]
        return green / (1 + green + red)

    found = over_new_groups(posterior, share, names, np.array([0]))
    several = over_new_groups(posterior, share, names)
    np.testing.assert_allclose(several[:, 0], found[:, 0], rtol=1e-6)
    for draw in (0, 17, 301):
        expected = by_nodes(-1.0, green[draw], 0.5)[1]
        np.testing.assert_allclose(found[draw, 0], expected, rtol=1e-6)


def test_few_draws_that_scatter_widely_do_not_cost_the_others():
    fit, seen = two_locations(), []
    green = np.full(400, 0.5)
    green[3] = 20.0
    fit = with_spreads(fit, green, np.full(400, 0.5))
    new = fit.design.apply(pd.DataFrame({"x": np.linspace(-1, 1, CACHED // 100), "g": 0}))

    def share(found):
        seen.append(np.shape(found["mu_red"]))
        return found["mu_red"] / (1 + found["mu_green"].value + found["mu_red"])

    over_new_groups(fit.posterior.at(new), share, ("mu_green", "mu_red"))
    points = sum(draws for draws, _ in seen) / 400
    assert points < 400


def test_odds_beyond_what_a_double_holds_are_probabilities_still():
    fit = two_locations()
    eta = {"mu_green_Intercept": 800.0, "mu_red_Intercept": 0.0}
    shape = fit.draws.posterior["mu_green_Intercept"].shape
    fit = with_posterior(fit, {name: np.full(shape, value) for name, value in eta.items()})
    found = fit.predictions(pd.DataFrame({"x": [0.0]})).frame["median"]
    np.testing.assert_allclose(found, [0.0, 1.0, 0.0], atol=1e-300)


def test_quick_functions_are_those_of_densities():
    x = np.array([-800.0, -40.0, -1.0, 0.0, 1e-9, 3.0, 40.0, 800.0])
    np.testing.assert_allclose(QUICK.softplus(x), NUMPY.softplus(x), rtol=1e-15, atol=3e-16)
    above = x[x > 0]
    np.testing.assert_allclose(QUICK.log1mexp(above), NUMPY.log1mexp(above), rtol=1e-12, atol=3e-16)
    logs = [x, 0.3 * x, x - 2.0]
    expected = special.logsumexp(np.stack(logs), axis=0)
    for maths in (QUICK, NUMPY):
        np.testing.assert_allclose(log_total(logs, maths), expected, rtol=1e-14)
