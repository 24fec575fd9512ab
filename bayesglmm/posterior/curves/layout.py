"""The grid of a picture: a column along the axis, others that tell curves apart, the rest held."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.given import as_given, is_coded
from bayesglmm.errors import SpecError, brief, unknown
from bayesglmm.posterior.column_arguments import check_column, names_of
from bayesglmm.posterior.estimands.grid import grid

POINTS = 61
"""Values of a number along the axis."""

FEW = 5
"""Distinct values of a number up to which each has a curve of its own; quartiles beyond."""

MOST_BY = 2
"""Columns that tell curves apart: the first by colour, the second by panel."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the answers of a picture are evaluated.

    Attributes
    ----------
    frame : pandas.DataFrame
        Rows of the grid, in the user's own codes.
    x : str
        The column along the axis.
    numeric : bool
        Whether it is a number, drawn as a curve; levels have a point each.
    by : tuple of str
        Columns that tell curves apart.
    held : mapping
        Every other column to its one value.
    """

    frame: pd.DataFrame
    x: str
    numeric: bool
    by: tuple[str, ...]
    held: Mapping[str, Any]

    def without(self, names: Collection[str]) -> Layout:
        """The same where some columns are compared, and so not held."""
        return replace(self, held={k: value for k, value in self.held.items() if k not in names})


def lay_out(
    design: Design, x: str, by: str | Sequence[str] | None, at: Mapping[str, Any] | None
) -> Layout:
    """The grid of a picture.

    Parameters
    ----------
    design : Design
        The model's own.
    x : str
        Column of the right-hand side.
    by : str, sequence of str or None
        At most two others.
    at : mapping or None
        Column to the value or values that it takes in place of the default: for a number the range
        of the data (`x`), its values or their quartiles (`by`), its mean (others); for a factor
        all levels, or the most frequent one.

    Returns
    -------
    Layout

    Raises
    ------
    SpecError
        If a column is not of the right-hand side, or stands in two places.
    """
    check_column("x", x)
    names = () if by is None else names_of("by", by)
    known = (*design.spec.fixed_variables, *design.spec.group_variables)
    for name in (x, *names):
        if name not in known:
            raise SpecError(unknown("column of the right-hand side", name, known))
    if x in names:
        raise SpecError(f"'{x}' is along the axis already. Leave it out of by=.")
    if len(names) > MOST_BY:
        raise SpecError(
            f"by= has {len(names)} columns. Give at most {MOST_BY}: the first is told by colour, "
            "the second by panel. Hold others with at={...}."
        )
    if at is not None and not isinstance(at, Mapping):
        raise SpecError(f"at={brief(at)} is no dictionary. Write at={{'{x}': [0, 10]}}.")
    asked = dict(at or {})
    values = {x: _along(design, x)} | {name: _apart(design, name) for name in names} | asked
    frame = grid(design, values)
    others = [str(name) for name in frame if name not in (x, *names)]
    held = {name: frame[name].iloc[0] for name in others if len(frame[name].unique()) == 1}
    varied = [name for name in others if name not in held]
    if varied:
        raise SpecError(
            f"at= gives '{varied[0]}' several values. Name it in by= too, or give it one."
        )
    return Layout(frame, x, is_number(design, x), names, held)


def is_number(design: Design, name: str) -> bool:
    """Whether a column is a number that curves run along: no factor, code or 0/1.

    Parameters
    ----------
    design : Design
    name : str

    Returns
    -------
    bool
    """
    if name in design.levels or is_coded(design, name) or name not in design.spec.fixed_variables:
        return False
    return not is_indicator(design.data[name].to_numpy(dtype=float))


def _along(design: Design, name: str) -> list[Any]:
    """Values of a column along the axis."""
    if not is_number(design, name):
        return _levels(design, name)
    values = design.data[name].to_numpy(dtype=float)
    return [float(value) for value in np.linspace(values.min(), values.max(), POINTS)]


def _apart(design: Design, name: str) -> list[Any]:
    """Values of a column that have a curve each."""
    if not is_number(design, name):
        return _levels(design, name)
    values = design.data[name].to_numpy(dtype=float)
    distinct = np.unique(values)
    shown = distinct if len(distinct) <= FEW else np.unique(np.quantile(values, [0.25, 0.5, 0.75]))
    return [float(value) for value in shown]


def _levels(design: Design, name: str) -> list[Any]:
    """Values of a factor, code or 0/1 as the user gave them, the reference first."""
    column = design.data[name]
    order = column.cat.codes if name in design.levels or column.dtype == "category" else column
    _, first = np.unique(order.to_numpy(), return_index=True)
    return list(as_given(design, [name])[name].iloc[first])
