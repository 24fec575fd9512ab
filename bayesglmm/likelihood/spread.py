"""The spread of group effects as free numbers: standard deviations and directions.

The effects of a level are ``b = L u`` with independent standard normal `u` (Bates et al. 2015,
Journal of Statistical Software 67(1), eq. 4). Row `k` of the factor `L` is a standard deviation
times a unit vector; an even function of the standard deviation, so that 0 needs no bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.design.groups import EffectBlock
from bayesglmm.engine.compression import Factor
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class BlockPlace:
    """Where a block of effects stands in those of its factor, and in the free numbers.

    Attributes
    ----------
    block : EffectBlock
    start, q : int
        Its first effect among the factor's, and how many it has.
    free : int
        Its first free number among the factor's: `q` standard deviations, then the directions.
    """

    block: EffectBlock
    start: int
    q: int
    free: int

    @property
    def correlated(self) -> bool:
        """Whether the effects of a level are correlated."""
        return self.block.correlated

    @property
    def size(self) -> int:
        """How many free numbers it has."""
        return self.q + (self.q * (self.q - 1) // 2 if self.correlated else 0)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The factor `L` of a grouping factor at some free numbers, with its derivatives.

    Attributes
    ----------
    factor : array of shape (q, q)
        Lower triangular.
    derivatives : array of shape (t, q, q)
        By each free number.
    """

    factor: Array
    derivatives: Array


def make_blocks(factor: Factor) -> tuple[BlockPlace, ...]:
    """The blocks of effects of a grouping factor, one after the other."""
    places: list[BlockPlace] = []
    start = free = 0
    for block in factor.blocks:
        place = BlockPlace(block, start, len(block.columns), free)
        places.append(place)
        start, free = start + place.q, free + place.size
    return tuple(places)


def make_spread(blocks: tuple[BlockPlace, ...], free: Array) -> Spread:
    """`L` and its derivatives.

    Parameters
    ----------
    blocks : tuple of BlockPlace
    free : array of shape (t,)

    Returns
    -------
    Spread
    """
    q = sum(block.q for block in blocks)
    factor, derivatives = np.zeros((q, q)), np.zeros((len(free), q, q))
    for block in blocks:
        direction = block.free + block.q
        for k in range(block.q):
            row, sd = block.start + k, free[block.free + k]
            below = k if block.correlated else 0
            vector = np.concatenate([free[direction : direction + below], [1.0]])
            length = np.sqrt(vector @ vector)
            unit = vector / length
            columns = slice(row - below, row + 1)
            factor[row, columns] = sd * unit
            derivatives[block.free + k, row, columns] = unit
            turn = sd * (np.eye(below + 1) - np.outer(unit, unit)) / length
            derivatives[direction : direction + below, row, columns] = turn[:below]
            direction += below
    return Spread(factor, derivatives)


def signs(blocks: tuple[BlockPlace, ...], free: Array) -> Array:
    """Signs that make every standard deviation positive and leave ``L L'`` as it is.

    Turning a column of `L` round turns the standard deviation of its row and every direction in
    that row and column.

    Parameters
    ----------
    blocks : tuple of BlockPlace
    free : array of shape (t,)

    Returns
    -------
    array of shape (t,)
        1 or -1.
    """
    found = np.ones(len(free))
    for block in blocks:
        turned = np.where(free[block.free : block.free + block.q] < 0, -1.0, 1.0)
        found[block.free : block.free + block.q] = turned
        if block.correlated:
            pairs = [
                turned[row] * turned[column] for row in range(block.q) for column in range(row)
            ]
            found[block.free + block.q : block.free + block.size] = pairs
    return found
