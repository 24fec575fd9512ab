"""Names and arguments of other packages are answered by what to write here."""

import re

import numpy as np
import pandas as pd
import pytest

from bayesglmm import Model, Prior
from bayesglmm.errors import SpecError
from bayesglmm.families import find_family, find_link
from bayesglmm.spec import specify
from bayesglmm.spec.making_rules import make_rules

X = np.arange(12.0)
DATA = pd.DataFrame({"x": X, "y": np.sin(X), "g": np.repeat(list("abc"), 4), "exact": 2 * X + 1})


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("lm", "Write family='gaussian'."),
        ("negbin", "Write family='negative_binomial' for the variance mu + mu**2 / alpha."),
        ("nb", "Write family='negative_binomial' for the variance mu + mu**2 / alpha."),
        ("quasipoisson", "Write family='negative_binomial'"),
        ("logistic", "Write family='bernoulli'"),
        ("probit", "Write family='bernoulli', link='probit'."),
        ("quasibinomial", "with family='binomial', or 'beta_binomial' for proportions that vary"),
        ("zero_inflated_nonsense(log)", "There is no such family yet. These are: gaussian"),
        ("poison", "Did you mean 'poisson'?"),
        ("poison(log)", "Unknown family 'poison'. Did you mean 'poisson'?"),
        (3, "Known: adjacent, bernoulli"),
    ],
)
def test_families(name, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        find_family(name)


@pytest.mark.parametrize(
    ("name", "family", "link"),
    [
        ("normal", "gaussian", "identity"),
        ("Normal", "gaussian", "identity"),
        ("gaussian(log)", "gaussian", "log"),
        ("gaussian(link='log')", "gaussian", "log"),
        ("nbinom2", "negative_binomial", "log"),
        ("negbinomial", "negative_binomial", "log"),
        ("negativebinomial", "negative_binomial", "log"),
        ("NegativeBinomial", "negative_binomial", "log"),
        ("neg_binomial_2", "negative_binomial", "log"),
        ("nbinom2(sqrt)", "negative_binomial", "sqrt"),
        ("Poisson", "poisson", "log"),
        ("poisson()", "poisson", "log"),
        ("poisson(log)", "poisson", "log"),
        ("bernoulli", "bernoulli", "logit"),
        ("Bernoulli(probit)", "bernoulli", "probit"),
        ("binomial(logit)", "binomial", "logit"),
        ('binomial(link = "cloglog")', "binomial", "cloglog"),
    ],
)
def test_families_that_mean_ours_are_understood(name, family, link):
    spec = specify("p(k, n) ~ x" if family == "binomial" else "y ~ x", family=name)
    assert (spec.family.name, spec.link.name) == (family, link)
    assert spec == specify(spec.formula.text, family=family, link=link)


@pytest.mark.parametrize(
    ("family", "link", "fragment"),
    [
        ("poisson(foo)", None, "Unknown link 'foo'."),
        ("poisson(logit)", None, "The poisson family has no logit link. Its links: log"),
        ("poisson(log)", "sqrt", "Two links are named, 'log' and 'sqrt'. Write one of them."),
    ],
)
def test_a_link_behind_the_family_is_checked(family, link, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        specify("y ~ x", family=family, link=link)
    assert specify("y ~ x", family="poisson(log)", link="log").link.name == "log"


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
        ({"weights": 3}, "weights= names a column, but is a int"),
        ({"offset": "x"}, "Write offset(x) in the formula"),
        ({"prior": {}}, "Write priors={'x':"),
        ({"seed": 1}, "Model(...).fit(seed=...)"),
        ({"subset": "x"}, "Rows are chosen in the data"),
        ({"groups": "g"}, "y ~ x + (1 | g)"),
        ({"famly": "poisson"}, "Did you mean 'family'?"),
        ({"formula": "y ~ x"}, "The formula is the first argument"),
        (
            {"labels": {"g": None}},
            "labels['g'] is None. Write labels={'g': {1: 'male',",
        ),
        ({"labels": {"g": {}}}, "labels['g'] is {}."),
        ({"labels": {"g": {"a": None}}}, "gives the value 'a' no label"),
        ({"labels": {"g": 3}}, "labels['g'] is 3."),
        ({"labels": {"g": ["arm", {"a": "active"}]}}, "labels['g'] is ['arm',"),
        ({"labels": {"g": ("arm", {})}}, "labels['g'] is ('arm', {})."),
        ({"labels": {"g": (3, {"a": "active"})}}, "gives the column the name 3."),
        ({"labels": {"g": " "}}, "gives the column the name ' '."),
        ({"labels": {"g": "arm", "x": "arm"}}, "names both 'g' and 'x' 'arm'."),
        ({"labels": {"x": "g"}}, "names the column 'x' 'g', which is another column"),
        ({"priors": {3: Prior("Normal", sigma=1)}}, "priors= has the key 3, which is no text."),
        ({"priors": {None: Prior("Normal", sigma=1)}}, "priors= has the key None"),
    ],
)
def test_arguments(options, fragment):
    with pytest.raises(SpecError, match=re.escape(fragment)):
        Model("y ~ x + (1 | g)", DATA, **options)
    with pytest.raises(SpecError, match=re.escape(fragment)):
        specify("y ~ x + (1 | g)", **options)


