"""From a bar and data to a group term: its columns, its levels, and the level of each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.columns import Columns, apply_columns, make_columns
from bayesglmm.design.groups import NEW_GROUP, Group
from bayesglmm.design.labels import label_of, natural_order
from bayesglmm.design.shared_terms import join, own_block
from bayesglmm.errors import DataError
from bayesglmm.families.links import Array
from bayesglmm.spec.bars import Bar


def make_groups(bars: Sequence[Bar], data: pd.DataFrame, prefix: str = "") -> tuple[Group, ...]:
    """Evaluate the bars of a predictor; those that share a name make one group term.

    Parameters
    ----------
    bars : sequence of Bar
    data : pandas.DataFrame
        n rows, clean.
    prefix : str
        Before the names of the effects.

    Returns
    -------
    tuple of Group

    Raises
    ------
    DataError
        If there is only one group, names of groups collide, or a left side cannot be used.
    """
    found: dict[str, Group] = {}
    for number, bar in enumerate(bars):
        group, key = make_group(bar, data, prefix), bar.shared or str(number)
        found[key] = join(found[key], group) if key in found else group
    return tuple(found.values())


def make_group(bar: Bar, data: pd.DataFrame, prefix: str = "") -> Group:
    """Evaluate a bar by itself; see `make_groups`."""
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
    block = own_block(columns, bar.factor, prefix, bar.correlated)
    return Group(
        name=block.name,
        factor=bar.factor,
        factors=bar.factors,
        columns=columns,
        levels=levels,
        index=_index(labels, levels),
        labels=labels,
        Z=values,
        encoders=(encoder,),
        block=block,
        prefix=prefix,
        shared=bar.shared,
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
    parts = [
        _with_intercept(encoder, apply_columns(encoder, data)[0])[1] for encoder in group.encoders
    ]
    labels = _labels(group.factors, data)
    index = _index(labels, group.levels)
    return replace(group, index=index, labels=labels, Z=np.concatenate(parts, axis=1))


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
