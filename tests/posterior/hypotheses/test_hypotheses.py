"""Hypotheses against draws computed by hand, closed forms and ArviZ."""

from __future__ import annotations

import arviz_stats
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from posterior_maker import count_fit, make_fit, with_posterior
from same_draws import check_draws
from scipy import stats
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import FormulaError, SpecError
from bayesglmm.tables import RowDraws, Table

ESTIMATES = ["median", "lower", "upper"]
AT = [0.5, 0.025, 0.975]
ROWS = [f"r{k}" for k in range(1, 5)]


def table_of(values: np.ndarray, no_effect: float | None = None) -> Table:
    """A table of draws (S, k), in four chains."""
    found = np.quantile(values, AT, axis=0)
    frame = pd.DataFrame({"": ROWS[: values.shape[1]], **dict(zip(ESTIMATES, found, strict=True))})
    draws = values.reshape(4, -1, values.shape[1])
    note = "Posterior median and 95 % equal-tailed credible interval."
    kinds = dict.fromkeys(ESTIMATES, "estimate")
    source = RowDraws(draws.copy, 0.95, no_effect)
    return Table(frame, "Means", "mm", "mean of each", (note, "Last."), kinds, source=source)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return generator(3).normal([1.0, 2.0, 4.0, 8.0], 0.5, size=(2000, 4))


def expect(table: Table, draws: list[np.ndarray]) -> None:
    """Median and interval of a table are the quantiles of draws."""
    np.testing.assert_allclose(table.frame[ESTIMATES].T, np.quantile(draws, AT, axis=1))
    check_draws(table)


PAIRS = {
    "pairwise": [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)],
    "revpairwise": [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)],
    "reference": [(1, 0), (2, 0), (3, 0)],
    "revreference": [(0, 1), (0, 2), (0, 3)],
    "sequential": [(1, 0), (2, 1), (3, 2)],
    "revsequential": [(0, 1), (1, 2), (2, 3)],
}


@pytest.mark.parametrize("pattern", PAIRS)
def test_patterns_of_two_rows(values, pattern):
    found = bg.hypotheses(table_of(values), pattern)
    expect(found, [values[:, a] - values[:, b] for a, b in PAIRS[pattern]])
    names = [f"{ROWS[a]} - {ROWS[b]}" for a, b in PAIRS[pattern]]
    assert list(found.frame["hypothesis"]) == names
    ratios = bg.hypotheses(table_of(values), f"ratio ~ {pattern}")
    expect(ratios, [values[:, a] / values[:, b] for a, b in PAIRS[pattern]])
    assert "P(>1)" in ratios.frame
    assert ratios.frame["hypothesis"][0] == names[0].replace(" - ", " / ")
    assert ratios.scale == "ratio of two rows; rows: mm"


def test_patterns_against_a_mean(values):
    found = bg.hypotheses(table_of(values), "meandev")
    expect(found, list((values - values.mean(axis=1, keepdims=True)).T))
    assert found.frame["hypothesis"][0] == "r1 - mean"
    found = bg.hypotheses(table_of(values), "ratio ~ meanotherdev")
    others = (values.sum(axis=1, keepdims=True) - values) / 3
    expect(found, list((values / others).T))
    assert found.frame["hypothesis"][3] == "r4 / mean of the others"


def test_equations_and_lists(values):
    found = bg.hypotheses(table_of(values), ["r1 = r2", "b3 - 2 * b2 = 0"])
    expect(found, [values[:, 0] - values[:, 1], values[:, 2] - 2 * values[:, 1]])
    assert list(found.frame["hypothesis"]) == ["r1 = r2", "b3 - 2 * b2 = 0"]
    assert found.scale == "left side minus right side; rows: mm"
    assert found.estimand == "compared within each draw; rows: mean of each"
    assert "Rows compared: b1: r1; b2: r2; b3: r3." in found.notes
    assert found.notes[-1] == "Last."


