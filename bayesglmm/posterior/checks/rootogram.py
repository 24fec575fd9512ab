"""Rootogram of counts: how often each count occurs, and how often the model expects it.

Kleiber & Zeileis (2016), The American Statistician 70(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.replicated import Replicates
from bayesglmm.tables import Table

SINGLE = 40
"""Largest count up to which every count has a bin of its own."""

BINS = 30
"""Bins beyond that, of equal width in the square root of the count."""


@dataclass(frozen=True, slots=True, eq=False)
class Rootogram:
    """Observed and replicated frequencies of k bins of counts.

    Attributes
    ----------
    first, last : array of int, shape (k,)
        Counts at the ends of each bin, both inside.
    observed : array of shape (k,)
        Rows.
    expected : array of shape (k,)
        Mean number of rows in replicated data.
    lower, upper : array of shape (k,)
        2.5 and 97.5 % quantiles of the number of rows in replicated data.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    observed: Array
    expected: Array
    lower: Array
    upper: Array

    @property
    def labels(self) -> list[str]:
        """Names of the bins."""
        return [
            f"{low:,}" if low == high else f"{low:,}-{high:,}"
            for low, high in zip(self.first.tolist(), self.last.tolist(), strict=True)
        ]

    def table(self) -> Table:
        """The frequencies behind the figure."""
        inside = (self.observed >= self.lower) & (self.observed <= self.upper)
        frame = pd.DataFrame(
            {
                "count": self.labels,
                "observed": self.observed,
                "expected": self.expected,
                "2.5 %": self.lower,
                "97.5 %": self.upper,
                "inside": np.where(inside, "yes", "no"),
            }
        )
        return Table(
            frame,
            "Frequencies of counts",
            scale="number of rows",
            estimand="data sets of the same rows and groups",
            kinds={"observed": "count"} | dict.fromkeys(["expected", "2.5 %", "97.5 %"], "number"),
        )


def rootogram(replicates: Replicates) -> Rootogram | None:
    """Frequencies of counts in the data and in replicated data.

    Parameters
    ----------
    replicates : Replicates

    Returns
    -------
    Rootogram or None
        None for responses that are no counts.
    """
    if not replicates.design.spec.family.support.counts:
        return None
    y = replicates.observed
    edges = _edges(max(y.max(), np.quantile(replicates.drawn.max(axis=1), 0.9)))
    counted = np.array([_frequencies(drawn, edges) for drawn in replicates.drawn])
    lower, upper = np.quantile(counted, [0.025, 0.975], axis=0)
    return Rootogram(
        first=edges[:-1],
        last=edges[1:] - 1,
        observed=_frequencies(y, edges),
        expected=counted.mean(axis=0),
        lower=lower,
        upper=upper,
    )


def _edges(largest: float) -> NDArray[np.int64]:
    """Where bins start; beyond the last one no bin starts."""
    most = int(min(largest, 1e15))
    if most <= SINGLE:
        return np.arange(most + 2)
    roots = np.linspace(0, np.sqrt(most + 1), BINS + 1)
    return np.unique(np.ceil(np.square(roots) - 1e-6).astype(np.int64))


def _frequencies(y: Array, edges: NDArray[np.int64]) -> Array:
    """Rows in each bin."""
    place = np.searchsorted(edges, y, side="right") - 1
    return np.bincount(place[place < len(edges) - 1], minlength=len(edges) - 1).astype(float)
