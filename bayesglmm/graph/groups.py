"""Group effects in the graph: standard deviations, correlations, and effects by index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesglmm.design.dimensions import OBSERVATION
from bayesglmm.design.groups import Group
from bayesglmm.design.parameters import correlation_pairs
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.graph.variables import make_variable


def group_effects(
    group: Group, priors: Mapping[str, ChosenPrior], form: Parametrization, index: Any
) -> Any:
    """What a group term adds to the linear predictor, inside a ``pm.Model``.

    Parameters
    ----------
    group : Group
    priors : mapping
    form : Parametrization
    index : TensorVariable of shape (n,)
        Group of each row.

    Returns
    -------
    TensorVariable of shape (n,)
    """
    import pymc as pm

    sds = [make_variable(name, priors[name].prior) for name in group.sds]
    if group.correlated:
        effects = _correlated(group, sds, priors[group.correlation], form)
    else:
        effects = [
            _independent(effect, group.dimension, sd, form)
            for effect, sd in zip(group.effects, sds, strict=True)
        ]
    if group.columns == ("1",):
        return effects[0][index]
    values = pm.Data(f"{group.name}_Z", group.Z, dims=(OBSERVATION, group.expression))
    return sum(values[:, place] * effect[index] for place, effect in enumerate(effects))


def _independent(effect: str, dimension: str, sd: Any, form: Parametrization) -> Any:
    import pymc as pm

    if form.centered:
        return pm.Normal(effect, mu=0, sigma=sd, dims=dimension)
    offset = pm.Normal(f"{effect}_offset", mu=0, sigma=1, dims=dimension)
    return pm.Deterministic(effect, offset * sd, dims=dimension)


def _correlated(
    group: Group, sds: list[Any], chosen: ChosenPrior, form: Parametrization
) -> list[Any]:
    """A block of effects with an LKJ prior on their correlations."""
    import pymc as pm
    import pytensor.tensor as pt

    q = len(group.columns)
    eta = np.array(dict(chosen.prior.arguments)["eta"], dtype=float)
    cholesky = pm.LKJCorr(group.cholesky, n=q, eta=eta)
    factor = pt.stack(sds)[:, None] * cholesky
    dims = (group.dimension, group.expression)
    if form.centered:
        block = pm.MvNormal(f"{group.name}_block", mu=np.zeros(q), chol=factor, dims=dims)
    else:
        block = pm.Normal(f"{group.name}_offset", mu=0, sigma=1, dims=dims) @ factor.T
    pm.modelcontext(None).add_coord(group.pairs, correlation_pairs(group.columns))
    triangle = np.tril_indices(q, -1)
    correlations = (cholesky @ cholesky.T)[triangle]
    pm.Deterministic(group.correlation, correlations, dims=group.pairs)
    return [
        pm.Deterministic(effect, block[:, place], dims=group.dimension)
        for place, effect in enumerate(group.effects)
    ]
