"""Estimates for one or two kinds of reader: a typical group and new groups, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, figure
from bayesglmm.pictures.forest import plain_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLORS = (ACCENT, SECOND)
MARKERS = ("o", "s")
APART = 0.24
"""Between the lines of one row."""

LETTERS = 10
"""Of a legend in one line, for each inch."""


def means(
    labels: Sequence[str],
    series: Mapping[str, tuple[Array, Array, Array]],
    axis: str,
    *,
    reference: float | None = None,
    log: bool = False,
    width: float = 7.0,
    widest: int = 40,
) -> Figure:
    """Draw one or two estimates with intervals for each row, the first row on top.

    Parameters
    ----------
    labels : sequence of str, length k
    series : mapping
        Name to (centers, lower, upper), each of shape (k,); what is NaN is left out.
    axis : str
        Label of the axis.
    reference : float, optional
        Where "no effect" is; drawn as a line.
    log : bool
        Whether the axis is logarithmic.
    width : float
        Inches.
    widest : int
        Letters of a label's line.

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(labels)
    wrapped = [fill(label, widest) for label in labels]
    lines = max(label.count("\n") for label in wrapped)
    with figure(width, 1.1 + (0.38 + 0.12 * lines) * count) as drawn:
        axes = drawn.subplots()
        if reference is not None:
            axes.axvline(reference, color=INK, linewidth=0.8, linestyle=":")
        rows = np.arange(count)[::-1].astype(float)
        shifts = APART * (np.arange(len(series))[::-1] - (len(series) - 1) / 2)
        drawing = zip(series.items(), shifts, COLORS, MARKERS, strict=False)
        for (name, (center, lower, upper)), shift, color, marker in drawing:
            axes.hlines(rows + shift, lower, upper, color=color, linewidth=1.6)
            axes.plot(center, rows + shift, marker, color=color, markersize=4, label=name)
        if log:
            axes.set_xscale("log")
            plain_ticks(axes)
        axes.set_yticks(rows, labels=wrapped, parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, count - 0.4)
        axes.set_xlabel(axis, parse_math=False)
        axes.spines["left"].set_visible(False)
        if len(series) > 1:
            fit = sum(map(len, series)) <= LETTERS * width
            drawn.legend(
                loc="outside upper left", ncols=2 if fit else 1, frameon=False, labelcolor=INK
            )
        return drawn
