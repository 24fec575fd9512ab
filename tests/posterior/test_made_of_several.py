"""Means that are made of several parameters, in every answer: zeros in a formula of their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError

RNG = np.random.default_rng(14)  # a worked example
ROWS = pd.DataFrame(
    {
        "y": RNG.poisson(2.0, size=60) * RNG.integers(0, 2, size=60),
        "n": 12,
        "x": np.round(RNG.normal(size=60), 2),
        "w": np.round(RNG.normal(size=60), 2),
        "g": np.array(list("abcdef"))[np.arange(60) % 6],
    }
)
KNOWN = {
    "Intercept": 0.8,
    "x": 0.4,
    "1|g_sigma": 0.7,
    "zi_Intercept": -0.6,
    "zi_w": 0.5,
    "zi_1|g_sigma": 0.9,
}
EFFECTS = {
    "1|g": dict(zip("abcdef", (0.5, -0.5, 0.2, 0.0, -0.3, 0.9), strict=True)),
    "zi_1|g": dict(zip("abcdef", (0.1, 0.8, -0.7, 0.3, 0.0, -0.4), strict=True)),
}
NODE, WEIGHT = np.polynomial.hermite_e.hermegauss(80)
WEIGHT = WEIGHT / WEIGHT.sum()


def inflated(correlation: float = 0.0, family: str = "zero_inflated_poisson", noise: float = 0.0):
    """A fit with effects of the groups on counts and zeros, correlated where that is not 0."""
    bar = "|p|" if correlation else "|"
    zero = "hu" if family.startswith("hurdle") else "zi"
    model = bg.Model(f"y ~ x + (1 {bar} g)", ROWS, family=family, **{zero: f"~ w + (1 {bar} g)"})
    names = {key.replace("zi_", f"{zero}_"): value for key, value in KNOWN.items()}
    if correlation:
        (label,) = [label for item in model.design.blocks for label in [f"{item.name}_cor"]]
        names[f"{label}[1, {zero}_1]"] = correlation
    effects = {key.replace("zi_", f"{zero}_"): value for key, value in EFFECTS.items()}
    return make_fit(model, names, effects, noise=noise, draws=100)


def logistic(eta):
    return 1 / (1 + np.exp(-eta))


def over_groups(function, row, correlation):
    """Mean over two normals by 80 x 80 nodes of Gauss and Hermite."""
    first = 0.8 + 0.4 * row["x"] + 0.7 * NODE[:, None]
    mixed = correlation * NODE[:, None] + np.sqrt(1 - correlation**2) * NODE
    second = -0.6 + 0.5 * row["w"] + 0.9 * mixed
    return WEIGHT @ function(np.exp(first), logistic(second)) @ WEIGHT


CORRELATIONS = [0.0, 0.6, -0.8]
LINES = [{"x": 0.3, "w": -1.0}, {"x": -1.2, "w": 2.0}]


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_mean_over_new_groups_of_inflated_counts(correlation):
    found = inflated(correlation).predictions(pd.DataFrame(LINES), re="integrate")
    expected = [over_groups(lambda mu, zi: (1 - zi) * mu, row, correlation) for row in LINES]
    np.testing.assert_allclose(found.frame["median"], expected, rtol=1e-8)


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_chance_of_zero_over_new_groups(correlation):
    fit = inflated(correlation)
    found = fit.predictions(pd.DataFrame(LINES), re="integrate", kind="zero")
    expected = [
        over_groups(lambda mu, zi: zi + (1 - zi) * np.exp(-mu), row, correlation) for row in LINES
    ]
    np.testing.assert_allclose(found.frame["median"], expected, rtol=1e-6)


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_mean_over_new_groups_behind_a_hurdle(correlation):
    fit = inflated(correlation, "hurdle_poisson")
    found = fit.predictions(pd.DataFrame(LINES), re="integrate")
    expected = [
        over_groups(lambda mu, hu: (1 - hu) * mu / -np.expm1(-mu), row, correlation)
        for row in LINES
    ]
    np.testing.assert_allclose(found.frame["median"], expected, rtol=1e-6)


def test_typical_and_observed_means():
    fit, rows = inflated(), pd.DataFrame(LINES)
    mu, zi = np.exp(0.8 + 0.4 * rows["x"]), logistic(-0.6 + 0.5 * rows["w"])
    np.testing.assert_allclose(fit.predictions(rows).frame["median"], (1 - zi) * mu)
    np.testing.assert_allclose(fit.predictions(rows, parameter="mu").frame["median"], mu)
    np.testing.assert_allclose(fit.predictions(rows, parameter="zi").frame["median"], zi)
    own = rows.assign(g="b")
    mu, zi = mu * np.exp(-0.5), logistic(-0.6 + 0.5 * rows["w"] + 0.8)
    for found in (fit.predictions(own, re="observed"), fit.predict(own)):
        np.testing.assert_allclose(found.frame["median"], (1 - zi) * mu)
    words = fit.predictions(rows, parameter="mu").scale
    assert words == "expected count, among counts that are no structural zeros"


def test_comparisons_and_slopes_move_columns_of_both_formulas():
    model = bg.Model("y ~ x", ROWS, family="zero_inflated_poisson", zi="~ x")
    fit = make_fit(model, {"Intercept": 0.8, "x": 0.4, "zi_Intercept": -0.6, "zi_x": 0.5}, noise=0)

    def mean(x):
        return (1 - logistic(-0.6 + 0.5 * x)) * np.exp(0.8 + 0.4 * x)

    row = pd.DataFrame({"x": [0.7]})
    found = fit.comparisons({"x": (0.7, 1.7)}, row).frame["median"]
    np.testing.assert_allclose(found, mean(1.7) - mean(0.7), rtol=1e-10)
    slope = (mean(0.7 + 1e-5) - mean(0.7 - 1e-5)) / 2e-5
    np.testing.assert_allclose(fit.slopes("x", row).frame["median"], slope, rtol=1e-6)
    ratio = fit.comparisons({"x": (0.7, 1.7)}, row, parameter="zi", scale="or").frame["median"]
    np.testing.assert_allclose(ratio, np.exp(0.5), rtol=1e-10)


def test_a_column_of_zeros_alone_moves_the_mean():
    fit = inflated()
    found = fit.avg_comparisons("w", re="observed").frame["median"].iloc[0]
    assert found < 0
    with pytest.raises(SpecError, match=r"does not move mu: .* formula of zi only"):
        fit.avg_comparisons("w", parameter="mu")


def test_means_of_groups_are_those_of_all_rows_given_to_each():
    fit = inflated()
    table = fit.group_rates("g").frame.set_index("level")
    for level in "abcdef":
        expected = fit.avg_predictions(ROWS.assign(g=level), re="observed").frame["median"].iloc[0]
        np.testing.assert_allclose(table.loc[level, "count"], expected, rtol=1e-10)
    own = fit.group_rates("g", over="own").frame.set_index("level")
    rows = ROWS[ROWS["g"] == "c"]
    expected = fit.avg_predictions(rows, re="observed").frame["median"].iloc[0]
    np.testing.assert_allclose(own.loc["c", "count"], expected, rtol=1e-10)


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_means_of_new_groups_spread_as_the_population_does(correlation):
    """Against 200,000 simulated groups; the ends are quantiles of 512 even points."""
    rows = pd.DataFrame({"x": [0.3], "w": [-1.0]})
    table = inflated(correlation).population_interval("g", at=rows, share=0.8)
    normal = generator(4).standard_normal((2, 200_000))
    other = correlation * normal[0] + np.sqrt(1 - correlation**2) * normal[1]
    zi = logistic(-0.6 - 0.5 + 0.9 * other)
    means = (1 - zi) * np.exp(0.8 + 0.12 + 0.7 * normal[0])
    np.testing.assert_allclose(table.frame["count"], np.quantile(means, [0.1, 0.5, 0.9]), rtol=0.1)


def test_poststratified_means_are_weighted_ones():
    fit, cells = inflated(), ROWS.assign(N=np.arange(60) + 1.0)
    found = fit.poststratify(cells, weights="N").frame["median"].iloc[0]
    each = fit.predict(cells).frame["median"]
    np.testing.assert_allclose(found, np.average(each, weights=cells["N"]), rtol=1e-12)


def test_moments_with_zeros_that_groups_do_not_change():
    model = bg.Model("y ~ x + (1 | g)", ROWS, family="zero_inflated_poisson", zi="~ w")
    known = {k: v for k, v in KNOWN.items() if k != "zi_1|g_sigma"}
    fit = make_fit(model, known, {"1|g": EFFECTS["1|g"]}, noise=0.0)
    rows = pd.DataFrame(LINES)
    found = fit.moments(rows).frame.set_index("")["median"]
    mu, zi = np.exp(0.8 + 0.4 * rows["x"]), logistic(-0.6 + 0.5 * rows["w"])
    first, second = np.exp(0.7**2 / 2), np.exp(2 * 0.7**2)
    mean = (1 - zi) * mu * first
    np.testing.assert_allclose(found["mean, row 0"], mean[0], rtol=1e-10)
    shared = np.prod((1 - zi) * mu) * (second / first**2 * first**2 - first**2)
    np.testing.assert_allclose(found["covariance, rows 0 and 1"], shared, rtol=1e-10)
    square = (1 - zi) * (mu * first + mu**2 * second)
    np.testing.assert_allclose(found["variance, row 1"], square[1] - mean[1] ** 2, rtol=1e-10)
    with pytest.raises(SpecError, match="no closed form here, because groups stand in"):
        inflated().moments(rows)
    behind = make_fit(bg.Model("y ~ x", ROWS, family="hurdle_poisson"), {"Intercept": 0.8})
    with pytest.raises(SpecError, match="no multiple of the location"):
        behind.moments(rows)


def test_what_has_no_definition_is_not_given_a_number():
    fit = inflated()
    table = fit.variance()
    assert not table.frame["quantity"].str.contains("ICC|VPC").any()
    assert "no definition of it is in use" in " ".join(table.notes)


def test_raw_effects_are_the_likeliest_ones():
    """Of a group's rows, all else held: the log likelihood falls to either side."""
    fit = inflated()
    table = fit.ranef("g").frame.set_index("level")
    design = fit.design
    rows = ROWS["g"].to_numpy() == "a"
    eta = 0.8 + 0.4 * ROWS["x"].to_numpy()
    zi = logistic(-0.6 + 0.5 * ROWS["w"].to_numpy() + 0.1)

    def log_likelihood(effect):
        found = design.spec.family.log_density(
            design.spec.link, eta + effect, design.rows, {"zi": zi}
        )
        return found[rows].sum()

    best = float(table.loc["a", "raw"])
    assert log_likelihood(best) > max(log_likelihood(best - 0.01), log_likelihood(best + 0.01))


def test_odds_ratios_of_a_structural_zero():
    fit = inflated(noise=0.05)
    table = next(t for t in fit.table().tables if t.caption.startswith("Fixed effects on zi"))
    assert table.caption == "Fixed effects on zi: odds ratios"
    assert table.estimand.startswith("odds ratio of a structural zero for one unit")
    frame = table.frame.set_index("")
    assert np.isclose(frame.loc["w", "median"], np.exp(0.5), rtol=0.1)
    assert np.isclose(frame.loc["baseline zi", "median"], logistic(-0.6), rtol=0.1)
    ratios = fit.ratios()
    assert "ratio of counts, among counts that are no structural zeros, for" in ratios.estimand
