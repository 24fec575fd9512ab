"""Names and arguments of other packages are answered by what to write here."""

import re

import numpy as np
import pandas as pd
import pytest

from bayesglmm import Model, Prior
from bayesglmm.errors import DataError, SpecError
from bayesglmm.families import find_family, find_link
from bayesglmm.spec import parse_formula, specify
from bayesglmm.spec.priors import make_rules

X = np.arange(12.0)
DATA = pd.DataFrame({"x": X, "y": np.sin(X), "g": np.repeat(list("abc"), 4), "exact": 2 * X + 1})


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("normal", "Write family='gaussian'."),
        ("nbinom2", "Write family='negative_binomial'."),
        ("negbin", "Write family='negative_binomial'."),
        ("NegativeBinomial", "Write family='negative_binomial'."),
        ("quasipoisson", "Write family='negative_binomial'"),
        ("logistic", "Write family='bernoulli'"),
        ("probit", "Write family='bernoulli', link='probit'."),
        ("betabinomial", "Write p(k, n) ~ ... with family='binomial'."),
        ("gaussian(log)", "Write family='gaussian', link='log'."),
        ("binomial(logit)", "Write family='binomial', link='logit'."),
        ("binomial(link='probit')", "Write family='binomial', link='probit'."),
        ("poisson()", "Write family='poisson'."),
        ("Gamma", "There is no such family yet. These are: gaussian"),
        ("Poisson", "Did you mean 'poisson'?"),
        (3, "Known: bernoulli"),
    ],
)
def test_families(name, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        find_family(name)


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("logistic", "Write link='logit'."),
        ("ln", "Write link='log'."),
        ("complementary log-log", "Write link='cloglog'."),
        ("Logit", "Did you mean 'logit'?"),
    ],
)
def test_links(name, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        find_link(name)


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        ({"weights": "x"}, "There are no weights of rows. For k successes of n trials write p(k"),
        ({"offset": "x"}, "Write offset(x) in the formula"),
        ({"prior": {}}, "Write priors={'x':"),
        ({"seed": 1}, "Model(...).fit(seed=...)"),
        ({"subset": "x"}, "Rows are chosen in the data"),
        ({"groups": "g"}, "y ~ x + (1 | g)"),
        ({"famly": "poisson"}, "Did you mean 'family'?"),
        ({"labels": {"g": None}}, "labels['g'] is None. It must be a dictionary of values"),
        ({"labels": {"g": {}}}, "labels['g'] is {}."),
        ({"labels": {"g": {"a": None}}}, "gives the value 'a' no label"),
        ({"labels": {"g": "a"}}, "labels['g'] is 'a'."),
        ({"priors": {3: Prior("Normal", sigma=1)}}, "priors= has the key 3, which is no text."),
        ({"priors": {None: Prior("Normal", sigma=1)}}, "priors= has the key None"),
    ],
)
def test_arguments(options, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        Model("y ~ x + (1 | g)", DATA, **options)


def test_the_formula_comes_first():
    with pytest.raises(SpecError, match="The first argument is a DataFrame"):
        Model(DATA, "y ~ x")


@pytest.mark.parametrize("name", ["chain", "draw"])
@pytest.mark.parametrize("text", ["y ~ {}", "{} ~ x", "y ~ x + {} + (1 + {} | g)"])
def test_columns_named_like_a_dimension_of_the_draws_are_refused_before_sampling(name, text):
    data = DATA.assign(**{name: np.cos(X)})
    with pytest.raises(DataError, match=re.escape(f"data.rename(columns={{'{name}': '{name}_'}})")):
        Model(text.replace("{}", name), data)
    assert Model(f"y ~ x + (1 | {name})", data.assign(**{name: DATA["g"]}))


@pytest.mark.parametrize(
    ("key", "names", "found"),
    [
        ("I(Time**2):Planet", ["I(Time ** 2):Planet"], True),
        ("I(Time^2) : Planet", ["I(Time ** 2):Planet"], True),
        ("I(x/2)", ["I(x ÷ 2)"], True),
        ("I(x ÷ 2)", ["I(x ÷ 2)"], True),
        ("`a b`", ["a b"], True),
        ('T(f,"b")[a]', ["T(f, 'b')[a]"], True),
        ("f[old  people]", ["f[old people]"], True),
        ("ab", ["a b"], False),
        ("x2", ["x"], False),
    ],
)
def test_the_key_of_a_prior_is_matched_whatever_its_blanks(key, names, found):
    formula, family = parse_formula("y ~ x"), find_family("gaussian")
    (rule,) = make_rules({key: Prior("Normal", sigma=1)}, formula, family)
    assert rule.fits("slope", names, None) == found


def test_a_prior_by_a_key_typed_otherwise_is_chosen():
    own = Prior("Normal", mu=0, sigma=0.125)
    for key in ("I(x/2)", "I( x / 2 )", "I(x ÷ 2)"):
        model = Model("y ~ I(x/2) + (1 | g)", DATA, priors={key: own})
        assert model.priors["I(x ÷ 2)"].prior == own


@pytest.mark.parametrize("text", ["exact ~ x", "exact ~ x + (1 | g)", "I(x * 3) ~ x"])
def test_an_exact_gaussian_fit_has_no_maximum_likelihood(text):
    with pytest.raises(SpecError, match="exactly, so sigma is 0 and the likelihood has no maximum"):
        Model(text, DATA).ml()
    assert specify(text)
