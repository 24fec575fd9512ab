"""Suppressed counts with a shape for each row, against the negative binomial of scipy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from posterior_maker import make_fit

import bayesglmm as bg

KNOWN = {"Intercept": 1.4, "x": 0.2, "alpha_Intercept": 0.5, "alpha_z": 0.6}


@pytest.fixture(scope="module")
def model() -> bg.Model:
    rng = np.random.default_rng(9)  # any data
    rows = pd.DataFrame(
        {
            "c": rng.poisson(4, size=40).astype(float),
            "x": rng.normal(size=40),
            "z": rng.normal(size=40),
            "g": np.repeat(np.arange(8), 5).astype(str),
        }
    )
    rows.loc[rows["c"].between(1, 3), "c"] = np.nan
    assert rows["c"].isna().sum() > 5
    options = {"family": "negative_binomial", "alpha": "~ z"}
    return bg.Model("suppressed(c, 1, 3) ~ x", rows, **options)


def by_scipy(model: bg.Model, mean: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    observed, share = model.design.rows.observed, alpha / (alpha + mean)
    inside = sum(scipy.stats.nbinom.pmf(count, alpha, share) for count in (1, 2, 3))
    known = scipy.stats.nbinom.logpmf(np.nan_to_num(observed), alpha, share)
    return np.where(np.isnan(observed), np.log(inside), known)


def test_log_likelihood(model):
    fit = make_fit(model, KNOWN, draws=100)
    mean = np.exp(fit.posterior.eta())
    alpha = fit.posterior.parameters()["alpha"]
    assert alpha.shape == mean.shape
    found = fit.posterior.log_density()
    np.testing.assert_allclose(found, by_scipy(model, mean, alpha), rtol=1e-9)
    some = np.flatnonzero(~fit.design.rows.known)[:3]
    few = fit.posterior.log_density(some)
    np.testing.assert_allclose(few, found[:, some], rtol=1e-12)


def test_graph(model):
    graph, predictor = model.pymc, model.design.predictors
    (x,), (z,) = predictor["mu"].X.T, predictor["alpha"].X.T
    mean, alpha = np.exp(1.4 + 0.2 * x), np.exp(0.5 + 0.6 * z)
    point = {
        "Intercept_centered": 1.4 + 0.2 * x.mean(),
        "x_scaled": 0.2 * x.std(),
        "alpha_Intercept_centered": 0.5 + 0.6 * z.mean(),
        "alpha_z_scaled": 0.6 * z.std(),
    }
    assert {variable.name for variable in graph.free_RVs} == set(point)
    found = graph.point_logps(point, round_vals=9, mode="FAST_COMPILE")
    found = sum(value for name, value in found.items() if name not in point)
    assert found == pytest.approx(by_scipy(model, mean, alpha).sum(), abs=1e-6)


def test_raw_effects_and_groups_left_out(model):
    grouped = bg.Model(
        "suppressed(c, 1, 3) ~ x + (1 | g)",
        model.design.given,
        family="negative_binomial",
        alpha="~ z",
    )
    fit = make_fit(grouped, KNOWN, draws=100)
    assert np.isfinite(fit.ranef("g").frame["raw"]).any()
    table = bg.compare({"one": fit, "two": fit}, unit="group").table.frame
    assert np.isfinite(table["elpd"]).all()