def test_functions_of_the_draws(values):
    table = table_of(values)
    found = bg.hypotheses(table, lambda draws: draws.sel(row="r4") - draws.sel(row="r1"))
    expect(found, [values[:, 3] - values[:, 0]])
    assert list(found.frame["hypothesis"]) == ["lambda"]

    def ends(draws):
        return draws.isel(row=[0, 3]) ** 2

    found = bg.hypotheses(table, ends)
    expect(found, list(np.square(values[:, [0, 3]]).T))
    assert list(found.frame["hypothesis"]) == ["r1", "r4"]
    expect(bg.hypotheses(table, lambda draws: draws.to_numpy()[..., :1]), [values[:, 0]])
    with pytest.raises(SpecError, match=r"array of shape \(\)"):
        bg.hypotheses(table, lambda draws: draws.mean())


def test_marginaleffects_equations_of_a_normal_posterior():
    """The worked example of its documentation, hp = wt: difference and error in closed form."""
    rng, size = generator(4), 40_000
    mean, covariance = np.array([-0.03, -3.9]), np.array([[1e-4, -2e-3], [-2e-3, 0.4]])
    values = rng.multivariate_normal(mean, covariance, size=size)
    found = bg.hypotheses(table_of(values), "b1 - 2*b2 = 7").frame.iloc[0]
    center = mean[0] - 2 * mean[1] - 7
    sd = np.sqrt(covariance[0, 0] + 4 * covariance[1, 1] - 4 * covariance[0, 1])
    for column, at in zip(ESTIMATES, AT, strict=True):
        true = stats.norm.ppf(at, center, sd)
        error = np.sqrt(at * (1 - at) / size) / stats.norm.pdf(true, center, sd)
        assert abs(found[column] - true) < bound(5) * error
    above = stats.norm.sf(0, center, sd)
    error = np.sqrt(above * (1 - above) / size)
    assert abs(found["P(>0)"] - above) < bound(5) * error
    assert abs(found["P(direction)"] - max(above, 1 - above)) < bound(5) * error


def test_certainty_as_arviz_has_it(values):
    table = table_of(values - [1.1, 2.0, 3.8, 9.0], 0.0)
    draws = table.draws
    found = bg.hypotheses(table, rope=(-0.2, 0.3))
    data = xr.Dataset({name: draws.sel(row=name, drop=True) for name in ROWS})
    theirs = arviz_stats.ci_in_rope(data, (-0.2, 0.3), ci_prob=1.0, ci_kind="eti")
    ours = found.frame["P(ROPE)"]
    for name, share in zip(ROWS, ours, strict=True):
        assert float(theirs[name]) == pytest.approx(100 * share, abs=0.1 + 1e-9)
    flat = draws.to_numpy().reshape(-1, 4)
    sign = np.sign(np.median(flat, axis=0))
    np.testing.assert_allclose(found.frame["P(direction)"], (sign * flat > 0).mean(axis=0))
    np.testing.assert_allclose(found.frame["P(>0)"], (flat > 0).mean(axis=0))
    assert any("between -0.2 and 0.3" in note for note in found.notes)
    assert list(found.formatted()) == ["", *ESTIMATES, "P(>0)", "P(direction)", "P(ROPE)"]


def test_a_null_value(values):
    found = bg.hypotheses(table_of(values), null=2)
    np.testing.assert_allclose(found.frame["P(>2)"], (values > 2).mean(axis=0))
    assert list(bg.hypotheses(table_of(values), "b1 = b2", null=-1).frame)[4] == "P(>-1)"
    assert "P(>0)" not in bg.hypotheses(table_of(values), rope=(0, 1)).frame
    assert bg.hypotheses(table_of(values), mass=0.5).frame["lower"][0] == np.quantile(
        values[:, 0], 0.25
    )


