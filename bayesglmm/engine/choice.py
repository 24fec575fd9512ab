"""Which map to sample behind: decided by the evidence bound of each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.engine.deadline import NEVER, Deadline
from bayesglmm.engine.pilot import Pilot
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import Transport, plain_block
from bayesglmm.families.links import Array
from bayesglmm.tables.numbers import format_number

LOOKS = 100
"""Positions at which the maps are compared."""
LESSER = 1000.0
"""Ratio of the evidence of two modes beyond which the lesser one is left to the chains."""


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


def choose_map(
    target: Target, proposed: Transport, seed: int, deadline: Deadline = NEVER
) -> Choice:
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
    deadline : Deadline
        After which it is given up.

    Returns
    -------
    Choice

    Raises
    ------
    TimeRanOutError
    """
    pilot = target.moved(proposed)
    if not proposed.blocks:
        return Choice(pilot, "the pilot's map: there are no group effects to choose for")
    plain = target.moved(non_centred(proposed))
    positions = np.random.default_rng(seed).standard_normal((LOOKS, target.coordinates.size))
    own, other = (log_weights(one, positions, deadline) for one in (pilot, plain))
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


def leading_pilot(
    target: Target, pilots: tuple[Pilot, ...], deadline: Deadline = NEVER
) -> Pilot | None:
    """The pilot around which next to all of the posterior lies, if there is one.

    Parameters
    ----------
    target : Target
    pilots : tuple of Pilot
        One or two.
    deadline : Deadline

    Returns
    -------
    Pilot or None
        None where each of two holds more than one part in `LESSER`, judged by the median log
        weight of standard normal positions behind its map.

    Raises
    ------
    TimeRanOutError
    """
    if len(pilots) == 1:
        return pilots[0]
    positions = np.random.default_rng(0).standard_normal((LOOKS, target.coordinates.size))

    def evidence(pilot: Pilot) -> float:
        transport = pilot.transport
        weights = log_weights(target.moved(transport), positions, deadline)
        factors = (transport.theta_factor, transport.fixed_factor)
        constant = sum(np.log(np.abs(np.diagonal(factor))).sum() for factor in factors)
        return float(np.median(weights) + constant)

    found = [evidence(pilot) for pilot in pilots]
    if abs(found[0] - found[1]) < math.log(LESSER):
        return None
    return pilots[int(np.argmax(found))]


def log_weights(target: Target, positions: Array, deadline: Deadline = NEVER) -> Array:
    """Log of posterior over standard normal density, up to a constant.

    Parameters
    ----------
    target : Target
    positions : array of shape (k, dim)
    deadline : Deadline
        Read before each position.

    Returns
    -------
    array of shape (k,)
        -inf where the density cannot be evaluated.

    Raises
    ------
    TimeRanOutError
    """
    found = np.empty(len(positions))
    for number, z in enumerate(positions):
        deadline.check()
        found[number] = target.density(z)[0]
    found += 0.5 * np.square(positions).sum(axis=1)
    return np.where(np.isfinite(found), found, -np.inf)


def non_centred(transport: Transport) -> Transport:
    """The map with all effects in their non-centred form."""
    blocks = tuple(plain_block(*block.information.shape[:2]) for block in transport.blocks)
    cross = np.zeros_like(transport.fixed_cross)
    return replace(transport, name="non-centred", blocks=blocks, fixed_cross=cross)
