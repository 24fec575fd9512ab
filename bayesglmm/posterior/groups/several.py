"""Means of groups where a mean is made of several parameters: those there are, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.groups import EffectBlock, Group
from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.means import row_means
from bayesglmm.posterior.group_effects import GroupEffects, SomeRows, block_factor
from bayesglmm.posterior.groups.standardise import Standard, terms_of
from bayesglmm.posterior.over_groups import natural
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import (
    BUDGET,
    FEWEST,
    make_profiles,
    offset_as_exposure,
    row_sizes,
    rows_at,
)


def each_given(
    posterior: Posterior, factor: str, mean: Mean, at: pd.DataFrame | None = None
) -> tuple[Array, Posterior]:
    """Mean of the rows as if all belonged to one group, for means made of several parameters.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        Whose groups have effects in any of the parameters that the mean is made of.
    mean : Mean
        Of the response, at an exposure of 1, or the probability of a category.
    at : pandas.DataFrame, optional
        Rows in place of the model's own.

    Returns
    -------
    means : array of shape (S, G)
        Rows weigh as their exposure or number of trials.
    posterior : Posterior
        The S draws, thinned where rows times groups are very many, at the rows.
    """
    design = posterior.design.only(*mean.parameters)
    own = design.terms(factor)[0]
    target = offset_as_exposure(design if at is None else rows_at(design, at, own.factors))
    weight = row_sizes(target) / row_sizes(target).sum()
    some = posterior.thin(max(FEWEST, BUDGET // (target.n * len(own.levels))))
    _, first = np.unique(own.index, return_index=True)
    means = np.empty((some.size, len(own.levels)))
    for level, place in enumerate(first):
        given = target
        for name, predictor in target.predictors.items():
            groups = tuple(
                _all_of(group, design.predictors[name].groups[k].index[place])
                if set(group.factors) <= set(own.factors)
                else group
                for k, group in enumerate(predictor.groups)
            )
            given = given.with_predictor(replace(predictor, groups=groups))
        one = some.at(given)
        means[:, level] = sum(row_means(one, mean, rows) @ weight[rows] for rows in one.blocks())
    return means, some.at(target)


def _all_of(group: Group, level: int) -> Group:
    """A group term as if all rows were of one level."""
    return replace(group, index=np.full_like(group.index, level))


def each_new(
    posterior: Posterior,
    factor: str,
    mean: Mean,
    noise: Array,
    at: pd.DataFrame | None = None,
) -> tuple[Array, Standard]:
    """Mean of the rows as if all belonged to one new group, for each of several.

    Parameters
    ----------
    posterior : Posterior
    factor : str
    mean : Mean
        Of the response, at an exposure of 1, or the probability of a category.
    noise : array of shape (G, k)
        Standard normal, a row for each new group: at least as many columns as `width` says.
    at : pandas.DataFrame, optional
        Rows in place of the model's own.

    Returns
    -------
    means : array of shape (S, G)
        Rows weigh as their exposure or number of trials.
    standard : Standard
        The rows, and the draws that were used.
    """
    design = posterior.design.only(*mean.parameters)
    own = design.terms(factor)[0]
    one = offset_as_exposure(design if at is None else rows_at(design, at, own.factors))
    others = [group for group in one.groups if not set(group.factors) <= set(own.factors)]
    profiles = make_profiles(posterior.at(one), row_sizes(one), others, len(noise))
    some = profiles.posterior
    effects = _new_effects(some, factor, mean, noise)
    means = np.zeros((some.size, len(noise)))
    for rows, weight in profiles.blocks():
        for place in range(len(noise)):
            given = {
                name: tuple(
                    GroupEffects(term, values[:, [place]], np.zeros(one.n, dtype=np.int64), ())
                    if (values := effects.get(term.name)) is not None
                    else observed
                    for term, observed in zip(predictor.groups, some.effects(name), strict=True)
                )
                for name, predictor in one.predictors.items()
            }
            means[:, place] += _mean_given(some, mean, rows, given) @ weight
    return means, Standard(terms_of(one.predictor.groups, factor), (), profiles)


def width(posterior: Posterior, factor: str, mean: Mean) -> int:
    """How many independent normals the effects of a new group of a factor are made of."""
    return sum(len(block.columns) for block in _blocks(posterior, factor, mean))


def _blocks(posterior: Posterior, factor: str, mean: Mean) -> list[EffectBlock]:
    """Blocks of effects that a group of a factor has on the parameters of a mean."""
    design = posterior.design.only(*mean.parameters)
    own = set(design.terms(factor)[0].factors)
    return [block for block, terms in design.blocks.items() if set(terms[0].factors) <= own]


def _new_effects(posterior: Posterior, factor: str, mean: Mean, noise: Array) -> dict[str, Array]:
    """Effects of new groups by the name of the term, (S, G, q); those of a block correlated."""
    found, start = {}, 0
    for block in _blocks(posterior, factor, mean):
        size = len(block.columns)
        part, start = noise[:, start : start + size], start + size
        drawn = np.einsum("sjk,gk->sgj", block_factor(block, posterior.draws), part)
        for term in posterior.design.blocks[block]:
            found[term.name] = drawn[:, :, term.first : term.first + len(term.columns)]
    return found


def _mean_given(
    posterior: Posterior,
    mean: Mean,
    rows: SomeRows,
    effects: Mapping[str, tuple[GroupEffects, ...]],
) -> Array:
    """A mean that is made of several parameters at rows with these group effects, (S, rows)."""
    design, found = posterior.design, dict[str, Any]()
    if mean.function is None:
        raise ValueError("This mean is one parameter.")
    for name in mean.parameters:
        if design.predictors[name].is_number:
            found[name] = posterior.draws.flat(name)
        else:
            eta = posterior.eta(rows, effects=effects[name], parameter=name)
            found[name] = natural(design, name, eta)
    first, *others = mean.parameters
    known = replace(design.rows.take(rows), y=None, exposure=mean.unit)
    return mean.function(found[first], known, {name: found[name] for name in others})
