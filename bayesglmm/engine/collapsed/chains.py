"""Chains of an independence sampler: each proposes without regard to where it is.

A proposal is theta and fixed effects from one density, and effects from nearly their conditional
one; it is accepted with the ratio of the weights (Tierney 1994, Ann. Statist. 22(4), section
2.3.3). So the draws are those of the joint posterior whatever the tables of the effects are off by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.engine.collapsed.conditionals import Conditionals
from bayesglmm.engine.collapsed.heads import Proposal, evenness, learned
from bayesglmm.engine.nuts import Sample
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array

STARTS = 16
"""Proposals for each chain to begin at one of."""
TOGETHER = 8
"""Draws of each chain that are proposed at a time."""
BATCH = 32
"""Proposals that are made at a time in the warm-up."""
ROUNDS = (0.25, 0.25, 0.5)
"""Shares of the warm-up after which the proposal learns."""
EVEN = 0.9
"""Effective share of the weights of a round after which there is nothing to learn."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """Proposals with their weights.

    Attributes
    ----------
    positions : array of shape (count, dim)
        Theta, fixed effects, group effects.
    logs : array of shape (count,)
        Log density of theta and fixed effects, with the noise of the effects; -inf where there is
        none.
    weights : array of shape (count,)
        The same over the density of the proposal.
    """

    positions: Array
    logs: Array
    weights: Array


def propose(
    conditionals: Conditionals, proposal: Proposal, count: int, rng: np.random.Generator
) -> Proposed:
    """Make proposals.

    Parameters
    ----------
    conditionals : Conditionals
    proposal : Proposal
    count : int
    rng : numpy.random.Generator

    Returns
    -------
    Proposed
    """
    heads = proposal.draw(count, rng)
    effects, logs = conditionals.draw(heads, rng)
    logs = np.where(np.isfinite(logs) & np.isfinite(effects).all(axis=1), logs, -np.inf)
    return Proposed(np.hstack([heads, effects]), logs, logs - proposal.log_density(heads))


@dataclass(frozen=True, slots=True, eq=False)
class Warm:
    """A proposal after the warm-up.

    Attributes
    ----------
    proposal : Proposal
    evenness : float
        Effective share of the weights of the last round, under the proposal before it.
    evaluations : int
        Proposals that were weighed.
    empty : float
        Share of those of the last round that had no density.
    """

    proposal: Proposal
    evenness: float
    evaluations: int
    empty: float


def warm_up(
    conditionals: Conditionals,
    proposal: Proposal,
    draws: int,
    rng: np.random.Generator,
    between: Callable[[], None],
) -> Warm:
    """Let a proposal learn.

    Parameters
    ----------
    conditionals : Conditionals
    proposal : Proposal
    draws : int
        In all, at most.
    rng : numpy.random.Generator
    between : callable
        Called between pieces of work; what it raises ends it.

    Returns
    -------
    Warm
    """
    made: list[Proposed] = []
    even, empty, d = 0.0, 1.0, len(proposal.center)
    for share in ROUNDS:
        if even >= EVEN:
            break
        before = len(made)
        for _ in range(max(1, round(share * draws / BATCH))):
            between()
            made.append(_heads_only(propose(conditionals, proposal, BATCH, rng), d))
        own = np.concatenate([one.weights for one in made[before:]])
        even, empty = evenness(own), float(np.mean(np.isneginf(own)))
        points, logs, weights = (
            np.concatenate([getattr(one, name) for one in made])
            for name in ("positions", "logs", "weights")
        )
        proposal = learned(proposal, points, logs, weights)
    return Warm(proposal, even, BATCH * len(made), empty)


def _heads_only(made: Proposed, size: int) -> Proposed:
    """Proposals without their group effects, which take memory."""
    return replace(made, positions=made.positions[:, :size].copy())


class IndependentChains:
    """Chains that can be run on and looked at; see `bayesglmm.engine.nuts.Chains`.

    Parameters
    ----------
    conditionals : Conditionals
    proposal : Proposal
    chains : int
    draws : int
        Of each chain at most.
    rng : numpy.random.Generator
    """

    road = ""

    def __init__(
        self,
        conditionals: Conditionals,
        proposal: Proposal,
        chains: int,
        draws: int,
        rng: np.random.Generator,
    ) -> None:
        self._conditionals, self._proposal, self._rng = conditionals, proposal, rng
        self._chains, self._most = chains, draws
        self._kept: list[Sample] = []
        self._state = self._started()

    def _started(self) -> Proposed:
        """A state for each chain to begin in: proposals, taken by their weights."""
        made = self._proposed(STARTS)
        size = np.exp(made.weights - made.weights.max())
        if not np.isfinite(size).all():
            raise EngineError("no proposal with the effects integrated out has a density")
        taken = self._rng.choice(len(size), self._chains, p=size / size.sum())
        return Proposed(made.positions[taken], made.logs[taken], made.weights[taken])

    @property
    def finished(self) -> int:
        """Draws that every chain has made."""
        return sum(sample.draws for sample in self._kept)

    def look(self) -> Sample:
        """What all chains have so far."""
        if not self._kept:
            return Sample(self._state.positions[:, None][:, :0], {})
        self._kept = [_joined(self._kept)]
        return self._kept[0]

    def wait(self, _: float) -> bool:
        """Go on for some draws; whether there are as many as may be."""
        self._kept.append(self._step())
        return self.finished >= self._most

    def pause(self) -> None:
        """Nothing runs in the background."""

    resume = pause
    abandon = pause

    def stop(self) -> Sample:
        """What all chains have made."""
        return self.look()

    def _proposed(self, each: int) -> Proposed:
        return propose(self._conditionals, self._proposal, each * self._chains, self._rng)

    def _step(self) -> Sample:
        """Some draws of each chain."""
        made, state, chains = self._proposed(TOGETHER), self._state, self._chains
        uniform = np.log(self._rng.random((TOGETHER, chains)))
        positions = np.empty((chains, TOGETHER, made.positions.shape[1]))
        lp, accepted, rates = (np.empty((chains, TOGETHER)) for _ in range(3))
        for draw in range(TOGETHER):
            own = slice(draw * chains, (draw + 1) * chains)
            with np.errstate(invalid="ignore"):  # -inf less -inf is no reason to move
                rise = made.weights[own] - state.weights
            taken = uniform[draw] < rise
            state = Proposed(
                np.where(taken[:, None], made.positions[own], state.positions),
                np.where(taken, made.logs[own], state.logs),
                np.where(taken, made.weights[own], state.weights),
            )
            positions[:, draw], lp[:, draw] = state.positions, state.logs
            accepted[:, draw], rates[:, draw] = taken, np.exp(np.minimum(rise, 0.0))
        self._state = state
        ones = np.ones((chains, TOGETHER))
        rates = np.nan_to_num(rates)
        statistics: dict[str, Array] = {
            "lp": lp,
            "accepted": accepted,
            "acceptance_rate": rates,
            "n_steps": ones,
        }
        return Sample(positions, statistics)


def _joined(samples: list[Sample]) -> Sample:
    """Samples one after the other."""
    names = samples[0].statistics
    return Sample(
        np.concatenate([sample.positions for sample in samples], axis=1),
        {name: np.concatenate([s.statistics[name] for s in samples], axis=1) for name in names},
    )
