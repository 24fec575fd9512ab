"""What a hypothesis compares: its draws, what they are called, and on which scale they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bayesglmm.errors import SpecError, brief, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.distinct import distinct
from bayesglmm.posterior.hypotheses.equation import Rows, rows_of, solve
from bayesglmm.posterior.hypotheses.patterns import KINDS, MEANS, compare
from bayesglmm.posterior.hypotheses.statement import Comparison, Equation, read_statement
from bayesglmm.tables import Table
from bayesglmm.tables.draws import estimate_column, naming_columns, row_names

if TYPE_CHECKING:
    import xarray as xr

HYPOTHESIS = "hypothesis"
"""Column of what is compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Draws of what is compared.

    Attributes
    ----------
    rows : pandas.DataFrame
        What each is, in the columns that the table shows.
    values : array of shape (S, m)
    scale, estimand : str
    no_effect : float or None
        The value that means no effect.
    shape : str
        How the numbers are printed: ``"estimate"`` or ``"positive"``.
    notes : list of str
    """

    rows: pd.DataFrame
    values: Array
    scale: str
    estimand: str
    no_effect: float | None = 0.0
    shape: str = "estimate"
    notes: list[str] = field(default_factory=list)


def as_they_are(table: Table, draws: xr.DataArray) -> Compared:
    """The rows of a table, compared with nothing but the null value."""
    kind = table.kinds.get(estimate_column(table.frame))
    return Compared(
        table.frame[_naming(table)].reset_index(drop=True),
        _flat(draws),
        table.scale,
        table.estimand,
        None if table.source is None else table.source.no_effect,
        "positive" if kind == "positive" else "estimate",
    )


def compared(
    table: Table, draws: xr.DataArray, hypothesis: str | Sequence[str] | Callable[[Any], Any]
) -> Compared:
    """What a hypothesis compares.

    Parameters
    ----------
    table : Table
    draws : xarray.DataArray
        Its draws.
    hypothesis : str, sequence of str, or callable
        As for `hypotheses`.

    Returns
    -------
    Compared

    Raises
    ------
    FormulaError, SpecError
        If it cannot be read.
    """
    if callable(hypothesis):
        return _of_function(table, draws, hypothesis)
    if isinstance(hypothesis, str):
        statement = read_statement(hypothesis)
        if isinstance(statement, Comparison):
            return _of_pattern(table, _flat(draws), statement)
        return _of_equations(table, _flat(draws), [statement])
    return _of_equations(table, _flat(draws), _equations(hypothesis))


def _flat(draws: xr.DataArray) -> Array:
    """Draws as an array (S, k), chain after chain."""
    return np.asarray(draws.to_numpy().reshape(-1, draws.shape[-1]))


def _equations(several: Any) -> list[Equation]:
    """A list of equations as it was given."""
    texts = list(several) if isinstance(several, (list, tuple)) else []
    if not texts or not all(isinstance(text, str) for text in texts):
        raise SpecError(
            f"hypothesis={brief(several)} is no hypothesis. Write an equation such as 'b1 = b2', a "
            "list of such, a pattern such as 'pairwise', or give a function of the draws; a value "
            "to compare with is null=."
        )
    found = [read_statement(text) for text in texts]
    patterns = [one.pattern for one in found if isinstance(one, Comparison)]
    if patterns:
        raise SpecError(
            f"'{patterns[0]}' compares all rows: write it alone, as hypothesis='{patterns[0]}'."
        )
    return [one for one in found if isinstance(one, Equation)]


def _of_equations(table: Table, values: Array, equations: Sequence[Equation]) -> Compared:
    printed = row_names(table.frame, table.kinds, table.called)
    own = row_names(table.frame, table.kinds, {})
    rows = Rows(values, [*zip(own, printed, strict=True)])
    found = [solve(equation, rows) for equation in equations]
    numbers = [place for one in equations for place in rows_of(one, rows)]
    used = [f"b{place + 1}: {printed[place]}" for place in sorted({*numbers})]
    sides = "left side minus right side" if any(one.right for one in equations) else "as written"
    return Compared(
        pd.DataFrame({HYPOTHESIS: [one.text for one in equations]}),
        np.stack(found, axis=1),
        f"{sides}; rows: {table.scale}",
        _within(table),
        notes=[f"Rows compared: {'; '.join(used)}."] if used else [],
    )


def _of_pattern(table: Table, values: Array, asked: Comparison) -> Compared:
    naming, kind, by = _naming(table), KINDS[asked.kind], list(asked.by)
    for column in by:
        if column not in naming:
            raise SpecError(unknown("column", column, naming, "the hypothesis"))
    cells = table.frame[by].reset_index(drop=True)
    code, first = distinct(cells, len(cells))
    labels, within, found = list[str](), list[int](), list[Array]()
    for cell, row in enumerate(first):
        some = np.flatnonzero(code == cell)
        part = table.frame.iloc[some].drop(columns=by)
        names = row_names(part, table.kinds, table.called)
        pairs = compare(asked.kind, asked.pattern, values[:, some], names)
        labels += pairs
        within += [int(row)] * len(pairs)
        found += pairs.values()
    if not found:
        where = " in each cell" if by else ""
        raise SpecError(f"'{asked.pattern}' compares nothing: there is one row only{where}.")
    compared = np.stack(found, axis=1)
    above = asked.kind == "ratio" and not (compared <= 0).any()
    of_mean = asked.pattern in MEANS
    words = f"{asked.kind} of a row and the mean" if of_mean else kind.words
    return Compared(
        pd.DataFrame({HYPOTHESIS: labels}).join(cells.iloc[within].reset_index(drop=True)),
        compared,
        f"{words}; rows: {table.scale}",
        _within(table),
        kind.no_effect,
        "positive" if above else "estimate",
    )


def _naming(table: Table) -> list[str]:
    return naming_columns(table.frame, table.kinds)


def _of_function(table: Table, draws: xr.DataArray, function: Callable[[Any], Any]) -> Compared:
    found = function(draws)
    shape, sizes = np.shape(found), draws.shape[:2]
    if shape[:2] != sizes or len(shape) > 3:
        raise SpecError(
            f"The hypothesis gives an array of shape {shape}. It must begin with the dimensions "
            f"(chain, draw), here {sizes}, with at most one more: "
            "lambda draws: draws.sel(row='x1') - draws.sel(row='x2')."
        )
    name = getattr(function, "__name__", "function").strip("<>")
    values = np.asarray(found, dtype=float).reshape(sizes[0] * sizes[1], -1)
    labels = [name] if len(shape) == 2 else _labels(found, values.shape[1])
    return Compared(
        pd.DataFrame({HYPOTHESIS: labels}),
        values,
        f"that of the function; rows: {table.scale}",
        _within(table),
    )


def _labels(found: Any, count: int) -> list[str]:
    """What the last dimension of a function's answer calls its parts."""
    names = getattr(found, "coords", {}).get(getattr(found, "dims", ("",))[-1])
    return [f"part {k + 1}" for k in range(count)] if names is None else [*map(str, names.values)]


def _within(table: Table) -> str:
    return f"compared within each draw; rows: {table.estimand}"
