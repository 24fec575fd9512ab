"""Prior rules: what a key speaks of, which rule wins; and the table of defaults."""

import math
from dataclasses import replace

import pytest

from bayesglmm.errors import SpecError
from bayesglmm.families import FAMILIES, Prior, find_family
from bayesglmm.families.default import Facts
from bayesglmm.spec import specify
from bayesglmm.spec.defaults import DEFAULTS, OTHERS, default_prior, find_default
from bayesglmm.spec.making_rules import make_rules
from bayesglmm.spec.prior_rules import find_rule

TEXT = "y ~ age + edu + year + (1 + age | county) + (1 | year) + (1 | a:b)"
NEGATIVE_BINOMIAL, POISSON = (
    specify(TEXT, family=name) for name in ("negative_binomial", "poisson")
)
REAL, POSITIVE, CORRELATION = Prior("Normal", sigma=1), Prior("Gamma", alpha=2, beta=1), "LKJ"
LKJ = Prior("LKJ", eta=3)


@pytest.mark.parametrize(
    ("key", "prior", "kind", "coefficient", "factor"),
    [
        ("Intercept", REAL, "intercept", None, None),
        ("slopes", REAL, "slope", None, None),
        ("age", REAL, "slope", "age", None),
        ("edu[4]", REAL, "slope", "edu[4]", None),
        ("year", REAL, "slope", "year", None),  # also a factor: the fixed effect is meant
        ("sd", POSITIVE, "sd", None, None),
        ("county", POSITIVE, "sd", None, "county"),
        ("a:b", POSITIVE, "sd", None, "a:b"),
        ("1|year", POSITIVE, "sd", "1", "year"),
        ("age | county", POSITIVE, "sd", "age", "county"),
        ("cor", LKJ, "cor", None, None),
        ("cor|county", LKJ, "cor", None, "county"),
        ("alpha", POSITIVE, "alpha", None, None),
    ],
)
def test_what_a_key_speaks_of(key, prior, kind, coefficient, factor):
    (rule,) = make_rules({key: prior}, NEGATIVE_BINOMIAL)
    assert (rule.kind, rule.coefficient, rule.factor) == (kind, coefficient, factor)
    assert (rule.prior, rule.key) == (prior, key)


@pytest.mark.parametrize(
    ("priors", "fragment"),
    [
        ({"age": 2.5}, "priors['age'] is 2.5. Write Prior("),
        ({"age": POSITIVE}, "has positive support, but the parameter is real"),
        ({"Intercept": LKJ}, "has correlation support, but the parameter is real"),
        ({"county": REAL}, "but the parameter is positive. Write Prior('HalfNormal'"),
        ({"1|county": REAL}, "but the parameter is positive"),
        ({"alpha": REAL}, "but the parameter is positive"),
        ({"cor|county": REAL}, "but the parameter is correlation. Write Prior('LKJ'"),
        ({"conty": POSITIVE}, "Unknown name in priors= 'conty'. Did you mean 'county'?"),
        ({"sigma": POSITIVE}, "Unknown name in priors= 'sigma'"),  # of another family
    ],
)
def test_bad_rules(priors, fragment):
    with pytest.raises(SpecError) as caught:
        make_rules(priors, NEGATIVE_BINOMIAL)
    assert fragment in str(caught.value)


# Rules in the order written; who asks: class, names, factor; the rule that wins.
@pytest.mark.parametrize(
    ("keys", "asked", "winner"),
    [
        (["slopes"], ("slope", ("age",), None), "slopes"),
        (["slopes", "age"], ("slope", ("age",), None), "age"),
        (["age", "slopes"], ("slope", ("age",), None), "age"),
        (["age"], ("slope", ("edu[4]", "edu"), None), None),
        (["edu", "edu[4]"], ("slope", ("edu[4]", "edu"), None), "edu[4]"),
        (["edu"], ("slope", ("edu[4]", "edu"), None), "edu"),
        (["slopes"], ("intercept", (), None), None),
        (["sd", "county", "1|county"], ("sd", ("1",), "county"), "1|county"),
        (["1|county", "county", "sd"], ("sd", ("1",), "county"), "1|county"),
        (["sd", "county", "1|county"], ("sd", ("age",), "county"), "county"),
        (["sd", "county"], ("sd", ("1",), "a:b"), "sd"),
        (["county"], ("sd", ("1",), "year"), None),
        (["cor", "cor|county"], ("cor", (), "county"), "cor|county"),
        (["alpha"], ("alpha", (), None), "alpha"),
    ],
)
def test_the_most_exact_rule_wins(keys, asked, winner):
    known = {"slopes": REAL, "age": REAL, "edu": REAL, "edu[4]": REAL, "cor": LKJ}
    priors = {key: known.get(key, LKJ if key.startswith("cor") else POSITIVE) for key in keys}
    rules = make_rules(priors, NEGATIVE_BINOMIAL)
    rule = find_rule(rules, *asked)
    assert (rule.key if rule else None) == winner


