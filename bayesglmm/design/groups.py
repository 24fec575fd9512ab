"""Group terms: levels, an integer index, and a small matrix; never a block of dummy columns.

The layout follows MixedModels.jl's `ReMat` (Bates et al.): memory is linear in rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.columns import Columns, apply_columns, make_columns
from bayesglmm.design.labels import label_of, natural_order
from bayesglmm.errors import DataError
from bayesglmm.families.links import Array
from bayesglmm.spec.bars import Bar

NEW_GROUP = -1
"""Index of a row whose group the model has not seen."""


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A group term: ``eta_i += sum_j Z[i, j] * u[index[i], j]``.

    Attributes
    ----------
    name : str
        Such as ``"1|county"`` or ``"1+year|county"``.
    factor : str
        Such as ``"county"`` or ``"practice:physician"``.
    factors : tuple of str
        The data columns whose combination names a group.
    columns : tuple of str, length q
        Left of the bar; ``"1"`` for the intercept.
    levels : tuple of str, length G
        Groups that occur in the rows used.
    index : array of int32, shape (n,)
        Group of each row; `NEW_GROUP` for a group not in `levels` (new data only).
    labels : array of str, shape (n,)
        Name of each row's group, seen or not.
    Z : array of shape (n, q)
        Values of the columns.
    correlated : bool
        Whether the q effects of a group are correlated.
    encoder : Columns
        Evaluates the left side on new data.
    prefix : str
        Before the names of its effects where it is of another parameter than the mean.
    """

    name: str
    factor: str
    factors: tuple[str, ...]
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    index: NDArray[np.int32]
    labels: NDArray[Any]
    Z: Array
    correlated: bool
    encoder: Columns
    prefix: str = ""

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the q effects, such as ``("1|county", "year|county")``."""
        return tuple(f"{self.prefix}{column}|{self.factor}" for column in self.columns)

    @property
    def sds(self) -> tuple[str, ...]:
        """Names of their standard deviations, such as ``("1|county_sigma",)``."""
        return tuple(f"{effect}_sigma" for effect in self.effects)

    @property
    def correlation(self) -> str:
        """Name of their correlations."""
        return f"{self.name}_cor"

    @property
    def pairs(self) -> str:
        """Name of the dimension that runs over their correlations."""
        return f"{self.correlation}_dim"

    @property
    def expression(self) -> str | None:
        """Name of the dimension that runs over the columns; one column has none."""
        return f"{self.name}__expr_dim" if len(self.columns) > 1 else None

    @property
    def cholesky(self) -> str:
        """Name of the Cholesky factor of their correlation matrix."""
        return f"{self.name}_cholesky"

    @property
    def dimension(self) -> str:
        """Name of the dimension that runs over the levels."""
        return f"{self.factor}__factor_dim"

    @property
    def rows_per_level(self) -> NDArray[np.int64]:
        """Number of rows of each group, shape (G,)."""
        seen = self.index[self.index != NEW_GROUP]
        return np.bincount(seen, minlength=len(self.levels))


def make_group(bar: Bar, data: pd.DataFrame, prefix: str = "") -> Group:
    """Evaluate a bar.

    Parameters
    ----------
    bar : Bar
    data : pandas.DataFrame
        n rows, clean.
    prefix : str
        Before the names of its effects.

    Returns
    -------
    Group

    Raises
    ------
    DataError
        If there is only one group, names of groups collide, or the left side cannot be used.
    """
    encoder, _ = make_columns(bar.columns, data)
    _check_bar(bar, encoder)
    columns, values = _with_intercept(encoder, encoder.values)
    labels = _labels(bar.factors, data)
    levels = _order(bar, data, labels)
    if len(levels) < 2:
        raise DataError(
            f"The grouping factor '{bar.factor}' has one level only ('{levels[0]}') in the rows "
            f"used, so its spread cannot be estimated. Take {bar} out of the formula."
        )
    return Group(
        name=f"{prefix}{'+'.join(columns)}|{bar.factor}",
        factor=bar.factor,
        factors=bar.factors,
        columns=columns,
        levels=levels,
        index=_index(labels, levels),
        labels=labels,
        Z=values,
        correlated=bar.correlated and len(columns) > 1,
        encoder=encoder,
        prefix=prefix,
    )


def apply_group(group: Group, data: pd.DataFrame) -> Group:
    """The same group term on new data; unseen groups get the index `NEW_GROUP`.

    Parameters
    ----------
    group : Group
    data : pandas.DataFrame
        m rows, clean.

    Returns
    -------
    Group
        With `index`, `labels` and `Z` of the new rows and the model's own `levels`.
    """
    values, _, _ = apply_columns(group.encoder, data)
    columns, matrix = _with_intercept(group.encoder, values)
    labels = _labels(group.factors, data)
    index = _index(labels, group.levels)
    return replace(group, columns=columns, index=index, labels=labels, Z=matrix)


def _check_bar(bar: Bar, encoder: Columns) -> None:
    if "/" in bar.factor:
        raise DataError(
            f"The grouping factor '{bar.factor}' has a slash in its name, which stands for "
            "nesting. Rename the column."
        )
    if encoder.aliased:
        raise DataError(f"Left of the bar in {bar}: {encoder.aliased[0]}. Keep one of them.")
    if not encoder.intercept and not encoder.names:
        raise DataError(f"Nothing varies by group in {bar}. Write (1 | {bar.factor}), say.")


def _with_intercept(encoder: Columns, values: Array) -> tuple[tuple[str, ...], Array]:
    names = (("1",) if encoder.intercept else ()) + encoder.names
    ones = [np.ones((len(values), 1))] if encoder.intercept else []
    return names, np.ascontiguousarray(np.concatenate([*ones, values], axis=1))


def _labels(factors: tuple[str, ...], data: pd.DataFrame) -> NDArray[Any]:
    """Name of each row's group; combinations are joined with a colon."""
    parts = []
    for factor in factors:
        codes, values = pd.factorize(data[factor])
        parts.append(np.array([label_of(value) for value in values], dtype=object)[codes])
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + ":" + part
    return joined


def _order(bar: Bar, data: pd.DataFrame, labels: NDArray[Any]) -> tuple[str, ...]:
    """Levels that occur: declared order for one factor, order of the parts for a combination."""
    ranks = []
    for factor in bar.factors:
        column = data[factor]
        if isinstance(column.dtype, pd.CategoricalDtype):
            ranks.append(column.cat.codes.to_numpy())
        else:
            place = {name: rank for rank, name in enumerate(natural_order(set(_text(column))))}
            ranks.append(_text(column).map(place).to_numpy())
    keys = np.column_stack(ranks)
    _, first = np.unique(keys, axis=0, return_index=True)
    levels = tuple(str(label) for label in labels[first])
    if len(set(levels)) < len(levels):
        twice = next(level for level in levels if levels.count(level) > 1)
        raise DataError(
            f"Two different groups of '{bar.factor}' are both named '{twice}', because level names "
            "contain a colon. Rename the levels."
        )
    return levels


def _text(column: pd.Series) -> pd.Series:
    return column.map(label_of)


def _index(labels: NDArray[Any], levels: tuple[str, ...]) -> NDArray[np.int32]:
    place: Mapping[str, int] = {level: index for index, level in enumerate(levels)}
    codes, names = pd.factorize(labels)
    known = np.array([place.get(str(name), NEW_GROUP) for name in names], dtype=np.int32)
    return known[codes]
