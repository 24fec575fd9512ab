"""Which numbers the data cannot tell: marked, never printed.

What hangs on which of several dependent columns was left out is an answer of the parameterisation,
not of the data; see `bayesglmm.design.estimable`. A mean, or a comparison on a curved scale, is
told where each of its rows is; a linear one where the weighted sum of its rows is, so that a
contrast may be told where neither of its means is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.estimable import NEGLIGIBLE
from bayesglmm.design.names import Names, printed_names
from bayesglmm.errors import DataError, first_rows
from bayesglmm.families.links import Array
from bayesglmm.posterior.averaging import Averaging

NOT_ESTIMABLE = (
    "Not estimable, hence empty: {}. The rows of the data do not tell {}: the columns of the model "
    "depend on each other there, and a number would hang on which of them was left out."
)
SHOWN = 6
"""Lines of a table that a note names; the others are counted."""


def told(
    terms: Sequence[tuple[float, Array]],
    averaging: Averaging | None = None,
    linear: bool = True,
) -> Array:
    """Whether the data tell sums of rows.

    Parameters
    ----------
    terms : sequence of (float, array of shape (u, k))
        Factor of a linear predictor in the sum, and the gaps of its rows.
    averaging : Averaging, optional
        Of the rows within cells; each row is a cell by itself where left out.
    linear : bool
        Whether the sum itself is what is asked; if not, every row of it must be told.

    Returns
    -------
    array of bool, shape (cells,)
    """
    if not linear:
        known = np.all([(gaps == 0).all(axis=1) for _, gaps in terms], axis=0)
        if averaging is None:
            return np.asarray(known)
        return np.asarray(averaging.sums((~known)[:, None])[:, 0] == 0)
    total = np.sum([factor * gaps for factor, gaps in terms], axis=0)
    size = np.sum([abs(factor) * np.abs(gaps) for factor, gaps in terms], axis=0)
    if averaging is not None:
        total, size = averaging.sums(total), averaging.sums(size)
    return np.asarray((np.abs(total) <= NEGLIGIBLE * size).all(axis=1))


def estimability_notes(names: Sequence[str], known: Iterable[Any]) -> tuple[str, ...]:
    """Which lines are empty, and why.

    Parameters
    ----------
    names : sequence of str
        Of the lines.
    known : iterable of bool

    Returns
    -------
    tuple of str
        Empty where all are known.
    """
    lost = [name for name, kept in zip(names, known, strict=True) if not kept]
    if not lost:
        return ()
    more = f" and {len(lost) - SHOWN:,} more" if len(lost) > SHOWN else ""
    return (
        NOT_ESTIMABLE.format("; ".join(lost[:SHOWN]) + more, "them" if len(lost) > 1 else "it"),
    )


def line_names(lines: pd.DataFrame, names: Names) -> list[str]:
    """What a note calls the lines of a table: the values that tell them apart.

    Parameters
    ----------
    lines : pandas.DataFrame
    names : Names
        Of the columns, as readers see them.

    Returns
    -------
    list of str
    """
    if not lines.shape[1]:
        return [f"row {place}" for place in range(len(lines))]
    varied = [name for name in lines if len(lines[name].drop_duplicates()) > 1]
    shown = lines[varied or list(lines)[:1]]
    return [
        ", ".join(
            str(value) if name in ("", "comparison", "slope") else f"{names[str(name)]} = {value}"
            for name, value in zip(shown, row, strict=True)
        )
        for row in shown.itertuples(index=False, name=None)
    ]


def check_rows(design: Design, what: str) -> None:
    """Refuse rows that the data cannot tell.

    Parameters
    ----------
    design : Design
        Applied to new rows.
    what : str
        What they were given for, such as ``"at="``.

    Raises
    ------
    DataError
        If there are any.
    """
    for predictor in design.predictors.values():
        lost = np.flatnonzero(predictor.gaps.any(axis=1))
        if not len(lost):
            continue
        gone = predictor.fixed.aliased[0].words(printed_names(design))
        raise DataError(
            f"The data cannot tell {first_rows(lost)} of {what}: the columns of the model depend "
            "on each other in the data, and these rows part them. Give combinations that the "
            f"data can tell. Left out of the model: {gone}."
        )
