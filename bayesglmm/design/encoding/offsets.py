"""Offsets: terms whose coefficient is known to be 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.encoding.expressions import Expression, evaluate_expression
from bayesglmm.design.encoding.learning import learn
from bayesglmm.errors import DataError, first_rows
from bayesglmm.families.links import Array
from bayesglmm.spec.expression import Node, columns_of, is_offset, terms_of
from bayesglmm.spec.naming import name_of


@dataclass(frozen=True, slots=True)
class Offset:
    """One ``offset()`` of a formula.

    Attributes
    ----------
    name : str
        As tables name it.
    columns : tuple of str
        Data columns that it uses.
    of : Expression
        What it is called on.
    """

    name: str
    columns: tuple[str, ...]
    of: Expression

    def __str__(self) -> str:
        return self.name


def make_offsets(node: Node, data: pd.DataFrame, text: str) -> tuple[Offset, ...]:
    """Learn the offsets of a sum of terms.

    Parameters
    ----------
    node : Node
        Checked.
    data : pandas.DataFrame
        n rows.
    text : str
        What `node` was read from, for messages.

    Returns
    -------
    tuple of Offset

    Raises
    ------
    DataError
        If an offset is text.
    FormulaError
        If it cannot be evaluated, or is not one number a row.
    """
    found = []
    for call in filter(is_offset, terms_of(node)):
        name, columns = name_of(call), columns_of(call)
        _check_numbers(name, columns, data)
        found.append(Offset(name, columns, learn(call.arguments[0], data, text)))
    return tuple(found)


def total_offset(offsets: Iterable[Offset], data: pd.DataFrame) -> Array:
    """Sum of offsets, row by row.

    Parameters
    ----------
    offsets : iterable of Offset
    data : pandas.DataFrame
        n rows.

    Returns
    -------
    array of shape (n,)
        Link scale.

    Raises
    ------
    DataError
        If an offset is not finite.
    """
    total = np.zeros(len(data))
    for offset in offsets:
        found = np.asarray(evaluate_expression(offset.of, data), dtype=float)
        values = np.broadcast_to(found, len(data))
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise DataError(
                f"'{offset}' is not finite in {first_rows(bad)} of the rows used. "
                "Check what goes into it: log() of a zero, or a division by zero."
            )
        total += values
    return total


def _check_numbers(offset: str, columns: Iterable[str], data: pd.DataFrame) -> None:
    """Refuse text and labels, by value and row."""
    for name in columns:
        column = data[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            continue
        texts = column.astype(str)
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float)
        bad = np.flatnonzero(~np.isfinite(numbers))
        first = bad[0] if len(bad) else 0
        where = first_rows(bad) if len(bad) else "every row"
        raise DataError(
            f"{offset} adds a number to each row, but '{name}' is text or labels: "
            f"'{texts.iloc[first]}' in {where} of the rows used. "
            f"Make it a column of numbers first: pandas.to_numeric(data['{name}'])."
        )
