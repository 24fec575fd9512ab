"""Posterior predictive checks by statistics of replicated data.

Gelman, Meng & Stern (1996), Statistica Sinica 6, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.families.support import Statistic
from bayesglmm.posterior.checks.as_told import as_told
from bayesglmm.posterior.checks.events import Event, events
from bayesglmm.posterior.group_effects import SomeRows
from bayesglmm.posterior.posterior import Posterior, Whose
from bayesglmm.tables import Table

REPLICATES = 500
"""Replicated data sets behind each check."""

MOST_CELLS, FEWEST = 20_000_000, 100
"""Replicates times rows beyond which there are fewer replicates, and how many there always are."""

SPREAD = "sd between groups of {}"

TAIL = "P(replicated ≥ observed)"


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Data sets that the fitted model would draw.

    Attributes
    ----------
    posterior : Posterior
        S draws, far apart in the chains.
    drawn : array of shape (S, n)
        Responses, as the data would tell them: where counts are suppressed, all counts of that
        size stand in the middle of the interval.
    groups : str
        ``"these"`` for the groups of the data, ``"new"`` for groups drawn from the population.
    """

    posterior: Posterior
    drawn: Array
    groups: str

    @property
    def design(self) -> Design:
        """The model's own design."""
        return self.posterior.design

    @property
    def whose(self) -> Whose:
        """Which group effects the data were drawn with."""
        return "new" if self.groups == "new" else "observed"

    def mean(self, rows: SomeRows) -> Array:
        """What each replicated response of some rows was drawn about, shape (S, rows)."""
        return self.posterior.mean(rows, self.whose)

    def chances(self, rows: SomeRows) -> Array:
        """Probability of each category that some rows were drawn with, (S, rows, K)."""
        family, link = self.design.spec.family, self.design.spec.link
        assert family.chances is not None  # asked of categories only
        effects = self.posterior.new_effects() if self.whose == "new" else None
        location = family.given(link, self.posterior.eta(rows, effects=effects))
        return family.chances.each(location, self.posterior.parameters(rows, whose=self.whose))

    def location(self, rows: SomeRows) -> Array:
        """The location of each replicated response, natural scale, exposure left out, (S, rows)."""
        effects = self.posterior.new_effects() if self.whose == "new" else None
        eta = self.posterior.eta(rows, effects=effects)
        return np.asarray(self.design.spec.link.inverse(eta))

    @property
    def observed(self) -> Array:
        """The responses themselves, suppression_notes as `drawn` is, shape (n,)."""
        return as_told(self.design, self.design.rows.central)


def replicate(
    posterior: Posterior, *, new_groups: bool = False, count: int = REPLICATES
) -> Replicates:
    """Draw data sets of the same rows from the posterior.

    Parameters
    ----------
    posterior : Posterior
    new_groups : bool
        Every group effect drawn anew from the population, in place of the posterior of the
        observed group.
    count : int
        Data sets, about; fewer where rows are very many (`MOST_CELLS`).

    Returns
    -------
    Replicates
    """
    design = posterior.design
    some, rng = posterior.thin(min(count, max(FEWEST, MOST_CELLS // design.n))), posterior.rng()
    drawn = np.empty((some.size, design.n))
    for rows in some.blocks():
        drawn[:, rows] = some.responses(rng, rows, new_groups=new_groups)
    return Replicates(some, as_told(design, drawn), "new" if new_groups else "these")


def replicated_statistics(replicates: Replicates) -> dict[str, tuple[float, Array]]:
    """Statistics of the data and of replicated data.

    Parameters
    ----------
    replicates : Replicates

    Returns
    -------
    dict
        Name to (observed, replicated values of shape (S,)). With group terms, also the standard
        deviation of the groups' mean responses for the first one; of categories, of the share of
        each.
    """
    design = replicates.design
    observed = replicates.observed
    functions = dict(design.spec.family.support.statistics)
    if design.predictor.groups:
        group = design.predictor.groups[0]
        name = SPREAD.format(printed_names(design)[group.factor])
        of_categories: dict[str, Statistic] = {
            f"{name}, share of {event.name}": partial(_share_between, event, group.index)
            for event in events(design)
        }
        functions |= of_categories or {name: lambda y: _between(y, group.index)}
    drawn = replicates.drawn
    return {name: (float(make(observed)), make(drawn)) for name, make in functions.items()}


def tail_table(statistics: dict[str, tuple[float, Array]], groups: str = "these") -> Table:
    """How far out each observed statistic lies.

    Parameters
    ----------
    statistics : dict
        From `replicated_statistics`.
    groups : str
        As in `Replicates`.

    Returns
    -------
    Table
        The share of replicated values at or above the observed one (half of those equal to it);
        near 0 or 1 the model does not reproduce the statistic.
    """
    rows = [
        (name, observed, *tail(np.asarray(observed), simulated))
        for name, (observed, simulated) in statistics.items()
    ]
    columns = ["statistic", "observed", "2.5 %", "97.5 %", TAIL, f"mcse_{TAIL}"]
    kinds = dict.fromkeys(columns[1:4], "number") | {TAIL: "probability"}
    whose = "the same groups" if groups == "these" else "new groups from the population"
    return Table(
        pd.DataFrame(rows, columns=columns),
        "Observed and replicated statistics",
        scale="response",
        estimand=f"data sets of the same rows, for {whose}",
        notes=("Near 0 or 1: the model does not reproduce this statistic. Ties count half.",),
        kinds=kinds,
    )


def tail(observed: Array, simulated: Array) -> tuple[float, float, float, float]:
    """Where an observed statistic stands among replicated ones.

    Parameters
    ----------
    observed : array of shape () or (S,)
        One for each draw where the statistic looks at the parameters.
    simulated : array of shape (S,)

    Returns
    -------
    lower, upper : float
        2.5 and 97.5 % quantiles of the replicated values.
    share, error : float
        Share of replicates at or above the observed one (ties count half), and its Monte Carlo
        standard error.
    """
    lower, upper = np.quantile(simulated, [0.025, 0.975])
    share = float(((simulated > observed) + 0.5 * (simulated == observed)).mean())
    # Replicates are independent but for the draws behind them, which are far apart in the chain.
    error = np.sqrt(share * (1 - share) / len(simulated)) or 1 / len(simulated)
    return float(lower), float(upper), share, float(error)


def group_sums(values: Array, index: NDArray[Any], count: int) -> Array:
    """Sums over the rows of each group, along the last axis.

    Parameters
    ----------
    values : array of shape (..., n)
    index : array of int, shape (n,)
        Group of each row; every group has a row.
    count : int
        Number of groups, G.

    Returns
    -------
    array of shape (..., G)
    """
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(count))
    return np.asarray(np.add.reduceat(values[..., order], starts, axis=-1))


def _share_between(event: Event, index: NDArray[Any], y: Array) -> Array:
    """Standard deviation of the groups' shares of an event, along the last axis."""
    return _between(event.happened(y), index)


def _between(y: Array, index: NDArray[Any]) -> Array:
    """Standard deviation of group means, along the last axis."""
    counts = np.bincount(index)
    return np.asarray((group_sums(y, index, len(counts)) / counts).std(axis=-1))
