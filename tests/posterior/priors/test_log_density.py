"""Log prior of draws against the PyMC graph."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior.priors.log_density import log_prior


def graph_log_prior(fit: bg.Fit):
    """A function of one draw: the graph's density of the variables that have a prior."""
    import pymc as pm
    import pytensor

    terms = fit.design.predictor.fixed.terms
    wanted = {f"{term.name}{end}" for term in terms for end in ("", "_scaled")}
    wanted |= {"Intercept_centered", *(name.replace("_cor", "_cholesky") for name in fit.priors)}
    variables = [variable for variable in fit.pymc.free_RVs if variable.name in wanted]
    inputs = [variable.type(variable.name) for variable in variables]
    pairs = zip(variables, inputs, strict=True)
    total = sum(pm.logp(variable, given).sum() for variable, given in pairs)
    density = pytensor.function(inputs, total)
    return lambda draws, s: float(density(*(_value(fit, draws, s, v) for v in variables)))


def _value(fit: bg.Fit, draws, s: int, variable) -> np.ndarray:
    """One of the graph's variables at a draw."""
    fixed, name = fit.design.predictor.fixed, variable.name
    scale = dict(zip(fixed.names, fixed.scale, strict=True))
    if name == "Intercept_centered":
        beta = np.concatenate([draws.flat(term.name)[s] for term in fixed.terms])
        return np.asarray(draws.flat("Intercept")[s, 0] + fixed.center @ beta)
    term = next((t for t in fixed.terms if name in (t.name, f"{t.name}_scaled")), None)
    values = draws.flat(name if term is None else term.name)[s]
    if term is not None and name.endswith("_scaled"):
        values = values * [scale[column] for column in term.columns]
    if name.endswith("_cholesky"):
        q = int(np.sqrt(len(values)))
        return values.reshape(q, q)
    return values if variable.ndim else np.asarray(values[0])


def negative_binomial() -> bg.Fit:
    rng = generator(3)
    rows = pd.DataFrame(
        {
            "y": rng.poisson(4, 30),
            "x": rng.normal(5, 3, 30),
            "f": rng.choice(list("abc"), 30),
            "g": np.arange(30) % 5,
        }
    )
    priors = {
        "sd": bg.Prior("HalfStudentT", nu=3, sigma=1),
        "x": bg.Prior("StudentT", nu=4, sigma=1),
    }
    model = bg.Model("y ~ x + f + (1 | g)", rows, family="negative_binomial", priors=priors)
    return make_fit(model, {"Intercept": 1.0}, noise=0.3)


@pytest.mark.parametrize("make", [negative_binomial, lambda: count_fit(noise=0.2)])
def test_differences_between_draws_are_those_of_the_graph(make):
    fit = make()
    some = fit.posterior.thin(4)
    found = np.sum(list(log_prior(some, fit.priors).values()), axis=0)
    # The graph's scaled columns and its LKJ differ by constants.
    density = graph_log_prior(fit)
    graph = [density(some.draws, s) for s in range(3)]
    np.testing.assert_allclose(found[1:3] - found[0], np.subtract(graph[1:], graph[0]), atol=1e-8)


def test_classes():
    fit = negative_binomial()
    found = log_prior(fit.posterior.thin(8), fit.priors)
    assert list(found) == ["intercept", "slopes", "sd", "alpha"]
    other = count_fit()
    assert "cor" in log_prior(other.posterior.thin(8), other.priors)
