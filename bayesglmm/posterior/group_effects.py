"""Effects of groups in each draw: those of the data, and new ones from the population.

Groups that the model has not seen are drawn from the population, one draw for each new group in
each posterior draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.groups import NEW_GROUP, EffectBlock, Group
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array

type SomeRows = slice | NDArray[np.int64]
"""Which rows of a design are meant."""

ALL_ROWS = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class GroupEffects:
    """Draws of a group term's effects at the rows of a design.

    Attributes
    ----------
    group : Group
        The term, with its columns at the rows.
    effects : array of shape (S, G', q)
        Link scale: of the groups that the rows name, unseen ones last.
    index : array of int, shape (n,)
        Into the second axis; every row has a group.
    unseen : tuple of str
        Groups drawn from the population.
    """

    group: Group
    effects: Array
    index: NDArray[np.int64]
    unseen: tuple[str, ...]

    def add_to(self, eta: Array, rows: SomeRows) -> None:
        """Add what the effects contribute to some rows, in place: ``Z u``, shape (S, rows)."""
        index = self.index[rows]
        for place, column in enumerate(self.group.Z[rows].T):
            eta += self.effects[:, index, place] * column


def observed_effects(group: Group, draws: Draws) -> GroupEffects:
    """Effects of the groups that the rows name; unseen ones drawn from the population.

    Parameters
    ----------
    group : Group
        Of the model's own design, or of one applied to new data.
    draws : Draws

    Returns
    -------
    GroupEffects
    """
    is_new = group.index == NEW_GROUP
    named = np.unique(group.index[~is_new])
    index = np.searchsorted(named, group.index)
    known = np.stack([draws.flat(effect)[:, named] for effect in group.effects], axis=2)
    unseen = tuple(dict.fromkeys(str(label) for label in group.labels[is_new]))
    if unseen:
        place = {label: len(named) + rank for rank, label in enumerate(unseen)}
        index[is_new] = [place[str(label)] for label in group.labels[is_new]]
        drawn = from_population(group, draws, len(unseen))
        known = np.concatenate([known, drawn], axis=1)
    return GroupEffects(group, known, index, unseen)


def new_effects(group: Group, draws: Draws) -> GroupEffects:
    """Effects of new groups in the place of those that the rows name.

    Parameters
    ----------
    group : Group
    draws : Draws

    Returns
    -------
    GroupEffects
        Every level drawn from the population.
    """
    drawn = from_population(group, draws, len(group.levels))
    return GroupEffects(group, drawn, group.index.astype(np.int64), group.levels)


def from_population(group: Group, draws: Draws, count: int) -> Array:
    """New groups from N(0, Sigma), shape (S, count, q).

    The effects of a block, across predictors too, are drawn together, from a stream of random
    numbers of its own: the same ones, whoever asks.
    """
    block, own = group.block, slice(group.first, group.first + len(group.columns))
    rng = np.random.default_rng([draws.settings.seed, *block.name.encode()])
    noise = rng.standard_normal((draws.size, count, len(block.columns)))
    return np.asarray(np.einsum("sjk,sgk->sgj", block_factor(block, draws)[:, own], noise))


def block_factor(block: EffectBlock, draws: Draws) -> Array:
    """Cholesky factor of the covariance of a block's effects in each draw.

    Parameters
    ----------
    block : EffectBlock
    draws : Draws

    Returns
    -------
    array of shape (S, q, q)
        Lower triangular, link scale.
    """
    sds = np.concatenate([draws.flat(name) for name in block.sds], axis=1)
    q = len(block.columns)
    if not block.correlated:
        return np.asarray(sds[:, :, None] * np.eye(q))
    cholesky = draws.flat(block.cholesky).reshape(-1, q, q)
    return np.asarray(sds[:, :, None] * cholesky)


def covariance_factor(group: Group, draws: Draws) -> Array:
    """Cholesky factor of the covariance of a term's effects in each draw.

    Parameters
    ----------
    group : Group
    draws : Draws

    Returns
    -------
    array of shape (S, q, q)
        Lower triangular, link scale. Of a block across predictors, that of these effects alone.
    """
    first, q = group.first, len(group.columns)
    own = block_factor(group.block, draws)[:, first : first + q]
    if first == 0:
        return own[:, :, :q]
    # The rows of other terms left out, ``own = R' Q'``: R' is triangular, and R'R the covariance.
    upper = np.linalg.qr(np.swapaxes(own, 1, 2), mode="r")
    signs = np.where(np.diagonal(upper, axis1=1, axis2=2) < 0, -1.0, 1.0)
    return np.asarray(np.swapaxes(upper, 1, 2) * signs[:, None])


def variance_of_new(terms: Sequence[Group], draws: Draws, rows: SomeRows, count: int) -> Array:
    """Variance of what new groups add to the linear predictor of each row.

    Parameters
    ----------
    terms : sequence of Group
    draws : Draws
    rows : slice or array of int
    count : int
        How many rows these are.

    Returns
    -------
    array of shape (S, count)
        ``sum_k z' Sigma_k z`` over the terms.
    """
    total = np.zeros((draws.size, count))
    for term in terms:
        factor = covariance_factor(term, draws)
        for place in range(len(term.columns)):  # one column of L'z at a time
            total += np.square(factor[:, :, place] @ term.Z[rows].T)
    return total
