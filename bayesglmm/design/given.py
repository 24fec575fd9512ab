"""Columns as the user wrote them: answers bear the values and types of the user's own frame."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.labels import label_of, level_names
from bayesglmm.design.objects import is_truth


def as_given(design: Design, names: Iterable[str]) -> pd.DataFrame:
    """Columns of a design's rows in the types in which the user gave them.

    Parameters
    ----------
    design : Design
        The model's own, or one applied to new rows.
    names : iterable of str

    Returns
    -------
    pandas.DataFrame
        n rows with a fresh index, so that answers join with the user's frame. Columns that the
        user named with ``labels=`` hold these labels.
    """
    rows = design.given.iloc[design.positions].reset_index(drop=True)
    columns = {
        name: design.data[name].reset_index(drop=True)
        if name in design.spec.labels or name not in rows
        else rows[name]
        for name in names
    }
    return pd.DataFrame(columns, index=range(design.n))


def level_keys(design: Design, name: str, column: pd.Series) -> pd.Series:
    """Values as the model reads the levels of a column: 1, 1.0 and ``"1"`` are one, and its label.

    Parameters
    ----------
    design : Design
        The model's own.
    name : str
        Of the column.
    column : pandas.Series
        Values in any type.

    Returns
    -------
    pandas.Series
        Text, in the order and with the index of `column`.
    """
    labels = {
        label_of(value): str(label) for value, label in design.spec.labels.get(name, {}).items()
    }
    return level_names(column).map(lambda level: labels.get(level, level))


def given_levels(design: Design, group: Group) -> pd.Series:
    """Levels of a grouping factor as the user gave them, in the order of ``group.levels``.

    Parameters
    ----------
    design : Design
        The model's own.
    group : Group

    Returns
    -------
    pandas.Series
        In the type of the user's column; text for a combination of factors.
    """
    if len(group.factors) > 1:
        return pd.Series(group.levels, name="level")
    _, first = np.unique(group.index, return_index=True)
    column = as_given(design, group.factors)[group.factors[0]]
    return column.iloc[first].reset_index(drop=True).rename("level")


def is_truth_column(design: Design, name: str) -> bool:
    """Whether a column that enters as a number holds truth values in the user's frame.

    Parameters
    ----------
    design : Design
        The model's own.
    name : str

    Returns
    -------
    bool
    """
    given = name in design.given and name not in design.levels
    return given and is_truth(design.given[name])


def is_coded(design: Design, name: str) -> bool:
    """Whether a column enters as a number and stands in ``C()`` too, as in ``C(k) + k``.

    It then takes no values but those in the data.

    Parameters
    ----------
    design : Design
        The model's own.
    name : str

    Returns
    -------
    bool
    """
    if name in design.levels:
        return False
    return any(
        factor.variables == (name,) for side in design.sides for factor in side.encoder.factors
    )


def coded_values(design: Design, name: str) -> list[float]:
    """Values of a coded column, the one that the others are compared with first, then in order.

    Parameters
    ----------
    design : Design
        The model's own.
    name : str

    Returns
    -------
    list of float
    """
    values = [float(value) for value in np.unique(design.data[name].to_numpy(dtype=float))]
    reference = design.reference_of(name)
    return sorted(values, key=lambda value: (label_of(value) != reference, value))
