"""A hanging rootogram: bars of the observed frequencies hang from the expected ones."""

from __future__ import annotations

import numpy as np

from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.checks.rootogram import Rootogram
from bayesglmm.tables.numbers import format_number

TICKS = 14
"""Labels on the axis, at most."""

NAMED = 8
"""Counts outside that are named, at most."""


def hanging_rootogram(found: Rootogram) -> Picture:
    """Draw frequencies on the scale of square roots.

    Parameters
    ----------
    found : Rootogram

    Returns
    -------
    Picture
        Bars that end inside the band around zero agree with the model.
    """
    expected, observed = np.sqrt(found.expected), np.sqrt(found.observed)
    place = np.arange(len(expected))
    edges = np.append(place - 0.5, place[-1] + 0.5)
    with figure(7.0, 2.8) as drawn:
        axes = drawn.subplots()
        low, high = expected - np.sqrt(found.upper), expected - np.sqrt(found.lower)
        axes.stairs(high, edges, baseline=low, fill=True, color=SECOND, alpha=0.3)
        axes.bar(place, observed, bottom=expected - observed, width=0.8, color=ACCENT, alpha=0.6)
        axes.plot(place, expected, "o-", color=SECOND, markersize=3, linewidth=1)
        axes.axhline(0, color=INK, linewidth=0.7)
        step = -(-len(place) // TICKS)
        shown = place[::step]
        axes.set_xticks(shown, labels=[found.labels[k] for k in shown], parse_math=False)
        if any("-" in found.labels[k] for k in shown):
            axes.tick_params(axis="x", labelsize=8, rotation=35)
        axes.set_xlabel("count")
        axes.set_ylabel("√ number of rows")
        return Picture(
            drawn,
            "Hanging rootogram: the line is how often each count is expected, on the scale of "
            "square roots; bars of the observed frequency hang from it. A bar that ends below the "
            "shaded band around zero: the count occurs more often than 97.5 % of replicated data "
            "show; above it: more seldom.",
            _shows(found),
        )


def _shows(found: Rootogram) -> str:
    """The commonest count, and which ones lie outside."""
    top = int(np.argmax(found.observed))
    outside = [
        label
        for label, seen, low, high in zip(
            found.labels, found.observed, found.lower, found.upper, strict=True
        )
        if not low <= seen <= high
    ]
    count = len(found.labels)
    listed = ", ".join(outside[:NAMED]) + (", ..." if len(outside) > NAMED else "")
    named = f", outside: {listed}" if outside else ""
    return (
        f"The commonest count is {found.labels[top]}, in {found.observed[top]:,.0f} rows where "
        f"{format_number(found.expected[top])} are expected; {count - len(outside)} of {count} "
        f"frequencies lie inside what replicated data show{named}."
    )
