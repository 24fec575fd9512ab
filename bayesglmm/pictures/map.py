"""Maps: a colour for each group's outline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.pictures.canvas import ACCENT, INK, SECOND, brief, figure
from bayesglmm.pictures.geography import Geography
from bayesglmm.pictures.picture import Picture
from bayesglmm.posterior.groups.words import mean_words
from bayesglmm.posterior.units import several
from bayesglmm.tables import Table

LOW_TO_HIGH = ("#dceaf6", "#9cc4e4", "#4b8fc9", "#1f5f9e", "#123a68")
BELOW_TO_ABOVE = (ACCENT, "#9dbfdf", "#d9dcdf", "#eebd8d", SECOND)
"""Colours from low to high, and from surely below to surely above; both show on light and dark."""

CERTAINTIES = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0)
"""Bounds of the classes of a probability; Richardson et al. (2004), Environmental Health
Perspectives 112(9), decide at 0.8."""

SURE = 0.95
"""Probability from which a group counts as above the threshold; 1 less, as below."""

NO_VALUE = "#9aa3ab33"


if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class MapPanel:
    """One map.

    Attributes
    ----------
    title : str
    values : mapping
        Name of a place to its value.
    bounds : tuple of float
        Of the classes of values, each of which has a colour; empty for round ones.
    colours : tuple of str
    """

    title: str
    values: Mapping[str, float]
    bounds: tuple[float, ...]
    colours: tuple[str, ...]


def rate_map(design: Design, rates: Table, geography: Geography) -> Picture:
    """Two maps: each group's mean, and the probability that it lies above the threshold.

    Parameters
    ----------
    design : Design
    rates : Table
        From `posterior.group_rates` for the geography's factor.
    geography : Geography

    Returns
    -------
    Picture

    Raises
    ------
    SpecError
        If no group has an outline, or the response is one of several categories.
    """
    if design.spec.family.support.categories:
        raise SpecError(
            "A map shows one mean of each group, but a response of the "
            f"{design.spec.family.name} family has a probability of each category: see "
            f"group_rates('{geography.factor}')."
        )
    frame, printed = rates.frame, rates.formatted()
    levels = [label_of(level) for level in frame["level"]]
    outlines = geography.check(levels)
    name = frame.columns[list(frame.columns).index("lower") - 1]
    above = next(str(column) for column in frame if str(column).startswith("P(>"))
    what = mean_words(design)[1]
    panels = [
        MapPanel(what, dict(zip(levels, frame[name], strict=True)), (), LOW_TO_HIGH),
        MapPanel(
            f"probability of lying above {above[3:-1]}",
            dict(zip(levels, frame[above], strict=True)),
            CERTAINTIES,
            BELOW_TO_ABOVE,
        ),
    ]
    order = frame[name].to_numpy().argsort()
    ends = [f"{levels[row]} ({printed[name][row]})" for row in order]
    words = (
        f"Maps of {several(design, geography.factor)}: posterior median of the {what} (left), and "
        f"{panels[1].title} (right)."
    )
    sure = [int((frame[above] > SURE).sum()), int((frame[above] < 1 - SURE).sum())]
    shows = (
        f"Highest: {', '.join(ends[:-4:-1])}; lowest: {', '.join(ends[:3])}. Of {len(frame):,}, "
        f"{sure[0]:,} lie above {above[3:-1]} with a probability of more than {SURE:g}, and "
        f"{sure[1]:,} below it."
    )
    missing = [level for level in levels if level not in outlines]
    if missing:
        words += f" Not on the map: {', '.join(missing[:10])}{', ...' * (len(missing) > 10)}."
    return Picture(choropleth(outlines, panels), words, shows)


def choropleth(outlines: Mapping[str, list[list[Array]]], panels: Sequence[MapPanel]) -> Figure:
    """Draw maps side by side; places without a value stay pale.

    Parameters
    ----------
    outlines : mapping
        Name to polygons, each a list of rings (k, 2) of longitude and latitude.
    panels : sequence of MapPanel

    Returns
    -------
    matplotlib.figure.Figure
    """
    points = np.concatenate([ring for place in outlines.values() for p in place for ring in p])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    # A degree of longitude is as long as cos(latitude) degrees of latitude.
    narrower = np.cos(np.radians((south + north) / 2))
    ratio = (north - south) / ((east - west) * narrower)
    width = 7.0 / len(panels)
    with figure(7.0, float(np.clip(width * ratio, 1.5, 9.0)) + 0.75) as drawn:
        for axes, panel in zip(
            drawn.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            _draw(drawn, axes, outlines, panel)
            axes.set_xlim(west, east)
            axes.set_ylim(south, north)
            axes.set_aspect(1 / narrower)
            axes.set_axis_off()
        return drawn


def _draw(
    drawn: Any, axes: Any, outlines: Mapping[str, list[list[Array]]], panel: MapPanel
) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
    from matplotlib.patches import PathPatch
    from matplotlib.ticker import MaxNLocator

    values = np.array(list(panel.values.values()))
    bounds = panel.bounds or tuple(MaxNLocator(7).tick_values(values.min(), values.max()))
    colours = LinearSegmentedColormap.from_list("", panel.colours)
    shades = ScalarMappable(BoundaryNorm(bounds, colours.N), colours)
    for name, place in outlines.items():
        value = panel.values.get(name)
        fill = NO_VALUE if value is None else shades.to_rgba(np.array(value))
        for rings in place:
            axes.add_patch(PathPatch(_path(rings), facecolor=fill, edgecolor=INK, linewidth=0.3))
    bar = drawn.colorbar(
        shades, ax=axes, location="bottom", shrink=0.85, aspect=28, pad=0.02, spacing="uniform"
    )
    bar.set_ticks(list(bounds), labels=[f"{bound:g}" for bound in bounds])
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=2, labelsize=8)
    axes.set_title(brief(panel.title, 60), parse_math=False)


def _path(rings: list[Array]) -> Any:
    """A polygon with its holes: the outer ring and the inner ones run opposite ways."""
    from matplotlib.path import Path

    turned = [_turned(ring, place == 0) for place, ring in enumerate(rings)]
    codes = [[Path.MOVETO, *[Path.LINETO] * (len(ring) - 2), Path.CLOSEPOLY] for ring in turned]
    return Path(np.concatenate(turned), np.concatenate(codes))


def _turned(ring: Array, anticlockwise: bool) -> Array:
    x, y = ring[:, 0], ring[:, 1]
    area = float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    return ring if (area > 0) == anticlockwise else ring[::-1]
