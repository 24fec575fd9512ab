"""Variance partition beside closed forms, and beside correlations of simulated pairs."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from scipy import integrate, stats
from scipy.special import ndtri, polygamma
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.families import find_link
from bayesglmm.posterior.variance.moments import mean_and_square, shared_square
from bayesglmm.posterior.variance.response import EXACT

PAIRS = 400_000


def value(fit: bg.Fit, quantity: str, **options: object) -> float:
    """Posterior median of one row."""
    frame = fit.variance(**options).frame.set_index("quantity")
    return float(frame.loc[quantity, "median"])


def make_rows(n: int = 60, **columns: object) -> pd.DataFrame:
    rng = generator(41)
    rows = pd.DataFrame(
        {
            "y": rng.integers(0, 2, n),
            "x": np.tile([0.0, 1.0], n // 2),
            "a": np.repeat(np.arange(5), n // 5),
            "b": np.repeat(np.arange(15), n // 15),
            "time": np.linspace(1, 3, n),
        }
    )
    return rows.assign(**columns)


def certain(formula: str, known: dict[str, float], **options: object) -> bg.Fit:
    """A fit whose draws are all the same."""
    return make_fit(bg.Model(formula, make_rows(), **options), known, noise=0.0, draws=100)


def pair_correlation(fit, known, shared, own, x, exposure=1.0):
    """Correlation of two simulated responses at x that share group effects of variance `shared`."""
    spec, rng = fit.design.spec, generator(9)
    common = rng.normal(0, np.sqrt(shared), PAIRS)
    parameters = {p.name: np.array(known[p.name]) for p in spec.family.others}
    fixed = known.get("Intercept", 0.0) + known.get("x", 0.0) * x
    drawn = []
    for _ in range(2):
        eta = fixed + common + rng.normal(0, np.sqrt(own), PAIRS)
        rows = bg.families.family.Rows(y=None, exposure=exposure, trials=1.0)
        drawn.append(spec.family.draw(rng, spec.link, eta, rows, parameters))
    return np.corrcoef(*drawn)[0, 1]


CASES = {
    "logit": ({"family": "bernoulli"}, {"Intercept": -1.0, "x": 0.7}),
    "probit": ({"family": "bernoulli", "link": "probit"}, {"Intercept": -0.5, "x": 0.4}),
    "cloglog": ({"family": "bernoulli", "link": "cloglog"}, {"Intercept": -1.0, "x": 0.4}),
    "poisson": ({"family": "poisson", "exposure": "time"}, {"Intercept": 0.3, "x": 0.5}),
    "sqrt": ({"family": "poisson", "link": "sqrt"}, {"Intercept": 1.5, "x": 0.5}),
    "negative binomial": (
        {"family": "negative_binomial", "exposure": "time"},
        {"Intercept": 0.3, "x": 0.5, "alpha": 3.0},
    ),
    "gaussian": ({}, {"Intercept": 1.0, "x": 0.5, "sigma": 0.8}),
    "gaussian log": ({"link": "log"}, {"Intercept": 0.4, "x": 0.5, "sigma": 0.8}),
}


@pytest.mark.parametrize("name", CASES)
def test_vpc_is_the_correlation_of_simulated_pairs(name):
    options, known = CASES[name]
    rows = make_rows()
    if name == "gaussian log":
        rows = rows.assign(y=rows["y"] + 1.5)
    model = bg.Model("y ~ x + (1 | a) + (1 | b)", rows, **options)
    known = known | {"1|a_sigma": 0.6, "1|b_sigma": 0.4}
    fit = make_fit(model, known, noise=0.0, draws=100)
    exposed = {"exposure": 2.5} if "exposure" in options else {}
    at = pd.DataFrame({"x": [1.0]})
    for factor, shared in {"a": 0.36, "b": 0.16, "a + b": 0.52}.items():
        found = value(fit, f"VPC, {factor}", at=at, **exposed)
        expected = pair_correlation(fit, known, shared, 0.52 - shared, 1.0, **exposed)
        assert found == pytest.approx(expected, abs=4.5 / np.sqrt(PAIRS) * 1.5)


def test_vpc_with_a_slope_depends_on_the_column():
    known = {"Intercept": -0.5, "x": 0.2, "1|a_sigma": 0.5, "x|a_sigma": 0.8}
    known |= {"1+x|a_cor[1, x]": 0.5}
    fit = certain("y ~ x + (1 + x | a)", known, family="bernoulli")
    for x, variance in {0.0: 0.25, 1.0: 0.25 + 2 * 0.2 + 0.64}.items():
        at = pd.DataFrame({"x": [x]})
        expected = pair_correlation(fit, known, variance, 0.0, x)
        assert value(fit, "VPC, a", at=at) == pytest.approx(expected, abs=0.008)
        assert value(fit, "ICC, a", at=at) == pytest.approx(variance / (variance + np.pi**2 / 3))
    both = 0.5 * (0.25 + 1.29)
    assert value(fit, "variance, a") == pytest.approx(both)
    assert "it is averaged over the rows" in " ".join(fit.variance().notes)


def test_gaussian_icc_and_r2_are_closed_forms():
    known = {"Intercept": 3.0, "x": 1.2, "sigma": 0.8, "1|a_sigma": 0.6}
    fit = certain("y ~ x + (1 | a)", known)
    assert value(fit, "ICC, a") == pytest.approx(0.36 / (0.36 + 0.64))
    assert value(fit, "VPC, a") == pytest.approx(0.36 / (0.36 + 0.64))
    fixed = 1.2**2 * 0.25
    assert value(fit, "variance, fixed part") == pytest.approx(fixed)
    assert value(fit, "R², marginal") == pytest.approx(fixed / (fixed + 1.0))
    assert value(fit, "R², conditional") == pytest.approx((fixed + 0.36) / (fixed + 1.0))


@pytest.mark.parametrize(
    ("link", "variance"), [("logit", np.pi**2 / 3), ("probit", 1.0), ("cloglog", np.pi**2 / 6)]
)
def test_latent_icc_of_binary_responses(link, variance):
    fit = certain("y ~ x + (1 | a)", {"1|a_sigma": 0.7}, family="bernoulli", link=link)
    assert value(fit, "ICC, a") == pytest.approx(0.49 / (0.49 + variance))


def test_latent_icc_of_polls_as_published():
    fit = certain("y ~ x + (1 | a)", {"1|a_sigma": 0.4113}, family="bernoulli")
    assert value(fit, "ICC, a") == pytest.approx(0.0489, abs=5e-5)
    assert value(fit, "median odds ratio, a") == pytest.approx(
        np.exp(np.sqrt(2) * 0.4113 * ndtri(0.75))
    )


def test_probit_latent_icc_is_a_tetrachoric_correlation():
    # Two latent normals with correlation rho: P(both) of a bivariate normal.
    fit = certain("y ~ 1 + (1 | a)", {"1|a_sigma": 0.9}, family="bernoulli", link="probit")
    rho = value(fit, "ICC, a")
    both = stats.multivariate_normal.cdf([0, 0], [0, 0], [[1, rho], [rho, 1]])
    assert value(fit, "VPC, a") == pytest.approx((both - 0.25) / 0.25, abs=1e-6)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_lognormal_counts_have_closed_moments(family):
    known = {"Intercept": 0.2, "1|a_sigma": 0.5}
    inverse = 0.0
    if family == "negative_binomial":
        known["alpha"], inverse = 4.0, 0.25
    fit = certain("y ~ 1 + (1 | a)", known, family=family, exposure="time")
    mean = 2.0 * np.exp(0.2 + 0.125)
    between = mean**2 * np.expm1(0.25)
    within = mean + inverse * mean**2 * np.exp(0.25)
    assert value(fit, "VPC, a", exposure=2.0) == pytest.approx(between / (between + within))
    # At the median of the exposures where none is said.
    assert value(fit, "VPC, a") == pytest.approx(value(fit, "VPC, a", exposure=2.0), rel=1e-9)
    dispersion = 1 / mean + inverse
    level = {
        "lognormal": np.log1p(dispersion),
        "delta": dispersion,
        "trigamma": polygamma(1, 1 / dispersion),
    }
    for counts, own in level.items():
        found = value(fit, "ICC, a", exposure=2.0, counts=counts)
        assert found == pytest.approx(0.25 / (0.25 + own))


def test_shares_of_a_rate_grow_with_the_exposure_and_follow_its_unit():
    fit = count_fit()
    shares = [value(fit, "ICC, site", exposure=e) for e in (1, 100, 10_000)]
    assert shares[0] < shares[1] < shares[2]
    table = fit.variance()
    median = np.median(fit.design.data["time"])
    assert f"an exposure of {median:,.6g} time (the median of the rows)" in table.estimand
    assert "an exposure of 7 time" in fit.variance(exposure=7).estimand


def test_an_offset_is_an_exposure():
    known = {"Intercept": 0.2, "1|a_sigma": 0.5}
    plain = certain("y ~ 1 + offset(log(time)) + (1 | a)", known, family="poisson")
    typed = certain("y ~ 1 + (1 | a)", known, family="poisson", exposure="time")
    for quantity in ("ICC, a", "VPC, a", "R², marginal"):
        assert value(plain, quantity) == pytest.approx(value(typed, quantity), rel=1e-9)


def test_an_effect_for_each_row_is_no_group():
    rows = make_rows(row=np.arange(60))
    model = bg.Model("y ~ 1 + (1 | a) + (1 | row)", rows, family="poisson")
    known = {"Intercept": 0.5, "1|a_sigma": 0.6, "1|row_sigma": 0.4}
    fit = make_fit(model, known, noise=0.0, draws=100)
    frame = fit.variance(counts="delta").frame
    assert not any(name.split(", ")[-1] == "row" for name in frame["quantity"])
    mean = np.exp(0.5 + 0.5 * (0.36 + 0.16))
    assert value(fit, "ICC, a", counts="delta") == pytest.approx(0.36 / (0.52 + 1 / mean))
    expected = pair_correlation(fit, known, 0.36, 0.16, 0.0)
    assert value(fit, "VPC, a") == pytest.approx(expected, abs=0.01)


def test_groups_within_groups_and_together():
    known = {"1|a_sigma": 0.5, "1|a:b_sigma": 0.8}
    fit = certain("y ~ x + (1 | a/b)", known, family="bernoulli")
    whole = 0.25 + 0.64 + np.pi**2 / 3
    assert value(fit, "ICC, a") == pytest.approx(0.25 / whole)
    assert value(fit, "ICC, a:b") == pytest.approx(0.64 / whole)
    assert value(fit, "ICC, a + a:b") == pytest.approx(0.89 / whole)


def test_not_defined_is_said():
    none = normal_fit().variance()
    assert any("Not defined: ICC" in note and "no term" in note for note in none.notes)
    assert "R², marginal" in set(none.frame["quantity"])
    counts = certain("y ~ x", {"x": 0.5}, family="poisson").variance()
    assert counts.frame["quantity"].tolist()[-1] == "R², marginal"
    for link, missing in {"identity": ("ICC", "VPC"), "sqrt": ("ICC",)}.items():
        fit = certain("y ~ x + (1 | a)", {"Intercept": 2.0}, family="negative_binomial", link=link)
        table = fit.variance()
        for name in missing:
            assert not table.frame["quantity"].str.startswith(name).any()
            assert any(note.startswith("Not defined") and name in note for note in table.notes)


def test_bad_questions():
    fit = binary_fit()
    with pytest.raises(SpecError, match="has no exposure"):
        fit.variance(exposure=2)
    with pytest.raises(SpecError, match="trigamma, lognormal, delta"):
        fit.variance(counts="log")
    with pytest.raises(SpecError, match="above 0"):
        count_fit().variance(exposure=-1)


@pytest.mark.parametrize("link", ["logit", "cloglog", "probit", "log", "sqrt"])
@pytest.mark.parametrize(("eta", "sd"), [(-2.0, 0.3), (0.4, 1.5), (-4.0, 6.0)])
def test_moments_against_adaptive_quadrature(link, eta, sd):
    if link == "log":
        sd = min(sd, 1.5)
    inverse = find_link(link).inverse

    def integral(function):
        density = lambda z: function(eta + sd * z) * stats.norm.pdf(z)  # noqa: E731
        return integrate.quad(density, -12, 12, limit=400, points=[-eta / sd])[0]

    mean, square = mean_and_square(find_link(link), np.array(eta), np.array(sd**2))
    assert float(mean) == pytest.approx(integral(inverse), rel=1e-6)
    assert float(square) == pytest.approx(integral(lambda e: inverse(e) ** 2), rel=1e-6)
    part = np.array(0.4 * sd**2)
    product = shared_square(find_link(link), np.array(eta), part, sd**2 - part)

    grid = np.linspace(-9, 9, 2001)
    weights = stats.norm.pdf(grid) / stats.norm.pdf(grid).sum()
    centers = eta + float(np.sqrt(part)) * grid
    spread = float(np.sqrt(sd**2 - part))
    means = inverse(centers[:, None] + spread * grid) @ weights
    assert float(product) == pytest.approx(float(weights @ np.square(means)), rel=1e-6)


def test_slopes_average_over_the_rows_in_closed_form():
    fit = count_fit()
    flat = fit.draws.flat
    one, two = flat("1|site_sigma")[:, 0], flat("x|site_sigma")[:, 0]
    rho, x = flat("1+x|site_cor")[:, 0], fit.design.data["x"].to_numpy()
    expected = one**2 + 2 * rho * one * two * x.mean() + two**2 * np.mean(x**2)
    assert value(fit, "variance, site") == pytest.approx(np.median(expected), rel=1e-10)


def crossed(rows: int) -> bg.Fit:
    """Two crossed factors under a logit link, whose integrals are double."""
    x = generator(2).normal(size=rows)
    data = pd.DataFrame({"x": x, "a": np.arange(rows) % 5, "b": np.arange(rows) % 4})
    data["y"] = np.arange(rows) % 2
    model = bg.Model("y ~ x + (1 | a) + (1 | b)", data, family="bernoulli")
    return make_fit(model, {"x": 1.0, "1|a_sigma": 0.6, "1|b_sigma": 0.4}, noise=0.0, draws=100)


def test_vpc_of_few_rows_is_averaged_over_all_of_them():
    fit = crossed(60)
    table = fit.variance()
    assert table.estimand == "over new groups; averaged over all 60 rows"
    assert not any("distinct rows" in note for note in table.notes)
    link, eta = find_link("logit"), fit.design.predictor.X[:, 0]
    mean, square = mean_and_square(link, eta, np.full(60, 0.52))
    product = shared_square(link, eta, np.full(60, 0.36), np.full(60, 0.16))
    expected = (product - mean**2).sum() / (mean - mean**2).sum()
    assert value(fit, "VPC, a") == pytest.approx(expected, rel=1e-6)
    assert np.all(square > product)


def test_a_sample_of_rows_is_part_of_the_estimand():
    table = crossed(EXACT + 100).variance()
    words = "(the VPC on the response scale over a sample of 27 of 400 distinct rows)"
    assert table.estimand == f"over new groups; averaged over all 400 rows {words}"
    assert any(note.startswith("Averaged over 27 of 400 distinct rows") for note in table.notes)


def test_slopes_of_few_rows_take_no_time():
    """15 s before: a VPC on the response scale, 58 rows, a slope and a crossed factor."""
    rng = generator(6)
    rows = pd.DataFrame({"x": rng.normal(size=58), "g": np.arange(58) // 6})
    rows["h"] = rng.choice(list("abcdef"), 58)
    rows["y"] = rng.integers(0, 2, 58)
    model = bg.Model("y ~ x + (1 + x | g) + (1 | h)", rows, family="bernoulli")
    fit = make_fit(model, {"1|g_sigma": 3.0, "x|g_sigma": 2.0})
    fit.verdict  # noqa: B018  (everything is imported)
    start = time.process_time()
    fit.variance()
    assert time.process_time() - start < 4  # 0.6 s where nothing else runs
