"""Density and gradient against bambi: the same posterior, by another hand."""

from __future__ import annotations

from typing import Any

import bambi
import bambi.backend.pymc
import numpy as np
import pandas as pd
import pytensor.tensor as pt
import pytest
from seeds import generator, seed

from bayesglmm.crosscheck import TOLERANCE, compare_densities, to_bambi
from bayesglmm.errors import SpecError
from bayesglmm.families import AtZero, Prior, Variance
from bayesglmm.model import Model

ROWS = 60


def make_data() -> pd.DataFrame:
    rng = generator(20)
    trials = rng.integers(5, 12, ROWS)
    x = rng.normal(size=ROWS)
    count = rng.poisson(np.exp(1.2 + 0.3 * x))
    return pd.DataFrame(
        {
            "x": x,
            "w": rng.uniform(0.5, 4.0, ROWS),
            "year": rng.integers(1968, 1989, ROWS),
            "income": rng.normal(31_000.0, 7_000.0, ROWS),
            "birth weight": rng.normal(3.4, 0.5, ROWS),
            "f": rng.choice(["low", "mid", "high"], ROWS),
            "sex": rng.choice(["male", "female"], ROWS),
            "g": rng.choice(list("abcdef"), ROWS),
            "h": rng.choice(["u", "v", "w"], ROWS),
            "births": rng.integers(50, 900, ROWS),
            "trials": trials,
            "success": rng.binomial(trials, 0.4),
            "won": rng.integers(0, 2, ROWS),
            "died": rng.choice(["no", "yes"], ROWS),
            "count": count,
            "large": count + 40,
            "score": 5.0 + x + rng.normal(size=ROWS),
            "zeros": count * (trials > 7),
            "spent": np.round(rng.gamma(2.0, size=ROWS) * (trials > 7), 2),
            "few": rng.binomial(trials, 0.4) * (trials > 7),
            "time": rng.gamma(2.0, np.exp(0.3 * x)),
            "part": rng.beta(2.0, 3.0, ROWS),
        }
    )


DATA = make_data()
GAUSSIAN: dict[str, Any] = {"family": "gaussian"}
BERNOULLI: dict[str, Any] = {"family": "bernoulli"}
BINOMIAL: dict[str, Any] = {"family": "binomial"}
POISSON: dict[str, Any] = {"family": "poisson"}
NEGATIVE_BINOMIAL: dict[str, Any] = {"family": "negative_binomial"}
CENTERED = {"centered": True}
NONCENTERED = {"centered": False}

