"""What lies beneath the curves of a picture: the data, and a curve for each group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import as_given
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.curves.layout import Layout
from bayesglmm.posterior.estimands.asked import Asked, make_means
from bayesglmm.posterior.estimands.means import row_means
from bayesglmm.posterior.estimands.rows import with_groups
from bayesglmm.posterior.group_effects import GroupEffects
from bayesglmm.posterior.posterior import Posterior

BINS = 12
"""Of rows along a number, where each response is one of two values or of a few categories."""

X, Y, SIZE, BIN = " x", " y", " size", " bin"
"""Columns of points; no column of the data begins with a blank."""

MOST_GROUPS = 60
"""Groups that have a curve each."""

DRAWS = 400
"""Behind the curve of a group, about."""


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Data beneath curves.

    Attributes
    ----------
    frame : pandas.DataFrame
        `X`, `Y` (in the unit of the curves), `SIZE` (exposure, trials or rows), the columns of
        ``by=``, and of responses with categories the category.
    words : str
        What a point is.
    """

    frame: pd.DataFrame
    words: str


def points_of(design: Design, layout: Layout, asked: Asked) -> Points | None:
    """The data in the unit of predictions.

    Parameters
    ----------
    design : Design
        The model's own.
    layout : Layout
    asked : Asked

    Returns
    -------
    Points or None
        A point for each row; of responses that are 0 or 1, or categories, one for each share in a
        bin of rows. None where the picture is not of the response.
    """
    if asked.scale == "link" or asked.kind != "mean" or asked.parameter is not None:
        return None
    means, rows, base = make_means(design, asked), design.rows, _base(design, layout)
    y = np.asarray(rows.central, dtype=float)
    if len(means) > 1:
        name = design.spec.formula.response_name
        parts = [
            _binned(layout, base.assign(**{Y: (y == k).astype(float), name: mean.category}))
            for k, mean in enumerate(means)
        ]
        return Points(pd.concat(parts, ignore_index=True), "Points: shares of the rows of a bin.")
    size = np.broadcast_to(np.asarray(rows.exposure * rows.trials, dtype=float), design.n)
    if design.spec.family.support.single:
        return Points(
            _binned(layout, base.assign(**{Y: y})), "Points: shares of the rows of a bin."
        )
    frame = base.assign(**{Y: means[0].unit * y / size, SIZE: size})
    return Points(frame, "Points: the rows of the data.")


def _base(design: Design, layout: Layout) -> pd.DataFrame:
    """Where each row of the data lies: its place along the axis, and whose curve it is beside."""
    rows = as_given(design, [layout.x, *layout.by])
    own = {name: _nearest(rows[name], layout.frame[name]) for name in layout.by}
    return pd.DataFrame({X: rows[layout.x], **own})


def _nearest(column: pd.Series, shown: pd.Series) -> pd.Series:
    """The curve of each row: its own level, or the nearest of the numbers that have a curve."""
    values = np.unique(shown.to_numpy()) if pd.api.types.is_float_dtype(shown) else None
    if values is None:
        return column
    away = np.abs(column.to_numpy(dtype=float)[:, None] - values)
    return pd.Series(values[away.argmin(axis=1)], index=column.index)


def _binned(layout: Layout, frame: pd.DataFrame) -> pd.DataFrame:
    """Means of y in bins of rows along the axis, within the curves."""
    place = frame[X]
    if layout.numeric:
        place = pd.qcut(place.astype(float), BINS, labels=False, duplicates="drop").rename(BIN)
    others = [name for name in frame if name not in (X, Y)]
    parts = frame.assign(**{SIZE: 1.0}).groupby([place, *others], observed=True, sort=False)
    found = parts.agg({Y: "mean", SIZE: "sum"})
    if layout.numeric:
        found[X] = parts[X].mean()
    return found.reset_index().drop(columns=[BIN], errors="ignore")


@dataclass(frozen=True, slots=True, eq=False)
class GroupCurves:
    """A curve for each group of a factor.

    Attributes
    ----------
    values : array of shape (G, rows)
        Posterior medians over the rows of the grid.
    words : str
        Which groups they are.
    """

    values: Array
    words: str


def group_curves(posterior: Posterior, layout: Layout, factor: str, asked: Asked) -> GroupCurves:
    """What is expected of each group of a factor, with the effects of other factors at zero.

    Parameters
    ----------
    posterior : Posterior
    layout : Layout
    factor : str
        A grouping factor.
    asked : Asked

    Returns
    -------
    GroupCurves
        Of at most `MOST_GROUPS` groups, evenly spaced in their order.

    Raises
    ------
    SpecError
        If there is no such factor, or the response is categories.
    """
    design = posterior.design
    (group, *_) = design.terms(factor)
    count = len(group.levels)
    some = np.unique(np.linspace(0, count - 1, min(count, MOST_GROUPS)).round().astype(int))
    _, first = np.unique(group.index, return_index=True)
    whose = as_given(design, group.factors).iloc[first[some]]
    mean, *categories = make_means(design, replace(asked, effects="observed"))
    if categories:
        raise SpecError(
            f"group='{factor}' draws one line for each group; here each group has one for every "
            "category. Leave it out, or draw the mean score: kind='score'."
        )
    rows = layout.frame.drop(columns=list(group.factors), errors="ignore").merge(whose, how="cross")
    at_rows = _OneFactor(design, posterior.thin(DRAWS).draws, factor).apply(
        with_groups(design, rows), 1.0 if design.spec.exposure is not None else None
    )
    medians = [np.median(row_means(at_rows, mean, block), axis=0) for block in at_rows.blocks()]
    values = np.concatenate(medians).reshape(len(layout.frame), len(some)).T
    name = printed_names(design)[factor]
    which = f"{len(some)} of the {count:,}" if len(some) < count else f"the {count:,}"
    return GroupCurves(values, f"Thin lines: {which} groups of {name}, posterior medians.")


@dataclass(frozen=True, eq=False)
class _OneFactor(Posterior):
    """A posterior in which the groups of one factor alone differ."""

    factor: str = ""

    def effects(self, parameter: str | None = None) -> tuple[GroupEffects, ...]:
        """Effects of the groups of that factor."""
        found = super().effects(parameter)
        return tuple(one for one in found if one.group.factor == self.factor)
