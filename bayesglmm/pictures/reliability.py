"""Observed shares of successes against predicted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.checks.reliability import Reliability
from bayesglmm.tables.english import joined

if TYPE_CHECKING:
    from matplotlib.axes import Axes


PANELS = 3
"""Diagrams side by side, at most."""


def reliability_diagram(*several: Reliability) -> Picture:
    """Draw the bins, with the interval of replicated data for each.

    Parameters
    ----------
    *several : Reliability
        One, or one for each event of a response that is one of several categories.

    Returns
    -------
    Picture
    """
    wide = min(len(several), PANELS)
    high = -(-len(several) // wide)
    with figure(7.0, 3.0 * high if wide == 1 else 2.5 * high + 0.4) as drawn:
        panels = drawn.subplots(high, wide, squeeze=False, sharex=True, sharey=True)
        for axes, found in zip(panels.ravel(), several, strict=False):
            _draw(axes, found)
        for axes in panels.ravel()[len(several) :]:
            axes.set_visible(False)
        events = [found.event for found in several if found.event]
        drawn.supxlabel("predicted probability, mean of the bin", fontsize="medium")
        panels[0, 0].set_ylabel("share of rows" if events else "share of successes")
        whose = f"of {joined(events)}" if events else "of successes"
        return Picture(
            drawn,
            f"Calibration: share {whose} in bins of rows (dots) over their predicted "
            "probability; bars hold 95 % of what replicated data show in the bin.",
            " ".join(map(_shows, several)),
        )


def _shows(found: Reliability) -> str:
    """The ends of the bins, and how many shares lie inside their bars."""
    inside = (found.observed >= found.lower) & (found.observed <= found.upper)
    ends = [f"{found.observed[k]:.2f} where {found.predicted[k]:.2f} is predicted" for k in (0, -1)]
    return (
        f"The share of {found.event or 'successes'} is {ends[0]} in the lowest of {len(inside)} "
        f"bins and {ends[1]} in the highest; {int(inside.sum())} of {len(inside)} shares lie "
        "inside their bars."
    )


def _draw(axes: Axes, found: Reliability) -> None:
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":")
    axes.vlines(found.predicted, found.lower, found.upper, color=ACCENT, linewidth=5, alpha=0.4)
    axes.plot(found.predicted, found.observed, "o", color=SECOND, markersize=4)
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
    if found.event:
        axes.set_title(brief(found.event, 30), loc="left", parse_math=False)