def test_estimands_take_hypotheses():
    fit = count_fit()
    means = fit.avg_predictions(by=["sex", "year"], re="integrate")
    draws = means.draws
    found = fit.avg_predictions(
        by=["sex", "year"], re="integrate", hypothesis="ratio ~ reference | year"
    )
    assert list(found.frame["hypothesis"]) == ["male / female"] * 4
    assert list(found.frame["year"]) == [2019, 2020, 2021, 2022]
    for year, row in found.frame.set_index("year").iterrows():
        both = draws.where(draws["year"] == year, drop=True)
        ratio = both.sel(row=f"male, {year}") / both.sel(row=f"female, {year}")
        np.testing.assert_allclose(row[ESTIMATES].astype(float), np.quantile(ratio, AT))
    compared = fit.avg_comparisons("sex", by="year", scale="ratio", hypothesis="b1 = b2")
    by = fit.avg_comparisons("sex", by="year", scale="ratio").draws
    expect(compared, [(by[..., 0] - by[..., 1]).to_numpy().ravel()])
    assert compared.scale == "left side minus right side; rows: rate ratio"
    assert "b1: sex: male / female, 2019" not in str(compared)
    assert "b1: 2019; b2: 2020" in str(compared)
    slopes = fit.avg_slopes("x", by="sex", hypothesis="pairwise")
    assert list(slopes.frame["hypothesis"]) == ["male - female"]
    fixed = fit.fixef(hypothesis="x = 0.5 * `sex[male]`")
    d = fit.draws.posterior
    expect(fixed, [(d["x"] - 0.5 * d["sex"][..., 0]).to_numpy().ravel()])
    levels = bg.hypotheses(fit.group_rates("site"), "sequential")
    assert levels.frame["hypothesis"][0] == "site B - site A"
    assert "Raw" not in str(levels)  # nor of other columns that are not there
    assert "Shrinkage" not in str(bg.hypotheses(fit.ranef("site"), "b1 = b2"))
    assert fit.comparisons("sex", rope=(-1, 1)).frame.columns[-1] == "mcse_P(ROPE)"


def test_printed_names_are_rows_too():
    rows = pd.DataFrame({"y": np.arange(6.0), "t": [0, 1, 0, 1, 0, 1], "x": [1.0, 2, 4, 3, 1, 2]})
    labels = {"t": {0: "before", 1: "after"}, "x": "dose in mg"}
    fit = make_fit(bg.Model("y ~ t + x", rows, labels=labels))
    own = fit.fixef(hypothesis="`t[after]` = x")
    printed = fit.fixef(hypothesis="`t[after]` = `dose in mg`")
    pd.testing.assert_series_equal(own.frame["median"], printed.frame["median"])


def test_what_the_data_cannot_tell_stays_empty():
    rows = pd.DataFrame(
        {"y": np.arange(12.0), "trt": [*"aabbaabbaabb"], "site": [*"uuvvuuvvuuvv"]}
    ).assign(x=np.arange(12.0) ** 2)
    fit = make_fit(bg.Model("y ~ trt + site + x", rows))
    found = fit.avg_comparisons(["trt", "x"], hypothesis=["b1 = b2", "b2 = 0"])
    assert found.frame[ESTIMATES].isna().all(axis=1).tolist() == [True, False]
    assert np.isnan(found.frame["P(direction)"][0])


def test_a_failed_fit_says_so_first():
    fit = count_fit()
    moved = fit.draws.posterior["x"].to_numpy() + np.arange(4)[:, None]
    failed = with_posterior(fit, {"x": moved})
    assert not failed.verdict.passed
    sentence = failed.verdict.sentence()
    assert failed.fixef(hypothesis="b1 = b2").notes[0] == sentence
    assert bg.hypotheses(failed.fixef(), "b1 = b2").notes[0] == sentence


MISTAKES = {
    "a region": ({"rope": (1, 0)}, SpecError, "the lower one first"),
    "a width": ({"rope": 0.1}, SpecError, "is no region"),
    "a mass": ({"mass": 95}, SpecError, "Write 0.95"),
    "a null": ({"null": "zero"}, SpecError, "finite number"),
    "a flag": ({"joint": "yes"}, SpecError, "True or False"),
    "a number": ({"hypothesis": 0}, SpecError, "is null="),
    "nothing": ({"hypothesis": []}, SpecError, "no hypothesis"),
    "a pattern in a list": ({"hypothesis": ["pairwise", "b1"]}, SpecError, "write it alone"),
    "a column": ({"hypothesis": "~ pairwise | sex"}, SpecError, "Unknown column 'sex'"),
    "a row": ({"hypothesis": "r1 = r9"}, FormulaError, "No row is called 'r9'"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(values, mistake):
    options, kind, words = MISTAKES[mistake]
    with pytest.raises(kind, match=words):
        bg.hypotheses(table_of(values), **options)


def test_one_row_is_compared_with_no_other(values):
    with pytest.raises(SpecError, match="one row only"):
        bg.hypotheses(table_of(values[:, :1]), "pairwise")
    with pytest.raises(SpecError, match="no Table"):
        bg.hypotheses("b1 = b2")
