"""How many draws the digits of the main table need, and how many they may cost.

A run that was told nothing goes on until the Monte Carlo error supports two significant digits of
every number of the table of ratios, its 95 % bounds among them, and three of the estimates (of
differences, the digits of the interval's width; see `bayesglmm.tables.digits`), as far as that
costs no more than the run so far, and no more than `MOST_SECONDS`. What draws cost is estimated
from the size of the model, not measured: the clock would let a seed give other draws from run to
run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.nuts import Sample
from bayesglmm.engine.quantile_errors import quantile_errors
from bayesglmm.families.links import Array
from bayesglmm.tables.digits import OF_BOUND, OF_ESTIMATE, wanted_decimals

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
            No more than there are where nothing is to be gained. Two digits are gained number by
            number, the third of the estimates for the whole column or not at all.
        """
        values = self.printed(kept)
        if not values.shape[2]:
            return kept.draws
        with np.errstate(all="ignore"):  # a number that overflows has no digits
            numbers, errors = estimates_with_errors(values)
            two, three = (
                kept.draws * MARGIN * shortage(numbers, errors, self.kind, many)
                for many in (OF_BOUND, OF_ESTIMATE)
            )
        aims = [*two[two <= most], three[:, 0].max()]
        return int(np.ceil(max([kept.draws, *(aim for aim in aims if aim <= most)])))


def seconds_of(cells: int, positions: int) -> float:
    """Seconds of a gradient, estimated from the size of the model."""
    return GRADIENT + CELL * cells + POSITION * positions


def estimates_with_errors(values: Array) -> tuple[Array, Array]:
    """Estimates and bounds of draws of shape (chains, draws, k), and their errors, each (k, 3)."""
    numbers = np.quantile(values.reshape(-1, values.shape[2]), PARTS, axis=0)
    return numbers.T, quantile_errors(values, PARTS).T


def shortage(numbers: Array, errors: Array, kind: str, of_estimate: int) -> Array:
    """How many times as many draws the digits of each number need.

    Parameters
    ----------
    numbers, errors : array of shape (k, 3)
        Estimates with their bounds, and the Monte Carlo error of each.
    kind, of_estimate
        As for `wanted_decimals`.

    Returns
    -------
    array of shape (k, 3)
        The square of the error in units of the last digit wanted; 0 where nothing is lacking, or no
        number of draws would help.
    """
    decimals = wanted_decimals(numbers, kind, of_estimate)
    times = np.square(errors * 10.0 ** decimals.astype(float))
    return np.where(np.isfinite(times) & (times > 1), times, 0.0)
