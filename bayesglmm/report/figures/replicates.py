"""Statistics of the data against those of data that the model would draw."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.families.links import Array
from bayesglmm.report.figures.canvas import ACCENT, SECOND, figure, to_svg


def replicates(statistics: Mapping[str, tuple[float, Array]]) -> str:
    """Draw a histogram for each statistic, with the observed value as a line.

    Parameters
    ----------
    statistics : mapping
        Name to (observed value, values in replicated data of shape (S,)).

    Returns
    -------
    str
        SVG.
    """
    with figure(7.0, 2.2) as drawn:
        panels = drawn.subplots(1, len(statistics), squeeze=False)[0]
        for axes, (name, (observed, simulated)) in zip(panels, statistics.items(), strict=True):
            axes.hist(simulated, bins=30, color=ACCENT, alpha=0.6)
            axes.axvline(observed, color=SECOND, linewidth=2)
            axes.set_title(name, fontsize=9, parse_math=False)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.locator_params(axis="x", nbins=4)
        return to_svg(drawn)
