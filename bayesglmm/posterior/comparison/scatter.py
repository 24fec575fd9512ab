"""Whether each of the fits compared scatters its rows as widely as the data do.

Leaving out whole groups sees less of how rows scatter within a group: a Poisson and a negative
binomial may predict new groups alike though one gives every row far too little variance. The
dispersion check (`posterior.checks.dispersion`) looks at nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bayesglmm.posterior.checks.dispersion import dispersion
from bayesglmm.posterior.checks.replicated import TAIL, replicate
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

RARE = 0.01
"""Share of replicated data that scatter as widely as the data, below which a fit fails."""

FAILS = "; fails the dispersion check"
"""Said after the verdict of a fit that gives its rows too little variance."""

COLUMN = "dispersion"


@dataclass(frozen=True, slots=True)
class Scatter:
    """Squared residuals of a fit over what it expects of them.

    Attributes
    ----------
    ratio, lower, upper : float
        Median and 95 % interval over the draws; 1 is expected.
    tail : float
        Share of replicated data sets that scatter as widely as the data.
    """

    ratio: float
    lower: float
    upper: float
    tail: float

    @property
    def fails(self) -> bool:
        """Whether rows scatter more widely than the fit says.

        Less scatter is no failure here: given an effect for each row, it is expected.
        """
        return self.tail < RARE and self.lower > 1


def find_scatter(candidates: Mapping[str, Posterior]) -> dict[str, Scatter]:
    """The dispersion check of each fit whose response can show it.

    Parameters
    ----------
    candidates : mapping
        Name to posterior.

    Returns
    -------
    dict
        Name to its scatter; fits of single trials, and Gaussian ones, are left out.
    """
    found = {}
    for name, posterior in candidates.items():
        table = dispersion(replicate(posterior))
        if table is not None:
            row = table.frame.iloc[0]
            found[name] = Scatter(*(float(row[c]) for c in ("ratio", "lower", "upper", TAIL)))
    return found


def with_scatter(table: Table, found: Mapping[str, Scatter], factor: str) -> Table:
    """A comparison with the dispersion of each fit, and what the criterion can see.

    Parameters
    ----------
    table : Table
        Of `comparison_table`.
    found : mapping
        From `find_scatter`; the table is left as it is where it is empty.
    factor : str
        Whose groups were left out, as readers see it called; empty for rows.

    Returns
    -------
    Table
    """
    if not found:
        return table
    frame = table.frame.copy()
    failed = [str(name) for name in frame["model"] if name in found and found[name].fails]
    frame["verdict"] = [
        f"{verdict}{FAILS}" if name in failed else verdict
        for name, verdict in zip(frame["model"], frame["verdict"], strict=True)
    ]
    place = list(frame.columns).index("its se") + 1
    ratios = [found[name].ratio if name in found else np.nan for name in frame["model"]]
    frame.insert(place, COLUMN, ratios)
    notes = (*table.notes, _seen(factor), *_judged(failed, list(frame["model"]), found))
    return replace(table, frame=frame, notes=notes, kinds=dict(table.kinds) | {COLUMN: "number"})


def _seen(factor: str) -> str:
    """What a criterion can tell apart."""
    about = "Dispersion: squared residuals over what the fit expects of them, 1 where it is right. "
    if factor:
        return about + (
            f"Leaving out whole groups tells how well new groups of {factor} are predicted: their "
            "means and the spread between them count most, and how rows scatter within a group "
            "counts less. The dispersion check sees that, and nothing else."
        )
    return about + (
        "Leaving out rows tells how well a row is predicted from the other rows of its groups: its "
        "mean, and how widely rows scatter about it. The spread between groups is hardly seen."
    )


def _judged(failed: Sequence[str], names: Sequence[str], found: Mapping[str, Scatter]) -> list[str]:
    """What the check says of the fits, and which to prefer."""
    notes = [
        f"'{name}' fails the dispersion check: rows scatter {found[name].ratio:.2g} times "
        f"({found[name].lower:.2g} to {found[name].upper:.2g}) as widely about their means as it "
        "says. Its intervals are too narrow, however well it predicts on average."
        for name in failed
    ]
    good = [name for name in names if name in found and name not in failed]
    if failed and good:
        notes.append(f"It does not fail for {', '.join(repr(name) for name in good)}: prefer that.")
    return notes