SAYABLE: list[tuple[str, dict[str, Any]]] = [
    # one row a structure, the families and links by turns
    ("score ~ 1", GAUSSIAN),
    ("score ~ x + year", GAUSSIAN),
    ("log(score + 10) ~ f*sex + (1 | g)", GAUSSIAN | NONCENTERED),
    ("score ~ income + (0 + x | g)", GAUSSIAN | CENTERED),
    ("score ~ x + (1 + x || g) + (1 | h)", GAUSSIAN | {"centered": {"g": True, "h": False}}),
    ("score ~ x + (1 | g)", GAUSSIAN | {"link": "log"}),
    ("score ~ `birth weight` + (1 | g)", GAUSSIAN),
    ("won ~ x + (1 | g)", BERNOULLI),
    ("died ~ x*f", BERNOULLI | {"reference": {"f": "mid"}}),
    ("died ~ 0 + f + (1 | h)", BERNOULLI | CENTERED),
    ("won ~ year + (1 | year)", BERNOULLI | {"link": "cloglog"}),
    ("p(success, trials) ~ x + sex + (1 | g)", BINOMIAL),
    ("p(success, trials) ~ x:w + (1 | g) + (1 | h)", BINOMIAL | {"link": "cloglog"}),
    ("p(success, 12) ~ year + (1 | g)", BINOMIAL),
    ("count ~ x + (1 | g) + (1 | h)", POISSON | CENTERED),
    ("count ~ x + (1 | g/h)", POISSON | NONCENTERED),
    ("count ~ x*w + (1 | g:h)", POISSON),
    ("count ~ 0 + x + offset(log(w)) + (1 + year || g)", POISSON),
    ("count ~ year*f + (1 | h)", POISSON | {"exposure": "births"}),
    ("large ~ x + (1 | g)", POISSON | {"link": "identity"}),
    ("count ~ bs(x, df=4) + scale(income) + (1 | g)", POISSON),
    ("count ~ year + I(x**2) + (1 + x || g)", NEGATIVE_BINOMIAL | CENTERED),
    ("count ~ f + offset(x) + (1 | g/h)", NEGATIVE_BINOMIAL | {"exposure": "births"}),
    ("large ~ x + f + (1 | h)", NEGATIVE_BINOMIAL | {"link": "identity"}),
    ("count ~ sqrt(w) + (1 + f || g)", NEGATIVE_BINOMIAL | NONCENTERED),
    ("count ~ x + (0 + f:x || h)", NEGATIVE_BINOMIAL | CENTERED),
    # bambi has one less the probability of a zero: coefficients of the other sign
    ("zeros ~ x + (1 | g)", {"family": "zero_inflated_poisson"}),
    (
        "zeros ~ x + (1 | g)",
        {"family": "zero_inflated_poisson", "zi": "~ year + f + (1 | h)"}
        | {"priors": {"zi": {"Intercept": Prior("Normal", mu=-1, sigma=2)}}},
    ),
    (
        "zeros ~ f",
        {"family": "zero_inflated_negative_binomial", "zi": "~ x + (1 + x || g)"} | CENTERED,
    ),
    ("p(few, trials) ~ x", {"family": "zero_inflated_binomial"}),
    (
        "zeros ~ x",
        {"family": "hurdle_poisson", "priors": {"hu": Prior("Beta", alpha=2, beta=5)}},
    ),
    ("zeros ~ x", {"family": "hurdle_negative_binomial", "hu": "~ x"}),
    ("spent ~ x + (1 | g)", {"family": "hurdle_gamma", "hu": "~ w"}),
    # the rest of the families, by the names that bambi has for their parameters
    ("score ~ x + (1 | g)", {"family": "student_t"}),
    ("score ~ x", {"family": "student_t", "sigma": "~ f + (1 | h)"}),
    ("p(success, trials) ~ x + (1 | g)", {"family": "beta_binomial"}),
    ("time ~ x + (1 | g)", {"family": "gamma"}),
    ("time ~ x + f", {"family": "exponential"}),
    ("time ~ x + (1 | h)", {"family": "weibull"}),
    ("time ~ f", {"family": "weibull", "shape": "~ x"}),
    ("time ~ x + (1 | g)", {"family": "lognormal"}),
    ("time ~ x + (1 | g)", {"family": "inverse_gaussian"}),
    ("part ~ x + (1 | g)", {"family": "beta"}),
    ("part ~ f", {"family": "beta", "link": "cloglog", "phi": "~ x + (1 | g)"}),
    (
        "score ~ x + f + (1 | g) + (1 + x || h)",
        GAUSSIAN
        | {
            "priors": {
                "Intercept": Prior("Cauchy", alpha=2, beta=3),
                "x": Prior("StudentT", nu=3, mu=0.5, sigma=2.5),
                "f[low]": Prior("Laplace", mu=1, b=2.5),
                "f[mid]": Prior("Laplace", mu=1, b=2.5),
                "g": Prior("Gamma", alpha=2, beta=0.5),
                "1|h": Prior("HalfStudentT", nu=3, sigma=2.5),
                "x|h": Prior("LogNormal", mu=0.5, sigma=1.5),
                "sigma": Prior("HalfCauchy", beta=2.5),
            }
        },
    ),
    (
        "score ~ year + f + (1 | g)",
        GAUSSIAN
        | {
            "priors": {
                "Intercept": Prior("Flat"),
                "year": Prior("Uniform", lower=-3, upper=2),
                "f": Prior("Flat"),
                "g": Prior("HalfFlat"),
                "sigma": Prior("Uniform", lower=0, upper=50),
            }
        },
    ),
]


@pytest.mark.parametrize(("formula", "options"), SAYABLE, ids=[row[0] for row in SAYABLE])
def test_density_and_gradient_are_those_of_bambi(formula: str, options: dict[str, Any]) -> None:
    model = Model(formula, DATA, **options)
    compared = compare_densities(model, to_bambi(model), points=4, seed=seed(3))
    assert compared.points == 4
    assert compared.agree, compared
    assert max(compared.log_density, compared.gradient) <= TOLERANCE


PROBIT = [
    ("died ~ x + sex + (1 | g)", BERNOULLI | {"link": "probit"}),
    ("p(success, trials) ~ x + (1 | g/h)", BINOMIAL | {"link": "probit"}),
]


