"""A model of bambi carried over: one posterior by two hands, or an error that names what cannot."""

from __future__ import annotations

from typing import Any

import bambi
import numpy as np
import pandas as pd
import pytest
from scripts_made import DATA
from seeds import seed

import bayesglmm as bg
from bayesglmm.crosscheck import compare_densities

pytestmark = pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes")

HALF = bambi.Prior("HalfCauchy", beta=1)
ROWS = DATA.iloc[::4].reset_index(drop=True)

CARRIED: dict[str, tuple[Any, dict[str, Any]]] = {
    "defaults": ("score ~ x*f + (1 + x | g)", {}),
    "levels": ("score ~ 0 + f + (0 + f | g)", {"noncentered": False}),
    "counts": (
        "count ~ x + offset(log(births)) + (1 | g) + (1 | h)",
        {"family": "negativebinomial"},
    ),
    "trials": ("p(won, trials) ~ scale(x)", {"family": "binomial", "link": "cloglog"}),
    "labels": ("died ~ x", {"family": "bernoulli"}),
    "chosen": ("died['yes'] ~ x + (1 | g)", {"family": "bernoulli"}),
    "shares": ("part ~ f", {"family": "beta", "auto_scale": False}),
    "formula": (
        bambi.Formula("score ~ x + (1 | g)", "sigma ~ x + (1 | h)"),
        {"noncentered": {"mu": True, "sigma": False}},
    ),
    "zeros": (
        bambi.Formula("zeros ~ x", "psi ~ f"),
        {
            "family": "zero_inflated_poisson",
            "priors": {"psi": {"Intercept": bambi.Prior("Normal", mu=2, sigma=1)}},
        },
    ),
    "priors": (
        "time ~ x + f + (1 | g)",
        {
            "family": "gamma",
            "link": "log",
            "center_predictors": False,
            "priors": {
                "x": bambi.Prior("StudentT", nu=4, mu=0.5, sigma=1),
                "f": bambi.Prior("Normal", mu=np.array([0, 1]), sigma=np.array([1, 2])),
                "1|g": bambi.Prior("Normal", mu=0, sigma=HALF, noncentered=False),
                "alpha": bambi.Prior("Exponential", lam=0.3),
            },
        },
    ),
}


@pytest.mark.parametrize("name", CARRIED)
def test_the_density_is_bambi_s(name):
    formula, how = CARRIED[name]
    theirs = bambi.Model(formula, ROWS, **how)
    model = bg.from_bambi(theirs)
    theirs.build()
    assert compare_densities(model, theirs, seed=seed(3)).agree


def flat(**how: Any) -> bambi.Model:
    return bambi.Model(how.pop("formula", "score ~ x + (1 | g)"), ROWS, **how)


def spread(prior: Any, **how: Any) -> dict[str, Any]:
    return {"priors": {"1|g": bambi.Prior("Normal", mu=0, sigma=prior, **how)}}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a family": ({"family": "vonmises"}, "does not carry bambi's vonmises family"),
    "a link": ({"formula": "time ~ x", "family": "gamma"}, "no inverse link here"),
    "a process": ({"formula": "score ~ hsgp(x, m=5, c=1.5)"}, "no Gaussian processes, as 'hsgp"),
    "potentials": ({"potentials": [(("x",), lambda x: 0 * x)]}, "no potentials"),
    "a number": ({"priors": {"sigma": 2}}, "known value, as 'sigma' is"),
    "a mean": (
        {
            "priors": {
                "1|g": bambi.Prior("Normal", mu=bambi.Prior("Normal", mu=0, sigma=1), sigma=HALF)
            }
        },
        "normal effects about 0",
    ),
    "other effects": (
        {"priors": {"1|g": bambi.Prior("Laplace", mu=0, b=HALF)}},
        "not the Laplace prior of '1.g'",
    ),
    "a prior": ({"priors": {"x": bambi.Prior("Gumbel", mu=0, beta=1)}}, "prior of 'x'. Unknown"),
    "arguments": (
        {"priors": {"sigma": bambi.Prior("Gamma", mu=1, sigma=1)}},
        "cannot carry the prior of 'sigma'. Unknown argument of the Gamma prior: 'mu'",
    ),
    "two forms": (
        {"formula": "score ~ x + (1 + x | g)"} | spread(HALF, noncentered=False),
        "Effects of g are centred in one term and not in another",
    ),
    "a function": (
        {"formula": "score ~ twice(x)", "extra_namespace": {"twice": lambda x: 2 * x}},
        "Unknown function 'twice'",
    ),
    "aliased": (
        {"formula": "score ~ x + I(2 * x)"},
        "columns of mu here, x, are not those of bambi",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_carried_is_named(case):
    how, said = REFUSED[case]
    with pytest.raises(bg.BayesglmmError, match=said):
        bg.from_bambi(flat(**how))


def test_something_else_is_no_model():
    with pytest.raises(bg.BayesglmmError, match="takes a model of bambi, not a DataFrame"):
        bg.from_bambi(pd.DataFrame())


def test_rows_with_gaps_are_dropped_as_there():
    gaps = ROWS.assign(x=ROWS["x"].where(ROWS.index > 2), died=ROWS["died"].where(ROWS.index != 9))
    model = bg.from_bambi(bambi.Model("died ~ x", gaps, family="bernoulli", dropna=True))
    assert model.design.n == len(ROWS) - 4
