"""Rows to average over: those that differ, each with the weight of all that are alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.blocks import row_blocks
from bayesglmm.posterior.distinct import distinct_rows
from bayesglmm.posterior.estimands.estimability import check_rows
from bayesglmm.posterior.posterior import Posterior

BUDGET = 20_000_000
"""Evaluations of the inverse link behind one table."""

FEWEST = 400
"""Draws that are always kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Rows of a design that differ.

    Attributes
    ----------
    which : array of int, shape (U,)
        Positions in the design.
    weight : array of shape (U,)
        Sums to 1.
    distinct : int
        How many there were before a sample was taken; U where none was.
    posterior : Posterior
        The draws that they are met with.
    """

    which: NDArray[np.int64]
    weight: Array
    distinct: int
    posterior: Posterior

    def blocks(self) -> Iterator[tuple[NDArray[np.int64], Array]]:
        """Rows of the design with their weights, as many as are evaluated at a time."""
        for some in row_blocks(len(self.which), self.posterior.size):
            yield self.which[some], self.weight[some]

    @property
    def sample(self) -> str:
        """For an estimand, ``"over a sample of 27 of 400 distinct rows"``; empty for all rows."""
        if len(self.which) == self.distinct:
            return ""
        return f"over a sample of {len(self.which):,} of {self.distinct:,} distinct rows"

    @property
    def note(self) -> str:
        """Says that these are a sample; empty where they are all."""
        if len(self.which) == self.distinct:
            return ""
        return (
            f"Averaged over {len(self.which):,} of {self.distinct:,} distinct rows, evenly spaced "
            "in the order of their linear predictors."
        )


def offset_as_exposure(design: Design) -> Design:
    """The design with an offset under a log link turned into an exposure, which it is.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Design
        The same one where the response is no count, the link no log, or there is no offset.
    """
    predictor = design.predictor
    is_rate = design.spec.family.takes_exposure and design.spec.link.multiplicative
    if not is_rate or not predictor.offset.any():
        return design
    exposure = design.rows.exposure * np.exp(predictor.offset)
    plain = design.with_predictor(replace(predictor, offset=np.zeros_like(predictor.offset)))
    return replace(plain, rows=replace(design.rows, exposure=exposure))


def rows_at(design: Design, at: pd.DataFrame, factors: Sequence[str]) -> Design:
    """A design applied to rows of which some columns make no difference.

    Parameters
    ----------
    design : Design
    at : pandas.DataFrame
    factors : sequence of str
        Columns that may be missing, because their groups make no difference. So may the exposure,
        which is 1 then.

    Returns
    -------
    Design

    Raises
    ------
    DataError
        If the rows do not fit the model.
    """
    at = as_pandas("at", at, "Pass rows as one; grid() makes one.")
    given = {name: design.data[name].iloc[0] for name in factors if name not in at}
    exposure = design.spec.exposure
    alone = exposure is not None and exposure not in at
    rows = design.apply(at.assign(**given), 1.0 if alone else None)
    check_rows(rows, "at=")
    return rows


def row_sizes(design: Design) -> Array:
    """What the mean of each row is for: its exposure, or number of trials; shape (n,)."""
    trials = 1.0 if design.rows.trials is None else design.rows.trials
    sizes = np.asarray(design.rows.exposure * trials, dtype=float)
    return np.broadcast_to(sizes, (design.n,))


def size_words(design: Design) -> str:
    """What readers see the column of `size_column` called."""
    return printed_names(design)[size_column(design)]


def size_column(design: Design) -> str:
    """The column of the sizes of rows, such as ``"births"``; empty where rows count as one."""
    trials = design.spec.formula.trials
    return design.spec.exposure or (trials if trials in design.data else None) or ""


def make_profiles(
    posterior: Posterior,
    weight: Array,
    indexed: Sequence[Group],
    points: int,
    exact: int = 0,
) -> Profiles:
    """Rows that differ, and draws, few enough to be evaluated at all of them.

    Parameters
    ----------
    posterior : Posterior
    weight : array of shape (n,)
        Weights of the rows, in any unit.
    indexed : sequence of Group
        Terms whose groups tell rows apart; of the others only the columns do.
    points : int
        Evaluations for each row and draw.
    exact : int
        Number of distinct rows up to which all are kept, whatever they cost.

    Returns
    -------
    Profiles
        All rows that differ; an evenly spaced sample of them where `BUDGET` does not reach for
        `FEWEST` draws. Draws are thinned to the budget.
    """
    design = posterior.design
    code, first = distinct_rows([design.predictor, *design.modelled.values()], indexed)
    share = np.bincount(code, weight, minlength=len(first)) / np.sum(weight)
    profiles = Profiles(first, share, len(first), posterior)
    limit = max(1, BUDGET // (FEWEST * points))
    if len(first) > max(limit, exact):
        profiles = _sample(profiles, limit)
    wanted = max(FEWEST, BUDGET // (points * len(profiles.which)))
    return replace(profiles, posterior=posterior.thin(wanted))


def _sample(profiles: Profiles, count: int) -> Profiles:
    """A systematic sample along the linear predictor, as many rows as asked for at most."""
    eta = _typical_predictor(profiles.posterior)
    order = np.argsort(eta[profiles.which], kind="stable")
    reached = np.cumsum(profiles.weight[order])
    places = np.searchsorted(reached, (np.arange(count) + 0.5) / count)
    chosen, times = np.unique(places.clip(max=len(order) - 1), return_counts=True)
    return replace(profiles, which=profiles.which[order[chosen]], weight=times / count)


def _typical_predictor(posterior: Posterior) -> Array:
    """Linear predictor of the fixed effects at their posterior means, shape (n,)."""
    predictor = posterior.predictor()
    return np.asarray(predictor.offset + predictor.X @ posterior.coefficients().mean(axis=0))
