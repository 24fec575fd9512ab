"""Observed shares of successes against predicted ones."""

from __future__ import annotations

from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.checks.reliability import Reliability


def reliability_diagram(found: Reliability) -> Picture:
    """Draw the bins, with the interval of replicated data for each.

    Parameters
    ----------
    found : Reliability

    Returns
    -------
    Picture
    """
    with figure(7.0, 3.0) as drawn:
        axes = drawn.subplots()
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":")
        axes.vlines(found.predicted, found.lower, found.upper, color=ACCENT, linewidth=5, alpha=0.4)
        axes.plot(found.predicted, found.observed, "o", color=SECOND, markersize=4)
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
        axes.set_xlabel("predicted probability, mean of the bin")
        axes.set_ylabel("share of successes")
        return Picture(
            drawn,
            "Calibration: share of successes in bins of rows (dots) over their predicted "
            "probability; bars hold 95 % of what replicated data show in the bin.",
            _shows(found),
        )


def _shows(found: Reliability) -> str:
    """The ends of the bins, and how many shares lie inside their bars."""
    inside = (found.observed >= found.lower) & (found.observed <= found.upper)
    ends = [f"{found.observed[k]:.2f} where {found.predicted[k]:.2f} is predicted" for k in (0, -1)]
    return (
        f"The share of successes is {ends[0]} in the lowest of {len(inside)} bins and {ends[1]} in "
        f"the highest; {int(inside.sum())} of {len(inside)} shares lie inside their bars."
    )
