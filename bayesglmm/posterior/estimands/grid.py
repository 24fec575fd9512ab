"""A grid of rows to predict for: some columns as asked, the others at typical values."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.given import is_coded
from bayesglmm.errors import SpecError, unknown


def grid(design: Design, values: Mapping[str, Any]) -> pd.DataFrame:
    """Every combination of the values asked for, other columns at typical values.

    Parameters
    ----------
    design : Design
        The model's own.
    values : mapping
        Column of the right-hand side to a value, or several.

    Returns
    -------
    pandas.DataFrame
        In the user's own codes. Columns not asked for: the mean of a number over the rows used,
        the most frequent level of a factor and value of a 0/1 column, and of one that stands in
        ``C()`` too. Grouping factors are in it
        only where asked for.

    Raises
    ------
    SpecError
        If a column is not of the right-hand side, or has no values.
    """
    spec = design.spec
    known = (*spec.fixed_variables, *spec.group_variables)
    listed = {}
    for name, wanted in values.items():
        if name not in known:
            raise SpecError(unknown("column of the right-hand side", name, known))
        listed[name] = list(wanted) if _several(wanted) else [wanted]
        if not listed[name]:
            raise SpecError(f"'{name}' has no values. Give one, or leave it out.")
    frame = pd.DataFrame(list(product(*listed.values())), columns=list(listed))
    if not listed:
        frame = pd.DataFrame(index=range(1))
    typical = {name: _typical(design, name) for name in spec.fixed_variables}
    others = {name: value for name, value in typical.items() if name not in listed}
    return frame.assign(**others)


def _several(wanted: Any) -> bool:
    return not isinstance(wanted, str) and np.ndim(wanted) == 1


def _typical(design: Design, name: str) -> Any:
    """Mean of a number; mode of a factor, codes, or 0/1, the first in order where two are equal."""
    given = design.given[name].iloc[design.positions].reset_index(drop=True)
    if name not in design.levels and not is_coded(design, name):
        values = given.to_numpy(dtype=float)
        if not is_indicator(values):
            return float(values.mean())
    counts = given.groupby(design.data[name], observed=True).agg(["size", "first"])
    return counts["first"].iloc[int(counts["size"].to_numpy().argmax())]
