"""Rows that differ: one of each stands for all that are alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor


def distinct(
    keys: pd.DataFrame, n: int, sort: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Code of each row among the distinct ones, and the first row of each.

    Parameters
    ----------
    keys : pandas.DataFrame
        n rows; those that agree in all columns are one.
    n : int
    sort : bool
        Whether the distinct ones are in the order of their values, not of appearance.

    Returns
    -------
    code : array of int, shape (n,)
    first : array of int, shape (u,)
    """
    if not keys.shape[1]:
        return np.zeros(n, dtype=np.int64), np.zeros(1, dtype=np.int64)
    grouped = keys.groupby(list(keys.columns), sort=sort, observed=True)
    code = np.asarray(grouped.ngroup(), dtype=np.int64)
    first = np.full(int(code.max()) + 1, -1, dtype=np.int64)
    first[code[::-1]] = np.arange(n - 1, -1, -1)
    return code, first


def distinct_rows(
    predictors: Sequence[Predictor], indexed: Sequence[Group] = ()
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`distinct` of the rows of linear predictors.

    Parameters
    ----------
    predictors : sequence of Predictor
        Rows are alike where their columns, offsets and columns of group terms are.
    indexed : sequence of Group
        Terms whose groups tell rows apart; of the others only the columns do.

    Returns
    -------
    code, first : array of int
        As of `distinct`.
    """
    columns = [group.index[:, None].astype(float) for group in indexed]
    for one in predictors:
        columns += [one.X, one.offset[:, None], *(group.Z for group in one.groups)]
    keys = pd.DataFrame(np.concatenate(columns, axis=1))
    return distinct(keys, len(keys))
