"""Raw group effects beside statsmodels, and shrinkage beside its closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from posterior_maker import binary_fit, count_fit, make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior import ranef

AVERAGED = 200

GROUPS = 5


def averaged(draws: np.ndarray) -> np.ndarray:
    """The draws that a shrinkage is averaged over."""
    return draws[:: max(1, len(draws) // AVERAGED)]


def make_rows(per_group: int = 12) -> pd.DataFrame:
    rng = generator(21)
    n = GROUPS * per_group
    eta = 0.3 + np.repeat(rng.normal(0, 0.5, GROUPS), per_group)
    x = rng.normal(2, 1, n)
    n_trials = rng.integers(3, 9, n)
    return pd.DataFrame(
        {
            "count": rng.poisson(np.exp(eta + 0.2 * x)) + (np.arange(n) % per_group == 0),
            "wins": rng.binomial(n_trials, 1 / (1 + np.exp(-eta))),
            "trials": n_trials,
            "size": eta + 0.2 * x + rng.normal(0, 0.7, n),
            "x": x,
            "time": rng.uniform(0.5, 3, n),
            "g": np.repeat(list("abcde"), per_group),
        }
    )


FAMILIES = {
    "poisson": ("count ~ x + {}", {"family": "poisson", "exposure": "time"}, sm.families.Poisson()),
    "binomial": ("p(wins, trials) ~ x + {}", {"family": "binomial"}, sm.families.Binomial()),
    "gaussian": ("size ~ x + {}", {}, sm.families.Gaussian()),
}


@pytest.mark.parametrize("bar", ["(1 | g)", "(1 + x | g)"])
@pytest.mark.parametrize("name", FAMILIES)
def test_raw_effects_are_each_group_s_maximum_likelihood(name, bar):
    formula, options, family = FAMILIES[name]
    rows = make_rows()
    effects = {"1|g": {"a": 0.4, "c": -0.7}}
    model = bg.Model(formula.format(bar), rows, **options)
    fit = make_fit(model, {"Intercept": 0.2, "x": 0.1}, effects)
    found = ranef(fit.posterior, "g").frame
    rest = fit.draws.flat("Intercept").mean() + fit.draws.flat("x").mean() * rows["x"]
    if name == "poisson":
        rest = rest + np.log(rows["time"])
    columns = ["1", "x"] if "x |" in bar else ["1"]
    for level in "abcde":
        own = (rows["g"] == level).to_numpy()
        response = rows.loc[own, formula.split(" ~")[0]] if name != "binomial" else None
        if response is None:
            response = np.column_stack([rows["wins"][own], rows["trials"][own] - rows["wins"][own]])
        matrix = np.column_stack([np.ones(own.sum()), rows["x"][own]])[:, : len(columns)]
        expected = sm.GLM(response, matrix, family=family, offset=rest[own]).fit(tol=1e-12).params
        ours = found[found["level"] == level].set_index("effect").loc[columns, "raw"]
        np.testing.assert_allclose(ours, np.asarray(expected), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_raw_effects_and_shrinkage_do_not_depend_on_units(unit):
    rows = make_rows().assign(size=lambda data: unit * (50 + data["size"]))
    model = bg.Model("size ~ 1 + (1 | g)", rows)
    known = {"Intercept": 50 * unit, "sigma": 0.7 * unit, "1|g_sigma": 0.5 * unit}
    fit = make_fit(model, known, noise=0.01 * min(unit, 1.0))
    # A coefficient near 5e7 with scatter 0.01 is a constant for a mean of 2000 draws.
    found = ranef(fit.posterior, "g").frame
    means = rows.groupby("g")["size"].mean() - fit.draws.flat("Intercept").mean()
    np.testing.assert_allclose(found["raw"], means, rtol=1e-6, atol=1e-9 * unit)
    sigma, tau2 = fit.draws.flat("sigma").mean(), averaged(fit.draws.flat("1|g_sigma")) ** 2
    closed = np.mean((sigma**2 / 12) / (sigma**2 / 12 + tau2))
    np.testing.assert_allclose(found["shrinkage"], closed, rtol=1e-9)


def test_a_slope_of_a_column_in_small_units():
    rows = make_rows().assign(x=lambda data: data["x"] / 1000)
    model = bg.Model("count ~ 1 + (0 + x | g)", rows, family="poisson")
    fit = make_fit(model)
    own = (rows["g"] == "b").to_numpy()
    expected = sm.GLM(
        rows["count"][own],
        rows[["x"]][own],
        family=sm.families.Poisson(),
        offset=np.full(own.sum(), fit.draws.flat("Intercept").mean()),
    ).fit(tol=1e-12)
    found = ranef(fit.posterior, "g").frame.set_index("level")["raw"]
    assert abs(found["b"]) > 50
    assert found["b"] == pytest.approx(expected.params.iloc[0], rel=1e-6)


@pytest.mark.parametrize("sizes", [(1, 2, 3, 8), (5, 5, 5, 200)])
def test_shrinkage_of_a_gaussian_intercept(sizes):
    rng = generator(22)
    rows = pd.DataFrame({"g": np.repeat(list("abcd"), sizes)})
    rows["y"] = rng.normal(size=len(rows))
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows), {"sigma": 1.3, "1|g_sigma": 0.6}, noise=0.1)
    sigma2 = fit.draws.flat("sigma").mean() ** 2
    tau2 = averaged(fit.draws.flat("1|g_sigma")) ** 2
    share = sigma2 / np.array(sizes)
    found = ranef(fit.posterior, "g").frame
    expected = np.mean(share / (share + tau2), axis=0)
    np.testing.assert_allclose(found["shrinkage"], expected, rtol=1e-12)
    assert found["rows"].tolist() == list(sizes)


def test_shrinkage_of_correlated_effects_is_the_matrix_formula():
    fit = count_fit()
    design, draws = fit.design, fit.draws
    found = ranef(fit.posterior, "site").frame
    sds = np.concatenate([draws.flat("1|site_sigma"), draws.flat("x|site_sigma")], axis=1)
    rho = averaged(draws.flat("1+x|site_cor"))[:, 0]
    sigmas = [
        np.array([[a * a, r * a * b], [r * a * b, b * b]])
        for (a, b), r in zip(averaged(sds), rho, strict=True)
    ]
    means = draws.posterior.mean(("chain", "draw"))
    data = design.data
    eta = float(means["Intercept"]) + data["x"] * float(means["x"])
    eta = eta + (data["sex"] == "male") * float(means["sex"][0])
    eta = eta + means["1|year"].to_series().loc[data["year"].astype(str)].to_numpy()
    site = data["site"].astype(str)
    eta = eta + means["1|site"].to_series().loc[site].to_numpy()
    eta = eta + means["x|site"].to_series().loc[site].to_numpy() * data["x"]
    weight = data["time"] * np.exp(eta)
    for level in ("site A", "site D"):
        own = (site == level).to_numpy()
        z = np.column_stack([np.ones(own.sum()), data["x"][own]])
        information = z.T @ (weight.to_numpy()[own, None] * z)
        # The conditional variance given the rows, (W + Sigma^-1)^-1, over the variance.
        expected = np.mean(
            [
                np.diag(np.linalg.inv(information + np.linalg.inv(sigma))) / np.diag(sigma)
                for sigma in sigmas
            ],
            axis=0,
        )
        ours = found[found["level"] == level]["shrinkage"]
        np.testing.assert_allclose(ours, expected, rtol=1e-9)


def test_effects_are_summaries_of_their_draws():
    fit = count_fit()
    table = ranef(fit.posterior, "site", mass=0.8)
    row = table.frame.query("level == 'site C' and effect == 'x'").iloc[0]
    draws = fit.draws.posterior["x|site"].sel(site__factor_dim="site C")
    assert row["shrunken"] == np.median(draws)
    assert row["lower"] == pytest.approx(np.quantile(draws, 0.1))
    assert row["upper"] == pytest.approx(np.quantile(draws, 0.9))
    assert "80 % equal-tailed" in table.notes[0]
    assert len(table.frame) == 12
    assert any("incidence-rate ratio against a typical group" in note for note in table.notes)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_all_alike_is_infinite(link):
    rows = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1, 0, 1, 1], "g": np.repeat(list("abc"), 3)})
    model = bg.Model("y ~ 1 + (1 | g)", rows, family="bernoulli", link=link)
    fit = make_fit(model, {"Intercept": 0.3})
    raw = ranef(fit.posterior, "g").frame.set_index("level")["raw"]
    assert raw["a"] == -np.inf
    assert raw["b"] == np.inf
    # The intercept of one group alone: link(2/3), less the rest of the model.
    expected = float(model.spec.link.forward(2 / 3)) - fit.draws.flat("Intercept").mean()
    assert raw["c"] == pytest.approx(expected, abs=1e-7)


def test_no_counts_at_all_is_infinite():
    rows = pd.DataFrame({"y": [0, 0, 3, 5], "g": list("aabb")})
    fit = make_fit(bg.Model("y ~ 1 + (1 | g)", rows, family="poisson"))
    raw = ranef(fit.posterior, "g").frame.set_index("level")["raw"]
    assert raw["a"] == -np.inf
    assert raw["b"] == pytest.approx(np.log(4) - fit.draws.flat("Intercept").mean(), abs=1e-9)
    assert "-∞" in repr(ranef(fit.posterior, "g"))


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
@pytest.mark.parametrize("shift", [0.0, 1978.1])
def test_a_slope_needs_two_values(family, shift):
    rows = pd.DataFrame(
        {
            "g": ["one"] + ["same"] * 3 + ["two"] * 2 + ["more"] * 3,
            "x": shift + np.array([1.0, 2, 2, 2, 1, 3, 1, 2, 4]),
            "y": [2, 1, 3, 2, 1, 4, 3, 2, 6],
        }
    )
    fit = make_fit(bg.Model("y ~ x + (1 + x | g)", rows, family=family))
    frame = ranef(fit.posterior, "g").frame.set_index("level")
    assert frame.loc[["one", "same"], "raw"].isna().all()
    assert np.isfinite(frame.loc[["two", "more"], "raw"]).all()
    # What is not estimable from the group alone is still estimated with the others' help.
    assert frame["shrunken"].notna().all()


@pytest.mark.parametrize(
    ("factor", "message"),
    [("sites", "Did you mean 'site'"), ("sex", "Known: site, year"), ("yaer", "'year'")],
)
def test_unknown_factor(factor, message):
    fit = count_fit()
    with pytest.raises(SpecError, match=message):
        ranef(fit.posterior, factor)


@pytest.mark.parametrize("factor", ["rows", "effect", "level", "mean", "lower"])
def test_a_factor_may_bear_the_name_of_a_result(factor):
    rows = make_rows().rename(columns={"g": factor})
    fit = make_fit(bg.Model(f"size ~ 1 + (1 | {factor})", rows))
    table = ranef(fit.posterior, factor)
    assert table.frame["level"].tolist() == list("abcde")
    assert table.frame["rows"].tolist() == [12] * 5
    assert table.frame["effect"].tolist() == ["1"] * 5


def test_binary_effects_name_the_odds_ratio():
    fit = binary_fit()
    table = ranef(fit.posterior, "ID")
    assert len(table.frame) == 40
    assert table.scale == "link (log odds)"
    assert any("odds ratio against a typical group" in note for note in table.notes)
