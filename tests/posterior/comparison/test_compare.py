"""Comparison by leave-one-out: exact answers, refits, refusals, and what is said of differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from posterior_maker import autoregressive, binary_fit, count_fit, make_fit, with_posterior
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm
from scipy.stats import t as student
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.comparison.compare import MOST_DRAWS
from bayesglmm.posterior.comparison.integrated import group_log_density
from bayesglmm.posterior.comparison.loo import good_k, leave_one_out
from bayesglmm.posterior.comparison.table import stacking


def linear(seed: int = 7, rows: int = 60, slope: float = 0.8) -> pd.DataFrame:
    rng = np.random.default_rng(seed)  # data of a known answer
    data = pd.DataFrame({"x": rng.normal(size=rows), "z": rng.normal(size=rows)})
    return data.assign(y=1.0 + slope * data["x"] + rng.normal(size=rows))


def conjugate(data: pd.DataFrame, columns: list[str], draws: int = 1000) -> bg.Fit:
    """Draws from the exact posterior under a flat prior of coefficients and log sigma."""
    rng = generator(3)
    fit = make_fit(bg.Model("y ~ " + " + ".join(["1", *columns]), data), draws=draws)
    X = np.column_stack([np.ones(len(data)), data[columns]])
    inverse = np.linalg.inv(X.T @ X)
    center = inverse @ X.T @ data["y"]
    df = len(data) - X.shape[1]
    rss = np.square(data["y"] - X @ center).sum()
    sigma = np.sqrt(rss / rng.chisquare(df, (4, draws)))
    noise = rng.standard_normal((4, draws, X.shape[1])) @ np.linalg.cholesky(inverse).T
    beta = center + sigma[..., None] * noise
    values = {"Intercept": beta[..., 0], "sigma": sigma}
    values |= {name: beta[..., k] for k, name in enumerate(columns, 1)}
    return with_posterior(fit, values)


def exact_loo(data: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """Student-t predictive density of each row under the flat prior, the row left out."""
    X = np.column_stack([np.ones(len(data)), data[columns]])
    y, found = data["y"].to_numpy(), []
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        inverse = np.linalg.inv(X[rest].T @ X[rest])
        center = inverse @ X[rest].T @ y[rest]
        df = rest.sum() - X.shape[1]
        scale = np.sqrt(np.square(y[rest] - X[rest] @ center).sum() / df)
        spread = scale * np.sqrt(1 + X[i] @ inverse @ X[i])
        found.append(student.logpdf(y[i], df, X[i] @ center, spread))
    return np.array(found)


def test_a_linear_model_against_the_exact_answer():
    data = linear()
    fits = {
        "x": conjugate(data, ["x"]),
        "none": conjugate(data, []),
        "both": conjugate(data, ["x", "z"]),
    }
    columns = {"x": ["x"], "none": [], "both": ["x", "z"]}
    found = bg.compare(fits)
    table = found.table.frame.set_index("model")
    exact = {name: exact_loo(data, columns[name]) for name in fits}
    for name, loo in found.pointwise.items():
        assert np.all(
            np.abs(loo.elpd - exact[name]) < bound(180, scatter=0.1) * loo.error + 0.003
        ), name
        assert table.loc[name, "elpd"] == pytest.approx(
            exact[name].sum(), abs=bound(3, scatter=0.1) * table.loc[name, "mcse_elpd"]
        )
        assert table.loc[name, "mcse_elpd"] < 0.15
    difference = exact["none"] - exact[table.index[0]]
    assert table.loc["none", "difference"] == pytest.approx(difference.sum(), abs=0.3)
    assert table.loc["none", "its se"] == pytest.approx(
        np.sqrt(60) * difference.std(ddof=1), rel=0.02
    )
    assert table.loc["none", "verdict"] == "predicts worse"
    other = next(name for name in ("both", "x") if name != table.index[0])
    assert table.loc[other, "verdict"] == "not told apart from the best"
    assert table["weight"].sum() == pytest.approx(1)
    # Two coefficients and sigma.
    assert table.loc["x", "p_loo"] == pytest.approx(3, abs=0.8)


def test_groups_against_exact_predictive_densities():
    """Known variances and a flat mean: the density of a group left out is multivariate normal."""
    rng = np.random.default_rng(9)  # data of a known answer
    groups, size, tau, sigma = 25, 3, 1.4, 0.7
    data = pd.DataFrame({"g": np.repeat(np.arange(groups), size)})
    data["y"] = np.repeat(rng.normal(0, tau, groups), size) + rng.normal(0, sigma, groups * size)
    means = data.groupby("g")["y"].mean().to_numpy()
    variance = tau**2 + sigma**2 / size
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", data), noise=0.0, draws=1000)
    rng = generator(9)
    center = rng.normal(means.mean(), np.sqrt(variance / groups), (4, 1000))
    shape = np.ones((4, 1000))
    known = {"Intercept": center, "1|g_sigma": tau * shape, "sigma": sigma * shape}
    fit = with_posterior(fit, known)
    flat = make_fit(bg.Model("y ~ 1", data), {"sigma": 1.5})
    found = bg.compare({"groups": fit, "flat": flat}, unit="group")
    assert found.units.words == "25 groups of g"
    block = tau**2 + sigma**2 * np.eye(size)
    exact = []
    for g in range(groups):
        others = np.delete(means, g)
        total = block + variance / (groups - 1)
        own = data.loc[data["g"] == g, "y"]
        exact.append(multivariate_normal.logpdf(own, np.full(size, others.mean()), total))
    loo = found.pointwise["groups"]
    assert np.all(np.abs(loo.elpd - exact) < bound(25, scatter=0.1) * loo.error + 0.005)
    assert loo.k.max() < 0.65
    note = "With 25 units left out, the standard errors may be too small."
    assert note in found.table.notes


def test_monte_carlo_error_of_a_density():
    """Against the scatter over many sets of draws."""
    rng = generator(10)
    data = np.array([0.3, -1.2, 2.0])
    sets = [norm.logpdf(data, rng.normal(0, 0.3, (500, 1)), 1.0) for _ in range(200)]
    found = [leave_one_out(log_density, 4)[0] for log_density in sets]
    scatter = np.std([loo.elpd for loo in found], axis=0, ddof=1)
    error = np.mean([loo.error for loo in found], axis=0)
    np.testing.assert_allclose(error, scatter, rtol=bound(3) / np.sqrt(2 * 200) + 0.05)


def test_the_bound_of_k_falls_with_the_draws():
    assert good_k(500) == pytest.approx(1 - 1 / np.log10(500))
    assert good_k(2200) == pytest.approx(0.7, abs=1e-3)
    assert good_k(100_000) == 0.7
    loo = leave_one_out(norm.logpdf([0.3], np.zeros((100, 1)), 1.0), 4)[0]
    assert loo.good_k == 0.5
    assert replace(loo, k=np.array([0.6])).unreliable == 1
    fits = {"a": whole(draws=250), "b": whole("y ~ z")}
    notes = " ".join(bg.compare(fits).table.notes)
    assert "Bound of Pareto k: 0.67 for 1,000 draws ('a'); 0.70 for 2,000 draws ('b')" in notes


def test_dependent_draws_count_for_fewer():
    """The Monte Carlo error of chains with an autocorrelation, against their scatter."""
    rng = generator(4)
    logs = [
        norm.logpdf(0.8, 0.3 * autoregressive(rng, 250, 0.8).reshape(-1, 1), 1.0)
        for _ in range(100)
    ]
    found = [leave_one_out(log_density, 4)[0] for log_density in logs]
    scatter = np.std([loo.elpd[0] for loo in found], ddof=1)
    assert np.mean([loo.error[0] for loo in found]) == pytest.approx(
        scatter, rel=bound() / np.sqrt(2 * 100) + 0.1
    )
    assert 0.05 < np.mean([loo.efficiency[0] for loo in found]) < 0.25


def test_stacking_of_two_models():
    """Two densities whose best mixture is found on a grid."""
    rng = np.random.default_rng(2)  # data of a known answer
    y = np.where(rng.uniform(size=400) < 0.3, rng.normal(3, 1, 400), rng.normal(0, 1, 400))
    logs = [norm.logpdf(y, 0, 1), norm.logpdf(y, 3, 1)]
    grid = np.linspace(0.001, 0.999, 999)
    score = [logsumexp(logs, b=[[w], [1 - w]], axis=0).sum() for w in grid]
    assert stacking(logs)[0] == pytest.approx(grid[int(np.argmax(score))], abs=2e-3)
    assert stacking([logs[0], logs[0] - 5]) == pytest.approx([1.0, 0.0], abs=1e-3)


def test_draws_that_agree_are_no_error():
    data = linear(rows=20)
    fit = make_fit(bg.Model("y ~ 1", data), {"Intercept": 1.0}, noise=0.0)
    found = bg.compare({"a": fit, "b": fit})
    exact = norm.logpdf(data["y"], 1.0, 1.0).sum()
    assert found.table.frame["elpd"].tolist() == pytest.approx([exact, exact], abs=1e-6)


def test_many_draws_are_thinned_and_said_so():
    data = linear(rows=20)
    fit = make_fit(bg.Model("y ~ x", data), draws=MOST_DRAWS["row"] // 2)
    more = make_fit(bg.Model("y ~ 1", data), draws=MOST_DRAWS["row"])
    found = bg.compare({"a": fit, "b": more}).table
    assert (
        found.notes[-1] == "Computed from 2,000 of 4,000 draws of 'a', 2,000 of 8,000 draws of 'b'."
    )


def test_few_binary_rows_a_patient_cannot_be_left_out_one_by_one():
    fit = binary_fit(noise=0.3)
    effects = fit.draws.posterior["1|ID"]
    y = fit.design.rows.y.reshape(-1, 2).mean(axis=1)
    wide = 6 * generator(1).standard_normal(effects.shape) * (y - 0.2)
    fit = with_posterior(fit, {"1|ID": effects.to_numpy() + wide})
    flat = make_fit(bg.Model("ill ~ trt", fit.design.given, family="bernoulli"))
    notes = " ".join(bg.compare({"mixed": fit, "flat": flat}).table.notes)
    assert "Pareto k is above its bound for some units" in notes
    assert "of 'mixed')" in notes
    assert "unit='group'" in notes


ROWS = linear()


def shortened():
    data = ROWS.copy()
    data.loc[[3, 8], "z"] = np.nan
    return make_fit(bg.Model("y ~ z", data, missing="drop"))


def whole(formula="y ~ x", data=ROWS, draws=500, **options):
    return make_fit(bg.Model(formula, data, **options), draws=draws)


COUNTS = pd.DataFrame({"y": np.arange(8), "g": np.arange(8) % 4, "h": np.arange(8) % 2})

REFUSED = {
    "rows": (
        lambda: ({"all": whole(), "z": shortened()}, {}),
        DataError,
        r"'all' and 'z' were fitted to different rows \(60 and 58; not in both: rows 3, 8\)",
    ),
    "response": (
        lambda: ({"a": whole(), "b": whole("y ~ x", ROWS.assign(y=np.exp(ROWS["y"])))}, {}),
        DataError,
        "'a' and 'b' have different responses .* untransformed",
    ),
    "density": (
        lambda: ({"a": whole("y ~ 1", COUNTS), "b": whole("y ~ 1", COUNTS, family="poisson")}, {}),
        DataError,
        "a density of its response and the other a probability",
    ),
    "one": (lambda: ({"a": whole()}, {}), SpecError, "Give two fits or more"),
    "unit": (
        lambda: ([whole(), whole("y ~ z")], {"unit": "rows"}),
        SpecError,
        "Did you mean 'row'",
    ),
    "no groups": (
        lambda: ([whole(), whole("y ~ z")], {"unit": "group"}),
        SpecError,
        "None of the fits has group terms",
    ),
    "which groups": (
        lambda: (
            [whole("y ~ 1 + (1 | g)", COUNTS), whole("y ~ 1 + (1 | h)", COUNTS)],
            {"unit": "group"},
        ),
        SpecError,
        "Write factor='g' or factor='h'",
    ),
    "no such factor": (
        lambda: (
            [whole("y ~ 1 + (1 | g)", COUNTS), whole("y ~ 1", COUNTS)],
            {"unit": "group", "factor": "G"},
        ),
        SpecError,
        "grouping factor 'G'",
    ),
    "factor of rows": (
        lambda: ([whole(), whole("y ~ z")], {"factor": "g"}),
        SpecError,
        "goes with unit='group'",
    ),
}


@pytest.mark.parametrize(("make", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(make, error, message):
    fits, options = make()
    with pytest.raises(error, match=message):
        bg.compare(fits, **options)


def test_names_of_a_list():
    found = bg.compare([whole(), whole("y ~ z")]).table.frame["model"]
    assert set(found) == {"y ~ x", "y ~ z"}
    twice = bg.compare([whole(), whole()]).table.frame["model"]
    assert set(twice) == {"y ~ x, gaussian (1)", "y ~ x, gaussian (2)"}


def test_crossed_factors_are_named_as_given():
    fit = count_fit()
    other = make_fit(
        bg.Model("events ~ sex + (1 | site)", fit.design.given, family="poisson", exposure="time"),
        {"Intercept": np.log(1.5e-3)},
    )
    table = bg.compare({"a": fit, "b": other}, unit="group", factor="site").table
    assert table.estimand == (
        "all rows of a group of site that was not seen, its effects integrated out; "
        "given the effects of year"
    )


def test_true_refits_without_each_group():
    """PSIS of integrated densities against a refit without each of a few groups."""
    rng = generator(21)
    data = pd.DataFrame({"g": np.repeat([f"g{k:02d}" for k in range(14)], 5)})
    data["x"] = rng.normal(size=70)
    effects = rng.normal(0, 0.8, 14).repeat(5)
    data["y"] = rng.poisson(np.exp(0.5 + 0.4 * data["x"] + effects))
    model = bg.Model("y ~ x + (1 | g)", data, family="poisson")
    fit = model.fit(seed=seed(1), progress=False)
    found = bg.compare({"a": fit, "b": fit}, unit="group").pointwise["a"]
    (group,) = fit.design.predictor.groups
    for place in (0, 6, 13):
        others = data[data["g"] != group.levels[place]]
        rest = model.refit(data=others, seed=seed(2), progress=False).draws
        # The effects of the refit do not matter: they are integrated out.
        none = xr.zeros_like(rest.posterior["1|g_sigma"])
        none = none.expand_dims({group.dimension: list(group.levels)}, -1)
        posterior = rest.posterior.drop_dims(group.dimension).assign({"1|g": none})
        rest = Posterior(fit.design, replace(rest, posterior=posterior)).thin(2000)
        logs = group_log_density(rest, "g", group.index, 14)[:, place]
        exact = logsumexp(logs) - np.log(len(logs))
        # The refit's own Monte Carlo error, from an ESS of 1000 at least, beside that of PSIS.
        error = np.hypot(np.std(np.exp(logs - exact)) / np.sqrt(1000), found.error[place])
        assert found.elpd[place] == pytest.approx(exact, abs=bound(3) * error + 0.01)


def test_a_second_opinion_on_every_row():
    from arviz_stats.base import array_stats

    fit = count_fit(noise=0.1)
    found = bg.compare({"a": fit, "b": fit}).pointwise["a"]
    density = fit.posterior.log_density().reshape(4, 500, -1)
    wanted = array_stats.ess(np.exp(density), chain_axis=0, draw_axis=1, method="mean") / 2000
    np.testing.assert_allclose(found.efficiency, np.minimum(wanted, 1), atol=1e-6)
    elpd, k, p = np.transpose(
        [
            array_stats.loo(density[..., i], chain_axis=0, draw_axis=1, r_eff=found.efficiency[i])
            for i in range(density.shape[2])
        ]
    )
    np.testing.assert_allclose(found.elpd, elpd, atol=1e-10)
    np.testing.assert_allclose(found.k, k, atol=1e-10)
    np.testing.assert_allclose(found.p, p, atol=1e-10)
