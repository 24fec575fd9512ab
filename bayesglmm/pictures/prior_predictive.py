"""What the priors say of a row and of a whole data set, beside what was seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, SECOND, brief, figure
from bayesglmm.pictures.forest import plain_ticks
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import span
from bayesglmm.posterior.priors.predictive import PriorPredictive
from bayesglmm.tables.numbers import format_number

BINS = 40
WIDE = 50.0
"""Ratio of the quantiles beyond which a positive quantity is drawn on a logarithmic axis."""


def prior_picture(found: PriorPredictive) -> Picture:
    """Draw histograms of the mean of a row and of the first statistic of simulated data.

    Parameters
    ----------
    found : PriorPredictive

    Returns
    -------
    Picture
    """
    name, (observed, means) = next(iter(found.statistics.items()))
    with figure(7.0, 2.1) as drawn:
        left, right = drawn.subplots(1, 2)
        _histogram(left, found.rows.ravel(), found.crude, f"{found.what} of a row")
        _histogram(right, means, observed, f"{name} of simulated data")
    return Picture(
        drawn,
        f"Histograms of what the priors say before the data are seen: the {found.what} of a row, "
        f"and the {name} of simulated data. The line is what the data show.",
        f"The {found.what} of a row: 95 % of prior draws lie in {span(found.rows)}, the data have "
        f"{format_number(found.crude)}. The {name} of simulated data: 95 % lie in {span(means)}, "
        f"the data have {format_number(observed)}.",
    )


def _histogram(axes: Any, values: Array, observed: float, title: str) -> None:
    shown = values[np.isfinite(values)]
    low, high = np.quantile(shown, [0.005, 0.995])
    unit = bool(shown.min() >= 0 and shown.max() <= 1)
    if not unit and low > 0 and high > WIDE * low:
        low, high = min(low, observed) or low, max(high, observed)
        axes.set_xscale("log")
        bins = np.geomspace(low, high, BINS)
    else:
        low, high = (0.0, 1.0) if unit else (min(low, observed), max(high, observed))
        bins = np.linspace(low, high, BINS)
    axes.hist(shown, bins=bins, color=ACCENT, alpha=0.55)
    axes.axvline(observed, color=SECOND, linewidth=2)
    axes.set_title(brief(title, 50), parse_math=False)
    if axes.get_xscale() == "log":
        plain_ticks(axes)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
