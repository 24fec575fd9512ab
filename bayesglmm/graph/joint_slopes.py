"""Slopes that share a prior, in the graph and apart from it: which they are, and their spreads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesglmm.design.predictor import Predictor
from bayesglmm.families import Prior
from bayesglmm.families.shrinkage import SHRINKAGE, spreads
from bayesglmm.graph.chosen_priors import ChosenPrior

type Priors = Mapping[str, ChosenPrior]


def joint_columns(predictor: Predictor, priors: Priors) -> dict[str, Prior]:
    """Columns of a predictor whose slopes share a prior.

    Parameters
    ----------
    predictor : Predictor
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    dict of str to Prior
        Alike but for their scales, which are per unit of each column.
    """
    names = {column: priors[predictor.variable(column)].prior for column in predictor.fixed.names}
    return {column: prior for column, prior in names.items() if prior.joint}


def core_names(predictor: Predictor, prior: Prior) -> dict[str, str]:
    """What the variables of a joint prior's core are called in the graph and the draws.

    Parameters
    ----------
    predictor : Predictor
    prior : Prior

    Returns
    -------
    dict of str to str
        Such as ``{"R2": "slopes_R2"}``.
    """
    parts = SHRINKAGE[prior.name].parts
    return {part.name: predictor.variable(f"slopes_{part.name}") for part in parts}


def graph_spreads(predictor: Predictor, priors: Priors) -> dict[str, Any]:
    """Put the core of a joint prior into a ``pm.Model``.

    Parameters
    ----------
    predictor : Predictor
    priors : mapping

    Returns
    -------
    dict of str to TensorVariable
        The standard deviation of each slope that shares the prior, over the prior's scale.
    """
    import pymc as pm

    joint = joint_columns(predictor, priors)
    if not joint:
        return {}
    prior, names = next(iter(joint.values())), core_names(predictor, next(iter(joint.values())))
    dimension = predictor.variable("slopes_dim")
    pm.modelcontext(None).add_coord(dimension, list(joint))
    core = {}
    for part in SHRINKAGE[prior.name].parts:
        given = part.arguments(dict(prior.arguments), len(joint), predictor.n)
        numbers = {key: np.asarray(value, dtype=float) for key, value in given.items()}
        make = getattr(pm, part.distribution)
        core[part.name] = make(names[part.name], **numbers, dims=dimension if part.each else None)
    shared = spreads(prior, core)
    return {column: shared[place] for place, column in enumerate(joint)}
