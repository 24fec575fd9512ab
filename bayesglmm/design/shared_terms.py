"""Terms that share a name: within a predictor one term, across predictors one block of effects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from bayesglmm.design.groups import EffectBlock, Group


def own_block(
    columns: Sequence[str], factor: str, prefix: str, correlated: bool = True
) -> EffectBlock:
    """The block of a term by itself.

    Parameters
    ----------
    columns : sequence of str
    factor : str
    prefix : str
        Before the names of its effects.
    correlated : bool
        Whether several effects are correlated.

    Returns
    -------
    EffectBlock
    """
    return EffectBlock(
        name=f"{prefix}{'+'.join(columns)}|{factor}",
        factor=factor,
        columns=tuple(columns),
        effects=tuple(f"{prefix}{column}|{factor}" for column in columns),
        correlated=correlated and len(columns) > 1,
    )


def join(one: Group, other: Group) -> Group:
    """Put two terms of a predictor that share a name together.

    Parameters
    ----------
    one, other : Group

    Returns
    -------
    Group
        With the columns of both, the intercept first.
    """
    first, second = (other, one) if other.intercept else (one, other)
    columns = (*first.columns, *second.columns)
    block = own_block(columns, one.factor, one.prefix)
    return replace(
        first,
        name=block.name,
        columns=columns,
        Z=np.concatenate([first.Z, second.Z], axis=1),
        encoders=(*first.encoders, *second.encoders),
        block=block,
    )


def share_blocks(several: Iterable[Sequence[Group]]) -> list[tuple[Group, ...]]:
    """Put the effects of terms of several predictors that share a name in one block.

    Parameters
    ----------
    several : iterable of sequence of Group
        The terms of each predictor.

    Returns
    -------
    list of tuple of Group
    """
    every = [tuple(groups) for groups in several]
    names = {group.shared for groups in every for group in groups if group.shared}
    for name in names:
        own = [group for groups in every for group in groups if group.shared == name]
        if len(own) > 1:
            placed = iter(_in_one_block(own))
            every = [
                tuple(next(placed) if group.shared == name else group for group in groups)
                for groups in every
            ]
    return every


def _in_one_block(groups: Sequence[Group]) -> list[Group]:
    columns = [f"{group.prefix}{column}" for group in groups for column in group.columns]
    effects = tuple(effect for group in groups for effect in group.effects)
    factor = groups[0].factor
    block = EffectBlock(
        f"{'+'.join(columns)}|{factor}", factor, tuple(columns), effects, correlated=True
    )
    widths = np.cumsum([0, *(len(group.columns) for group in groups)])
    return [
        replace(group, block=block, first=int(first))
        for group, first in zip(groups, widths[:-1], strict=True)
    ]
