"""Offsets: terms whose coefficient is known to be 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.dialect import arithmetic, environment
from bayesglmm.errors import DataError, FormulaError, first_rows
from bayesglmm.families.links import Array
from bayesglmm.spec.expression import columns_of, is_offset, terms_of
from bayesglmm.spec.formula import read_terms


@dataclass(frozen=True, slots=True, eq=False)
class Offset:
    """One ``offset()`` of a formula.

    Attributes
    ----------
    inside : object
        What it is called on, as an expression of formulae with its memory; prints as written.
    columns : tuple of str
        Data columns that it uses.
    """

    inside: Any
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return f"offset({self.inside})"


def offsets_of(text: str) -> tuple[Offset, ...]:
    """The offsets of a sum of terms.

    Parameters
    ----------
    text : str
        Such as ``"x + offset(log(births))"``.

    Returns
    -------
    tuple of Offset
    """
    calls = [term for term in terms_of(read_terms(text)) if is_offset(term)]
    insides = [call.arguments[0] for call in calls]
    return tuple(Offset(arithmetic(inside), columns_of(inside)) for inside in insides)


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
        If an offset is text, or not finite.
    FormulaError
        If it is not one number a row.
    """
    total = np.zeros(len(data))
    for offset in offsets:
        _check_numbers(offset, data)
        values = _values(offset, data)
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad):
            raise DataError(
                f"'{offset}' is not finite in {first_rows(bad)} of the rows used. "
                "Check what goes into it: log() of a zero, or a division by zero."
            )
        total += values
    return total


def _values(offset: Offset, data: pd.DataFrame) -> Array:
    try:
        with np.errstate(all="ignore"):  # what is not finite is reported by row
            found = np.asarray(offset.inside.eval(data, environment()), dtype=float)
        return np.broadcast_to(found, len(data))
    except Exception as error:  # formulae raises many kinds, some of them bare
        raise FormulaError(
            f"{offset} cannot be evaluated: {error}",
            fix="An offset is one number for each row: a column, or arithmetic of columns.",
        ) from error


def _check_numbers(offset: Offset, data: pd.DataFrame) -> None:
    for name in offset.columns:
        column = data.get(name)
        if column is None or not isinstance(column.dtype, pd.CategoricalDtype):
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
