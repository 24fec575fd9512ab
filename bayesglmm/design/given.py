"""Columns as the user wrote them: answers bear the values and types of the user's own frame."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from bayesglmm.design import objects
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group


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


def is_truth(design: Design, name: str) -> bool:
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
    return given and objects.is_truth(design.given[name])
