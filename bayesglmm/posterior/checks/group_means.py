"""Group by group: do the observed group means lie inside their replicated intervals?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.events import Event, events
from bayesglmm.posterior.checks.replicated import Replicates, group_sums
from bayesglmm.posterior.quantities import tail_of
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """Observed and replicated means of the G groups of a factor.

    Attributes
    ----------
    factor : str
    called : str
        What readers see the factor called.
    what : str
        What the mean is, such as ``"deaths per 100,000 population"``.
    levels : tuple of str
    rows : array of int, shape (G,)
    observed, lower, upper : array of shape (G,)
        Response scale.
    mass : float
        Inside the replicated intervals.
    groups : str
        As in `Replicates`.
    event : str
        A category of the response, whose share is meant; empty where it has none.
    """

    factor: str
    called: str
    what: str
    levels: tuple[str, ...]
    rows: NDArray[np.int64]
    observed: Array
    lower: Array
    upper: Array
    mass: float
    groups: str
    event: str = ""

    @property
    def title(self) -> str:
        """Such as ``"Means by site"`` or ``"Share of blue by site"``."""
        return f"{f'Share of {self.event}' if self.event else 'Means'} by {self.called}"

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Which observed means lie inside, shape (G,)."""
        return np.asarray((self.observed >= self.lower) & (self.observed <= self.upper))

    def sentence(self) -> str:
        """The share covered, and which groups are not."""
        outside = [
            level for level, inside in zip(self.levels, self.covered, strict=True) if not inside
        ]
        count = len(self.levels)
        text = (
            f"{count - len(outside)} of {count} observed {self._whose} lie inside their "
            f"{100 * self.mass:g} % replicated interval"
        )
        if not outside:
            return f"{text}."
        more = f" and {len(outside) - 8} more" if len(outside) > 8 else ""
        return f"{text}; outside: {', '.join(outside[:8])}{more}."

    @property
    def _whose(self) -> str:
        if self.event:
            return f"shares of {self.event} in groups of {self.called}"
        return f"means of {self.called}"

    def table(self) -> Table:
        """All groups."""
        frame = pd.DataFrame(
            {
                self.factor: self.levels,
                "rows": self.rows,
                "observed": self.observed,
                "lower": self.lower,
                "upper": self.upper,
                "inside": np.where(self.covered, "yes", "no"),
            }
        )
        whose = "the same groups" if self.groups == "these" else "new groups from the population"
        return Table(
            frame,
            f"Observed and replicated: {self.title[0].lower()}{self.title[1:]}"
            if self.event
            else f"Observed and replicated means by {self.called}",
            scale=f"response: {self.what}",
            estimand=f"data sets of the same rows, for {whose}",
            notes=(
                f"Lower and upper: {100 * self.mass:g} % of replicated means lie between them.",
                "Means that the group's own effect was fitted to lie inside more often than that.",
            ),
            kinds={"rows": "count"} | dict.fromkeys(("observed", "lower", "upper"), "number"),
            headings={self.factor: self.called},
        )


def group_means(replicates: Replicates, mass: float = 0.95) -> list[GroupMeans]:
    """Group means of every grouping factor.

    Parameters
    ----------
    replicates : Replicates
    mass : float
        Inside the equal-tailed replicated intervals.

    Returns
    -------
    list of GroupMeans
        One for each factor, and for each category of a response that is one of several; empty
        without group terms.

    Raises
    ------
    SpecError
        If `mass` is not between 0 and 1.
    """
    factors = replicates.design.predictor.factors
    several: list[Event | None] = [*events(replicates.design)] or [None]
    return [
        _means(replicates, terms[0], mass, event) for terms in factors.values() for event in several
    ]


def _means(replicates: Replicates, group: Group, mass: float, event: Event | None) -> GroupMeans:
    design, count = replicates.design, len(group.levels)
    size, what = _denominator(design)
    what = what if event is None else f"share of {event.name}"
    total = group_sums(size, group.index, count)
    edge = tail_of(mass)

    def mean(y: Array) -> Array:
        counted = y if event is None else event.happened(y)
        return group_sums(counted, group.index, count) / total

    lower, upper = np.quantile(mean(replicates.drawn), [edge, 1 - edge], axis=0)
    return GroupMeans(
        factor=group.factor,
        called=printed_names(design)[group.factor],
        what=what,
        levels=group.levels,
        rows=group.rows_per_level,
        observed=mean(replicates.observed),
        lower=lower,
        upper=upper,
        mass=mass,
        groups=replicates.groups,
        event="" if event is None else event.name,
    )


def _denominator(design: Design) -> tuple[Array, str]:
    """What sums of responses are divided by, per row, and the name of the quotient."""
    spec, rows = design.spec, design.rows
    name = printed_names(design)[spec.formula.successes or spec.formula.response_name]
    size = np.broadcast_to(np.asarray(rows.exposure * rows.trials, dtype=float), (design.n,))
    if spec.exposure is not None:
        return size / spec.per, f"{name} {spec.per_words}"
    if spec.formula.trials is not None:
        return size, f"{name} per trial"
    return size, f"mean {name}"
