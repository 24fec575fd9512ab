"""Summaries of draws, beside ArviZ's own."""

from __future__ import annotations

import arviz_stats
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from posterior_maker import autoregressive, binary_fit, count_fit, normal_fit
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.design.parameters import model_parameters
from bayesglmm.errors import SpecError
from bayesglmm.posterior.quantities import (
    convergence,
    gather,
    positive_part,
    printed,
    summarise,
)

CORRELATIONS = (0.0, 0.5, 0.9, -0.4)


@pytest.fixture(scope="module")
def chains() -> np.ndarray:
    """Four quantities of rising autocorrelation, the last on a skewed scale: (4, 1000, 4)."""
    rng = generator(2)
    content = np.stack([autoregressive(rng, 1000, rho) for rho in CORRELATIONS], axis=2)
    content[..., 3] = np.exp(content[..., 3])
    return content


@pytest.fixture(scope="module")
def second_opinion(chains):
    """arviz.summary of each quantity, unrounded."""
    dataset = xr.Dataset({"v": (("chain", "draw", "k"), chains)})
    trace = xr.DataTree.from_dict({"posterior": dataset})
    options = {"round_to": "none", "ci_prob": 0.9, "ci_kind": "eti"}
    means = arviz_stats.summary(trace, **options)
    medians = arviz_stats.summary(trace, kind="all_median", **options)
    return means, medians


@pytest.mark.parametrize(
    ("ours", "theirs", "table"),
    [
        ("mean", "mean", 0),
        ("sd", "sd", 0),
        ("mcse_mean", "mcse_mean", 0),
        ("mcse_sd", "mcse_sd", 0),
        ("lower", "eti90_lb", 0),
        ("upper", "eti90_ub", 0),
        ("ess_bulk", "ess_bulk", 0),
        ("r_hat", "r_hat", 0),
        ("median", "median", 1),
        ("mcse_median", "mcse_median", 1),
    ],
)
def test_agrees_with_arviz(chains, second_opinion, ours, theirs, table):
    found = summarise(chains, 0.9)[ours].to_numpy()
    np.testing.assert_allclose(found, second_opinion[table][theirs].to_numpy(float), rtol=1e-9)


def test_tails_agree_with_arviz(chains):
    found = summarise(chains, 0.9)
    dataset = xr.Dataset({"v": (("chain", "draw", "k"), chains)})
    # arviz.summary takes other tails than the published 5 % and 95 %.
    theirs = arviz_stats.ess(dataset, method="tail", prob=(0.05, 0.95))["v"]
    np.testing.assert_allclose(found["ess_tail"], theirs, rtol=1e-9)
    for name, probability in (("mcse_lower", 0.05), ("mcse_upper", 0.95)):
        theirs = arviz_stats.mcse(dataset, method="quantile", prob=probability)["v"]
        np.testing.assert_allclose(found[name], theirs, rtol=1e-9)


def test_known_numbers_of_independent_and_sticky_chains(chains):
    # A first-order autoregression keeps (1 - rho) / (1 + rho) of its draws. The sizes of 50 sets
    # of 4000 draws scatter by 4, 8 and 18 %, and lie 2 % off on average.
    rng = generator(3)
    for rho, scatter in zip(CORRELATIONS[:3], (0.04, 0.08, 0.18), strict=True):
        many = np.stack([autoregressive(rng, 1000, rho) for _ in range(50)], axis=2)
        share = convergence(many)["ess_bulk"].mean() / 4000
        allowed = 0.03 + bound(3) * scatter / np.sqrt(50)
        assert share == pytest.approx((1 - rho) / (1 + rho), rel=allowed)
    # Quantiles of the standard normal; their errors scatter by 15 %.
    found = summarise(chains, 0.95)
    for name, value in (("lower", -1.959964), ("median", 0.0), ("upper", 1.959964)):
        assert abs(found[name][0] - value) < bound(3, scatter=0.15) * found[f"mcse_{name}"][0]
    assert (found["r_hat"][[0, 1, 3]] < 1.03).all()