@pytest.mark.parametrize(("formula", "options"), PROBIT)
def test_probit_agrees_but_for_the_single_precision_of_bambi(
    formula: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Model(formula, DATA, **options)
    compared = compare_densities(model, to_bambi(model))
    assert compared.agree
    assert max(compared.log_density, compared.gradient) > TOLERANCE

    exact = {"probit": lambda eta: 0.5 + 0.5 * pt.erf(eta / np.sqrt(2.0))}
    links = bambi.backend.pymc.PyMCModel.INVLINKS
    monkeypatch.setattr(bambi.backend.pymc.PyMCModel, "INVLINKS", links | exact)
    compared = compare_densities(model, to_bambi(model))
    assert max(compared.log_density, compared.gradient) <= TOLERANCE


@pytest.mark.parametrize(
    "change",
    [
        {"priors": {"x": Prior("Normal", mu=0.0, sigma=2.6)}},
        {"priors": {"sd": Prior("Exponential", lam=1)}},
        {"reference": {"f": "mid"}},
        {"exposure": "births"},
    ],
)
def test_a_different_model_does_not_agree(change: dict[str, Any]) -> None:
    formula = "count ~ x + f + (1 | g)"
    other = to_bambi(Model(formula, DATA, family="poisson", **change))
    compared = compare_densities(Model(formula, DATA, family="poisson"), other)
    assert not compared.agree


def test_the_variable_that_differs_is_named() -> None:
    wide = {"f": Prior("Normal", mu=0.0, sigma=0.1)}
    formula = "count ~ x + f + (1 | g)"
    other = to_bambi(Model(formula, DATA, family="poisson", priors=wide))
    compared = compare_densities(Model(formula, DATA, family="poisson"), other)
    assert compared.variable == "f"


def test_graphs_of_different_structure_are_refused() -> None:
    model = Model("count ~ x + (1 | g)", DATA, family="poisson", centered=True)
    other = to_bambi(Model("count ~ x + (1 | g)", DATA, family="poisson", centered=False))
    with pytest.raises(SpecError, match=r"free in one only: 1\|g, 1\|g_offset"):
        compare_densities(model, other)


def test_a_user_s_own_bambi_model_is_compared_too() -> None:
    priors = {
        "Intercept": Prior("Normal", mu=1, sigma=2),
        "x": Prior("Normal", mu=0, sigma=1),
        "sd": Prior("HalfNormal", sigma=1),
    }
    model = Model("count ~ x + (1 | g)", DATA, family="poisson", priors=priors, centered=False)
    own = bambi.Model(
        "count ~ x + (1|g)",
        DATA[["count", "x"]].assign(g=pd.Categorical(DATA["g"])),
        family="poisson",
        auto_scale=False,
        priors={
            "Intercept": bambi.Prior("Normal", mu=1, sigma=2),
            "x": bambi.Prior("Normal", mu=0, sigma=1),
            "1|g": bambi.Prior("Normal", mu=0, sigma=bambi.Prior("HalfNormal", sigma=1)),
        },
    )
    own.build()
    assert compare_densities(model, own).agree


def test_names_and_levels_are_carried_over() -> None:
    model = Model("count ~ f + (1 | g:h)", DATA, family="poisson", reference={"f": "mid"})
    built = to_bambi(model).backend.model
    assert {"Intercept", "f", "1|g:h", "1|g:h_sigma"} <= set(built.named_vars)
    assert list(built.coords["f_dim"]) == list(model.pymc.coords["f_dim"])
    assert list(built.coords["g:h__factor_dim"]) == list(model.pymc.coords["g:h__factor_dim"])


UNSAYABLE: list[tuple[str, dict[str, Any], str]] = [
    ("count ~ x + (1 | g)", POISSON | {"link": "sqrt"}, "no sqrt link"),
    ("count ~ x", NEGATIVE_BINOMIAL | {"link": "sqrt"}, "no sqrt link"),
    ("count ~ x + (1 + x | g)", POISSON, "no correlated group effects, as those of '1\\+x\\|g'"),
    ("count ~ x + (0 + f | g)", POISSON, "no correlated group effects"),
    ("large ~ x", POISSON | {"link": "identity", "exposure": "births"}, "has no exposure"),
    ("score ~ x + I(2*x)", GAUSSIAN, "keeps a column that others determine"),
    ("score ~ I(x/2)", GAUSSIAN, "cannot name a term with a slash, such as 'I\\(x / 2\\)'"),
    (
        "score ~ f",
        GAUSSIAN | {"priors": {"f[low]": Prior("Laplace", mu=0, b=1)}},
        "one kind of prior for a term, but the columns of 'f' have several: Laplace, Normal",
    ),
    (
        "score ~ x + (1 + f || g)",
        GAUSSIAN | {"priors": {"f[low]|g": Prior("Exponential", lam=1)}},
        "one kind of prior for a term, but the columns of 'f\\|g_sigma' have several",
    ),
    (
        "score ~ x + (1 | g)",
        GAUSSIAN | {"priors": {"g": Variance(Prior("HalfFlat"))}},
        "bambi has no prior of a variance, as '1\\|g_sigma' has",
    ),
    (
        "score ~ x",
        GAUSSIAN | {"priors": {"Intercept": AtZero(Prior("Flat"))}},
        "bambi has no prior where the columns are 0, as 'Intercept' has",
    ),
    (
        "score ~ x",
        GAUSSIAN | {"priors": {"slopes": Prior("R2D2")}},
        "bambi has no R2D2 prior, as 'x' has",
    ),
    ("score ~ mu", GAUSSIAN, "bambi cannot build 'score ~ mu'"),
]


@pytest.mark.parametrize(
    ("formula", "options", "reason"), UNSAYABLE, ids=[row[0] for row in UNSAYABLE]
)
def test_what_bambi_cannot_say_is_refused_with_the_reason(
    formula: str, options: dict[str, Any], reason: str
) -> None:
    model = Model(formula, DATA.assign(mu=DATA["x"]), **options)
    with pytest.raises(SpecError, match=reason):
        to_bambi(model)
