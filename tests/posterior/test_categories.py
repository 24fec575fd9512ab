"""Answers of responses that are one of several categories: names, groups, populations, checks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy import special, stats

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.pictures.ratios import ratio_plot
from bayesglmm.posterior.checks.group_means import group_means
from bayesglmm.posterior.checks.reliability import category_reliability
from bayesglmm.posterior.checks.replicated import replicate, replicated_statistics

WORDS = ["poor", "fair", "good"]
LOGS = {"mu_fair": (0.3, 0.5), "mu_good": (-0.2, -0.6)}
"""Of each category against the first: intercept, arm b."""
EFFECTS = dict(zip("uvwxy", (-0.9, -0.3, 0.0, 0.4, 0.8), strict=True))


def rows(n: int = 60) -> pd.DataFrame:
    place = np.arange(n)
    return pd.DataFrame(
        {
            "rating": np.array(WORDS)[(place * 7 + place // 5) % 3],
            "arm": np.array(["a", "b"])[place % 2],
            "g": np.array(list("uvwxy"))[place % 5],
        }
    )


def nominal(noise: float = 0.0, **options: str) -> bg.Fit:
    reference = {"rating": "poor"}
    formula = "rating ~ arm + (1 | g)"
    model = bg.Model(formula, rows(), family="categorical", reference=reference, **options)
    known = {
        f"{name}_{column}": value
        for name, values in LOGS.items()
        for column, value in zip(("Intercept", "arm[b]"), values, strict=True)
    }
    effects = {
        "mu_fair_1|g": EFFECTS,
        "mu_good_1|g": {name: -0.5 * value for name, value in EFFECTS.items()},
    }
    return make_fit(model, known, effects, noise=noise, draws=100)


def ordered(noise: float = 0.0) -> bg.Fit:
    model = bg.Model(
        "rating ~ arm + (1 | g)", rows(), family="cumulative", labels={"rating": WORDS}
    )
    known = {"Intercept": 0.4, "arm[b]": 0.5, "1|g_sigma": 0.7, "gap_2": 1.2}
    return make_fit(model, known, {"1|g": EFFECTS}, noise=noise, draws=100)


BOTH = pytest.mark.parametrize("make", [nominal, ordered])


def test_odds_of_every_category_against_the_first_by_name():
    fit = nominal()
    table = fit.ratios()
    shown = table.formatted()
    assert shown[""].tolist() == [
        "baseline odds of fair against poor",
        "mu_fair: arm[b]",
        "baseline odds of good against poor",
        "mu_good: arm[b]",
    ]
    expected = np.exp([value for values in LOGS.values() for value in values])
    np.testing.assert_allclose(table.frame["OR"], expected)
    assert table.frame["P(>1)"].isna().tolist() == [True, False, True, False]
    assert "odds ratio against poor, of the category that each row names" in table.estimand
    np.testing.assert_allclose(table.draws.mean(("chain", "draw")), expected)
    own = fit.fixef()
    np.testing.assert_allclose(own.frame["median"], np.log(expected))
    assert own.frame[""].tolist()[::2] == ["mu_fair: Intercept", "mu_good: Intercept"]


def test_a_category_with_its_own_formula_has_its_own_rows_and_notes():
    table = nominal_of(mu_good="~ 1")
    assert table.frame[""].tolist() == [
        "baseline odds of fair against poor",
        "mu_fair: arm[b]",
        "baseline odds of good against poor",
    ]
    assert "mu_fair: Reference levels: arm = a." in table.notes


def nominal_of(**options: str):
    reference = {"rating": "poor"}
    model = bg.Model("rating ~ arm", rows(), family="categorical", reference=reference, **options)
    return make_fit(model, draws=100).ratios()


def test_effects_of_all_categories_are_drawn():
    fit = nominal()
    picture = ratio_plot(fit.design, fit.ratios(), 0.95)
    texts = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert {"mu_fair: arm[b]", "mu_good: arm[b]"} <= set(texts)


def test_linear_predictors_and_variances_say_whose_they_are():
    fit = nominal()
    new = pd.DataFrame({"arm": ["b"]})
    words = "linear predictor of mu_fair (log of odds of fair against poor)"
    assert fit.predictions(new, scale="link").scale == words
    table = fit.variance()
    assert "variance of mu_fair, g" in set(table.frame["quantity"])
    assert "median odds ratio of mu_good, g" in set(table.frame["quantity"])
    (reason,) = [note for note in table.notes if note.startswith("Not defined")]
    assert reason.startswith("Not defined: ICC and R² on the latent scale and VPC on the response")
    assert not any(note.startswith("ICC") for note in table.notes)
    odds = fit.table()
    assert "odds ratio of fair against poor" in repr(odds)


def test_effects_of_groups_are_odds_ratios_of_their_category():
    notes = " ".join(nominal().ranef("g", parameter="mu_good").notes)
    assert "the group's odds ratio of good against poor compared with a typical group" in notes
    notes = " ".join(ordered().ranef("g").notes)
    assert "the group's odds ratio of a higher category against a typical group" in notes


@BOTH
@pytest.mark.parametrize("over", ["all", "own"])
def test_probabilities_of_groups_are_those_of_rows_given_to_them(make, over):
    fit, data = make(), rows()
    table = fit.group_rates("g", over=over)
    assert list(table.frame)[:3] == ["level", "rating", "rows"]
    assert "shrinkage" not in table.frame
    for level in "ux":
        given = data.assign(g=level) if over == "all" else data[data["g"] == level]
        expected = fit.avg_predictions(given, re="observed").frame["median"]
        found = table.frame[table.frame["level"] == level]
        assert found["rating"].tolist() == WORDS
        np.testing.assert_allclose(found["probability"], expected, rtol=1e-10)
        crude = [(data["rating"][data["g"] == level] == word).mean() for word in WORDS]
        np.testing.assert_allclose(found["raw"], crude)
    good = table.frame[table.frame["rating"] == "good"]
    assert sorted(good["rank"]) == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(
        table.draws.mean(("chain", "draw")), table.frame["probability"], rtol=1e-10
    )


def test_exceedance_is_of_the_crude_share_of_each_category():
    table = ordered().group_rates("g")
    shares = [(rows()["rating"] == word).mean() for word in WORDS]
    above = np.repeat([0.0], len(table.frame))
    for place, share in enumerate(shares):
        above[place::3] = table.frame["probability"].iloc[place::3] > share
    np.testing.assert_array_equal(table.frame["P(>crude)"], above)
    told = ordered().group_rates("g", threshold=0.3)
    np.testing.assert_array_equal(told.frame["P(>0.3)"], told.frame["probability"] > 0.3)


@BOTH
def test_groups_of_categories_are_ranked_in_pictures_and_not_drawn_as_one_mean(make):
    fit = make(noise=0.05)
    picture = fit.rank_plot("g")
    assert [axes.get_title(loc="left") for axes in picture.figure.axes] == WORDS
    with pytest.raises(SpecError, match=r"group_rates\('g'\) has both for each"):
        fit.shrinkage_plot("g")


def test_the_population_of_groups_lies_between_quantiles_of_the_normal():
    """The highest category rises with the effect, so that its quantiles are those of the effect."""
    found = ordered().population_interval("g").frame
    assert found["rating"].tolist() == np.repeat(WORDS, 3).tolist()
    eta = 0.4 + 0.5 * np.array([0.0, 1.0])
    for place, share in enumerate((0.025, 0.5, 0.975)):
        shifted = eta + 0.7 * stats.norm.ppf(share)
        good = special.expit(shifted - 1.2).mean()
        value = found[found["rating"] == "good"]["probability"].iloc[place]
        assert value == pytest.approx(good, rel=0.02)


@BOTH
def test_a_population_has_a_probability_of_each_category(make):
    fit = make()
    cells = pd.DataFrame(
        {"arm": list("abab"), "g": list("uuvx"), "place": list("NNSS"), "n": [1.0, 3.0, 2.0, 2.0]}
    )
    table = fit.poststratify(cells, "place", weights="n")
    assert table.frame["rating"].tolist() == WORDS * 2
    each = fit.predictions(cells, re="observed").frame["median"].to_numpy().reshape(4, 3)
    expected = [np.average(each[k : k + 2], axis=0, weights=cells["n"][k : k + 2]) for k in (0, 2)]
    np.testing.assert_allclose(table.frame["median"], np.concatenate(expected), rtol=1e-10)
    np.testing.assert_allclose(table.draws.mean(("chain", "draw")), table.frame["median"])
    whole = fit.poststratify(cells, weights="n").frame["median"]
    assert whole.sum() == pytest.approx(1.0)


@BOTH
def test_strata_have_the_shares_of_their_own_rows(make):
    fit, data = make(noise=0.05), rows()
    cells = pd.DataFrame({"arm": list("abab"), "g": list("uuvv"), "n": 1.0})
    table = fit.strata(bg.Population(cells, "arm", "n"))
    expected = [
        (data["rating"][data["arm"] == arm] == word).mean() for arm in "ab" for word in WORDS
    ]
    np.testing.assert_allclose(table.frame["raw"], expected)
    picture = fit.strata_plot(bg.Population(cells, "arm", "n"))
    texts = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert "a, poor" in texts
    with pytest.raises(SpecError, match="a probability of each category"):
        fit.strata(bg.Population(cells.assign(known=0.5), "arm", "n", "known"))


@BOTH
def test_moments_are_refused_with_what_to_ask_instead(make):
    with pytest.raises(SpecError, match=r"one of several categories.*predictions\(\)"):
        make().moments(pd.DataFrame({"arm": ["a", "b"]}))


def test_events_are_each_against_the_rest_or_from_one_up():
    found = category_reliability(replicate(nominal().posterior))
    assert [one.event for one in found] == WORDS
    for one in found:
        share = (rows()["rating"] == one.event).mean()
        assert (one.observed * one.rows).sum() / 60 == pytest.approx(share)
    found = category_reliability(replicate(ordered().posterior))
    assert [one.event for one in found] == ["fair or higher", "good"]
    share = (rows()["rating"] != "poor").mean()
    assert (found[0].observed * found[0].rows).sum() / 60 == pytest.approx(share)
    fit = ordered()
    each = fit.predictions(rows(), re="observed").frame["median"].to_numpy().reshape(60, 3)
    assert (found[1].predicted * found[1].rows).sum() == pytest.approx(each[:, 2].sum())


def test_a_wrong_model_is_not_calibrated():
    """Responses of slope 1, predicted with the slope 3 and 1."""
    rng = np.random.default_rng(6)  # data of a known answer
    x = rng.normal(0, 2, 3000)
    code = np.searchsorted([0.0, 1.2], x + rng.logistic(size=3000))
    data = pd.DataFrame({"x": x, "y": np.array(WORDS)[code]})
    model = bg.Model("y ~ x", data, family="cumulative", labels={"y": WORDS})
    outside = {}
    for slope in (1.0, 3.0):
        fit = make_fit(model, {"x": slope, "gap_2": 1.2}, noise=0.01)
        for one in category_reliability(replicate(fit.posterior)):
            outside.setdefault(slope, 0)
            outside[slope] += int((one.frame["inside"] == "no").sum())
    assert outside[1.0] <= 5
    assert outside[3.0] >= 8


@BOTH
def test_statistics_of_groups_are_shares_of_a_category(make):
    same, data = replicate(make().posterior), rows()
    found = replicated_statistics(same)
    for word in WORDS:
        observed, _ = found[f"sd between groups of g, share of {word}"]
        shares = (data["rating"] == word).groupby(data["g"]).mean()
        assert observed == pytest.approx(shares.std(ddof=0))
    first, *_ = group_means(same)
    assert first.title == "Share of poor by g"
    np.testing.assert_allclose(first.observed, (data["rating"] == "poor").groupby(data["g"]).mean())


@BOTH
def test_checks_have_the_calibration_with_its_picture(make):
    found = make(noise=0.05).checks()
    assert set(found.tables["Calibration"].frame["event"]) <= {*WORDS, "fair or higher"}
    assert "Calibration" in found.pictures


@BOTH
def test_a_fit_comes_back_from_its_file_and_answers_the_same(make, tmp_path):
    fit = make(noise=0.05)
    again = bg.load(fit.save(tmp_path / "kept.bgm"))
    for ask in (
        lambda one: one.ratios(),
        lambda one: one.avg_predictions(re="observed"),
        lambda one: one.group_rates("g"),
    ):
        found, expected = ask(again).frame, ask(fit).frame
        pd.testing.assert_frame_equal(found[[*found][:4]], expected[[*found][:4]], rtol=1e-6)
    np.testing.assert_allclose(
        again.posterior.log_density(), fit.posterior.log_density(), rtol=1e-6, atol=1e-9
    )


@BOTH
def test_rows_left_out_are_predicted_by_their_category(make):
    """LOO by importance against the exact harmonic mean of the draws' probabilities."""
    fit = make(noise=0.02)
    density = fit.posterior.log_density()
    expected = -special.logsumexp(-density, axis=0) + np.log(len(density))
    table = bg.compare({"one": fit, "two": fit})
    assert table.table.frame["elpd"].iloc[0] == pytest.approx(expected.sum(), abs=0.05)
