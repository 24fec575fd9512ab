"""How surely groups can be ranked."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.pictures.canvas import ACCENT, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.units import one
from bayesglmm.tables import Table

NAMED = 30
"""Groups whose names fit; of more, some at either end are named."""

ENDS = 4
"""Names at either end."""

MOST = 300
"""Groups drawn, evenly from the sorted ones."""


def rank_plot(design: Design, rates: Table, factor: str) -> Picture:
    """Draw the rank of each group with its interval, the highest first.

    Parameters
    ----------
    design : Design
    rates : Table
        From `posterior.group_rates`.
    factor : str

    Returns
    -------
    Picture
    """
    from matplotlib.ticker import MaxNLocator

    frame = rates.frame.sort_values(["rank", "rank from", "rank to"], kind="stable")
    count = len(frame)
    if count > MOST:
        frame = frame.iloc[np.linspace(0, count - 1, MOST).round().astype(int)]
    place, names = np.arange(len(frame)), [label_of(level) for level in frame["level"]]
    step = max(1, len(frame) // NAMED)
    named = (
        place if step == 1 else np.r_[place[: ENDS * step : step], place[: -ENDS * step : -step]]
    )
    thin = count > 60
    with figure(7.0, 2.8) as drawn:
        axes = drawn.subplots()
        axes.vlines(
            place,
            frame["rank from"],
            frame["rank to"],
            color=ACCENT,
            linewidth=1.4 if thin else 3.0,
            alpha=0.55,
        )
        axes.plot(place, frame["rank"], "o", color=ACCENT, markersize=2.2 if thin else 4.5)
        axes.set_ylim(count + 0.5 + 0.02 * count, 0.5 - 0.02 * count)
        ticks = MaxNLocator(5, integer=True).tick_values(1, count)
        axes.set_yticks([1, *(tick for tick in ticks if 1 < tick <= count)])
        axes.set_ylabel("rank, 1 the highest")
        axes.set_xticks(named, labels=[brief(names[k], 24) for k in named], parse_math=False)
        axes.tick_params(axis="x", length=0, labelsize=7.5, rotation=90)
        axes.set_xlim(-1, len(frame))
        some = f" {MOST} of {count:,}, evenly spaced." if count > MOST else ""
        return Picture(
            drawn,
            f"Rank of each {one(design, factor)}: posterior median and interval, sorted.{some} "
            "Where intervals are long, the order is not known.",
            _shows(rates),
        )


def _shows(rates: Table) -> str:
    """The first and the last, and how long the intervals are."""
    frame = rates.frame.sort_values(["rank", "rank from", "rank to"], kind="stable")
    ends = [
        f"{label_of(row['level'])} (interval {row['rank from']:.0f} to {row['rank to']:.0f})"
        for _, row in frame.iloc[[0, -1]].iterrows()
    ]
    width = float((frame["rank to"] - frame["rank from"]).median())
    return (
        f"First of {len(frame):,}: {ends[0]}; last: {ends[1]}. The median interval is {width:.0f} "
        "places long."
    )
