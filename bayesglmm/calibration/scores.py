"""What the ranks of many replications say of each quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bayesglmm.calibration.replication import HALF, KEPT, LOG_LIKELIHOOD, Replication
from bayesglmm.families.links import Array
from bayesglmm.posterior.uniform import uniform_chance

POINTS = np.arange(1, KEPT + 1) / (KEPT + 1)
"""Where the distribution of the ranks is held against the uniform one: all there are."""
MASSES = (0.5, 0.8, 0.95)
"""Of the intervals whose coverage is counted."""


def column(replications: Sequence[Replication], field: str) -> Array:
    """One number of each replication and quantity, shape (m, k)."""
    return np.array([getattr(one, field) for one in replications], dtype=float)


def below_points(replications: Sequence[Replication]) -> Array:
    """Number of the ranks below each of `POINTS`, shape (99, k)."""
    ranks = column(replications, "rank")
    return np.asarray((ranks[:, None] < np.arange(1, KEPT + 1)[:, None]).sum(axis=0))


def scores(names: Mapping[str, str], replications: Sequence[Replication]) -> pd.DataFrame:
    """The scores of every quantity.

    Parameters
    ----------
    names : mapping
        Of the watched quantities, in their order.
    replications : sequence of Replication
        Those m that have a fit.

    Returns
    -------
    pandas.DataFrame
        ``quantity``; ``p``, the chance that uniform ranks stray as far (`uniform_chance`), and
        ``holm``, the same corrected for the number of quantities; ``mean rank`` over its largest,
        0.5 give or take ``0.29 / sqrt(m)``; ``in 50 %``, ``in 80 %``, ``in 95 %``: the share of
        truths in central intervals; ``mean z`` and ``rms z``, mean and root mean square of
        (posterior mean - truth) / posterior sd, which are 0 and 1 in expectation (Schad,
        Betancourt & Vasishth 2021, Psychological Methods 26(1), eq. 11); ``contraction``, the
        median over replications of 1 less the squared ratio of the widths of the central half of
        posterior and prior: theirs (eq. 12) with widths in place of standard deviations, so that a
        prior without a variance has one. NaN for the log likelihood, which has no prior.
    """
    count = len(replications)
    rank, below, z = (column(replications, field) for field in ("rank", "below", "z"))
    points = below_points(replications)
    frame = pd.DataFrame({"quantity": [*names]})
    frame["p"] = [uniform_chance(own, count, POINTS) for own in points.T]
    frame["holm"] = holm(frame["p"].to_numpy())
    frame["mean rank"] = rank.mean(axis=0) / KEPT
    for mass in MASSES:
        frame[coverage_name(mass)] = (np.abs(below - 0.5) < mass / 2).mean(axis=0)
    frame["mean z"] = z.mean(axis=0)
    frame["rms z"] = np.sqrt(np.square(z).mean(axis=0))
    frame["contraction"] = _contraction(replications)
    frame.loc[frame["quantity"] == LOG_LIKELIHOOD, "contraction"] = np.nan
    return frame


def coverage_name(mass: float) -> str:
    """What the share of truths in intervals of a mass is called."""
    return f"in {100 * mass:g} %"


def holm(p: Array) -> Array:
    """Chances corrected for their number (Holm 1979, Scand. J. Statist. 6(2)).

    Parameters
    ----------
    p : array of shape (k,)

    Returns
    -------
    array of shape (k,)
        Where the smallest is below a bound, some p is too small by chance with at most that
        probability.
    """
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(steps, 1.0)
    return corrected


def _contraction(replications: Sequence[Replication]) -> Array:
    """Of each quantity, shape (k,)."""
    low, high = np.quantile(column(replications, "truth"), HALF, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # a prior may hold one number only
        ratio = np.median(column(replications, "width"), axis=0) / (high - low)
    return np.asarray(1 - np.square(ratio))
