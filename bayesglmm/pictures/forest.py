"""Estimates and intervals, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDE = 1e4
"""The same above which 1, 2 and 5 would be too many."""

NARROW = 5.0
"""Ratio of the ends of a logarithmic axis below which 1, 2 and 5 would be too few numbers on it."""

LABELLED = 120
"""Lines beyond which names could not be read and are left out."""


def forest(
    labels: Sequence[str],
    centers: Array,
    lower: Array,
    upper: Array,
    *,
    reference: float,
    log: bool,
    axis: str,
    raw: Array | None = None,
    truth: Array | None = None,
) -> Figure:
    """Draw estimates with intervals, the first on top.

    Parameters
    ----------
    labels : sequence of str, length k
    centers, lower, upper : array of shape (k,)
    reference : float
        Where "no effect" is; drawn as a line.
    log : bool
        Whether the axis is logarithmic.
    axis : str
        Label of the axis.
    raw : array of shape (k,), optional
        Raw effects, drawn as open circles where finite.
    truth : array of shape (k,), optional
        What the estimates should have been, drawn as upright strokes.

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(labels)
    named = count <= LABELLED
    height = 0.9 + count * (0.28 if count <= 30 else 0.16 if named else 0.03)
    with figure(7.0, min(height, 22.0)) as drawn:
        axes = drawn.subplots()
        rows = np.arange(count)[::-1]
        axes.axvline(reference, color=INK, linewidth=0.8, linestyle=":")
        axes.hlines(rows, lower, upper, color=ACCENT, linewidth=1.6 if named else 0.7)
        axes.plot(centers, rows, "o", color=ACCENT, markersize=4 if named else 1.5)
        if raw is not None:
            finite = np.isfinite(raw)
            axes.plot(raw[finite], rows[finite], "o", color=SECOND, markersize=4, fillstyle="none")
        if truth is not None:
            axes.plot(truth, rows, "|", color=INK, markersize=8, markeredgewidth=1.6)
        if log:
            axes.set_xscale("log")
            plain_ticks(axes)
        # A level such as "$10 to $20" is text, not mathematics.
        shown = count if named else 0
        axes.set_yticks(
            rows[:shown], labels=[brief(label) for label in labels[:shown]], parse_math=False
        )
        axes.tick_params(axis="y", length=0, labelsize=9 if count <= 30 else 7)
        axes.set_ylim(-0.7, count - 0.3)
        axes.set_xlabel(brief(axis, 90), parse_math=False)
        axes.spines["left"].set_visible(False)
        return drawn


def plain_ticks(axes: object) -> None:
    """Numbers, not powers, on a logarithmic axis.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    """
    from matplotlib.ticker import (
        LogLocator,
        MaxNLocator,
        NullFormatter,
        NullLocator,
        StrMethodFormatter,
    )

    axis = axes.xaxis  # type: ignore[attr-defined]
    low, high = axis.get_view_interval()
    if high < NARROW * low:  # hardly curved: round numbers as on a plain axis
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_minor_locator(NullLocator())
    else:
        subs = (1.0, 2.0, 5.0) if high < WIDE * low else (1.0,)
        axis.set_major_locator(LogLocator(subs=subs, numticks=9))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())
