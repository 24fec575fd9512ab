"""Answers over the grid of a picture: which lines are one curve, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.posterior.curves.layout import Layout, lay_out
from bayesglmm.posterior.estimands.comparisons import ComparisonOptions, comparisons
from bayesglmm.posterior.estimands.contrasts import Variables
from bayesglmm.posterior.estimands.predictions import PredictionOptions, predictions
from bayesglmm.posterior.estimands.slopes import slopes
from bayesglmm.posterior.estimands.ways import WAYS
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Answers along a column.

    Attributes
    ----------
    layout : Layout
    table : Table
        A line for each row of the grid (and comparison, or category of the response).
    colour, panel : tuple of str
        Columns of its frame whose combinations tell curves of one panel, and panels, apart.
    no_effect : float or None
        Where comparisons and slopes say that nothing changes.
    """

    layout: Layout
    table: Table
    colour: tuple[str, ...]
    panel: tuple[str, ...]
    no_effect: float | None = None

    def panels(self) -> dict[str, pd.DataFrame]:
        """What stands above each panel to its lines; one with an empty name where not divided."""
        return self._split(self.table.frame, self.panel)

    def series(self, panel: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Name of each curve of a panel to its lines."""
        return self._split(panel, self.colour)

    def _split(self, frame: pd.DataFrame, columns: Sequence[str]) -> dict[str, pd.DataFrame]:
        if not columns:
            return {"": frame}
        parts = frame.groupby(list(columns), sort=False, observed=True)
        return {self._named(columns, key): part for key, part in parts}

    def _named(self, columns: Sequence[str], key: tuple[Any, ...]) -> str:
        return ", ".join(self._cell(name, value) for name, value in zip(columns, key, strict=True))

    def _cell(self, column: str, value: Any) -> str:
        text = self.table.called.get(column, {}).get(str(value), value_of(value))
        if column not in map(partial(in_table, self.table.frame), self.layout.by):
            return text
        return f"{self.table.headings.get(column, column)} = {text}"


def value_of(value: Any) -> str:
    """A value of a column as a picture shows it: numbers with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else label_of(value)


def predicted(
    posterior: Posterior,
    x: str,
    by: str | Sequence[str] | None,
    at: Mapping[str, Any] | None,
    **options: Unpack[PredictionOptions],
) -> Curves:
    """Predictions along a column; parameters are those of `lay_out` and `predictions`."""
    layout = lay_out(posterior.design, x, by, at)
    return _told(posterior.design, layout, predictions(posterior, layout.frame, **options))


def compared(
    posterior: Posterior,
    variables: Variables,
    x: str,
    by: str | Sequence[str] | None,
    at: Mapping[str, Any] | None,
    **options: Unpack[ComparisonOptions],
) -> Curves:
    """Comparisons along a column; parameters are those of `lay_out` and `comparisons`."""
    layout = lay_out(posterior.design, x, by, at)
    table = comparisons(posterior, variables, layout.frame, **options)
    way = WAYS[options.get("scale", "difference")]
    names = (variables,) if isinstance(variables, str) else tuple(variables)
    return _told(posterior.design, layout.without(names), table, "comparison", way.no_effect)


def sloped(
    posterior: Posterior,
    variables: str | Sequence[str],
    x: str,
    by: str | Sequence[str] | None,
    at: Mapping[str, Any] | None,
    **options: Unpack[PredictionOptions],
) -> Curves:
    """Slopes along a column; parameters are those of `lay_out` and `slopes`."""
    layout = lay_out(posterior.design, x, by, at)
    table = slopes(posterior, variables, layout.frame, **options)
    return _told(posterior.design, layout, table, "slope", 0.0)


def _told(
    design: Design, layout: Layout, table: Table, what: str = "", no_effect: float | None = None
) -> Curves:
    """Which columns tell curves apart: comparisons and categories first, then those of by=."""
    response, frame = design.spec.formula.response_name, table.frame
    several = [name for name in (what, response) if name in frame and len(frame[name].unique()) > 1]
    by = [in_table(frame, name) for name in layout.by]
    colour, panel = (several, by) if several else (by[:1], by[1:])
    return Curves(layout, table, tuple(colour), tuple(panel), no_effect)


def in_table(frame: pd.DataFrame, name: str) -> str:
    """What a column of the data is called in the frame of answers, where one is called alike."""
    renamed = f"{name} (data)"
    return renamed if renamed in frame else name
