"""Curves of answers along a column: predictions, comparisons, slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import INK, PALETTE, brief, figure
from bayesglmm.pictures.curve_words import curve_words
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.arguments import check_flag
from bayesglmm.posterior.column_arguments import names_of
from bayesglmm.posterior.curves.beneath import (
    SIZE,
    GroupCurves,
    Points,
    X,
    Y,
    group_curves,
    points_of,
)
from bayesglmm.posterior.curves.curves import (
    Curves,
    compared,
    in_table,
    predicted,
    sloped,
    value_of,
)
from bayesglmm.posterior.estimands.asked import Asked
from bayesglmm.posterior.estimands.comparisons import ComparisonOptions
from bayesglmm.posterior.estimands.contrasts import Variables
from bayesglmm.posterior.estimands.predictions import PredictionOptions
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ACROSS = 3
"""Panels side by side, at most."""

MOST_PANELS = 12

BESIDE = 0.6
"""Width that the points of one level share."""

FADED = 300
"""Points beyond which each is drawn fainter."""

MANY = 1000
"""Points beyond which they are an image inside the SVG, not an element each."""

LEGEND = 70
"""Letters of one line of the legend."""

ROOM = 1.6
"""How far above the curves the axis goes for points, in heights of the curves."""


@beyond_double
def plot_predictions(
    posterior: Posterior,
    x: str,
    by: str | Sequence[str] | None = None,
    *,
    group: str | None = None,
    at: Mapping[str, Any] | None = None,
    points: bool = True,
    **options: Unpack[PredictionOptions],
) -> Picture:
    """Picture of predictions along a column, with their intervals and the data beneath.

    Parameters
    ----------
    posterior : Posterior
    x : str
        Column of the right-hand side: along a number curves are drawn, of a factor its levels.
    by : str or sequence of str, optional
        At most two columns that tell curves apart: the first by colour, the second by panel. Of a
        number its values, or where they are more than five its quartiles.
    group : str, optional
        A grouping factor, whose groups have a thin line each (posterior medians).
    at : mapping, optional
        Column to its value, or for those of `x` and `by` several, in place of the defaults; the
        other columns are at their mean or most frequent value.
    points : bool
        Whether the data are drawn: each row, or of single successes and of categories the shares
        in bins of rows.
    **options
        ``scale``, ``kind``, ``exposure``, ``re``, ``parameter`` and ``mass``, as for `predictions`.

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If a column, value or word cannot be used, or there are more curves than colours.
    """
    check_flag("points", points)
    curves = predicted(posterior, x, by, at, **options)
    words = {name: options[name] for name in _ASKED if name in options}  # type: ignore[literal-required]
    asked = Asked(words.pop("re", "typical"), **words)
    data = points_of(posterior.design, curves.layout, asked) if points else None
    groups = group_curves(posterior, curves.layout, group, asked) if group is not None else None
    return _drawn(posterior, curves, data, groups)


_ASKED = ("re", "scale", "kind", "exposure", "parameter")


@beyond_double
def plot_comparisons(
    posterior: Posterior,
    variables: Variables,
    x: str,
    by: str | Sequence[str] | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    **options: Unpack[ComparisonOptions],
) -> Picture:
    """Picture of comparisons along another column, with their intervals.

    Parameters
    ----------
    posterior : Posterior
    variables : str, sequence of str, or mapping
        What is compared, as for `comparisons`.
    x, by, at
        As for `plot_predictions`.
    **options
        ``scale``, ``kind``, ``exposure``, ``re``, ``parameter`` and ``mass``, as for `comparisons`.

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        As for `plot_predictions`.
    """
    return _drawn(posterior, compared(posterior, variables, x, by, at, **options))


@beyond_double
def plot_slopes(
    posterior: Posterior,
    variables: str | Sequence[str],
    x: str | None = None,
    by: str | Sequence[str] | None = None,
    *,
    at: Mapping[str, Any] | None = None,
    **options: Unpack[PredictionOptions],
) -> Picture:
    """Picture of slopes along a column, with their intervals.

    Parameters
    ----------
    posterior : Posterior
    variables : str or sequence of str
        Numbers, with respect to which the mean is differentiated, as for `slopes`.
    x : str, optional
        The first of `variables` itself where left out: how its slope changes along it.
    by, at
        As for `plot_predictions`.
    **options
        ``scale``, ``kind``, ``exposure``, ``re``, ``parameter`` and ``mass``, as for `slopes`.

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        As for `plot_predictions`.
    """
    along = next(iter(names_of("variables", variables)), "") if x is None else x
    return _drawn(posterior, sloped(posterior, variables, along, by, at, **options))


def _drawn(
    posterior: Posterior,
    curves: Curves,
    data: Points | None = None,
    groups: GroupCurves | None = None,
) -> Picture:
    if not curves.table.frame["median"].notna().any():
        raise SpecError(f"There is nothing to draw. {' '.join(curves.table.notes)}")
    panels, names = curves.panels(), printed_names(posterior.design)
    if len(panels) > MOST_PANELS:
        raise SpecError(
            f"There are {len(panels)} panels; {MOST_PANELS} can be read. Choose some with at=."
        )
    colours = _colours(curves)
    across = min(ACROSS, len(panels))
    down = -(-len(panels) // across)
    with figure(7.0, 3.4 if down == 1 and across == 1 else 2.5 * down + 0.5) as drawn:
        grid = drawn.subplots(down, across, squeeze=False, sharex=True, sharey=True).ravel()
        for axes, (title, lines) in zip(grid, panels.items(), strict=False):
            _panel(axes, curves, lines, colours, groups)
            if data is not None:
                _points(axes, curves, lines, data, colours)
            axes.set_title(brief(title), parse_math=False)
        for axes in grid[len(panels) :]:
            axes.remove()
        hidden = _heights(grid[0], curves, data)
        drawn.supxlabel(brief(names[curves.layout.x], 90), fontsize=9, parse_math=False)
        drawn.supylabel(brief(curves.table.scale, 60), fontsize=9, parse_math=False)
        if len(colours) > 1:
            columns = len(colours) if sum(map(len, colours)) < LEGEND else 4
            handles, labels = grid[0].get_legend_handles_labels()
            drawn.legend(
                handles,
                [brief(label) for label in labels],
                loc="outside upper left",
                ncols=columns,
                frameon=False,
                labelcolor=INK,
            )
    return Picture(drawn, " ".join(curve_words(curves, names, data, groups, hidden)))


def _colours(curves: Curves) -> dict[str, str]:
    """Name of each curve to its colour."""
    named = list(curves.series(curves.table.frame))
    if len(named) > len(PALETTE):
        (column,) = curves.colour[:1]
        raise SpecError(
            f"There are {len(named)} curves in one panel; {len(PALETTE)} colours can be told "
            f"apart. Choose some values of '{column}' with at=, or put it second in by=, for "
            "panels."
        )
    return dict(zip(named, PALETTE, strict=False))


def _panel(
    axes: Axes,
    curves: Curves,
    lines: pd.DataFrame,
    colours: Mapping[str, str],
    groups: GroupCurves | None,
) -> None:
    """The curves of a panel, or the levels of a factor."""
    if curves.no_effect is not None:
        axes.axhline(curves.no_effect, color=INK, linewidth=0.8, linestyle=":")
    beside = _beside(colours)
    for name, own in curves.series(lines).items():
        x, colour = _places(curves, own), colours[name]
        low, middle, high = (
            own[column].to_numpy(dtype=float) for column in ("lower", "median", "upper")
        )
        if groups is not None:
            thin = groups.values[:, own.index.to_numpy()]
            axes.plot(x, thin.T, color=colour, linewidth=0.5, alpha=0.45, zorder=1.5)
        if curves.layout.numeric:
            axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
            axes.plot(x, middle, color=colour, linewidth=1.8, label=name)
            continue
        axes.vlines(x + beside[name], low, high, color=colour, linewidth=1.6)
        axes.plot(x + beside[name], middle, "o", color=colour, markersize=4.5, label=name)
    if not curves.layout.numeric:
        levels = _levels(curves)
        axes.set_xticks(range(len(levels)), labels=[brief(one, 18) for one in levels])
        axes.set_xlim(-0.6, len(levels) - 0.4)


def _points(
    axes: Axes, curves: Curves, lines: pd.DataFrame, data: Points, colours: Mapping[str, str]
) -> None:
    """The data that belong to the curves of a panel, behind them."""
    frame = data.frame
    faint, beside = 0.75 if len(frame) < FADED else 0.3, _beside(colours)
    for name, own in curves.series(lines).items():
        is_here = np.ones(len(frame), dtype=bool)
        for column in (*curves.colour, *curves.panel):
            plain = column.removesuffix(" (data)")
            is_here &= (frame[plain] == own[column].iloc[0]).to_numpy()
        some = frame[is_here]
        shift = 0.0 if curves.layout.numeric else beside[name] + BESIDE / 4 / len(colours)
        axes.scatter(
            _positions(curves, some[X]) + shift,
            some[Y],
            s=4 + 26 * np.sqrt(some[SIZE] / frame[SIZE].max()),
            facecolor="none",
            edgecolor=colours[name],
            linewidth=0.7,
            alpha=faint,
            zorder=1,
            rasterized=len(frame) > MANY,
        )


def _beside(colours: Mapping[str, str]) -> dict[str, float]:
    """How far from its level each curve's point stands, where the axis has levels."""
    count = len(colours)
    return {name: BESIDE / count * (k - (count - 1) / 2) for k, name in enumerate(colours)}


