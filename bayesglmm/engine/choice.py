"""Which map to sample behind: decided by the evidence bound of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Transport, plain_block
from bayesglmm.families.links import Array
from bayesglmm.tables.numbers import format_number

LOOKS = 100
"""Positions at which the maps are compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A map, and why this one.

    Attributes
    ----------
    target : Target
        Behind the chosen map.
    reason : str
    """

    target: Target
    reason: str


def choose_map(target: Target, proposed: Transport, seed: int) -> Choice:
    """Take the map whose standard normal coordinates are nearer to the posterior.

    Candidates are the pilot's map and the same with the effects in their non-centred form. For
    each, the mean over standard normal positions of ``log density + |z|^2 / 2`` bounds the log
    evidence from below, up to a constant that both share, and falls short of it by the
    Kullback-Leibler divergence from the map's normal to the posterior.

    Parameters
    ----------
    target : Target
    proposed : Transport
        The pilot's.
    seed : int
        Of the positions, which are the same for both.

    Returns
    -------
    Choice
    """
    pilot = target.moved(proposed)
    if not proposed.blocks:
        return Choice(pilot, "the pilot's map: there are no group effects to choose for")
    plain = target.moved(non_centred(proposed))
    positions = np.random.default_rng(seed).standard_normal((LOOKS, target.coordinates.size))
    own, other = log_weights(pilot, positions), log_weights(plain, positions)
    both = np.isfinite(own) & np.isfinite(other)
    if both.any():
        distance = float(np.mean(own[both] - other[both]))
        how = f"its evidence bound is {format_number(abs(distance))} above that of the"
    else:
        distance = float(np.isfinite(own).sum() - np.isfinite(other).sum())
        how = f"the density is finite at {abs(distance):.0f} more positions than behind the"
    better, rest = (pilot, plain) if distance >= 0 else (plain, pilot)
    looked = f"{int(both.sum())} of {LOOKS} positions where both are finite"
    return Choice(better, f"{how} {rest.transport.name} map ({looked})")


def log_weights(target: Target, positions: Array) -> Array:
    """Log of posterior over standard normal density, up to a constant.

    Parameters
    ----------
    target : Target
    positions : array of shape (k, dim)

    Returns
    -------
    array of shape (k,)
        -inf where the density cannot be evaluated.
    """
    found = np.array([target.density(z)[0] for z in positions])
    found += 0.5 * np.square(positions).sum(axis=1)
    return np.where(np.isfinite(found), found, -np.inf)


def non_centred(transport: Transport) -> Transport:
    """The map with all effects in their non-centred form."""
    blocks = tuple(plain_block(*block.information.shape[:2]) for block in transport.blocks)
    cross = np.zeros_like(transport.fixed_cross)
    return replace(transport, name="non-centred", blocks=blocks, fixed_cross=cross)
