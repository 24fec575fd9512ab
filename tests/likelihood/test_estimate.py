"""Maximum likelihood against statsmodels, closed forms and direct maximisation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import optimize, stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.likelihood import estimate
from bayesglmm.likelihood.optimum import Optimum


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(7)  # statsmodels does not converge on every data set
    n = 400
    frame = pd.DataFrame(
        {
            "x": rng.normal(10, 3, size=n),
            "g": np.repeat(np.arange(40), 10),
            "h": np.tile(np.arange(8), 50),
            "t": rng.uniform(0.5, 2, size=n),
            "n": rng.integers(3, 9, size=n),
        }
    )
    a, b, c = rng.normal(size=40), rng.normal(size=40), rng.normal(size=8)
    eta = 0.1 * (frame["x"] - 10) + 0.5 * a[frame["g"]]
    frame["y"] = rng.negative_binomial(2.0, 2.0 / (2.0 + 3 * frame["t"] * np.exp(eta)))
    frame["b"] = rng.binomial(1, 1 / (1 + np.exp(-eta)))
    frame["s"] = rng.binomial(frame["n"], 1 / (1 + np.exp(-eta)))
    slope = 0.2 + 0.3 * (0.6 * a + 0.8 * b)[frame["g"]]
    frame["z"] = 1 + slope * frame["x"] + 2 * a[frame["g"]] + c[frame["h"]] + rng.normal(size=n)
    frame["positive"] = np.exp(0.05 * frame["x"]) + 0.2 * rng.normal(size=n)
    return frame


def of(found, *labels):
    return [found.estimate(label) for label in labels]


GLMS = {
    ("poisson", "log"): (sm.families.Poisson(), "y"),
    ("poisson", "sqrt"): (sm.families.Poisson(sm.families.links.Sqrt()), "y"),
    ("bernoulli", "logit"): (sm.families.Binomial(), "b"),
    ("bernoulli", "probit"): (sm.families.Binomial(sm.families.links.Probit()), "b"),
    ("bernoulli", "cloglog"): (sm.families.Binomial(sm.families.links.CLogLog()), "b"),
    ("gaussian", "identity"): (sm.families.Gaussian(), "z"),
    ("gaussian", "log"): (sm.families.Gaussian(sm.families.links.Log()), "positive"),
}


@pytest.mark.filterwarnings("ignore:The Sqrt link function")
@pytest.mark.parametrize(("family", "link"), GLMS, ids=map("-".join, GLMS))
def test_glms_are_those_of_statsmodels(rows, family, link):
    kind, response = GLMS[family, link]
    start = [np.log(rows["positive"].mean()), 0.0] if link == "log" else None
    theirs = smf.glm(f"{response} ~ x", rows, family=kind).fit(tol=1e-13, start_params=start)
    found = bg.Model(f"{response} ~ x", rows, family=family, link=link).ml()
    assert found.converged
    assert found.glm is not None
    errors = np.asarray(theirs.bse)
    assert np.all(np.abs(of(found, "Intercept", "x") - theirs.params) < 1e-5 * errors)
    assert found.glm.deviance == pytest.approx(theirs.deviance, rel=1e-8)
    assert found.glm.null_deviance == pytest.approx(theirs.null_deviance, rel=1e-6)
    if family == "gaussian":
        assert found.estimate("sigma") == pytest.approx(np.sqrt(theirs.deviance / 400), rel=1e-6)
    else:
        assert found.loglik == pytest.approx(theirs.llf, rel=1e-10)
        assert found.pearson == pytest.approx(theirs.pearson_chi2, rel=1e-6)
        observed = np.sqrt(np.diag(theirs.cov_params()))
        canonical = (family, link) in (("poisson", "log"), ("bernoulli", "logit"))
        assert np.allclose(found.errors, observed, rtol=1e-6 if canonical else 0.1)


def test_negative_binomial_is_that_of_statsmodels(rows):
    theirs = smf.negativebinomial("y ~ x", rows, exposure=rows["t"]).fit(disp=0, gtol=1e-10)
    found = bg.Model("y ~ x", rows, family="negative_binomial", exposure="t").ml()
    assert found.loglik == pytest.approx(theirs.llf, abs=1e-7)
    assert np.allclose(of(found, "Intercept", "x"), theirs.params.iloc[:2], atol=1e-4)
    assert 1 / found.estimate("alpha") == pytest.approx(theirs.params["alpha"], rel=1e-3)
    assert np.allclose(found.errors[:2], theirs.bse.iloc[:2], rtol=1e-3)


def test_identity_link_keeps_means_positive(rows):
    found = bg.Model("y ~ x", rows, family="poisson", link="identity").ml()
    X = np.column_stack([np.ones(400), rows["x"]])

    def fall(beta):
        mean = X @ beta
        return np.inf if mean.min() <= 0 else -stats.poisson.logpmf(rows["y"], mean).sum()

    best = optimize.minimize(fall, [1.0, 0.2], method="Nelder-Mead", options={"xatol": 1e-9})
    assert found.converged
    assert found.loglik == pytest.approx(-best.fun, abs=1e-6)


def test_gaussian_slopes_are_exact(rows):
    found = bg.Model("z ~ x + (1 + x | g)", rows).ml()
    X, y, g = rows["x"].to_numpy(), rows["z"].to_numpy(), rows["g"].to_numpy()
    s0, s1, rho, sigma = of(found, "1|g_sigma", "x|g_sigma", "1+x|g_cor[1, x]", "sigma")
    b0, b1 = of(found, "Intercept", "x")
    cov = np.array([[s0**2, rho * s0 * s1], [rho * s0 * s1, s1**2]])

    def loglik(matrix, residual_sd, intercept, slope):
        total = 0.0
        for level in range(40):
            inside = g == level
            Z = np.column_stack([np.ones(inside.sum()), X[inside]])
            V = Z @ matrix @ Z.T + residual_sd**2 * np.eye(inside.sum())
            total += stats.multivariate_normal.logpdf(y[inside], intercept + slope * X[inside], V)
        return total

    assert found.converged
    assert found.loglik == pytest.approx(loglik(cov, sigma, b0, b1), abs=1e-7)
    for factor in (0.97, 1.03):
        assert loglik(cov * factor, sigma, b0, b1) < found.loglik
        assert loglik(cov, sigma * factor, b0, b1) < found.loglik
        assert loglik(cov, sigma, b0, b1 * factor) < found.loglik
    theirs = smf.mixedlm("z ~ x", rows, groups="g", re_formula="x").fit(reml=False, method="bfgs")
    assert found.loglik >= theirs.llf - 1e-6
    assert np.allclose([b0, b1], theirs.fe_params, atol=0.02)


def test_crossed_gaussian_is_exact(rows):
    found = bg.Model("z ~ x + (1 | g) + (1 | h)", rows).ml()
    sg, sh, sigma = of(found, "1|g_sigma", "1|h_sigma", "sigma")
    g, h = np.eye(40)[rows["g"]], np.eye(8)[rows["h"]]
    V = sg**2 * g @ g.T + sh**2 * h @ h.T + sigma**2 * np.eye(400)
    mean = found.estimate("Intercept") + found.estimate("x") * rows["x"]
    residual = (rows["z"] - mean).to_numpy()
    squares = residual @ np.linalg.solve(V, residual) + np.linalg.slogdet(2 * np.pi * V)[1]
    assert found.loglik == pytest.approx(-0.5 * squares, abs=1e-6)
    # Closed form of the errors of coefficients at known variances.
    X = np.column_stack([np.ones(400), rows["x"]])
    expected = np.sqrt(np.diag(np.linalg.inv(X.T @ np.linalg.solve(V, X))))
    assert np.allclose(found.errors[:2], expected, rtol=2e-3)
    # The best linear unbiased predictors (Henderson 1975).
    best = sg**2 * g.T @ np.linalg.solve(V, residual)
    assert np.allclose(found.effects["1|g"], best, atol=1e-6)


def test_units_do_not_matter(rows):
    once = bg.Model("s ~ x + (1 + x || g)".replace("s ~", "p(s, n) ~"), rows, family="binomial")
    other = rows.assign(x=1000 * rows["x"])
    scaled = bg.Model("p(s, n) ~ x + (1 + x || g)", other, family="binomial").ml()
    plain = once.ml()
    assert scaled.loglik == pytest.approx(plain.loglik, abs=1e-9)
    for label in ("x", "x|g_sigma"):
        assert 1000 * scaled.estimate(label) == pytest.approx(plain.estimate(label), rel=1e-5)
    assert scaled.estimate("Intercept") == pytest.approx(plain.estimate("Intercept"), rel=1e-6)


def test_exposure_is_an_offset(rows):
    exposed = bg.Model("y ~ x + (1 | g)", rows, family="negative_binomial", exposure="t").ml()
    offset = bg.Model("y ~ x + offset(log(t)) + (1 | g)", rows, family="negative_binomial").ml()
    assert exposed.loglik == pytest.approx(offset.loglik, abs=1e-8)
    assert np.allclose(exposed.estimates, offset.estimates, rtol=1e-6)


def test_a_variance_of_zero_is_said(rows):
    rng = generator(1)
    counts = np.tile([0, 1, 2, 3, 4], 80).reshape(40, 10)
    noise = rows.assign(y=rng.permuted(counts, axis=1).ravel())
    found = bg.Model("y ~ x + (1 | g)", noise, family="poisson").ml()
    plain = bg.Model("y ~ x", noise, family="poisson").ml()
    assert found.converged
    assert found.estimate("1|g_sigma") < 1e-3
    assert "sd(1|g) is estimated as 0, the boundary" in found.verdict()
    assert np.isnan(found.errors[found.place("1|g_sigma")])
    assert np.allclose(found.errors[:2], plain.errors, rtol=1e-5)
    assert found.loglik == pytest.approx(plain.loglik, abs=1e-6)
    assert found.profile("1|g_sigma").frame["lower"].item() == 0.0


def test_counts_no_more_spread_than_poisson_are_said(rows):
    rng = generator(2)
    even = rows.assign(y=rng.binomial(8, 0.5, size=400))
    found = bg.Model("y ~ x", even, family="negative_binomial").ml()
    poisson = bg.Model("y ~ x", even, family="poisson").ml()
    assert found.converged
    assert "alpha grows without bound" in found.verdict()
    assert found.loglik == pytest.approx(poisson.loglik, abs=1e-5)
    assert np.allclose(found.errors[:2], poisson.errors, rtol=1e-5)
    with pytest.raises(SpecError, match="has no bound"):
        found.profile("alpha")


def test_separation_is_not_called_converged():
    frame = pd.DataFrame({"x": np.arange(20.0), "y": (np.arange(20) > 9).astype(int)})
    found = bg.Model("y ~ x", frame, family="bernoulli").ml()
    assert not found.converged
    assert "rises without end in" in found.verdict()
    with pytest.raises(SpecError, match="has not converged"):
        found.profile()


@pytest.fixture(scope="module")
def settled() -> pd.DataFrame:
    """Responses that the groups, or groups and columns together, say without remainder."""
    frame = pd.DataFrame({"x": np.arange(20), "y": np.repeat([1, 2], 10)})
    frame["g"], frame["h"] = np.repeat(list("abcd"), 5), np.tile(list("uvwxy"), 4)
    own, other = np.repeat([0.3, 1.2, -0.5, 0.8], 5), np.tile([0.1, -0.9, 0.4, 0.7, 0.2], 4)
    frame["level"], frame["sum"] = own, own + other + 0.3 * frame["x"]
    frame["line"], frame["positive"] = own + other[0] * own * frame["x"], np.exp(own)
    return frame


@pytest.mark.parametrize(
    ("formula", "link"),
    [
        ("y ~ x + (1|g)", None),
        ("y ~ 1 + (1|g)", None),
        ("level ~ 1 + (1|g)", None),
        ("sum ~ x + (1|g) + (1|h)", None),
        ("line ~ 1 + (x|g)", None),
        ("line ~ 1 + (x||g)", None),
        ("positive ~ 1 + (1|g)", "log"),
        ("positive ~ g", "log"),
    ],
)
def test_a_likelihood_without_a_maximum_is_refused(settled, formula, link):
    with pytest.raises(SpecError, match="exactly, so sigma is 0 and the likelihood has no maximum"):
        bg.Model(formula, settled, link=link).ml()


def test_a_small_residual_is_a_residual(settled):
    residual = 1e-4 * np.tile([1.0, -2, 0, 2, -1], 4)
    found = bg.Model("z ~ 1 + (1|g)", settled.assign(z=settled["level"] + residual)).ml()
    assert found.converged
    assert found.estimate("sigma") == pytest.approx(np.sqrt(np.sum(residual**2) / 16), rel=1e-4)


def test_one_row_in_each_level_has_a_bounded_likelihood(settled):
    frame = settled.assign(row=[f"r{i}" for i in range(20)])
    alone = bg.Model("sum ~ x", frame).ml()
    found = bg.Model("sum ~ x + (1|row)", frame).ml()
    assert found.loglik == pytest.approx(alone.loglik, abs=1e-6)


def test_an_unknown_curvature_is_not_called_converged():
    unknown = Optimum(np.zeros(1), 0.0, np.zeros(1), np.full((1, 1), np.nan), 0.0)
    assert not unknown.converged


def test_groups_without_a_mode_are_said(rows, monkeypatch):
    monkeypatch.setattr(estimate, "modes_at", lambda *_: None)
    with pytest.raises(SpecError, match="group effects have no mode, so there are no estimates"):
        bg.Model("b ~ x + (1 | g)", rows, family="bernoulli").ml()


def test_refusals(rows):
    model = bg.Model("b ~ x + (1 | g) + (1 | h)", rows, family="bernoulli")
    with pytest.raises(SpecError, match="one grouping factor, and there are 2"):
        model.ml(quadrature=5)
    with pytest.raises(SpecError, match="whole number of nodes"):
        model.ml(quadrature=0)
    with pytest.raises(SpecError, match="at most 2 effects"):
        bg.Model("b ~ x + (1 + x + t | g)", rows, family="bernoulli").ml(quadrature=5)
    with pytest.raises(SpecError, match="without groups"):
        model.ml().quasi()
    for single in (
        bg.Model("b ~ x", rows, family="bernoulli"),
        bg.Model("p(b, one) ~ x", rows.assign(one=1), family="binomial"),
    ):
        with pytest.raises(
            SpecError, match="its Pearson dispersion says nothing of overdispersion"
        ):
            single.ml().quasi()
    with pytest.raises(SpecError, match="are not ratios"):
        bg.Model("z ~ x", rows).ml().ratios()
    with pytest.raises(SpecError, match="Did you mean 'x'"):
        model.ml().profile("X")


def test_tables_say_what_they_are(rows):
    found = bg.Model("b ~ x + (1 | g)", rows, family="bernoulli").ml()
    text = repr(found)
    assert "Laplace" in text
    assert "Wald confidence intervals of the likelihood, not of a posterior" in text
    assert "conditional: for a typical group" in text
    ratios = found.ratios().frame.set_index("")
    assert ratios.loc["x", "OR"] == pytest.approx(np.exp(found.estimate("x")))
    assert found.aic == pytest.approx(2 * 3 - 2 * found.loglik)
    assert found.bic == pytest.approx(3 * np.log(400) - 2 * found.loglik)
    assert found._repr_html_().count("<table") == 2


@pytest.mark.parametrize("size", [1e-9, 1e-5, 1e-3, 1e7])
@pytest.mark.parametrize("sigma", ["~ 1", "~ h"])
def test_a_response_in_other_units(rows, size, sigma):
    formula = "z ~ x + (1 + x | g)"
    plain = bg.Model(formula, rows, sigma=sigma).ml()
    other = bg.Model(formula, rows.assign(z=size * rows["z"]), sigma=sigma).ml()
    assert other.converged
    assert other.loglik == pytest.approx(plain.loglik - 400 * np.log(size), abs=1e-5)
    factor = np.full(plain.df, size)
    factor[plain.place("1+x|g_cor[1, x]")] = 1.0
    moved = plain.estimates.copy()
    if sigma == "~ h":
        factor[-2:] = 1.0
        moved[-2] += np.log(size)
    assert np.allclose(other.estimates / factor, moved, rtol=1e-5, atol=1e-5)
    assert np.allclose(other.errors / factor, plain.errors, rtol=1e-4)


def test_rates_of_large_exposures_converge(rows):
    """Under the identity link coefficients of rates are as small as the rates."""
    plain = bg.Model("y ~ 1 + (1 | g)", rows, family="poisson", link="identity", exposure="t").ml()
    many = rows.assign(t=1e6 * rows["t"])
    found = bg.Model("y ~ 1 + (1 | g)", many, family="poisson", link="identity", exposure="t").ml()
    assert (plain.converged, found.converged) == (True, True)
    assert np.allclose(found.estimates, 1e-6 * plain.estimates, rtol=1e-5)
    assert np.allclose(found.errors, 1e-6 * plain.errors, rtol=1e-4)


@pytest.mark.parametrize(
    "right", ["0 + (1 | g)", "0 + C(h) + (0 + x | g)", "offset(x / 10) + (1 | g)"]
)
def test_models_without_intercept_or_columns(rows, right):
    found = bg.Model(f"y ~ {right}", rows, family="poisson").ml()
    assert found.converged
    assert np.all(np.isfinite(found.errors))
    assert np.max(np.abs(found.optimum.gradient)) < 1e-4
    assert np.all(found.profile().frame["lower"] < found.estimates)


def test_parameters_are_called_what_the_tables_of_a_posterior_call_them(rows):
    named = rows.assign(h=rows["g"] % 3)
    options = {"labels": {"g": "clinic", "h": {0: "low", 1: "mid", 2: "high"}}}
    found = bg.Model("y ~ C(h) + (1 + x | g)", named, family="poisson", **options).ml()
    shown = ("sd(1|clinic)", "sd(x|clinic)", "cor(1, x|clinic)")
    own = ("1|g_sigma", "x|g_sigma", "1+x|g_cor[1, x]")
    for name, label in zip(shown, own, strict=True):
        assert name in repr(found.table())
        assert found.estimate(name) == found.estimate(label)
        assert found.estimate(name.replace("clinic", "g")) == found.estimate(label)
    assert "h[mid]" in repr(found.table())
    assert "sd(x|clinic)" in repr(found.profile("sd(x|g)"))
    assert list(found.profile("h[mid]").frame[""]) == ["C(h)[mid]"]
    with pytest.raises(SpecError, match="sd"):
        found.estimate("sd(z|clinic)")
