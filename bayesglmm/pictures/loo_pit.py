"""LOO-PIT values against uniform ones: the distance of their shares, with a band."""

from __future__ import annotations

import numpy as np

from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.checks.loo_pit import LooPit


def pit_distance(found: LooPit) -> Picture:
    """Draw the share of values below each point, less the point.

    Parameters
    ----------
    found : LooPit

    Returns
    -------
    Picture
    """
    points = np.concatenate([[0.0], found.points, [1.0]])
    own, low, high = (
        np.concatenate([[0.0], values - found.points, [0.0]])
        for values in (found.below, found.lower, found.upper)
    )
    with figure(7.0, 2.4) as drawn:
        axes = drawn.subplots()
        axes.fill_between(points, low, high, color=ACCENT, alpha=0.25, linewidth=0)
        axes.axhline(0, color=INK, linewidth=0.7, linestyle=":")
        axes.plot(points, own, color=SECOND, linewidth=1.6)
        axes.set_xlim(0, 1)
        axes.set_xlabel("LOO-PIT")
        axes.set_ylabel("share below − uniform")
        return Picture(
            drawn,
            "LOO-PIT: share of rows whose response stands below each point of its prediction "
            "without the row, less the share of uniform values; 95 % of uniform sets stay inside "
            "the band everywhere.",
            _shows(found),
        )


def _shows(found: LooPit) -> str:
    """The largest distance, and whether the curve stays inside."""
    off = found.below - found.points
    worst = int(np.argmax(np.abs(off)))
    return (
        f"The curve is furthest from 0 at {found.points[worst]:.2f}, where it is "
        f"{off[worst]:+.3f}; it {'stays inside' if found.inside else 'leaves'} the band."
    )
