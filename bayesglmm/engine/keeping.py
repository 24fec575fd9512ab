"""Draws handed over while the chains run, so that a run that is killed leaves what it had."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from bayesglmm.engine.convergence import SHORTEST
from bayesglmm.engine.nuts import Sample

EVERY = 10.0
"""Seconds between two hand-overs, at least."""

SHARE = 0.05
"""Of the time that they may take."""

CUT_SHORT = "the run was cut short, and what it had written last is here"
"""Why draws that were handed over meanwhile are incomplete; the end of the run replaces them."""


class Growing(Protocol):
    """Chains that run."""

    @property
    def finished(self) -> int:
        """Draws that every chain has made, warm-up included."""

    def look(self) -> Sample:
        """What all chains have so far."""


class Keeper:
    """Hands draws over from time to time.

    Parameters
    ----------
    keep : callable
        Takes the draws, warm-up included.
    tune : int
        Warm-up draws of each chain.
    clock : callable
        Gives seconds.
    """

    def __init__(
        self,
        keep: Callable[[Sample], None],
        tune: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep, self._tune, self._clock = keep, tune, clock
        self._due = clock() + EVERY
        self._most = 0

    def offer(self, chains: Growing) -> None:
        """Hand over what the chains have, where it is time and there is more than before."""
        start = self._clock()
        if start < self._due or chains.finished < self._tune + SHORTEST:
            return
        sample = chains.look()
        if sample.draws > self._most:
            self._keep(sample)
            self._most = sample.draws
        end = self._clock()
        self._due = end + max(EVERY, (end - start) / SHARE)


NOBODY = Keeper(lambda _: None, 0, lambda: 0.0)
"""Hands nothing over: its clock stands still."""
