"""Hypotheses about the rows of a table: what is compared, how large it is, and how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.errors import SpecError, brief
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import answer, emptied, share_of_draws
from bayesglmm.posterior.arguments import check_flag, check_kind, check_number, check_share, is_real
from bayesglmm.posterior.hypotheses.compared import Compared, as_they_are, compared
from bayesglmm.posterior.hypotheses.joint import joint_intervals
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.quantities import ESTIMATES
from bayesglmm.tables import RowDraws, Table

type Hypothesis = str | Sequence[str] | Callable[[Any], Any]

DIRECTION, ROPE = "P(direction)", "P(ROPE)"
"""Columns of certainty beside the probability of lying above the null value."""


@beyond_double
def hypotheses(
    table: Table,
    hypothesis: Hypothesis | None = None,
    *,
    null: float | None = None,
    rope: tuple[float, float] | None = None,
    joint: bool = False,
    mass: float | None = None,
) -> Table:
    """What holds of the rows of a table, draw by draw.

    Parameters
    ----------
    table : Table
        One that has draws, such as from `Fit.predictions`, `Fit.fixef` or `Fit.ranef`.
    hypothesis : str, sequence of str, or callable, optional
        An equation: ``"b1 = b2"``, ``"x1 = 2 * x2"``, ``"exp(b3) - 1"``. Rows are called by their
        number from 1, as in b1, or by their names, in backquotes where these are unusual:
        ``"`sex[male]` = 0"``. What is estimated is the left side minus the right. Or a pattern:
        ``"pairwise"``, ``"reference"`` (against the first row), ``"sequential"`` (against the row
        before), each with ``rev`` before it for the opposite sign, ``"meandev"`` (against the mean
        of all rows), ``"meanotherdev"``. ``"ratio ~ pairwise | period"`` compares by ratio, within
        the values of a column. Or a function that takes `Table.draws` and gives an array of
        dimensions (chain, draw), or with one more. The rows themselves where left out.
    null : float, optional
        What the probabilities compare with; 0 for differences and 1 for ratios where left out.
    rope : (float, float), optional
        Region of practical equivalence, on the scale of the answer.
    joint : bool
        Whether the intervals of all rows hold together; see `joint_intervals`.
    mass : float, optional
        Posterior probability inside the intervals; that of the table where left out.

    Returns
    -------
    Table
        One row for each hypothesis: median, interval, ``P(>null)``, the probability of direction
        (the larger of the posterior probabilities of lying above and below the null value;
        Makowski et al. 2019, Frontiers in Psychology 10:2767) and, with `rope`, the posterior
        probability of lying inside (Kruschke 2018, Advances in Methods and Practices in
        Psychological Science 1(2), with the whole posterior in place of an interval).
        The table itself where nothing is asked.

    Raises
    ------
    FormulaError
        If a hypothesis cannot be read, or names no row.
    SpecError
        If the table has no draws, or a number cannot be used.
    """
    check_kind("table", table, Table, "Pass one, such as fit.fixef() or fit.predictions().")
    check_flag("joint", joint)
    check_number("null", null)
    if mass is not None:
        check_share("mass", mass)
    region = _region(rope)
    if hypothesis is not None or null is not None or region is not None or mass is not None:
        table = _tested(table, hypothesis, null, region, mass)
    return joint_intervals(table) if joint else table


def _region(rope: Any) -> tuple[float, float] | None:
    """A region of practical equivalence as it was given, checked."""
    if rope is None:
        return None
    pair = isinstance(rope, (tuple, list, np.ndarray)) and len(rope) == 2
    if not pair or not all(map(is_real, rope)) or not rope[0] < rope[1]:
        raise SpecError(
            f"rope={brief(rope)} is no region. Write its two ends, the lower one first: "
            "rope=(-0.1, 0.1)."
        )
    return float(rope[0]), float(rope[1])


@dataclass(frozen=True, slots=True)
class _Certainty:
    """What certainty is asked for: above which value, and inside which region."""

    null: float | None
    region: tuple[float, float] | None

    def columns(self, values: Array) -> dict[str, Array]:
        """Columns beside those of `answer`, with their Monte Carlo errors."""
        found = {}
        if self.null is not None:
            above, below = values > self.null, values < self.null
            upwards = above.mean(axis=0) >= below.mean(axis=0)
            found[DIRECTION] = share_of_draws(np.where(upwards, above, below), values)
        if self.region is not None:
            low, high = self.region
            found[ROPE] = share_of_draws((low <= values) & (values <= high), values)
        return {name: share for name, (share, _) in found.items()} | {
            f"mcse_{name}": error for name, (_, error) in found.items()
        }

    def notes(self) -> list[str]:
        """What the columns are."""
        notes = []
        if self.null is not None:
            notes.append(
                f"P(direction): the larger of the posterior probabilities of lying above and below "
                f"{self.null:g}."
            )
        if self.region is not None:
            low, high = self.region
            notes.append(
                f"P(ROPE): posterior probability of lying between {low:g} and {high:g}, the region "
                "of practical equivalence, on the scale above."
            )
        return notes


def _tested(
    table: Table,
    hypothesis: Hypothesis | None,
    null: float | None,
    region: tuple[float, float] | None,
    mass: float | None,
) -> Table:
    draws, source = table.draws, table.source
    assert source is not None  # or it had no draws
    mass = source.mass if mass is None else float(mass)
    what = as_they_are(table, draws) if hypothesis is None else compared(table, draws, hypothesis)
    asked = _Certainty(what.no_effect if null is None else float(null), region)
    frame = what.rows.join(_summed(what, asked, mass))
    shares = [str(name) for name in frame if f"mcse_{name}" in frame and name not in ESTIMATES]
    shape = dict.fromkeys(ESTIMATES, what.shape)
    own, kept = interval_note(source.mass), [n for n in table.notes if n not in source.beside]
    about = (interval_note(mass), *what.notes, *asked.notes())
    shaped = (draws.sizes["chain"], draws.sizes["draw"], -1)
    return Table(
        frame,
        caption=f"Hypotheses. {table.caption}" if hypothesis is not None else table.caption,
        scale=what.scale,
        estimand=what.estimand,
        notes=tuple(line for note in kept for line in (about if note == own else (note,))),
        kinds={**table.kinds, **shape, **dict.fromkeys(shares, "probability")},
        called=table.called,
        headings=table.headings,
        source=RowDraws(lambda: what.values.reshape(shaped), mass, asked.null),
    )


def _summed(what: Compared, asked: _Certainty, mass: float) -> pd.DataFrame:
    """Summaries of the draws; empty where a row that is compared is."""
    found = answer([what.values], mass, asked.null).assign(**asked.columns(what.values))
    return emptied(found, ~np.isnan(what.values).any(axis=0))
