"""Beside each conditional ratio: the marginal one and an absolute difference, by another road."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.posterior.estimands import averaged as module
from bayesglmm.posterior.estimands.companions import companions

ESTIMATES = ["median", "lower", "upper"]


def beside(fit: bg.Fit, name: str, labels: list[str], short: str = "") -> np.ndarray:
    """A companion and its interval, (labels, 3)."""
    frame = fit.ratios().frame.set_index("")
    columns = [short or name, f"{name} lower", f"{name} upper"]
    return frame.loc[labels, columns].to_numpy()


@pytest.mark.parametrize(
    ("link", "short"), [("logit", "OR"), ("cloglog", "HR"), ("probit", "Diff.")]
)
def test_probabilities_are_those_of_avg_comparisons(link, short):
    fit = binary_fit(link=link)
    label = ["trt[active]"]
    difference = fit.avg_comparisons("trt", re="integrate").frame[ESTIMATES]
    np.testing.assert_allclose(beside(fit, "difference", label, "risk difference"), difference)
    if link == "logit":
        ratio = fit.avg_comparisons("trt", scale="or", re="integrate").frame[ESTIMATES]
        np.testing.assert_allclose(beside(fit, "marginal", label, "marginal OR"), ratio)
    if link == "probit":
        d = fit.draws
        exact = (d.flat("trt") / np.sqrt(1 + np.square(d.flat("1|ID_sigma"))))[:, 0]
        found = beside(fit, "marginal", label, "marginal Diff.")[0]
        np.testing.assert_allclose(found, np.quantile(exact, [0.5, 0.025, 0.975]))
    assert f"marginal {short}" in fit.ratios().frame


def wide() -> pd.DataFrame:
    rng = generator(8)
    frame = pd.DataFrame(
        {
            "f": rng.choice(list("abc"), 120),
            "seen": rng.integers(0, 2, 120),
            "x": np.round(rng.normal(1, 1, 120), 1),
            "g": rng.choice(list("uvwxyz"), 120),
            "n": rng.integers(1, 9, 120),
        }
    )
    return frame.assign(y=rng.binomial(frame["n"], 0.4))


def test_factors_indicators_numbers_and_slopes_of_groups():
    formula = "p(y, n) ~ f + seen + log(x + 9) + x + (1 + seen + f | g)"
    model = bg.Model(formula.replace("log(x + 9) + ", ""), wide(), family="binomial")
    known = {"f[b]": 0.5, "f[c]": -0.8, "seen": 1.0, "x": 0.4, "Intercept": -0.5}
    fit = make_fit(model, known, draws=100)
    labels = ["f[b]", "f[c]", "seen", "x"]
    wanted = ["f", "seen", "x"]
    ratio = fit.avg_comparisons(wanted, scale="or", re="integrate").frame[ESTIMATES]
    np.testing.assert_allclose(beside(fit, "marginal", labels, "marginal OR"), ratio, rtol=1e-7)
    difference = fit.avg_comparisons(wanted, re="integrate").frame[ESTIMATES]
    found = beside(fit, "difference", labels, "risk difference")
    np.testing.assert_allclose(found, difference, rtol=1e-7, atol=1e-9)
    # The baseline: all columns at zero, a new group.
    zero = fit.grid(f="a", seen=0, x=0.0)
    level = fit.predictions(zero, re="integrate").frame[ESTIMATES]
    found = beside(fit, "marginal", ["baseline probability"], "marginal OR")
    np.testing.assert_allclose(found, level, rtol=1e-7)
    # Two terms of one column have no companion each.
    shared = make_fit(bg.Model(formula, wide(), family="binomial"), draws=100)
    frame = shared.ratios().frame.set_index("")
    assert frame.loc[["log(x + 9)", "x"], "marginal OR"].isna().all()
    assert any("difference for log(x + 9), x: what moves" in n for n in shared.ratios().notes)


def test_rates_with_slopes_of_sites():
    fit = count_fit()
    labels = ["sex[male]", "x"]
    ratio = fit.avg_comparisons(["sex", "x"], scale="ratio", re="integrate").frame[ESTIMATES]
    np.testing.assert_allclose(beside(fit, "marginal", labels, "marginal IRR"), ratio)
    difference = fit.avg_comparisons(["sex", "x"], re="integrate").frame[ESTIMATES]
    np.testing.assert_allclose(beside(fit, "difference", labels, "rate difference"), difference)
    assert any(
        "the 96 rows, weighted by time, and integrated over new groups of site, year" in note
        for note in fit.ratios().notes
    )


def test_equal_ratios_are_said_to_be_equal():
    rows = wide()
    fit = make_fit(bg.Model("y ~ f + (1 | g)", rows, family="poisson"), {"f[b]": 0.5})
    table = fit.ratios()
    assert not any("marginal" in str(name) for name in table.frame)
    assert any(
        note.startswith("Marginal ratios equal the conditional ones") for note in table.notes
    )
    conditional = table.frame.set_index("").loc["f[b]", ["IRR", "lower", "upper"]].astype(float)
    marginal = fit.avg_comparisons({"f": ("a", "b")}, scale="ratio", re="integrate").frame
    np.testing.assert_allclose(marginal[ESTIMATES].to_numpy()[0], conditional, rtol=1e-10)
    assert "count difference" in table.frame


@pytest.mark.parametrize(
    ("formula", "shared"),
    [
        ("y ~ f * x", ["f", "x", "f:x"]),
        ("y ~ f + x + I(x**2)", ["x", "I(x ** 2)"]),
        ("y ~ f + x + offset(log(x + 9))", ["x"]),
        ("y ~ f + x + offset(log(n))", []),
        ("y ~ f + bs(x, df=4)", ["bs(x, df=4)"]),
        ("y ~ f + x + (0 + f | g)", ["f"]),
        ("y ~ f + x + (1 + f | g)", []),
        ("y ~ 0 + f + x", []),
    ],
)
def test_columns_that_stand_in_several_terms_have_no_companion(formula, shared):
    fit = make_fit(bg.Model(formula, wide(), family="poisson"))
    notes = [note for note in fit.ratios().notes if note.startswith("No single marginal")]
    text = f"difference for {', '.join(shared)}: "
    assert (text in notes[0]) if shared else not notes


def test_without_groups_and_without_a_curve():
    fit = make_fit(bg.Model("y ~ f", wide().assign(y=lambda d: d["seen"]), family="bernoulli"))
    table = fit.ratios()
    assert "risk difference" in table.frame
    assert "marginal OR" not in table.frame
    assert "Risk difference: in probability, averaged over the 120 rows." in table.notes
    assert not any("difference" in str(name) for name in normal_fit().ratios().frame)


def test_levels_without_an_intercept_have_no_companion():
    fit = make_fit(bg.Model("y ~ 0 + f + x", wide(), family="poisson"))
    frame = fit.ratios().frame.set_index("")
    assert frame.loc["count, f[a]":"count, f[c]", "count difference"].isna().all()
    assert np.isfinite(frame.loc["x", "count difference"])


def test_thinned_draws_and_rows_are_told(monkeypatch):
    whole = count_fit().ratios().frame.set_index("")
    monkeypatch.setattr(module, "MOST", 100)
    table = count_fit().ratios()
    assert any(note.endswith("are from 400 draws.") for note in table.notes)
    found = table.frame.set_index("")
    for name in ("marginal IRR", "rate difference"):
        error = found[f"mcse_{name}"] + whole[f"mcse_{name}"]
        assert (np.abs(found[name] - whole[name]) < bound(4, scatter=0.15) * error)[1:].all()
    monkeypatch.setattr(module, "LARGEST", 4_000)
    table = count_fit().ratios()
    assert any("averaged over 24 evenly spaced ones of the 96 rows" in note for note in table.notes)


def test_errors_are_those_of_the_draws():
    fit = binary_fit(noise=0.2)
    frame = fit.ratios().frame.set_index("").loc["trt[active]"]
    spread = (frame["difference upper"] - frame["difference lower"]) / (2 * stats.norm.ppf(0.975))
    assert frame["mcse_risk difference"] == pytest.approx(1.25 * spread / np.sqrt(2000), rel=0.8)


@pytest.mark.parametrize("bar", ["(0 + f || g)", "(1 + x || g)"])
def test_the_marginal_baseline_does_not_depend_on_the_first_row(bar):
    """Factors are at their reference left of a bar too, and numbers that stand there alone at 0."""
    known = {"Intercept": -1.0}
    for rows in (wide().sort_values(["f", "x"]), wide().sort_values(["f", "x"], ascending=False)):
        model = bg.Model(f"p(y, n) ~ f + seen + {bar}", rows, family="binomial")
        sds = {
            f"{effect}_sigma": 2.0 for g in model.design.predictor.groups for effect in g.effects
        }
        fit = make_fit(model, known | sds, noise=1e-4)
        exact = fit.design.spec.link.marginal(-1.0, 4.0)
        assert fit.ratios().frame["marginal OR"].iloc[0] == pytest.approx(exact, rel=1e-4)


def test_many_groups_take_no_time():
    """12 s before: 2,500 rows of 600 groups and 6 coefficients, with sds from 1 to 6."""
    rng = generator(3)
    rows = pd.DataFrame(rng.normal(size=(2500, 4)), columns=list("stuv"))
    rows["f"] = rng.choice(list("abc"), 2500)
    rows["g"] = rng.integers(0, 600, 2500).astype(str)
    rows["y"] = rng.integers(0, 2, 2500)
    model = bg.Model("y ~ s + t + u + v + f + (1 | g)", rows, family="bernoulli")
    fit = make_fit(model, {"1|g_sigma": 2.5}, noise=0.3)
    companions(fit.posterior.thin(400), 0.95)  # everything is imported
    start = time.process_time()
    companions(fit.posterior, 0.95)
    assert time.process_time() - start < 3  # 0.4 s where nothing else runs
