"""Intervals of several rows that hold together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.quantities import BATCHES
from bayesglmm.tables import Table
from bayesglmm.tables.draws import estimate_column
from bayesglmm.tables.formatting import shown_columns
from bayesglmm.tables.intervals import intervals


def joint_intervals(table: Table) -> Table:
    """The table with intervals that hold for all of its rows together.

    Equal-tailed intervals of one mass for each row, the least for which the share of draws that lie
    inside all of them is that of the table: Besag, Green, Higdon & Mengersen (1995), Statistical
    Science 10(1), p. 30; the quantile-based band of Montiel Olea & Plagborg-Møller (2019),
    Journal of Applied Econometrics 34(1), Algorithm 2. They depend on the order of the draws alone,
    so that intervals of ratios are those of their logarithms.

    Parameters
    ----------
    table : Table
        With draws.

    Returns
    -------
    Table
        Bounds wider than before unless there is one row; empty rows stay empty and do not count.

    Raises
    ------
    SpecError
        If the table has no draws, or several intervals in a row.
    """
    draws, source = table.draws, table.source
    assert source is not None  # or it had no draws
    several = intervals(shown_columns(table.frame))
    if len(several) > 1:
        raise SpecError(
            f"'{table.caption}' has several intervals in a row, {', '.join(several)}: joint= is "
            "for tables with one. fixef() and comparisons() have."
        )
    name = estimate_column(table.frame)
    low, high = several[name]
    values = draws.to_numpy().reshape(-1, draws.shape[-1])
    known = ~np.isnan(values).any(axis=0)
    frame = table.frame.copy()
    (lower, upper), tail = joint_bounds(values[:, known], source.mass)
    errors = joint_errors(values[:, known], source.mass)
    columns = {low: lower, high: upper, f"mcse_{low}": errors[0], f"mcse_{high}": errors[1]}
    for column, numbers in columns.items():
        frame.loc[known, column] = numbers
    note = _note(source.mass, int(known.sum()), tail)
    own = interval_note(source.mass)
    notes = tuple(note if line == own else line for line in table.notes)
    return replace(table, frame=frame, notes=notes)


def joint_bounds(values: Array, mass: float) -> tuple[Array, float]:
    """Bounds that a share of the draws lies within in all quantities.

    Parameters
    ----------
    values : array of shape (S, k)
    mass : float
        The share.

    Returns
    -------
    bounds : array of shape (2, k)
    tail : float
        Share of the draws of each quantity below its lower bound, and above its upper one.
    """
    from scipy.stats import rankdata

    if not values.shape[1]:
        return np.empty((2, 0)), 0.0
    place = (rankdata(values, axis=0) - 1) / (len(values) - 1)
    outermost = np.minimum(place, 1 - place).min(axis=1)
    tail = float(np.quantile(outermost, 1 - mass, method="lower"))
    return np.quantile(values, (tail, 1 - tail), axis=0), tail


def joint_errors(values: Array, mass: float) -> Array:
    """Monte Carlo errors of `joint_bounds` by batch means, shape (2, k)."""
    size = len(values) // BATCHES
    batches = values[: size * BATCHES].reshape(BATCHES, size, -1)
    bounds = [joint_bounds(batch, mass)[0] for batch in batches]
    return np.asarray(np.std(bounds, axis=0, ddof=1) / np.sqrt(BATCHES))


def _note(mass: float, count: int, tail: float) -> str:
    if count == 1:
        return interval_note(mass)
    return (
        f"Posterior median and joint credible intervals: all {count:,} hold together with "
        f"{100 * mass:g} % posterior probability; each is an equal-tailed interval of "
        f"{100 * (1 - 2 * tail):.3g} % by itself."
    )
