"""What numbers are of, where a mean is made of several parts or known by bounds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.checks.as_told import as_told, end_of_study, suppression_notes
from bayesglmm.posterior.more_digits import more_digits_note
from bayesglmm.posterior.random_part import random_part
from bayesglmm.posterior.variance import partition
from bayesglmm.report.sections.variance import between_groups


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(14)  # a worked example
    time = rng.gamma(2.0, 1.0, size=60).round(2) + 0.01
    return pd.DataFrame(
        {
            "y": rng.poisson(2.0, size=60) * rng.integers(0, 2, size=60),
            "cost": np.where(rng.uniform(size=60) < 0.3, 0.0, time),
            "time": np.minimum(time, 2.5),
            "status": np.where(time > 2.5, "right", "none"),
            "x": np.round(rng.normal(size=60), 2),
            "arm": np.array(["a", "b"])[np.arange(60) % 2],
            "g": np.array(list("abcdef"))[np.arange(60) % 6],
        }
    )


def fit_of(formula: str, family: str, noise: float = 0.05, **options: str) -> bg.Fit:
    return make_fit(bg.Model(formula, rows(), family=family, **options), noise=noise)


ZEROS = [
    ("y ~ x", "zero_inflated_poisson", "count among counts that are no structural zeros"),
    ("y ~ x", "hurdle_poisson", "count before zeros are cut off"),
    ("cost ~ x", "hurdle_gamma", "mean among responses above 0"),
    ("cost ~ x", "hurdle_lognormal", "median among responses above 0"),
]


@pytest.mark.parametrize(("formula", "family", "baseline"), ZEROS)
def test_a_baseline_says_of_which_responses_it_is(formula, family, baseline):
    fit = fit_of(formula, family)
    assert fit.ratios().frame[""].iloc[0] == f"baseline {baseline}"
    level = fit_of(f"{formula.split()[0]} ~ 0 + arm", family).ratios().frame[""].iloc[0]
    assert level == f"{baseline}, arm[a]"
    known = bg.Model(formula, rows(), family=family).prior_predictive(draws=100, seed=seed(1))
    assert f"baseline {baseline}" in repr(known)


@pytest.mark.parametrize(("formula", "family"), [row[:2] for row in ZEROS])
def test_means_of_all_responses_include_the_zeros(formula, family):
    fit = fit_of(f"{formula} + (1 | g)", family)
    for table in (
        fit.avg_predictions(),
        fit.avg_comparisons("x"),
        fit.avg_comparisons("x", scale="ratio"),
        fit.group_rates("g"),
        fit.population_interval("g"),
        fit.poststratify(rows().assign(w=1), weights="w"),
    ):
        assert "including zeros" in table.scale, table.scale
    assert fit.predict().scale == "response (mean including zeros)"
    own = fit.avg_predictions(parameter="mu").scale
    assert "including zeros" not in own
    assert own.split(",")[0] in ("expected count", "mean")


def test_the_location_of_a_lognormal_is_called_what_it_is():
    fit = fit_of("time ~ x", "lognormal")
    assert fit.avg_predictions(parameter="mu").scale == "median"
    assert fit.avg_comparisons("x", parameter="mu", scale="ratio").scale == "ratio of medians"
    assert fit.avg_predictions().scale == "mean"


def test_odds_say_of_what():
    fit = fit_of("y ~ x", "zero_inflated_poisson", zi="~ x")
    found = fit.avg_comparisons("x", parameter="zi", scale="or")
    assert found.scale == "odds ratio of a structural zero"
    assert fit.avg_comparisons("x", kind="zero", scale="or").scale == "odds ratio of a 0"
    fit = fit_of("y ~ x", "hurdle_poisson", hu="~ x")
    assert fit.avg_slopes("x", parameter="hu").scale == (
        "change in hu (probability of a zero) for one unit"
    )


def test_the_prior_of_a_hurdle_is_of_zeros():
    model = bg.Model("y ~ x", rows(), family="hurdle_poisson")
    assert "structural" not in model.priors["hu"].reason
    assert "any share of zeros" in model.priors["hu"].reason


@pytest.mark.parametrize(
    ("formula", "family", "kind"),
    [
        ("time ~ x + (1 | g)", "gamma", "positive"),
        ("cost ~ x + (1 | g)", "hurdle_gamma", "positive"),
        ("x ~ arm + (1 | g)", "gaussian", "estimate"),
    ],
)
def test_means_that_cannot_be_0_are_not_printed_as_0(formula, family, kind):
    fit = fit_of(formula, family)
    for table in (fit.group_rates("g"), fit.population_interval("g")):
        assert {table.kinds[name] for name in ("mean", "lower", "upper")} == {kind}
    table = fit.poststratify(rows().assign(w=1), weights="w")
    assert table.kinds["median"] == kind


def test_numbers_beside_the_groups_are_on_their_natural_scale():
    fit = fit_of("time ~ x + (1 | g)", "gamma")
    assert random_part(fit.posterior).scale == "link (log), natural scale for alpha"
    table = bg.Model("x ~ arm", rows()).ml().table()
    assert table.scale == "link (response), user's units; natural scale for sigma"


def test_censored_responses_go_by_their_own_name():
    fit = fit_of("censored(time, status) ~ x + (1 | g)", "weibull")
    for table in (
        fit.group_rates("g"),
        fit.population_interval("g"),
        fit.poststratify(rows().assign(w=1), weights="w"),
    ):
        assert "censored(" not in repr(table)
        assert "mean time" in table.caption.lower()


def test_what_no_table_shows_no_note_explains():
    table = fit_of("y ~ x + (1 | g)", "zero_inflated_poisson").variance()
    assert not any(note.startswith(("ICC", "VPC", "Observation level")) for note in table.notes)
    assert sum("made of mu and zi" in note for note in table.notes) == 1


def test_a_report_leads_with_no_shares_where_there_are_none():
    found = partition(fit_of("y ~ x + (1 | g)", "zero_inflated_poisson").posterior)
    assert between_groups(bg.Model("y ~ x + (1 | g)", rows()).design, found) == []


def test_effects_on_zeros_are_odds_ratios_of_them():
    fit = fit_of("y ~ x", "zero_inflated_poisson", zi="~ (1 | g)")
    notes = " ".join(fit.ranef("g", parameter="zi").notes)
    assert "the group's odds ratio of a structural zero against a typical group" in notes


@pytest.mark.parametrize(
    ("family", "parameter", "words"),
    [
        ("zero_truncated_negative_binomial", "alpha", "has no closed form"),
        ("weibull", "shape", "does not exist"),
    ],
)
def test_a_variance_that_no_formula_gives_is_not_said_to_be_infinite(family, parameter, words):
    formula = "time ~ 1 + (1 | g)" if family == "weibull" else "n ~ 1 + (1 | g)"
    data = rows().assign(n=rows()["y"] + 1)
    model = bg.Model(formula, data, family=family, **{parameter: "~ (1 | g)"})
    fit = make_fit(model)
    with pytest.raises(SpecError, match=rf"{words} where {parameter} differs|no closed form here"):
        fit.moments(pd.DataFrame({"x": [0.0]}))


def test_the_same_call_is_not_asked_for_twice():
    """Two digits of every number and a third of the estimate need about as many draws."""
    fit = fit_of("time ~ x", "gamma")
    columns = ["median", "lower", "upper", "mcse_median", "mcse_lower", "mcse_upper"]
    frame = pd.DataFrame([[2.34, 1.9, 2.8, 0.0105, 0.105, 0.105]], columns=columns)
    frame = frame.assign(ess_bulk=400.0, ess_tail=400.0)
    (note,) = more_digits_note(frame, fit.draws, "positive")
    calls = [part for part in note.split() if part.startswith("fit(")]
    assert len(calls) == len(set(calls))


def test_a_study_that_ends_ends_for_all_rows():
    fit = fit_of("censored(time, status) ~ x", "weibull")
    design = fit.design
    assert end_of_study(design) == 2.5
    drawn = np.linspace(0.5, 6, design.n)
    told = as_told(design, drawn)
    assert told.max() == 2.5
    np.testing.assert_array_equal(told[drawn < 2.5], drawn[drawn < 2.5])
    assert "Every response beyond 2.5" in suppression_notes(design)[0]


def test_a_row_seen_beyond_a_bound_has_another_end():
    data = rows()
    data.loc[data["status"] == "right", "time"] = np.linspace(
        1.0, 2.0, (data["status"] == "right").sum()
    )
    model = bg.Model("censored(time, status) ~ x", data, family="weibull")
    assert end_of_study(model.design) is None
    assert "though the model is right" in suppression_notes(model.design)[0]
