"""Log density of the priors at each posterior draw, by class of parameter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.posterior.arithmetic import coefficients

type Priors = Mapping[str, ChosenPrior]

CLASSES = {"intercept": "intercept", "slope": "slopes", "sd": "sd", "cor": "cor"}
"""Names of the classes in tables, as in ``priors=``; auxiliary parameters bear their own."""


def class_of(chosen: ChosenPrior) -> str:
    """The class a prior is perturbed with."""
    return CLASSES.get(chosen.kind, chosen.parameter)


def log_prior(design: Design, draws: Draws, priors: Priors) -> dict[str, Array]:
    """Log prior density of each draw, on the natural scale of the parameters.

    Group effects are left out: they are part of the model of the data, and follow the priors of
    their standard deviations and correlations.

    Parameters
    ----------
    design : Design
    draws : Draws
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    dict of str to array of shape (S,)
        Class of parameter to the sum over its parameters; constants that do not change from draw
        to draw may be missing.
    """
    values = parameter_draws(design, draws)
    found: dict[str, Array] = {}
    for name, chosen in priors.items():
        density = np.asarray(chosen.prior.log_density(values[name]))
        key = class_of(chosen)
        found[key] = found.get(key, np.zeros(draws.size)) + density
    return found


def parameter_draws(design: Design, draws: Draws) -> dict[str, Array]:
    """Draws of every parameter that has a prior, where its prior holds.

    Parameters
    ----------
    design : Design
    draws : Draws

    Returns
    -------
    dict of str to array of shape (S,)
        By the names in `choose_priors`; the intercept at the mean of the columns; Cholesky factors
        (S, q, q) for correlations.
    """
    fixed = design.predictor.fixed
    found: dict[str, Array] = {}
    beta = coefficients(design, draws) if fixed.names else np.zeros((draws.size, 0))
    if fixed.intercept:
        shift = beta @ np.asarray(fixed.center) if fixed.names else 0.0
        found["Intercept"] = draws.flat("Intercept")[:, 0] + shift
    names = [column for term in fixed.terms for column in term.columns]
    found |= dict(zip(names, beta.T, strict=True))
    for group in design.predictor.groups:
        for effect in group.effects:
            found[f"{effect}_sigma"] = draws.flat(f"{effect}_sigma")[:, 0]
        if group.correlated:
            q = len(group.columns)
            found[f"{group.name}_cor"] = draws.flat(f"{group.name}_cholesky").reshape(-1, q, q)
    for parameter in design.spec.family.parameters:
        found[parameter.name] = draws.flat(parameter.name)[:, 0]
    return found
