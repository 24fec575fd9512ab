"""Statistics of the data against those of data that the model would draw."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import span
from bayesglmm.tables.numbers import format_number

ACROSS = 3
"""Panels side by side, at most."""


def replicates(statistics: Mapping[str, tuple[float, Array]]) -> Picture:
    """Draw a histogram for each statistic, with the observed value as a line.

    Parameters
    ----------
    statistics : mapping
        Name to (observed value, values in replicated data of shape (S,)).

    Returns
    -------
    Picture
    """
    across = min(ACROSS, len(statistics))
    down = -(-len(statistics) // across)
    with figure(7.0, 1.8 * down) as drawn:
        panels = drawn.subplots(down, across, squeeze=False).ravel()
        for axes, (name, (observed, simulated)) in zip(panels, statistics.items(), strict=False):
            axes.hist(simulated[np.isfinite(simulated)], bins=30, color=ACCENT, alpha=0.6)
            axes.axvline(observed, color=SECOND, linewidth=2)
            axes.set_title(brief(name, 30), parse_math=False)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.locator_params(axis="x", nbins=4)
        for axes in panels[len(statistics) :]:
            axes.remove()
        names = ", ".join(statistics)
        return Picture(
            drawn,
            f"Histograms of {names} in replicated data; the line is the observed value.",
            " ".join(_shows(name, *found) for name, found in statistics.items()),
        )


def _shows(name: str, observed: float, simulated: Array) -> str:
    """The observed value of a statistic, and where replicated ones lie."""
    return f"{name}: {format_number(observed)}, of replicated data 95 % in {span(simulated)}."
