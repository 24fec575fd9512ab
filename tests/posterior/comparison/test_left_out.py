"""Exact refits, k-fold and subsampling, held against closed forms and each other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy.stats import norm
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError
from bayesglmm.posterior.comparison.kfold import folds
from bayesglmm.posterior.comparison.refitted import fitted_again, predicted
from bayesglmm.posterior.comparison.subsample import difference_estimate

PRIOR, ROWS = 2.0, 10


@cache
def known() -> bg.Fit:
    """A mean with a normal prior, of responses with known standard errors: all is normal."""
    rng = np.random.default_rng(4)  # data of a known answer
    data = pd.DataFrame({"s": rng.uniform(0.5, 1.5, ROWS)})
    data["y"] = 0.7 + data["s"] * rng.normal(size=ROWS)
    priors = {"Intercept": bg.Prior("Normal", mu=0, sigma=PRIOR)}
    model = bg.Model("y ~ 1", data, se="s", priors=priors)
    return model.fit(seed=seed(1), progress=False)


def exact_loo(fit: bg.Fit) -> np.ndarray:
    y, s = fit.design.rows.y, fit.design.data["s"].to_numpy()
    found = []
    for i in range(len(y)):
        weights = np.delete(s**-2.0, i)
        variance = 1 / (weights.sum() + PRIOR**-2)
        mean = variance * weights @ np.delete(y, i)
        found.append(norm.logpdf(y[i], mean, np.sqrt(variance + s[i] ** 2)))
    return np.array(found)


def test_as_many_folds_as_rows_are_the_exact_answer_and_psis():
    exact, folded, psis = exact_loo(known()), known().kfold(ROWS).density, known().loo().density
    allowed = bound(2 * ROWS, scatter=0.15)
    assert np.all(np.abs(folded.elpd - exact) < allowed * folded.error)
    assert np.all(np.abs(psis.elpd - exact) < allowed * psis.error + 0.003)
    assert folded.error.max() < 0.05
    assert np.isnan(folded.k).all()


def test_a_unit_with_a_high_k_is_fitted_again():
    found = known().loo()
    doubtful = replace(found.density, k=np.where(np.arange(ROWS) == 3, 0.9, 0.1))
    watched = []
    again = fitted_again(
        known().posterior, known().priors, doubtful, found.units, lambda *told: watched.append(told)
    )
    assert watched == [("row 4", 1)]
    assert abs(again.elpd[3] - exact_loo(known())[3]) < bound(1, scatter=0.15) * again.error[3]
    assert np.isnan(again.k[3])
    rest = np.arange(ROWS) != 3
    assert np.array_equal(again.elpd[rest], doubtful.elpd[rest])
    assert again.p[3] + again.elpd[3] == pytest.approx(doubtful.p[3] + doubtful.elpd[3])


@cache
def grouped() -> bg.Fit:
    rng = np.random.default_rng(6)  # data of a known answer
    data = pd.DataFrame({"g": np.repeat(list("abcdefgh"), 4), "x": rng.normal(size=32)})
    data["y"] = data["x"] + np.repeat(rng.normal(size=8), 4) + 0.7 * rng.normal(size=32)
    return bg.Model("y ~ x + (1 | g)", data).fit(seed=seed(2), progress=False)


@pytest.mark.slow
def test_as_many_folds_as_groups_are_leave_one_group_out():
    folded, psis = grouped().kfold(8, by="g"), grouped().loo("group")
    apart = folded.density.elpd - psis.density.elpd
    error = np.hypot(folded.density.error, psis.density.error)
    good = psis.density.k < 0.4
    assert good.sum() >= 4
    assert np.all(np.abs(apart[good]) < bound(8, scatter=0.2) * error[good] + 0.05)
    assert folded.table.caption == "Cross-validation of 8 groups of g by 8 folds, seed 0"
    assert "that was not seen, its effects integrated out" in folded.table.estimand


def test_predicted_is_the_log_of_the_mean_density():
    rng = generator(5)
    draws = rng.normal(0.3, 0.5, size=(4000, 1))
    found = predicted(norm.logpdf(np.array([[0.1, 2.0]]), draws, 1.0), chains=4)
    exact = norm.logpdf([0.1, 2.0], 0.3, np.sqrt(1.25))
    assert np.all(np.abs(found.elpd - exact) < bound(2, scatter=0.05) * found.error)


def test_folds_are_a_partition_of_nearly_equal_parts():
    parts = folds(23, 5, seed=4)
    assert sorted(np.concatenate(parts)) == list(range(23))
    assert {len(part) for part in parts} == {4, 5}
    assert all(np.array_equal(*pair) for pair in zip(parts, folds(23, 5, seed=4), strict=True))


def test_the_difference_estimator_is_without_bias():
    """Over all samples of 4 of 8 rows: total, its variance and the spread are right on average."""
    rng = np.random.default_rng(3)  # what is drawn is all there is
    exact = rng.normal(-1, 1, 8)
    rough = exact + rng.normal(0.2, 0.3, 8)
    every = [np.array(some) for some in combinations(range(8), 4)]
    found = [difference_estimate(rough, exact[some], some) for some in every]
    totals = np.array([one.total for one in found])
    assert totals.mean() == pytest.approx(exact.sum())
    assert np.mean([one.error**2 for one in found]) == pytest.approx(totals.var())
    assert np.mean([one.spread**2 for one in found]) == pytest.approx(8 * exact.var())


def test_all_rows_from_some():
    rng = np.random.default_rng(8)  # data of a known answer
    data = pd.DataFrame({"x": rng.normal(size=400)})
    data["y"] = rng.poisson(np.exp(0.4 * data["x"]))
    fit = make_fit(bg.Model("y ~ x", data, family="poisson"), {"x": 0.4}, noise=0.05, draws=500)
    whole, some = fit.loo().table.frame.iloc[0], fit.loo_of_some(60, seed=seed(3)).frame.iloc[0]
    assert abs(some["elpd"] - whole["elpd"]) < bound(1, scatter=0.1) * some["mcse_elpd"] + 0.2
    assert some["mcse_elpd"] < 0.2 * some["se"]
    assert some["se"] == pytest.approx(whole["se"], rel=0.02)


def test_what_was_left_out_alike_is_compared():
    other = make_fit(known_model_without_spread())
    with pytest.raises(SpecError, match="not left out in the same way: 10 rows, one at a time; 10"):
        bg.compare({"a": known().loo(), "b": known().kfold(2)})
    with pytest.raises(SpecError, match="takes fits, or what kfold"):
        bg.compare({"a": known().loo(), "b": other})
    compared = bg.compare({"known": known().loo(), "free": other.loo()})
    assert compared.table.caption == "Comparison by leaving out 10 rows, one at a time"


def known_model_without_spread() -> bg.Model:
    return bg.Model("y ~ 1", known().design.given)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda fit: fit.kfold(1), "k=1 must be a whole number from 2 to 32, for 32 rows"),
        (lambda fit: fit.kfold(9, by="g"), "from 2 to 8, for 8 groups of g"),
        (lambda fit: fit.kfold(by="h"), "Unknown grouping factor or column 'h'"),
        (lambda fit: fit.loo("rows"), "Unknown unit 'rows'"),
        (lambda fit: fit.loo_of_some(32), "from 10 to 31, below the number of rows"),
    ],
)
def test_what_cannot_be_left_out(ask, said):
    model = bg.Model("y ~ x + (1 | g)", grouped_data())
    with pytest.raises(SpecError, match=said):
        ask(make_fit(model))


def grouped_data() -> pd.DataFrame:
    rng = np.random.default_rng(6)  # whatever the values are
    return pd.DataFrame(
        {"g": np.repeat(list("abcdefgh"), 4), "x": rng.normal(size=32), "y": rng.normal(size=32)}
    )


def test_survey_weights_have_no_density_to_leave_out():
    data = grouped_data().assign(w=1.5)
    fit = make_fit(bg.Model("y ~ x", data, survey_weights="w"))
    with pytest.raises(SpecError, match="no density of the rows"):
        fit.kfold(2)


@pytest.mark.slow
def test_a_column_of_the_data_makes_groups_of_a_model_without_them():
    fit = bg.Model("y ~ x", grouped_data()).fit(seed=seed(1), progress=False)
    found = fit.kfold(2, by="g")
    assert found.units.words == "8 groups of g"
    rows = fit.kfold(2).density.elpd.sum()
    assert found.density.elpd.sum() == pytest.approx(rows, abs=0.25 * abs(rows))


def test_other_rows_are_not_compared():
    one = make_fit(bg.Model("y ~ x", grouped_data())).loo()
    other = make_fit(bg.Model("y ~ x", grouped_data()[1:])).loo()
    with pytest.raises(DataError, match="fitted to different rows"):
        bg.compare({"a": one, "b": other})
