"""Priors in the analyst's own units: what is said holds with the probability that is said."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.design.making import said_otherwise
from bayesglmm.design.predictor import intercept_at_zero
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import SpecError
from bayesglmm.families.beliefs import BELIEFS, code
from bayesglmm.graph.chosen_priors import choose_priors
from bayesglmm.posterior.priors.predictive import prior_draws
from bayesglmm.report.spec_code import spec_code
from bayesglmm.spec import specify
from bayesglmm.spec.making_rules import make_rules
from bayesglmm.storage.plain_spec import pack_spec, unpack_spec

TEXT = "y ~ x + f + (1 | g)"
RATES = {"family": "poisson", "exposure": "t", "per": 1000}


def rule_of(key, belief, text=TEXT, **options):
    (rule,) = specify(text, priors={key: belief}, **options).rules
    return rule


def law(prior):
    arguments = dict(prior.arguments)
    return {
        "Normal": lambda: stats.norm(arguments["mu"], arguments["sigma"]),
        "HalfNormal": lambda: stats.halfnorm(0, arguments["sigma"]),
        "Exponential": lambda: stats.expon(0, 1 / arguments["lam"]),
    }[prior.name]()


# Key, belief, options; the range on the scale of the parameter, its probability, and the words.
SAID = [
    (
        *("Intercept", bg.Baseline(5, 60), RATES),
        *((math.log(0.005), math.log(0.06)), 0.9),
        "90 % of baseline rates per 1,000 t lie between 5 and 60",
    ),
    (
        *("Intercept", bg.Baseline(5, 60), {"family": "poisson"}),
        *((math.log(5), math.log(60)), 0.9),
        "90 % of baseline counts lie between 5 and 60",
    ),
    (
        *("Intercept", bg.Baseline(0.1, 0.4), {"family": "bernoulli"}),
        *((math.log(1 / 9), math.log(4 / 6)), 0.9),
        "90 % of baseline probabilities lie between 0.1 and 0.4",
    ),
    (
        *("Intercept", bg.Baseline(0.1, 0.4), {"family": "bernoulli", "link": "probit"}),
        *((stats.norm.ppf(0.1), stats.norm.ppf(0.4)), 0.9),
        "90 % of baseline probabilities lie between 0.1 and 0.4",
    ),
    (
        *("Intercept", bg.Baseline(-3, 9), {}),
        *((-3, 9), 0.9),
        "90 % of baseline means lie between -3 and 9",
    ),
    (
        *("x", bg.Ratio(0.2, 5), RATES),
        *((-math.log(5), math.log(5)), 0.9),
        "90 % of incidence-rate ratios lie between 0.2 and 5",
    ),
    (
        *("slopes", bg.Ratio(0.5, 8), {"family": "bernoulli"}),
        *((-math.log(2), math.log(8)), 0.9),
        "90 % of odds ratios lie between 0.5 and 8",
    ),
    (
        *("slopes", bg.Ratio(0.5, 8), {"family": "bernoulli", "link": "cloglog"}),
        *((-math.log(2), math.log(8)), 0.9),
        "90 % of hazard ratios lie between 0.5 and 8",
    ),
    (
        *("f[b]", bg.Difference(-2, 5), {}),
        *((-2, 5), 0.9),
        "90 % of differences in means lie between -2 and 5",
    ),
    (
        *("x", bg.Difference(-20, 50), RATES | {"link": "identity"}),
        *((-0.02, 0.05), 0.9),
        "90 % of differences in rates per 1,000 t lie between -20 and 50",
    ),
    (
        *("g", bg.Spread(3), RATES),
        *((0, math.log(3) / (2 * stats.norm.ppf(0.95))), 0.95),
        "the middle 90 % of groups differ by a factor of at most 3 (rate), with probability 95 %",
    ),
    (
        *("sd", bg.PC(0.5, 0.01), {"family": "bernoulli"}),
        *((0, 0.5), 0.99),
        "above 0.5 with probability 1 %",
    ),
    (*("sigma", bg.PC(10), {}), *((0, 10), 0.95), "above 10 with probability 5 %"),
]


@pytest.mark.parametrize(("key", "belief", "options", "ends", "mass", "words"), SAID)
def test_what_is_said_holds_with_its_probability(key, belief, options, ends, mass, words):
    rule = rule_of(key, belief, **options)
    lower, upper = law(rule.prior).cdf(ends)
    assert upper - lower == pytest.approx(mass, abs=1e-12)
    if rule.prior.name == "Normal":
        assert lower == pytest.approx(0.05, abs=1e-12)
    assert rule.sentence == words
    assert rule.said is belief


@pytest.mark.parametrize(("key", "belief", "options"), [case[:3] for case in SAID])
def test_a_belief_is_said_again_in_code_and_in_files(key, belief, options):
    spec = specify(TEXT, priors={key: belief}, **options)
    assert unpack_spec(pack_spec(spec)) == spec
    assert f"bg.{code(belief)}" in spec_code(spec, make_settings(seed=1))


def data() -> pd.DataFrame:
    rng = generator(5)
    return pd.DataFrame(
        {
            "y": rng.poisson(3.0, size=60),
            "x": rng.normal(4.0, 1.0, size=60),
            "f": np.tile(["a", "b"], 30),
            "g": np.repeat(list("abcdef"), 10),
            "t": np.full(60, 200.0),
        }
    )


def test_the_baseline_is_that_of_the_tables():
    """At the reference level and at x = 0, not at the means of the columns."""
    priors = {"Intercept": bg.Baseline(5, 60), "x": bg.Ratio(0.9, 1.1)}
    model = bg.Model("y ~ x + f", data(), priors=priors, **RATES)
    drawn = 1000 * np.exp(prior_draws(model.design, model.priors, 4000).flat("Intercept")[:, 0])
    share = np.mean((drawn > 5) & (drawn < 60))
    assert abs(share - 0.9) < 5 * math.sqrt(0.09 / 4000)
    (baseline,) = model.prior_predictive(draws=200).baselines
    assert baseline == "baseline rate per 1,000 t"
    why = model.priors["Intercept"].reason
    assert why == (
        "90 % of baseline rates per 1,000 t lie between 5 and 60; said by the user: "
        "priors['Intercept']; holds where all columns are 0, per unit of t"
    )
    assert why in model.prior_table().frame["why"].to_list()
    assert not model.design.predictor.fixed.center.any()


def test_other_priors_move_the_intercept_back_to_the_means():
    model = bg.Model("y ~ x", data(), family="poisson", priors={"Intercept": bg.Baseline(1, 9)})
    flat = {"Intercept": bg.Prior("Normal", mu=0, sigma=9), "x": bg.Prior("Normal", sigma=9)}
    spec = replace(model.spec, rules=make_rules(flat, model.spec))
    other = said_otherwise(model.design, spec)
    assert other.predictor.fixed.center == pytest.approx([data()["x"].mean()])
    assert choose_priors(other)["Intercept"].reason.endswith("holds at the mean of the columns")
    assert not said_otherwise(other, model.spec).predictor.fixed.center.any()


@pytest.mark.parametrize(
    ("key", "belief", "options", "words"),
    [
        ("x", bg.Ratio(0.2, 5), {}, "under the identity link a coefficient is a difference in"),
        ("x", bg.Ratio(0.2, 5), {}, "Write Difference(-5, 5), say."),
        (
            *("x", bg.Ratio(0.2, 5), {"family": "bernoulli", "link": "probit"}),
            "is a ratio, but under the probit link a coefficient is a difference in probits.",
        ),
        ("x", bg.Difference(-1, 1), RATES, "Write Ratio(0.2, 5), say."),
        ("g", bg.Spread(3), {}, "Write Prior('HalfNormal', sigma=2), say."),
        (
            *("Intercept", bg.Baseline(5, 60), {"family": "bernoulli"}),
            "Baseline(5, 60): 5 is no probability that the logit link takes.",
        ),
        (
            *("Intercept", bg.Baseline(-1, 3), RATES),
            "-1 is no rate per 1,000 t that the log link takes.",
        ),
        (
            "Intercept",
            bg.Ratio(0.2, 5),
            RATES,
            "speaks of an intercept. Beliefs of it are Baseline",
        ),
        (
            "x",
            bg.Spread(3),
            RATES,
            "speaks of a coefficient. Beliefs of it are Ratio and Difference",
        ),
        ("sd", bg.Ratio(0.2, 5), RATES, "speaks of a standard deviation of groups."),
        ("cor", bg.Spread(3), RATES, "speaks of correlations. Write a Prior(...) of it."),
        ("alpha", bg.PC(1), {"family": "negative_binomial"}, "speaks of the parameter alpha."),
        ("sigma", bg.Prior("Beta", alpha=1, beta=1), {}, "but the parameter is positive."),
        (
            *("alpha", bg.Variance(bg.Prior("HalfFlat")), {"family": "negative_binomial"}),
            "is of a variance, but the parameter is no standard deviation.",
        ),
        ("x", bg.Variance(bg.Prior("HalfFlat")), {}, "but the parameter is real."),
        ("x", bg.AtZero(bg.Prior("Flat")), {}, "which is for priors={'Intercept': ...} alone."),
        ("x", bg.Prior("Uniform", lower=0, upper=1), {}, ""),
        ("sd", bg.Prior("Uniform", lower=-1, upper=1), {}, "but the parameter is positive."),
    ],
)
def test_a_belief_that_does_not_fit_is_refused(key, belief, options, words):
    if not words:
        assert specify(TEXT, priors={key: belief}, **options).rules
        return
    with pytest.raises(SpecError, match=re.escape(words)):
        specify(TEXT, priors={key: belief}, **options)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: bg.Baseline(60, 5), "Baseline(60, 5) is no range. Write the smaller number first"),
        (lambda: bg.Ratio(0, 5), "Ratio(0, 5) is no range above 0."),
        (lambda: bg.Ratio("a", 5), "Ratio('a', 5) is no range above 0."),
        (lambda: bg.Difference(1, math.inf), "is no range"),
        (lambda: bg.Spread(1), "Spread(1): the factor by which groups differ is above 1."),
        (lambda: bg.PC(1, 5), "PC(1, 5): a bound above 0 is passed with a probability between"),
    ],
)
def test_numbers_that_say_nothing_are_refused(make, words):
    with pytest.raises(SpecError, match=re.escape(words)):
        make()


def test_beliefs_of_another_parameter():
    spec = specify(
        "y ~ x",
        family="negative_binomial",
        alpha="~ x + (1 | g)",
        priors={
            "alpha": {"Intercept": bg.Baseline(1, 9), "x": bg.Ratio(0.5, 2), "g": bg.Spread(4)}
        },
    )
    baseline, ratio, spread = spec.rules
    assert law(baseline.prior).cdf([0, math.log(9)]) == pytest.approx([0.05, 0.95])
    assert baseline.sentence == "90 % of baseline values of alpha lie between 1 and 9"
    assert ratio.sentence == "90 % of ratios of alpha lie between 0.5 and 2"
    assert "differ by a factor of at most 4 (alpha)" in spread.sentence
    assert intercept_at_zero(spec, spec.family.others[0])
    assert not intercept_at_zero(spec, spec.family.location)
    assert unpack_spec(pack_spec(spec)) == spec


def test_every_belief_is_here_and_public():
    assert {type(belief).__name__ for _, belief, *_ in SAID} == set(BELIEFS)
    assert all(getattr(bg, name) is made for name, made in BELIEFS.items())
    assert all(eval(repr(belief), vars(bg) | BELIEFS) == belief for _, belief, *_ in SAID)


def test_keys_of_a_probability_s_formula_and_of_a_constant_probability():
    family = {"family": "zero_inflated_poisson"}
    said = {"Intercept": bg.Baseline(0.05, 0.4), "x": bg.Ratio(0.2, 5), "g": bg.Spread(3)}
    baseline, ratio, spread = specify(
        "y ~ x", zi="~ x + (1 | g)", priors={"zi": said}, **family
    ).rules
    ends = [math.log(0.05 / 0.95), math.log(0.4 / 0.6)]
    assert law(baseline.prior).cdf(ends) == pytest.approx([0.05, 0.95])
    assert ratio.sentence == "90 % of odds ratios of zi lie between 0.2 and 5"
    assert "(the odds of zi)" in spread.sentence
    for bounds in ((0, 1), (0.1, 0.5)):
        even = bg.Prior("Uniform", lower=bounds[0], upper=bounds[1])
        assert specify("y ~ x", priors={"zi": even}, **family).rules[0].prior == even
    for wrong in (bg.Prior("Uniform", lower=0, upper=2), bg.Prior("HalfNormal", sigma=1)):
        with pytest.raises(SpecError, match=re.escape("between 0 and 1. Write Prior('Beta'")):
            specify("y ~ x", priors={"zi": wrong}, **family)
    with pytest.raises(SpecError, match="speaks of the parameter zi"):
        specify("y ~ x", priors={"zi": bg.Baseline(0.1, 0.2)}, **family)


@pytest.mark.parametrize(
    ("words", "several"),
    [
        (
            "probability of a category above the first",
            "probabilities of a category above the first",
        ),
        ("odds against the first category", "odds against the first category"),
        ("odds ratio of a higher category", "odds ratios of a higher category"),
        ("difference in means", "differences in means"),
        ("incidence-rate ratio", "incidence-rate ratios"),
    ],
)
def test_beliefs_speak_in_the_plural(words: str, several: str) -> None:
    from bayesglmm.families.beliefs import _plural

    assert _plural(words) == several
