"""Findings about the formulas of sigma and alpha: the checks that the mean's formula gets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

import bayesglmm as bg

N = 60


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = generator(41)
    place = np.arange(N)
    arm = np.where(place // 12 % 2 == 0, "a", "b")
    return pd.DataFrame(
        {
            "y": rng.normal(size=N),
            "k": rng.poisson(6, size=N),
            "x": rng.normal(size=N),
            "year": 2000.0 + place % 7,
            "income": 1e6 * rng.lognormal(size=N),
            "se": rng.uniform(0.5, 3, size=N),
            "arm": arm,
            "again": np.char.upper(arm.astype(str)),
            "five": [f"f{k // 12}" for k in place],
            "pair": [f"p{k // 2}" for k in place],
            "couple": [f"c{k // 2}" for k in place],
            "row": [f"r{k}" for k in place],
            "f": [f"f{k % 3}" for k in place],
            "g": [f"g{k // 3 % 3}" for k in place],
            "code": place % 3 + 1,
            "pop": rng.lognormal(8, 1, size=N),
        }
    )


@pytest.mark.parametrize(
    ("sigma", "code", "severity", "said"),
    [
        ("~ arm + again", "ALIAS", "warning", "other columns of sigma"),
        ("~ x + (1 | five)", "FEWGROUPS", "warning", "the standard deviation of sigma between"),
        ("~ arm + (1 | five)", "BETWEEN", "warning", "Its effect on sigma rests on a comparison"),
        ("~ (1 | row)", "EFFECTS", "warning", "one row tells next to nothing of its own sigma"),
        (
            "~ (1 + x + se | five)",
            "EFFECTS",
            "warning",
            "6 standard deviations and correlations of sigma",
        ),
        ("~ (1 | pair) + (1 | couple)", "SAMEGROUPS", "warning", "their effects on sigma apart"),
        ("~ five + (1 | five)", "SAMEGROUPS", "warning", "fixed effects of five on sigma"),
        ("~ income + x", "SCALE", "note", "in the formula of sigma differ by a factor"),
        ("~ year", "SCALE", "note", "so the intercept of sigma is that of year = 0"),
        ("~ (1 + year | pair)", "INTERCEPT", "note", "In the formula of sigma, the standard"),
        ("~ f * g", "CELLS", "note", "spends 4 coefficients of sigma on 9 cells"),
        ("~ C(code)", "CODES", "note", "code has codes for levels, and no labels"),
        ("~ offset(se)", "EXPOSURE", "warning", "so sigma is multiplied by exp(se)"),
    ],
)
def test_sigma_is_looked_at_as_the_mean_is(rows, sigma, code, severity, said):
    found = one(look("y ~ 1", rows, sigma=sigma), code, severity, about=said)
    assert "mean" not in found.fix.replace("its mean", "")
    assert code not in look("y ~ 1", rows, sigma="~ x").codes


def test_slopes_of_sigma_that_no_level_shows(rows):
    data = rows.assign(dose=np.arange(N) // 2 * 1.0)
    found = look("y ~ 1", data, sigma="~ (1 + dose | pair)")
    assert one(found, "EFFECTS", "note").sentence.count("no level shows a slope of sigma") == 1


def test_empty_cells_are_told_once_where_both_formulas_have_them(rows):
    data = rows[(rows["f"] != "f0") | (rows["g"] != "g0")]
    alone = one(look("y ~ 1", data, sigma="~ f * g"), "CELLS")
    assert "1 of the 9 cells of f:g has no rows: f f0 × g g0" in alone.sentence
    assert "says of sigma in these cells" in alone.sentence
    assert "of sigma" not in one(look("y ~ f * g", data, sigma="~ f * g"), "CELLS").sentence


@pytest.mark.parametrize(
    ("priors", "severity"),
    [
        ({}, "warning"),
        ({"five": bg.Prior("HalfNormal", sigma=1)}, "warning"),  # of the mean, which has no groups
        ({"sigma": {"five": bg.Prior("HalfNormal", sigma=1)}}, "note"),
        ({"sigma": {"sd": bg.Prior("HalfNormal", sigma=1)}}, "note"),
    ],
)
def test_few_groups_of_sigma_and_the_prior_given(rows, priors, severity):
    mean = "(1 | five)" if "five" in priors else "1"
    found = look(f"y ~ {mean}", rows, sigma="~ (1 | five)", priors=priors)
    finding = one(found, "FEWGROUPS", severity, about="of sigma")
    if severity == "warning":
        assert "priors={'sigma': {'five': Prior('HalfNormal', sigma=...)}}" in finding.fix
        assert finding.fix.endswith("make five a fixed effect of sigma.")


def test_a_prior_of_all_standard_deviations_is_one_that_was_given(rows):
    found = look("y ~ (1 | five)", rows, priors={"sd": bg.Prior("HalfNormal", sigma=1)})
    assert "the prior you gave" in one(found, "FEWGROUPS", "note").sentence


def test_a_factor_of_each_formula_is_judged_by_its_own(rows):
    found = look("y ~ (1 | five)", rows, sigma="~ (1 | five)").only("FEWGROUPS").findings
    assert ["of sigma" in finding.sentence for finding in found] == [False, True]


def test_alpha_is_looked_at_too(rows):
    found = look("k ~ x", rows, family="negative_binomial", alpha="~ arm + (1 | five)")
    assert "Its effect on alpha rests" in one(found, "BETWEEN").sentence
    assert "standard deviation of alpha between them" in one(found, "FEWGROUPS").sentence


def test_an_exposure_that_only_alpha_uses_is_not_used(rows):
    """Larger groups have more events, whatever their dispersion depends on."""
    rng = generator(43)
    data = rows.assign(k=rng.poisson(rows["pop"] / 500))
    found = look("k ~ x", data, family="negative_binomial", alpha="~ log(pop)")
    assert "and is not used" in one(found, "EXPOSURE").sentence
    used = look("k ~ x + pop", data, family="negative_binomial", alpha="~ x")
    assert "but is a predictor: effects are" in one(used, "EXPOSURE").sentence


@pytest.mark.parametrize(
    ("formula", "sigma", "sizes", "levels"),
    [
        ("y ~ 1", "~ f", (20, 20, 1), ["f2"]),
        ("y ~ 1", "~ f", (20, 20, 2), []),
        ("y ~ x", "~ f", (20, 20, 2), ["f2"]),
        ("y ~ x", "~ f", (20, 20, 3), []),
        ("y ~ f", "~ f", (20, 2, 1), ["f2"]),  # one mean does not fit two rows
        ("y ~ f * x", "~ f", (20, 2, 1), ["f1", "f2"]),
        ("y ~ x", "~ 0 + f", (1, 20, 20), ["f0"]),
        ("y ~ x", "~ f", (1, 20, 20), ["f0"]),  # the reference: all others may move together
        ("y ~ 1", "~ x + f", (20, 20, 1), ["f2"]),
        ("y ~ 1", "~ 1", (20, 20, 1), []),
        ("y ~ f", "~ (1 | f)", (20, 20, 1), []),  # held by the other levels
    ],
)
def test_spreads_of_rows_that_the_mean_fits_exactly(formula, sigma, sizes, levels):
    rng = generator(42)
    names = np.repeat(["f0", "f1", "f2"], sizes)
    data = pd.DataFrame({"f": names, "x": rng.normal(size=len(names))})
    data["y"] = rng.normal(size=len(names))
    found = look(formula, data, sigma=sigma).only("EXACT").findings
    assert len(found) == bool(levels)
    for finding in found:
        assert finding.rows == tuple(np.flatnonzero(data["f"].isin(levels)))
        assert all(f"'{level}'" in finding.sentence for level in levels)
        assert "(1 | f)" in finding.fix


def test_counts_have_no_spread_that_runs_to_zero(rows):
    data = rows.assign(f=np.where(np.arange(N) == 0, "alone", "others"))
    found = look("k ~ x", data, family="negative_binomial", alpha="~ f")
    assert "EXACT" not in found.codes
