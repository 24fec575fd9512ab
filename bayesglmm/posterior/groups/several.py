"""Means of groups where a mean is made of several parameters: those there are, and new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from bayesglmm.design.groups import EffectBlock, Group
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import GroupEffects, SomeRows, block_factor
from bayesglmm.posterior.groups.standardise import Standard, terms_of
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
    posterior: Posterior, factor: str, at: pd.DataFrame | None = None
) -> tuple[Array, Posterior]:
    """Mean of the rows as if all belonged to one group, for means made of several parameters.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        Whose groups have effects in any of the parameters that the mean is made of.
    at : pandas.DataFrame, optional
        Rows in place of the model's own.

    Returns
    -------
    means : array of shape (S, G)
        At an exposure of 1; rows weigh as their exposure or number of trials.
    posterior : Posterior
        The S draws, thinned where rows times groups are very many, at the rows.
    """
    design = posterior.design.only(*posterior.design.spec.family.of_mean)
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
        one = some.at(replace(given, rows=replace(given.rows, exposure=1.0)))
        means[:, level] = sum(one.mean(rows) @ weight[rows] for rows in one.blocks())
    return means, some.at(target)


def _all_of(group: Group, level: int) -> Group:
    """A group term as if all rows were of one level."""
    return replace(group, index=np.full_like(group.index, level))


def each_new(
    posterior: Posterior, factor: str, noise: Array, at: pd.DataFrame | None = None
) -> tuple[Array, Standard]:
    """Mean of the rows as if all belonged to one new group, for each of several.

    Parameters
    ----------
    posterior : Posterior
    factor : str
    noise : array of shape (G, k)
        Standard normal, a row for each new group: at least as many columns as `width` says.
    at : pandas.DataFrame, optional
        Rows in place of the model's own.

    Returns
    -------
    means : array of shape (S, G)
        At an exposure of 1; rows weigh as their exposure or number of trials.
    standard : Standard
        The rows, and the draws that were used.
    """
    design = posterior.design.only(*posterior.design.spec.family.of_mean)
    own = design.terms(factor)[0]
    target = offset_as_exposure(design if at is None else rows_at(design, at, own.factors))
    one = replace(target, rows=replace(target.rows, exposure=1.0))
    others = [group for group in one.groups if not set(group.factors) <= set(own.factors)]
    profiles = make_profiles(posterior.at(one), row_sizes(target), others, len(noise))
    some = profiles.posterior
    effects = _new_effects(some, factor, noise)
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
            means[:, place] += _mean_given(some, rows, given) @ weight
    return means, Standard(terms_of(one.predictor.groups, factor), (), profiles)


def width(posterior: Posterior, factor: str) -> int:
    """How many independent normals the effects of a new group of a factor are made of."""
    return sum(len(block.columns) for block in _blocks(posterior, factor))


def _blocks(posterior: Posterior, factor: str) -> list[EffectBlock]:
    """Blocks of effects that a group of a factor has on the parameters of the mean."""
    design = posterior.design.only(*posterior.design.spec.family.of_mean)
    own = set(design.terms(factor)[0].factors)
    return [block for block, terms in design.blocks.items() if set(terms[0].factors) <= own]


def _new_effects(posterior: Posterior, factor: str, noise: Array) -> dict[str, Array]:
    """Effects of new groups by the name of the term, (S, G, q); those of a block correlated."""
    found, start = {}, 0
    for block in _blocks(posterior, factor):
        size = len(block.columns)
        part, start = noise[:, start : start + size], start + size
        drawn = np.einsum("sjk,gk->sgj", block_factor(block, posterior.draws), part)
        for term in posterior.design.blocks[block]:
            found[term.name] = drawn[:, :, term.first : term.first + len(term.columns)]
    return found


def _mean_given(
    posterior: Posterior, rows: SomeRows, effects: Mapping[str, tuple[GroupEffects, ...]]
) -> Array:
    """Mean of the response of rows with these group effects, (S, rows)."""
    spec, design = posterior.design.spec, posterior.design
    location, others = posterior.eta(rows, effects=effects[spec.family.location.name]), {}
    for name in spec.family.mean_parameters:
        predictor = design.predictors[name]
        if predictor.is_number:
            others[name] = posterior.draws.flat(name)
        else:
            eta = posterior.eta(rows, effects=effects[name], parameter=name)
            others[name] = np.asarray(predictor.link.inverse(eta))
    return spec.family.mean(spec.link, location, design.rows.take(rows), others)