def test_a_column_is_more_exact_than_its_term():
    term, column = {"edu": REAL}, {"edu[4]": Prior("Cauchy", beta=1)}
    for priors in (term | column, column | term):
        rules = make_rules(priors, POISSON)
        assert find_rule(rules, "slope", ("edu[4]", "edu")).key == "edu[4]"


FACTS = Facts(location=-7.5, crude=5.5e-4, unit=2.0, spread=4.0, column=10.0)


@pytest.mark.parametrize(
    ("kind", "prior"),
    [
        ("intercept", Prior("Normal", mu=-7.5, sigma=5)),
        ("slope", Prior("Normal", mu=0, sigma=0.4)),
        ("sd", Prior("HalfNormal", sigma=0.4)),
        ("cor", Prior("LKJ", eta=2)),
    ],
)
def test_defaults(kind, prior):
    assert default_prior(find_default(kind), FACTS)[0] == prior


@pytest.mark.parametrize(
    ("family", "kind", "prior"),
    [
        ("gaussian", "number", Prior("Exponential", lam=0.25)),
        ("gaussian", "intercept", Prior("Normal", mu=math.log(4), sigma=1.25)),
        ("gaussian", "slope", Prior("Normal", mu=0, sigma=0.1)),
        ("gaussian", "sd", Prior("HalfNormal", sigma=0.1)),
        ("gaussian", "cor", Prior("LKJ", eta=2)),
        ("negative_binomial", "number", Prior("InverseGamma", alpha=0.4, beta=0.3)),
        ("negative_binomial", "intercept", Prior("Normal", mu=1.4, sigma=2.5)),
    ],
)
def test_defaults_of_other_parameters(family, kind, prior):
    (parameter,) = find_family(family).others
    assert default_prior(find_default(kind, parameter), FACTS)[0] == prior


@pytest.mark.parametrize(
    ("kind", "facts", "reason"),
    [
        ("intercept", FACTS, "centred on the crude mean 0.00055"),
        (
            "slope",
            FACTS,
            "one sd of the column (10) seldom moves the linear predictor by more than 8",
        ),
        ("slope", Facts(0, 1, 1, 1), "the level seldom moves the linear predictor by more than 4"),
        ("sd", FACTS, "seldom above 0.8 on the link scale"),
    ],
)
def test_reasons(kind, facts, reason):
    assert reason in default_prior(find_default(kind), facts)[1]


@pytest.mark.parametrize(("terms", "sigma"), [(0.25, 2.5), (0.64, 2.5), (1, 2), (4, 1), (100, 0.2)])
def test_many_columns_share_what_the_predictor_may_vary_by(terms, sigma):
    facts = replace(FACTS, terms=terms, unit=1, column=1)
    assert default_prior(find_default("slope"), facts)[0] == Prior("Normal", mu=0, sigma=sigma)
    assert sigma**2 * terms <= 2**2 * (1 + 1e-12)


def test_the_reason_of_a_residual_tells_its_size():
    (sigma,) = find_family("gaussian").others
    assert "standard deviation 4" in default_prior(find_default("number", sigma), FACTS)[1]


def test_the_reason_of_a_slope_is_two_standard_deviations_of_its_prior():
    prior, reason, _ = default_prior(find_default("slope"), FACTS)
    two_sd = 2 * dict(prior.arguments)["sigma"] * FACTS.column
    assert math.isclose(float(reason.rsplit(" ", 1)[1]), two_sd)


def test_every_parameter_has_a_default_with_a_source():
    rows = [*DEFAULTS.values(), *OTHERS.values()]
    for parameter in (
        item for family in FAMILIES for item in family.others if item.constant is None
    ):
        rows += [find_default("number", parameter), find_default("intercept", parameter)]
    assert all(row.source for row in rows)
    bare = replace(find_family("gaussian").others[0], prior=None)
    with pytest.raises(ValueError, match="no default prior of sigma"):
        find_default("number", bare)
