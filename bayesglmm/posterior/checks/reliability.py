"""Calibration of predicted probabilities: of rows given 30 %, are 30 % successes?

Gelman, Goegebeur, Tuerlinckx & Van Mechelen (2000), Applied Statistics 49(2): binned rows, with
bands from replicated data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.replicated import Replicates, group_sums
from bayesglmm.tables import Table

BINS = 10
"""Bins of about equally many rows, at most."""

FEWEST = 10
"""Rows in a bin, about, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Predicted and observed shares of successes in k bins of rows.

    Attributes
    ----------
    rows : array of int, shape (k,)
    predicted : array of shape (k,)
        Posterior mean probability, averaged over the trials of the bin.
    observed : array of shape (k,)
        Share of successes.
    lower, upper : array of shape (k,)
        2.5 and 97.5 % quantiles of the share of successes in replicated data.
    """

    rows: NDArray[np.int64]
    predicted: Array
    observed: Array
    lower: Array
    upper: Array

    def table(self) -> Table:
        """The bins behind the figure."""
        inside = (self.observed >= self.lower) & (self.observed <= self.upper)
        frame = pd.DataFrame(
            {
                "rows": self.rows,
                "predicted": self.predicted,
                "observed": self.observed,
                "2.5 %": self.lower,
                "97.5 %": self.upper,
                "inside": np.where(inside, "yes", "no"),
            }
        )
        numbers = dict.fromkeys(["predicted", "observed", "2.5 %", "97.5 %"], "number")
        return Table(
            frame,
            "Calibration of predicted probabilities",
            scale="share of successes",
            estimand="rows in bins of predicted probability, given the effects of their groups",
            notes=(
                "The predictions saw these rows; the interval holds what data drawn from the model "
                "show in the same bins.",
            ),
            kinds={"rows": "count"} | numbers,
        )


def reliability(replicates: Replicates) -> Reliability | None:
    """Shares of successes in bins of rows, by predicted probability.

    Parameters
    ----------
    replicates : Replicates

    Returns
    -------
    Reliability or None
        None for responses that are neither binary nor successes out of trials.
    """
    design = replicates.design
    if not design.spec.family.support.successes:
        return None
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), (design.n,))
    blocks = replicates.posterior.blocks()
    predicted = np.concatenate([replicates.mean(rows).mean(axis=0) for rows in blocks])
    bins = _bins(predicted)
    count = int(bins.max()) + 1
    total = group_sums(trials, bins, count)

    def share(successes: Array) -> Array:
        return group_sums(successes, bins, count) / total

    lower, upper = np.quantile(share(replicates.drawn), [0.025, 0.975], axis=0)
    return Reliability(
        rows=np.bincount(bins).astype(np.int64),
        predicted=share(predicted * trials),
        observed=share(np.asarray(design.rows.y, dtype=float)),
        lower=lower,
        upper=upper,
    )


def _bins(predicted: Array) -> NDArray[np.int64]:
    """Bin of each row, 0, 1, ...; rows of equal probability share one."""
    count = int(np.clip(len(predicted) // FEWEST, 1, BINS))
    inner = np.unique(np.quantile(predicted, np.arange(1, count) / count))
    place = np.searchsorted(inner, predicted, side="left")
    _, bins = np.unique(place, return_inverse=True)
    return np.asarray(bins, dtype=np.int64)