def _levels(curves: Curves) -> list[str]:
    shown = in_table(curves.table.frame, curves.layout.x)
    return [value_of(value) for value in curves.table.frame[shown].drop_duplicates()]


def _places(curves: Curves, own: pd.DataFrame) -> Array:
    return _positions(curves, own[in_table(own, curves.layout.x)])


def _positions(curves: Curves, values: pd.Series) -> Array:
    """Where values of the column along the axis stand on it."""
    if curves.layout.numeric:
        return values.to_numpy(dtype=float)
    order = {level: place for place, level in enumerate(_levels(curves))}
    return np.array([order.get(value_of(value), np.nan) for value in values], dtype=float)


def _heights(axes: Axes, curves: Curves, data: Points | None) -> int:
    """Fit the axis to the curves, with room for most points; how many of them lie beyond."""
    if data is None or data.frame.empty:
        return 0
    frame = curves.table.frame
    low, high = float(frame["lower"].min()), float(frame["upper"].max())
    y = data.frame[Y].to_numpy(dtype=float)
    y = y[np.isfinite(y)]
    height = ROOM * (high - low)
    bottom, top = max(y.min(), low - height), min(y.max(), high + height)
    bottom, top = min(bottom, low), max(top, high)
    margin = 0.04 * (top - bottom)
    axes.set_ylim(bottom - margin, top + margin)
    return int(np.sum((y < bottom) | (y > top)))
