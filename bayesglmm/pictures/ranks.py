"""How surely groups can be ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.pictures.canvas import ACCENT, brief, figure
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.units import one
from bayesglmm.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    parts = by_category(design, rates)
    count = len(parts[0][1])
    with figure(7.0, 2.8 * len(parts)) as drawn:
        panels = drawn.subplots(len(parts), 1, squeeze=False)[:, 0]
        for axes, (category, frame) in zip(panels, parts, strict=True):
            _panel(axes, frame)
            if category:
                axes.set_title(brief(category, 60), loc="left", parse_math=False)
        some = f" {MOST} of {count:,}, evenly spaced." if count > MOST else ""
        whose = "" if len(parts) == 1 else ", by the probability of each category"
        return Picture(
            drawn,
            f"Rank of each {one(design, factor)}{whose}: posterior median and interval, sorted."
            f"{some} Where intervals are long, the order is not known.",
            " ".join(
                f"{category}: {_shows(frame)}".removeprefix(": ") for category, frame in parts
            ),
        )


def by_category(design: Design, rates: Table) -> list[tuple[str, pd.DataFrame]]:
    """The rows of a table of groups by the category of the response, whose name is empty where
    it has none.
    """
    if not design.spec.family.support.categories:
        return [("", rates.frame)]
    grouped = rates.frame.groupby(design.spec.formula.response_name, sort=False)
    return [(str(category), frame) for category, frame in grouped]


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["rank", "rank from", "rank to"], kind="stable")


def _panel(axes: Axes, frame: pd.DataFrame) -> None:
    """Ranks of groups, the first on the left."""
    from matplotlib.ticker import MaxNLocator

    frame, count = _sorted(frame), len(frame)
    if count > MOST:
        frame = frame.iloc[np.linspace(0, count - 1, MOST).round().astype(int)]
    place, names = np.arange(len(frame)), [label_of(level) for level in frame["level"]]
    step = max(1, len(frame) // NAMED)
    named = (
        place if step == 1 else np.r_[place[: ENDS * step : step], place[: -ENDS * step : -step]]
    )
    thin = count > 60
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


def _shows(frame: pd.DataFrame) -> str:
    """The first and the last, and how long the intervals are."""
    frame = _sorted(frame)
    ends = [
        f"{label_of(row['level'])} (interval {row['rank from']:.0f} to {row['rank to']:.0f})"
        for _, row in frame.iloc[[0, -1]].iterrows()
    ]
    width = float((frame["rank to"] - frame["rank from"]).median())
    return (
        f"First of {len(frame):,}: {ends[0]}; last: {ends[1]}. The median interval is {width:.0f} "
        "places long."
    )