def test_only_the_formula_has_no_name():
    with pytest.raises(SpecError, match="Write family='poisson', say"):
        specify("y ~ x", "poisson")
    assert specify(formula="y ~ x") == specify("y ~ x")


def test_the_formula_comes_first():
    with pytest.raises(SpecError, match="The first argument is a DataFrame"):
        Model(DATA, "y ~ x")


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
    (rule,) = make_rules({key: Prior("Normal", sigma=1)}, specify("y ~ x"))
    assert rule.fits("slope", names, None) == found


def test_a_prior_by_a_key_typed_otherwise_is_chosen():
    own = Prior("Normal", mu=0, sigma=0.125)
    for key in ("I(x/2)", "I( x / 2 )", "I(x ÷ 2)"):
        model = Model("y ~ I(x/2) + (1 | g)", DATA, priors={key: own})
        assert model.priors["I(x ÷ 2)"].prior == own


# Formula; keys of the prior of the parameter named last.
ORDERS = [
    ("y ~ x*f", ("x:f[v]", "f:x[v]", " f : x[v] "), "x:f[v]"),
    ("y ~ f*h", ("f:h[v, q]", "h:f[q, v]"), "f:h[v, q]"),
    ("y ~ C(f)*h", ("h:f[q, v]", "h:C(f)[q, v]", "f:h[v, q]", "C(f):h[v, q]"), "C(f):h[v, q]"),
    ("y ~ x + x:f:h", ("h:f:x[q, v]", "f:x:h[v, q]"), "x:f:h[v, q]"),
    ("y ~ x*f", ("f:x", "x:f"), "x:f[v]"),
    ("y ~ x + (0 + x:z | g)", ("z:x|g", "x:z|g"), "x:z|g_sigma"),
    ("y ~ x + (1 | f:h)", ("h:f", "f:h", "1|h:f", "1|f:h", " h : f "), "1|f:h_sigma"),
    ("y ~ x + (x | f:h)", ("cor|h:f", "cor|f:h"), "1+x|f:h_cor"),
]


@pytest.mark.parametrize(("formula", "keys", "parameter"), ORDERS)
def test_the_parts_of_a_key_stand_in_any_order(formula, keys, parameter):
    data = DATA.assign(z=np.cos(2 * X), f=list("uvw") * 4, h=list("pq") * 6)
    for key in keys:
        positive = parameter.endswith("_sigma")
        own = Prior("HalfNormal", sigma=0.25) if positive else Prior("Normal", mu=0, sigma=0.25)
        own = Prior("LKJ", eta=3) if parameter.endswith("_cor") else own
        assert Model(formula, data, priors={key: own}).priors[parameter].prior == own, key


def test_levels_of_a_key_belong_to_its_parts():
    data = DATA.assign(f=list("uvw") * 4, h=list("pq") * 6)
    with pytest.raises(SpecError, match="Unknown name in priors= 'h:f"):
        Model("y ~ f*h", data, priors={"h:f[v, q]": Prior("Normal", sigma=1)})


@pytest.mark.parametrize("text", ["exact ~ x", "exact ~ x + (1 | g)", "I(x * 3) ~ x"])
def test_an_exact_gaussian_fit_has_no_maximum_likelihood(text):
    with pytest.raises(SpecError, match="exactly, so sigma is 0 and the likelihood has no maximum"):
        Model(text, DATA).ml()
    assert specify(text)
