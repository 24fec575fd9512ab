"""Observed group means against their replicated intervals, sorted."""

from __future__ import annotations

import numpy as np

from bayesglmm.pictures.canvas import ACCENT, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.checks.group_means import GroupMeans
from bayesglmm.tables.numbers import format_number

MOST = 300
"""Groups drawn, evenly from the sorted ones."""

NAMED = 30
"""Groups up to which each bears its name."""


def sorted_means(found: GroupMeans) -> Picture:
    """Draw the groups from the lowest observed mean to the highest.

    Parameters
    ----------
    found : GroupMeans

    Returns
    -------
    Picture
    """
    order = np.argsort(found.observed, kind="stable")
    count = len(order)
    if count > MOST:
        order = order[np.linspace(0, count - 1, MOST).round().astype(int)]
    place = np.arange(len(order))
    inside = found.covered[order]
    observed = found.observed[order]
    thin = len(order) > 60
    with figure(7.0, 2.6) as drawn:
        axes = drawn.subplots()
        width = 1.2 if thin else 4.0
        lower, upper = found.lower[order], found.upper[order]
        axes.vlines(place, lower, upper, color=ACCENT, linewidth=width, alpha=0.5)
        size = 2.0 if thin else 4.0
        axes.plot(place[inside], observed[inside], "o", color=ACCENT, markersize=size)
        axes.plot(place[~inside], observed[~inside], "D", color=SECOND, markersize=size + 1)
        names = [found.levels[k] for k in order] if len(order) <= NAMED else []
        axes.set_xticks(
            place[: len(names)], labels=[brief(name, 24) for name in names], parse_math=False
        )
        axes.tick_params(axis="x", length=0, labelsize=8, rotation=0 if len(names) < 8 else 90)
        axes.set_xlabel(f"{brief(found.called)}, sorted by observed mean", parse_math=False)
        axes.set_title(brief(found.what, 90), loc="left", parse_math=False)
        drawn_groups = "" if count <= MOST else f" {MOST} of {count:,} groups, evenly spaced."
        return Picture(
            drawn,
            f"Observed means by {found.called} (dots; diamonds where outside) and the interval "
            f"that holds {100 * found.mass:g} % of replicated means.{drawn_groups}",
            _shows(found),
        )


def _shows(found: GroupMeans) -> str:
    """The ends of the observed means, and how many lie outside."""
    low, high = (int(pick(found.observed)) for pick in (np.argmin, np.argmax))
    ends = [f"{format_number(found.observed[k])} ({found.levels[k]})" for k in (low, high)]
    return f"The observed means run from {ends[0]} to {ends[1]}. {found.sentence()}"
