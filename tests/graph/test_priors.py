"""Which prior each parameter gets: closed forms of the defaults, and the user's rules."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from bayesglmm.design import make_design
from bayesglmm.errors import SpecError
from bayesglmm.families import Prior
from bayesglmm.graph.chosen_priors import choose_priors, crude_facts
from bayesglmm.spec import specify

DATA = pd.DataFrame(
    {
        "real": [2.0, 4.0, 9.0, 1.0, 4.0, 10.0],
        "count": [3, 0, 5, 2, 1, 0],
        "hit": [0, 1, 1, 0, 1, 0],
        "n": [4, 5, 6, 4, 1, 4],
        "t": [10.0, 20.0, 5.0, 5.0, 10.0, 50.0],
        "x": [1.0, 2.0, 3.0, 4.0, 5.0, 9.0],
        "sex": list("fmfmfm"),
        "edu": list("abcabc"),
        "g": list("ppqqrr"),
    }
)
REAL = DATA["real"].to_numpy()
SPREAD, MEAN = REAL.std(), REAL.mean()
RATE = 11.5 / 100  # eleven events, and half a one more so that none at all has a logarithm
SHARE = 11.5 / 25  # of 24 trials, and one more
HITS = 3.5 / 7
COUNTS = DATA["count"].to_numpy()


def design_of(formula, **options):
    return make_design(specify(formula, **options), DATA)


# Formula and options; location, crude mean, unit, spread.
FACTS = [
    ("real ~ x", {}, MEAN, MEAN, SPREAD, SPREAD),
    ("real ~ x", {"link": "log"}, math.log(MEAN), MEAN, 1.0, SPREAD),
    ("real ~ offset(x)", {}, MEAN - 4, MEAN, SPREAD, SPREAD),
    ("count ~ x", {"family": "poisson"}, math.log(11.5 / 6), 11.5 / 6, 1.0, COUNTS.std()),
    (
        *("count ~ x", {"family": "negative_binomial", "exposure": "t"}),
        *(math.log(RATE), RATE, 1.0, (COUNTS / DATA["t"]).std(ddof=0)),
    ),
    (
        *("count ~ x", {"family": "poisson", "link": "sqrt"}),
        *(math.sqrt(11.5 / 6), 11.5 / 6, COUNTS.std() / (2 * math.sqrt(11.5 / 6)), COUNTS.std()),
    ),
    (
        *("count ~ offset(log(t))", {"family": "poisson"}),
        *(math.log(11.5 / 6) - np.log(DATA["t"]).mean(), 11.5 / 6, 1.0, COUNTS.std()),
    ),
    ("hit ~ x", {"family": "bernoulli"}, 0.0, HITS, 1.0, 0.5),
    (
        *("p(count, n) ~ x", {"family": "binomial"}),
        *(math.log(SHARE / (1 - SHARE)), SHARE, 1.0, (COUNTS / DATA["n"]).std(ddof=0)),
    ),
    (
        *("p(count, n) ~ x", {"family": "binomial", "link": "probit"}),
        *(ndtri(SHARE), SHARE, 1.0, (COUNTS / DATA["n"]).std(ddof=0)),
    ),
    (
        *("p(count, n) ~ x", {"family": "binomial", "link": "cloglog"}),
        *(math.log(-math.log(1 - SHARE)), SHARE, 1.0, (COUNTS / DATA["n"]).std(ddof=0)),
    ),
]


@pytest.mark.parametrize(("formula", "options", "location", "crude", "unit", "spread"), FACTS)
def test_crude_facts(formula, options, location, crude, unit, spread):
    # The sums: events 11, trials 24, exposure 100, hits 3 of 6.
    facts = crude_facts(design_of(formula, **options))
    found = [facts.location, facts.crude, facts.unit, facts.spread]
    np.testing.assert_allclose(found, [location, crude, unit, spread], rtol=1e-13, atol=1e-15)


def test_a_negative_mean_on_the_log_link_has_a_finite_prior():
    data = DATA.assign(real=-DATA["real"])
    facts = crude_facts(make_design(specify("real ~ 1", link="log"), data))
    assert facts.location == pytest.approx(math.log(SPREAD / 10))


X_SD = DATA["x"].std(ddof=0)
HALF = 2 / math.sqrt(2)  # of two terms
LEVER = np.hypot(1, DATA["x"].mean() / X_SD)
DEFAULTS = [
    ("real ~ 1", "Intercept", Prior("Normal", mu=MEAN, sigma=2.5 * SPREAD)),
    # All slopes together move the predictor by 2 steps, each by 2.5 at most; so do groups.
    ("real ~ x", "x", Prior("Normal", mu=0, sigma=2 * SPREAD / X_SD)),
    ("real ~ sex", "sex[m]", Prior("Normal", mu=0, sigma=2.5 * SPREAD)),
    ("real ~ x + t", "x", Prior("Normal", mu=0, sigma=2 / math.sqrt(2) * SPREAD / X_SD)),
    ("real ~ x + sex", "sex[m]", Prior("Normal", mu=0, sigma=2 / math.sqrt(1.25) * SPREAD)),
    # Where x is 0 the intercepts differ by what the slopes carry there, too.
    ("real ~ (x | g)", "1|g_sigma", Prior("HalfNormal", sigma=HALF * SPREAD * LEVER)),
    ("real ~ (sex | g)", "1|g_sigma", Prior("HalfNormal", sigma=2 / math.sqrt(1.5) * SPREAD)),
    ("real ~ 0 + sex", "sex[m]", Prior("Normal", mu=MEAN, sigma=2.5 * SPREAD)),
    ("real ~ 0 + x", "x", Prior("Normal", mu=0, sigma=2 * SPREAD / X_SD)),
    ("real ~ 0 + sex + x", "x", Prior("Normal", mu=0, sigma=2 * SPREAD / X_SD)),
    ("real ~ (1 | g)", "1|g_sigma", Prior("HalfNormal", sigma=2 * SPREAD)),
    ("real ~ (1 | g) + (1 | edu)", "1|edu_sigma", Prior("HalfNormal", sigma=HALF * SPREAD)),
    ("real ~ (0 + sex || g)", "sex[m]|g_sigma", Prior("HalfNormal", sigma=2 * SPREAD)),
    ("real ~ (x | g)", "x|g_sigma", Prior("HalfNormal", sigma=HALF * SPREAD / X_SD)),
    ("real ~ (sex | g)", "sex[m]|g_sigma", Prior("HalfNormal", sigma=2 / math.sqrt(1.5) * SPREAD)),
    ("real ~ (x | g)", "1+x|g_cor", Prior("LKJ", eta=2)),
    ("real ~ 1", "sigma", Prior("Exponential", lam=1 / SPREAD)),
]


@pytest.mark.parametrize(("formula", "parameter", "prior"), DEFAULTS)
def test_defaults(formula, parameter, prior):
    found = choose_priors(design_of(formula))[parameter]
    assert found.parameter == parameter
    assert found.prior.name == prior.name
    np.testing.assert_allclose(
        [value for _, value in found.prior.arguments],
        [value for _, value in prior.arguments],
        rtol=1e-13,
    )


# A formula and family; every parameter in order, with its class.
PARAMETERS = [
    ("real ~ 1", {}, {"Intercept": "intercept", "sigma": "sigma"}),
    ("real ~ 0 + x", {}, {"x": "slope", "sigma": "sigma"}),
    (
        *("count ~ edu + (1 | g)", {"family": "negative_binomial"}),
        {
            **{"Intercept": "intercept", "edu[b]": "slope", "edu[c]": "slope"},
            **{"1|g_sigma": "sd", "alpha": "alpha"},
        },
    ),
    (
        *("hit ~ (x | g)", {"family": "bernoulli"}),
        {"Intercept": "intercept", "1|g_sigma": "sd", "x|g_sigma": "sd", "1+x|g_cor": "cor"},
    ),
    (
        *("hit ~ (x || g)", {"family": "bernoulli"}),
        {"Intercept": "intercept", "1|g_sigma": "sd", "x|g_sigma": "sd"},
    ),
]


@pytest.mark.parametrize(("formula", "options", "expected"), PARAMETERS)
def test_every_parameter_has_a_prior_of_its_class(formula, options, expected):
    priors = choose_priors(design_of(formula, **options))
    assert {name: chosen.kind for name, chosen in priors.items()} == expected
    assert list(priors) == list(expected)
    assert all(chosen.reason for chosen in priors.values())


ONE, TWO, THREE = (Prior("Normal", sigma=value) for value in (1, 2, 3))
POSITIVE, OTHER = Prior("HalfNormal", sigma=1), Prior("HalfNormal", sigma=2)
LKJ = Prior("LKJ", eta=9)

# The user's priors; the parameters they reach.
RULES = [
    ({"Intercept": ONE}, {"Intercept": ONE}),
    ({"slopes": ONE}, {"x": ONE, "edu[b]": ONE, "edu[c]": ONE}),
    ({"slopes": ONE, "edu": TWO}, {"x": ONE, "edu[b]": TWO, "edu[c]": TWO}),
    ({"slopes": ONE, "edu[c]": THREE}, {"x": ONE, "edu[b]": ONE, "edu[c]": THREE}),
    ({"sd": POSITIVE}, {"1|g_sigma": POSITIVE, "x|g_sigma": POSITIVE, "1|sex_sigma": POSITIVE}),
    (
        {"sd": POSITIVE, "g": OTHER},
        {"1|g_sigma": OTHER, "x|g_sigma": OTHER, "1|sex_sigma": POSITIVE},
    ),
    ({"g": POSITIVE, "x|g": OTHER}, {"1|g_sigma": POSITIVE, "x|g_sigma": OTHER}),
    ({"cor": LKJ}, {"1+x|g_cor": LKJ}),
    ({"cor|g": LKJ}, {"1+x|g_cor": LKJ}),
    ({"sigma": POSITIVE}, {"sigma": POSITIVE}),
]


@pytest.mark.parametrize(("rules", "reached"), RULES)
def test_rules_reach_their_parameters_and_no_others(rules, reached):
    formula = "real ~ x + edu + (1 + x | g) + (1 | sex)"
    plain = choose_priors(design_of(formula))
    found = choose_priors(design_of(formula, priors=rules))
    for name, chosen in found.items():
        if name in reached:
            assert chosen.prior == reached[name]
            assert chosen.reason.startswith("said by the user: priors['")
        else:
            assert chosen == plain[name]


@pytest.mark.parametrize(
    ("formula", "rules", "fragment"),
    [
        ("real ~ x", {"xx": ONE}, "Unknown name in priors= 'xx'. Did you mean 'x'?"),
        ("real ~ edu", {"edu[z]": ONE}, "Did you mean 'edu"),
        ("real ~ (1 | g)", {"x|g": POSITIVE}, "Unknown name in priors= 'x|g'"),
        ("real ~ (1 | g)", {"1|h": POSITIVE}, "Did you mean '1|g'?"),
        ("real ~ (1 | g)", {"cor|g": LKJ}, "Unknown name in priors= 'cor|g'"),
        ("real ~ (1 | g)", {"cor": LKJ}, "priors['cor'] speaks of no parameter"),
        ("real ~ 1", {"slopes": ONE}, "priors['slopes'] speaks of no parameter"),
    ],
)
def test_a_rule_that_reaches_nothing_is_refused(formula, rules, fragment):
    with pytest.raises(SpecError) as caught:
        choose_priors(design_of(formula, priors=rules))
    assert fragment in str(caught.value)


@pytest.mark.parametrize("c", [1e-3, 7.0])
def test_units_of_exposure_move_the_intercept_only(c):
    """Exposure times c divides every rate by c and changes no ratio."""
    options = {"family": "negative_binomial", "exposure": "t"}
    spec = specify("count ~ x + sex + (1 | g)", **options)
    before = choose_priors(make_design(spec, DATA))
    after = choose_priors(make_design(spec, DATA.assign(t=c * DATA["t"])))
    for name, chosen in before.items():
        if name == "Intercept":
            moved = dict(after[name].prior.arguments)
            assert moved["mu"] == pytest.approx(dict(chosen.prior.arguments)["mu"] - math.log(c))
            assert moved["sigma"] == dict(chosen.prior.arguments)["sigma"]
        else:
            assert after[name].prior == chosen.prior


@pytest.mark.parametrize("c", [1e-3, 7.0])
def test_units_of_a_predictor_cancel(c):
    """The prior of a slope times the column's unit is the same in every unit."""
    spec = specify("real ~ x + (0 + x | g)")
    before = choose_priors(make_design(spec, DATA))
    after = choose_priors(make_design(spec, DATA.assign(x=c * DATA["x"])))
    for name in ("x", "x|g_sigma"):
        found = dict(after[name].prior.times(c).arguments)
        assert found["sigma"] == pytest.approx(dict(before[name].prior.arguments)["sigma"])


@pytest.mark.parametrize("c", [1e-3, 7.0])
def test_units_of_a_gaussian_response_scale_every_prior(c):
    spec = specify("real ~ x + sex + (1 | g)")
    before = choose_priors(make_design(spec, DATA))
    after = choose_priors(make_design(spec, DATA.assign(real=c * DATA["real"])))
    for name, chosen in before.items():
        expected = dict(chosen.prior.times(c).arguments)
        assert dict(after[name].prior.arguments) == pytest.approx(expected)


def test_the_intercept_prior_covers_the_crude_rate_generously():
    """A hundredfold of the crude rate lies within two standard deviations."""
    prior = dict(
        choose_priors(design_of("count ~ 1", family="poisson", exposure="t"))[
            "Intercept"
        ].prior.arguments
    )
    upper = math.exp(norm.ppf(0.975, prior["mu"], prior["sigma"]))
    assert upper > 100 * RATE
