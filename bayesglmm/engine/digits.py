"""How many draws the digits of the main table need, and how many they may cost.

A run that was told nothing goes on until every number of the table of ratios, its 95 % bounds among
them, has the digits that `bayesglmm.tables.digits` would print without Monte Carlo error, as far as
that costs no more than the run so far, and no more than `MOST_SECONDS`. What draws cost is
estimated from the size of the model, not measured: the clock would let a seed give other draws from
run to run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.nuts import Sample
from bayesglmm.engine.quantile_errors import quantile_errors
from bayesglmm.families.links import Array
from bayesglmm.tables.digits import wanted_decimals

PARTS = (0.5, 0.025, 0.975)
"""Estimate and bounds of the table's default interval."""
MARGIN = 1.1
"""Draws asked for over those that the errors so far would need: an error is known to some 10 %."""
MOST_SECONDS = 3.0
"""What digits may cost at most, where the run so far took longer."""
GRADIENT, CELL, POSITION = 8e-6, 2e-9, 5e-8
"""Seconds of a gradient: for itself, for each cell, and for each position."""
CORES = 2
"""Chains that run at the same time."""


@dataclass(frozen=True, slots=True)
class Digits:
    """What a run is to give digits of.

    Attributes
    ----------
    printed : callable
        Draws to the numbers of the main table, (chains, draws, k).
    kind : str
        How they are printed, ``"estimate"`` or ``"positive"``.
    seconds : float
        Estimated, of one gradient of one chain.
    """

    printed: Callable[[Sample], Array]
    kind: str
    seconds: float

    def most_draws(self, warmup: int, kept: Sample) -> int:
        """Draws of each chain at most, for the sake of digits.

        Parameters
        ----------
        warmup : int
            Gradients before the draws, all chains.
        kept : Sample
            Draws that are enough otherwise.

        Returns
        -------
        int
        """
        steps = int(kept.statistics["n_steps"].sum())
        spent, each = (count * self.seconds / CORES for count in (warmup + steps, steps))
        allowed = min(spent, MOST_SECONDS)
        return int(kept.draws * (1 + allowed / each))

    def wanted(self, kept: Sample, most: int) -> int:
        """Draws of each chain that give the digits that `most` draws can give.

        Parameters
        ----------
        kept : Sample
        most : int

        Returns
        -------
        int
            No more than there are where nothing is to be gained.
        """
        values = self.printed(kept)
        if not values.shape[2]:
            return kept.draws
        with np.errstate(all="ignore"):  # a number that overflows has no digits
            needed = kept.draws * MARGIN * shortage(values, self.kind)
        reached = needed[needed <= most]
        return int(np.ceil(reached.max(initial=kept.draws)))


def seconds_of(cells: int, positions: int) -> float:
    """Seconds of a gradient, estimated from the size of the model."""
    return GRADIENT + CELL * cells + POSITION * positions


def shortage(values: Array, kind: str) -> Array:
    """How many times as many draws the digits of each number need.

    Parameters
    ----------
    values : array of shape (chains, draws, k)
        Draws as they are printed.
    kind : str
        ``"estimate"`` or ``"positive"``.

    Returns
    -------
    array of shape (3 k,)
        Above 1 only; the square of the error in units of the last digit wanted.
    """
    joined = values.reshape(-1, values.shape[2])
    numbers = np.quantile(joined, PARTS, axis=0)
    errors = quantile_errors(values, PARTS)
    decimals = [wanted_decimals((v, low, high), kind) for v, low, high in numbers.T]
    ratio = np.square(errors * 10.0 ** np.array(decimals, dtype=float).T)
    return np.asarray(ratio[np.isfinite(ratio) & (ratio > 1)])
