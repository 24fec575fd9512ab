"""Group effects in the graph: standard deviations, correlations, and effects by index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bayesglmm.design.dimensions import OBSERVATION
from bayesglmm.design.groups import EffectBlock, Group
from bayesglmm.design.parameters import correlation_pairs
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.variables import make_variable


def group_effects(group: Group, index: Any) -> Any:
    """What a group term adds to the linear predictor, inside a ``pm.Model``.

    Parameters
    ----------
    group : Group
        Its effects are in the graph; see `make_block`.
    index : TensorVariable of shape (n,)
        Group of each row.

    Returns
    -------
    TensorVariable of shape (n,)
    """
    import pymc as pm

    effects = [pm.modelcontext(None)[effect] for effect in group.effects]
    if group.columns == ("1",):
        return effects[0][index]
    values = pm.Data(f"{group.name}_Z", group.Z, dims=(OBSERVATION, group.expression))
    return sum(values[:, place] * effect[index] for place, effect in enumerate(effects))


def make_block(
    block: EffectBlock, priors: Mapping[str, ChosenPrior], form: Parametrization
) -> None:
    """Put the effects that have one covariance matrix into a ``pm.Model``.

    Parameters
    ----------
    block : EffectBlock
    priors : mapping
    form : Parametrization
    """
    sds = [make_variable(name, priors[name].prior) for name in block.sds]
    if block.correlated:
        _correlated(block, sds, priors[block.correlation], form)
        return
    for effect, sd in zip(block.effects, sds, strict=True):
        _independent(effect, block.dimension, sd, form)


def _independent(effect: str, dimension: str, sd: Any, form: Parametrization) -> None:
    import pymc as pm

    if form.centered:
        pm.Normal(effect, mu=0, sigma=sd, dims=dimension)
        return
    offset = pm.Normal(f"{effect}_offset", mu=0, sigma=1, dims=dimension)
    pm.Deterministic(effect, offset * sd, dims=dimension)


def _correlated(
    block: EffectBlock, sds: list[Any], chosen: ChosenPrior, form: Parametrization
) -> None:
    """Effects with an LKJ prior on their correlations."""
    import pymc as pm
    import pytensor.tensor as pt

    q = len(block.columns)
    eta = np.array(dict(chosen.prior.arguments)["eta"], dtype=float)
    cholesky = pm.LKJCorr(block.cholesky, n=q, eta=eta)
    factor = pt.stack(sds)[:, None] * cholesky
    dims = (block.dimension, block.expression)
    if form.centered:
        values = pm.MvNormal(f"{block.name}_block", mu=np.zeros(q), chol=factor, dims=dims)
    else:
        values = pm.Normal(f"{block.name}_offset", mu=0, sigma=1, dims=dims) @ factor.T
    pm.modelcontext(None).add_coord(block.pairs, correlation_pairs(block.columns))
    triangle = np.tril_indices(q, -1)
    correlations = (cholesky @ cholesky.T)[triangle]
    pm.Deterministic(block.correlation, correlations, dims=block.pairs)
    for place, effect in enumerate(block.effects):
        pm.Deterministic(effect, values[:, place], dims=block.dimension)
