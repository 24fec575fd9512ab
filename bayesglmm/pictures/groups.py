"""Effects of groups, sorted: one line each, a panel for each effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_names
from bayesglmm.design.parts import INTERCEPT
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.forest import LABELLED
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.groups.ranef import ranef
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.units import several
from bayesglmm.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@beyond_double
def plot_groups(
    posterior: Posterior, factor: str, mass: float = 0.95, *, parameter: str | None = None
) -> Picture:
    """Picture of the effects of every group of a factor, sorted by the first effect.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        A grouping factor.
    mass : float
    parameter : str, optional
        Another parameter of the family than its mean, such as ``"sigma"``.

    Returns
    -------
    Picture
        Of the table that `ranef` gives: link scale, shrunken effects with intervals, and as open
        circles the raw ones where they are finite.

    Raises
    ------
    SpecError
        As for `ranef`.
    """
    table = ranef(posterior, factor, mass, parameter=parameter)
    names, frame = printed_names(posterior.design), table.frame
    effects = list(frame["effect"].unique())
    first = frame[frame["effect"] == effects[0]].sort_values("shrunken", kind="stable")
    levels = first["level"].tolist()
    count, named = len(levels), len(levels) <= LABELLED
    height = 0.9 + count * (0.28 if count <= 30 else 0.16 if named else 0.02)
    with figure(7.0, min(height, 22.0)) as drawn:
        panels = drawn.subplots(1, len(effects), squeeze=False, sharey=True)[0]
        for axes, effect in zip(panels, effects, strict=True):
            own = frame[frame["effect"] == effect].set_index("level").loc[levels]
            _panel(axes, own, named)
            axes.set_title(brief(names[effect]), parse_math=False)
        shown = range(count if named else 0)
        labels = [brief(label_of(levels[place]), 30) for place in shown]
        panels[0].set_yticks(list(shown), labels=labels, parse_math=False)
        panels[0].tick_params(axis="y", labelsize=9 if count <= 30 else 7)
        panels[0].set_ylim(-0.7, count - 0.3)
        drawn.supxlabel(brief(f"effect, {table.scale}", 90), fontsize=9, parse_math=False)
    return Picture(drawn, _words(posterior, table, factor, first))


def _panel(axes: Axes, own: pd.DataFrame, named: bool) -> None:
    rows = np.arange(len(own))
    axes.axvline(0.0, color=INK, linewidth=0.8, linestyle=":")
    axes.hlines(rows, own["lower"], own["upper"], color=ACCENT, linewidth=1.6 if named else 0.7)
    axes.plot(own["shrunken"], rows, "o", color=ACCENT, markersize=4 if named else 1.5)
    if "raw" in own and named:
        raw = own["raw"].to_numpy(dtype=float)
        low, high = own["lower"].min(), own["upper"].max()
        near = np.isfinite(raw) & (raw > low - (high - low)) & (raw < high + (high - low))
        axes.plot(raw[near], rows[near], "o", color=SECOND, markersize=4, fillstyle="none")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _words(posterior: Posterior, table: Table, factor: str, first: pd.DataFrame) -> str:
    """The picture in words: how many groups, which are lowest and highest."""
    shown = table.formatted().loc[first.index]
    low, high = (
        f"{label_of(line['level'])} ({shown.loc[place, 'shrunken']}, "
        f"{shown.loc[place, 'lower']} to {shown.loc[place, 'upper']})"
        for place, line in (
            (index, first.loc[index]) for index in (first.index[0], first.index[-1])
        )
    )
    circles = (
        " Open circles: the group's own rows alone, where they lie near." if "raw" in first else ""
    )
    effect = first["effect"].iloc[0]
    sorted_by = "intercept" if effect == INTERCEPT else printed_names(posterior.design)[effect]
    return (
        f"{table.caption}, {table.scale}: {len(first):,} {several(posterior.design, factor)}, "
        f"one line each, sorted by {sorted_by}; lowest {low}, highest {high}. "
        f"{table.notes[0]}{circles}"
    )
