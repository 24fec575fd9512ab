"""Calibration of predicted probabilities: of rows given 30 %, are 30 % successes?

Gelman, Goegebeur, Tuerlinckx & Van Mechelen (2000), Applied Statistics 49(2): binned rows, with
bands from replicated data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.events import events
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
    event : str
        What counts as a success where responses are categories, such as ``"blue"`` or, where they
        have an order, ``"mild or higher"``; empty where the response says it.
    """

    rows: NDArray[np.int64]
    predicted: Array
    observed: Array
    lower: Array
    upper: Array
    event: str = ""

    @property
    def frame(self) -> pd.DataFrame:
        """The bins, a row each."""
        inside = (self.observed >= self.lower) & (self.observed <= self.upper)
        return pd.DataFrame(
            {
                "rows": self.rows,
                "predicted": self.predicted,
                "observed": self.observed,
                "2.5 %": self.lower,
                "97.5 %": self.upper,
                "inside": np.where(inside, "yes", "no"),
            }
        )

    def table(self) -> Table:
        """The bins behind the figure."""
        return _table(self.frame, "share of successes")


def _table(frame: pd.DataFrame, scale: str) -> Table:
    numbers = dict.fromkeys(["predicted", "observed", "2.5 %", "97.5 %"], "number")
    return Table(
        frame,
        "Calibration of predicted probabilities",
        scale=scale,
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
    y = np.asarray(design.rows.y, dtype=float)
    return _in_bins(predicted, trials, y, replicates.drawn)


def category_reliability(replicates: Replicates) -> tuple[Reliability, ...]:
    """The same of each category against the rest, or of those above each threshold.

    Parameters
    ----------
    replicates : Replicates

    Returns
    -------
    tuple of Reliability
        One for each category; where they have an order one for each but the lowest, whose event is
        that category or a higher one. Empty where responses are no categories.
    """
    design = replicates.design
    if not design.spec.family.support.categories:
        return ()
    chances = [replicates.chances(rows).mean(axis=0) for rows in replicates.posterior.blocks()]
    each, ones = np.concatenate(chances), np.ones(design.n)
    y = np.asarray(design.rows.y, dtype=float)
    return tuple(
        replace(
            _in_bins(
                each[:, event.inside].sum(axis=1),
                ones,
                event.happened(y),
                event.happened(replicates.drawn),
            ),
            event=event.name,
        )
        for event in events(design, cumulative=True)
    )


def category_table(found: Sequence[Reliability]) -> Table:
    """The bins of each event behind the figure."""
    frames = [one.frame.assign(event=one.event) for one in found]
    frame = pd.concat(frames, ignore_index=True)
    return _table(frame[["event", *frame.columns.drop("event")]], "share of rows with the event")


def _in_bins(predicted: Array, trials: Array, y: Array, drawn: Array) -> Reliability:
    """Shares of successes, observed and replicated, in bins of rows."""
    bins = _bins(predicted)
    count = int(bins.max()) + 1
    total = group_sums(trials, bins, count)

    def share(successes: Array) -> Array:
        return group_sums(successes, bins, count) / total

    lower, upper = np.quantile(share(drawn), [0.025, 0.975], axis=0)
    return Reliability(
        rows=np.bincount(bins).astype(np.int64),
        predicted=share(predicted * trials),
        observed=share(y),
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
