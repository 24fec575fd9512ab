"""Means of cells: for a typical group and over new groups, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLORS = (ACCENT, SECOND)
MARKERS = ("o", "s")
APART = 0.24
"""Between the lines of one cell."""
WIDEST = 40
"""Characters of a label's line."""


def means(
    labels: Sequence[str], series: Mapping[str, tuple[Array, Array, Array]], axis: str
) -> Figure:
    """Draw one or two estimates with intervals for each cell, the first cell on top.

    Parameters
    ----------
    labels : sequence of str, length k
    series : mapping
        Name to (centers, lower, upper), each of shape (k,).
    axis : str
        Label of the axis.

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(labels)
    wrapped = [fill(label, WIDEST) for label in labels]
    lines = max(label.count("\n") for label in wrapped)
    with figure(7.0, 1.1 + (0.38 + 0.12 * lines) * count) as drawn:
        axes = drawn.subplots()
        rows = np.arange(count)[::-1].astype(float)
        shifts = APART * (np.arange(len(series))[::-1] - (len(series) - 1) / 2)
        drawing = zip(series.items(), shifts, COLORS, MARKERS, strict=False)
        for (name, (center, lower, upper)), shift, color, marker in drawing:
            axes.hlines(rows + shift, lower, upper, color=color, linewidth=1.6)
            axes.plot(center, rows + shift, marker, color=color, markersize=4, label=name)
        axes.set_yticks(rows, labels=wrapped, parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(-0.6, count - 0.4)
        axes.set_xlabel(axis, parse_math=False)
        axes.spines["left"].set_visible(False)
        if len(series) > 1:
            drawn.legend(loc="outside upper left", ncols=2, frameon=False, labelcolor=INK)
        return drawn
