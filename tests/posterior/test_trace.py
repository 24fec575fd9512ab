"""The ArviZ tree: groups, coordinates, laziness, and numbers."""

from __future__ import annotations

from importlib import import_module

import arviz_stats
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from posterior_maker import binary_fit, count_fit, joined, make_fit, normal_fit
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.priors.power_scaling import power_scaling

trace_module = import_module("bayesglmm.posterior.trace")
COSTLY = {"posterior_predictive": "responses", "log_likelihood": "log_density"}


@pytest.fixture
def calls(monkeypatch) -> dict[str, int]:
    """How often each costly function was called; the prior is drawn without a graph."""
    counts = dict.fromkeys([*COSTLY.values(), "log_prior", "draw_prior"], 0)

    def counted(name, function):
        def wrapped(*arguments, **keywords):
            counts[name] += 1
            return function(*arguments, **keywords)

        return wrapped

    def no_graph(_graph, _seed):
        draws = generator(0).standard_normal((1, 1000))
        effects = np.zeros((1, 1000, 40))
        return xr.Dataset(
            {
                "Intercept": (("chain", "draw"), draws),
                "trt": (("chain", "draw", "trt_dim"), draws[..., None]),
                "1|ID_sigma": (("chain", "draw"), np.abs(draws)),
                "1|ID": (("chain", "draw", "ID__factor_dim"), effects),
                "Intercept_centered": (("chain", "draw"), draws),
            }
        )

    for name in COSTLY.values():
        monkeypatch.setattr(Posterior, name, counted(name, getattr(Posterior, name)))
    monkeypatch.setattr(trace_module, "log_prior", counted("log_prior", trace_module.log_prior))
    monkeypatch.setattr(trace_module, "draw_prior", counted("draw_prior", no_graph))
    monkeypatch.setattr(bg.Fit, "pymc", "the graph is not needed")
    return counts


def test_groups():
    assert set(count_fit().idata.children) == {
        "posterior",
        "sample_stats",
        "posterior_predictive",
        "log_likelihood",
        "log_prior",
        "prior",
        "observed_data",
        "constant_data",
    }


def test_nothing_is_computed_before_it_is_read(calls):
    tree = binary_fit().idata
    repr(tree)
    tree._repr_html_()
    assert tree["posterior_predictive"]["ill"].shape == (4, 500, 80)
    assert tree["prior"]["1|ID"].shape == (1, 1000, 40)
    assert set(calls.values()) == {0}


@pytest.mark.parametrize("group", COSTLY)
def test_each_group_is_computed_once_and_alone(calls, group):
    tree = binary_fit().idata
    first = float(tree[group]["ill"][0, 0, 0])
    whole = tree[group]["ill"].to_numpy()
    assert whole[0, 0, 0] == first
    np.testing.assert_array_equal(tree[group]["ill"].isel(chain=1).to_numpy(), whole[1])
    assert calls == dict.fromkeys(calls, 0) | {COSTLY[group]: 1}


def test_the_log_prior_is_computed_once(calls):
    tree = binary_fit().idata
    assert set(tree["log_prior"].data_vars) == {"intercept", "slopes", "sd"}
    for name in tree["log_prior"].data_vars:
        tree["log_prior"][name].to_numpy()
    assert calls == dict.fromkeys(calls, 0) | {"log_prior": 1}


def test_log_prior_is_the_sum_over_a_class():
    fit = normal_fit()
    found = fit.idata["log_prior"]
    draws = fit.draws.posterior
    sigma, slope = fit.priors["sigma"].prior, fit.priors["x"].prior
    assert found["sigma"].dims == ("chain", "draw")
    np.testing.assert_allclose(found["sigma"], sigma.log_density(draws["sigma"].to_numpy()))
    np.testing.assert_allclose(found["slopes"], slope.log_density(draws["x"].to_numpy()))


def test_arviz_prior_sensitivity_is_that_of_the_fit():
    fit = normal_fit()
    found = arviz_stats.psense_summary(fit.idata, round_to=10)
    own = power_scaling(fit.posterior, fit.priors).frame.set_index("")
    assert list(found.index) == list(own.index) == ["Intercept", "x", "sigma"]
    np.testing.assert_allclose(found["prior"], own["all priors"], atol=1e-9)
    np.testing.assert_allclose(found["likelihood"], own["likelihood"], atol=1e-9)


def test_arviz_prior_sensitivity_of_group_effects():
    fit = count_fit()
    assert set(fit.idata["log_prior"].data_vars) == {"intercept", "slopes", "sd", "cor"}
    names = ["Intercept", "sex", "x", "1|site_sigma", "x|site_sigma", "1|year_sigma"]
    found = arviz_stats.psense_summary(fit.idata, var_names=names, prior_var_names=["sd"])
    assert np.isfinite(found[["prior", "likelihood"]].to_numpy(float)).all()


