"""Are sets of values uniform? How far their shares are from uniform ones, with a band."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.uniform import Band

ACROSS = 4
"""Panels of a line."""
TALL = 1.45
"""Of a line of panels, inches."""


def uniform_distances(shares: Mapping[str, Array], band: Band, axis: str, says: str) -> Picture:
    """Draw a panel for each set: the share of its values below each point, less the point.

    Parameters
    ----------
    shares : mapping
        Name to the share of the values below each point of the band, shape (K,).
    band : Band
        The same for all.
    axis : str
        What the values are.
    says : str
        What the picture shows; the band is explained after it.

    Returns
    -------
    Picture
    """
    lines = -(-len(shares) // ACROSS)
    points, low, high = (
        np.concatenate([[0.0], values, [end]])
        for values, end in (
            (band.points, 1.0),
            (band.lower - band.points, 0.0),
            (band.upper - band.points, 0.0),
        )
    )
    with figure(7.0, 0.5 + TALL * lines) as drawn:
        panels = drawn.subplots(lines, ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, (name, below) in zip(panels, shares.items(), strict=False):
            own = np.concatenate([[0.0], below - band.points, [0.0]])
            axes.fill_between(points, low, high, color=ACCENT, alpha=0.25, linewidth=0)
            axes.axhline(0, color=INK, linewidth=0.7, linestyle=":")
            axes.plot(points, own, color=ACCENT if band.holds(below) else SECOND, linewidth=1.5)
            axes.set_title(brief(name, 24), parse_math=False)
            axes.set_xlim(0, 1)
        for axes in panels[len(shares) :]:
            axes.set_visible(False)
        drawn.supxlabel(axis, fontsize=9)
        drawn.supylabel("share below − uniform", fontsize=9)
        left = [name for name, below in shares.items() if not band.holds(below)]
        verdict = f" Outside somewhere: {', '.join(left)}." if left else " None leaves it."
        return Picture(
            drawn,
            f"{says} {100 * band.mass:g} % of sets of uniform values stay inside the band "
            f"everywhere.{verdict}",
        )