def test_a_shifted_chain_raises_r_hat_and_lowers_ess(chains):
    shifted = chains.copy()
    shifted[0, :, 0] += 2
    found, before = convergence(shifted), convergence(chains)
    assert found["r_hat"][0] > 1.1
    assert found["ess_bulk"][0] < 0.1 * before["ess_bulk"][0]
    np.testing.assert_array_equal(found["r_hat"][1:], before["r_hat"][1:])


def test_error_of_a_probability(chains):
    ess = convergence(chains)["ess_bulk"]
    probability, error = positive_part(chains, ess)
    np.testing.assert_array_equal(probability, (chains > 0).mean(axis=(0, 1)))
    # Independent draws: the binomial standard error; the ESS beneath it scatters by 4 %.
    binomial = np.sqrt(probability[0] * (1 - probability[0]) / 4000)
    assert error[0] == pytest.approx(binomial, rel=0.2)
    # Sticky draws know less.
    assert error[2] > 2 * error[0]
    # All on one side: one draw in as many as there are effective ones.
    assert (probability[3], error[3]) == (1.0, 1 / ess[3])


@pytest.mark.parametrize("mass", [0.0, 1.0, 95, -0.5, np.nan])
def test_mass_must_be_a_probability(chains, mass):
    with pytest.raises(SpecError, match=r"mass=.* (between 0 and 1|is no number)"):
        summarise(chains, mass)


@pytest.mark.parametrize(
    ("fit", "roles", "labels"),
    [
        (count_fit, ("fixed",), ["Intercept", "sex[male]", "x"]),
        (count_fit, ("sd",), ["1|site_sigma", "x|site_sigma", "1|year_sigma"]),
        (count_fit, ("cor",), ["1+x|site_cor[1, x]"]),
        (count_fit, ("distributional",), []),
        (normal_fit, (), ["Intercept", "x", "sigma"]),
        (binary_fit, ("fixed", "sd"), ["Intercept", "trt[active]", "1|ID_sigma"]),
    ],
)
def test_reported_quantities(fit, roles, labels):
    made = fit()
    found = model_parameters(made.design, roles)
    assert [label for item in found for label in item.labels] == labels
    assert gather(found, made.draws)[0] == labels


def test_every_group_effect_is_reported():
    fit = count_fit()
    effects = [label for item in model_parameters(fit.design, ("effect",)) for label in item.labels]
    assert len(effects) == 6 + 6 + 4
    assert "1|site[site A]" in effects
    assert "x|site[site F]" in effects
    assert "1|year[2019]" in effects


def test_gather_puts_draws_beside_their_labels():
    fit = count_fit()
    labels, values = gather(model_parameters(fit.design), fit.draws)
    assert values.shape == (4, 500, len(labels))
    for label, name, level in (
        ("x", "x", None),
        ("1|site[site B]", "1|site", "site B"),
        ("1|year[2021]", "1|year", "2021"),
    ):
        draws = fit.draws.posterior[name]
        if level is not None:
            draws = draws.sel({draws.dims[-1]: level})
        np.testing.assert_array_equal(values[..., labels.index(label)], draws.to_numpy())


def test_names_of_the_random_part():
    rng = generator(0)
    rows = pd.DataFrame({"y": rng.normal(size=40), "log_sigma": rng.normal(size=40)})
    rows["county"] = np.tile(["A_cor", "B", "C_cor[1, x]", "D"], 10)
    model = bg.Model("y ~ log_sigma + (1 + log_sigma | county)", rows)
    assert printed(model_parameters(model.design)) == [
        "Intercept",
        "log_sigma",
        "sd(1|county)",
        "sd(log_sigma|county)",
        "cor(1, log_sigma|county)",
        "sigma",
        *(f"1|county[{level}]" for level in ("A_cor", "B", "C_cor[1, x]", "D")),
        *(f"log_sigma|county[{level}]" for level in ("A_cor", "B", "C_cor[1, x]", "D")),
    ]
