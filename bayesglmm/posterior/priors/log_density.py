"""Log density of the priors at each posterior draw, by class of parameter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.families.shrinkage import core_density, spreads
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.joint_slopes import core_names, joint_columns
from bayesglmm.posterior.posterior import Posterior

type Priors = Mapping[str, ChosenPrior]

CLASSES = {"intercept": "intercept", "slope": "slopes", "sd": "sd", "cor": "cor"}
"""Names of the classes in tables, as in ``priors=``; the family's parameters bear their own."""


def class_of(chosen: ChosenPrior) -> str:
    """The class a prior is perturbed with."""
    return CLASSES.get(chosen.kind, chosen.parameter)


def log_prior(posterior: Posterior, priors: Priors) -> dict[str, Array]:
    """Log prior density of each draw, on the natural scale of the parameters.

    Group effects are left out: they are part of the model of the data, and follow the priors of
    their standard deviations and correlations.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    dict of str to array of shape (S,)
        Class of parameter to the sum over its parameters; constants that do not change from draw
        to draw may be missing.
    """
    values = parameter_draws(posterior)
    found: dict[str, Array] = {}
    for name, chosen in priors.items():
        if chosen.prior.joint:
            continue
        density = np.asarray(chosen.prior.log_density(values[name]))
        key = class_of(chosen)
        found[key] = found.get(key, np.zeros(posterior.size)) + density
    for predictor in posterior.design.predictors.values():
        if joint_columns(predictor, priors):
            density = _joint_density(posterior, predictor, priors, values)
            found["slopes"] = found.get("slopes", np.zeros(posterior.size)) + density
    return found


def _joint_density(
    posterior: Posterior, predictor: Predictor, priors: Priors, values: Mapping[str, Array]
) -> Array:
    """Log density of slopes that share a prior, and of what they share, shape (S,)."""
    joint = joint_columns(predictor, priors)
    prior = next(iter(joint.values()))
    named = core_names(predictor, prior).items()
    core = {part: posterior.draws.flat(name) for part, name in named}
    scales = np.array([dict(each.arguments)["scale"] for each in joint.values()])
    slopes = np.stack([values[predictor.variable(column)] for column in joint], axis=-1)
    sds = scales * np.asarray(spreads(prior, core))
    own = -0.5 * np.square(slopes / sds) - np.log(sds) - 0.5 * np.log(2 * np.pi)
    return np.asarray(own.sum(axis=-1) + core_density(prior, core, len(joint), predictor.n))


def parameter_draws(posterior: Posterior) -> dict[str, Array]:
    """Draws of every parameter that has a prior, where its prior holds.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    dict of str to array of shape (S,)
        By the names in `choose_priors`; the intercept at the mean of the columns; Cholesky factors
        (S, q, q) for correlations.
    """
    design, draws = posterior.design, posterior.draws
    found: dict[str, Array] = {}
    blocks = {block.name: block for block in design.blocks}
    for parameter in model_parameters(design, PARAMETERS):
        if parameter.role == "cor":
            q = len(parameter.columns)
            cholesky = draws.flat(blocks[parameter.group].cholesky)
            found[parameter.variable] = cholesky.reshape(-1, q, q)
        else:
            found |= dict(zip(parameter.priors, draws.flat(parameter.variable).T, strict=True))
    for predictor in design.predictors.values():
        fixed, name = predictor.fixed, predictor.variable("Intercept")
        if fixed.intercept and fixed.names:
            columns = [predictor.variable(column) for column in fixed.names]
            found[name] = found[name] + np.stack([found[c] for c in columns], 1) @ fixed.center
    return found