def test_the_prior_is_drawn_once(calls):
    fit = binary_fit()
    prior = fit.idata["prior"]
    assert set(prior.data_vars) == set(fit.draws.posterior.data_vars)
    assert prior["1|ID_sigma"].to_numpy().min() >= 0
    assert prior["trt"].coords["trt_dim"].to_numpy().tolist() == ["active"]
    assert prior["1|ID"].to_numpy().shape == (1, 1000, 40)
    assert calls["draw_prior"] == 1


def scipy_density(fit, y):
    draws = joined(fit)
    x = fit.design.data["x"].to_numpy()[:, None]
    eta = draws["Intercept"].to_numpy() + draws["x"].to_numpy() * x
    return stats.norm.logpdf(y[:, None], eta, draws["sigma"].to_numpy())


def test_log_likelihood_equals_scipy():
    fit = normal_fit()
    found = fit.idata["log_likelihood"]["y"].to_numpy().reshape(fit.draws.size, -1)
    expected = scipy_density(fit, fit.design.rows.y)
    np.testing.assert_allclose(found.T, expected, rtol=1e-10)
    assert fit.idata["log_likelihood"]["y"].dims == ("chain", "draw", "__obs__")


def test_posterior_predictive_follows_the_model():
    fit = normal_fit(noise=0.001)
    y = fit.idata["posterior_predictive"]["y"].to_numpy().reshape(2000, -1)
    mean = 10 - 1.5 * fit.design.data["x"].to_numpy()
    # 2000 draws with standard deviation 2; means and standard deviations of 30 rows.
    assert (np.abs(y.mean(axis=0) - mean) < bound(60) * 2 / np.sqrt(2000)).all()
    np.testing.assert_allclose(y.std(axis=0), 2, rtol=bound(60) / np.sqrt(4000))


def test_observed_and_constant_data():
    rows = pd.DataFrame(
        {
            "y": [1, 2, np.nan, 4, 0, 3],
            "x": [0.0, 1, 2, 4, 5, 6],
            "t": [1.0, 2, 3, 4, 5, 6],
            "known": [0.5, 1, 0.5, 2, 1, 1],
            "g": list("abcabb"),
        }
    )
    model = bg.Model(
        "y ~ x + offset(known) + (1 | g)", rows, family="poisson", exposure="t", missing="drop"
    )
    tree = make_fit(model).idata
    used = [0, 1, 3, 4, 5]
    observed, constant = tree["observed_data"], tree["constant_data"]
    assert observed["y"].to_numpy().tolist() == [1, 2, 4, 0, 3]
    for group in ("observed_data", "constant_data", "log_likelihood", "posterior_predictive"):
        assert tree[group].coords["__obs__"].to_numpy().tolist() == used
    assert constant["X_data"].sel(X_dim="x").to_numpy().tolist() == rows["x"][used].tolist()
    assert constant["exposure_data"].to_numpy().tolist() == rows["t"][used].tolist()
    np.testing.assert_allclose(constant["offset_data"], rows["known"][used])
    levels = tree["posterior"].coords["g__factor_dim"].to_numpy()
    assert levels[constant["g_index"]].tolist() == list("ababb")
    assert "trials_data" not in constant


def test_trials_are_constant_data_and_the_response_keeps_its_name():
    rows = pd.DataFrame({"y": [0, 2, 5, 3], "n": [4, 4, 5, 9], "x": [0.0, 1, 2, 3]})
    tree = make_fit(bg.Model("p(y, n) ~ x", rows, family="binomial")).idata
    assert tree["constant_data"]["trials_data"].to_numpy().tolist() == [4, 4, 5, 9]
    assert list(tree["observed_data"].data_vars) == list(tree["log_likelihood"].data_vars)


def test_arviz_loo_runs_and_is_right():
    fit = normal_fit(noise=0.02)
    # A posterior made by hand need not suit importance sampling, but this one is very narrow:
    # each left-out density is then the harmonic mean of the draws' densities.
    found = arviz_stats.loo(fit.idata)
    log_density = scipy_density(fit, fit.design.rows.y)
    harmonic = -np.log(np.mean(np.exp(-log_density), axis=1)).sum()
    assert found.elpd == pytest.approx(harmonic, abs=0.05)
    assert found.n_data_points == 30


def test_the_tree_is_made_once():
    fit = normal_fit()
    assert fit.idata is fit.idata
