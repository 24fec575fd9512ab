"""What a compiled likelihood is: a function of cells of rows, and how rows become cells.

A cell is a set of rows with one linear predictor. The log likelihood of a model is the sum of
three parts: `Likelihood.rows` over the cells, `Likelihood.auxiliary` of the table of statistics
that do not depend on the linear predictor, and a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Indices = NDArray[np.intp]
type RowFunction = Callable[[Array, Array, Array, Array, Array, float], tuple[float, float]]
type AuxiliaryFunction = Callable[[Array, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Sufficient statistics of the rows, cell by cell.

    Attributes
    ----------
    a, b, c : array of shape (count,)
        Statistics of each cell; what they are differs between families.
    table : array of shape (2, k)
        Statistics of all rows, for the auxiliary parameter.
    constant : float
        The part of the log likelihood that depends on no parameter.
    """

    a: Array
    b: Array
    c: Array
    table: Array
    constant: float


@dataclass(frozen=True, slots=True, repr=False)
class Likelihood:
    """The likelihood of a family and a link, as plain functions for Numba to compile.

    Attributes
    ----------
    family, link : str
        Names.
    rows : callable
        (eta, score, a, b, c, auxiliary) to the log likelihood of the cells and its derivative
        with respect to the log of the auxiliary parameter, without the parts in `auxiliary` and
        in the constant. Writes the derivative with respect to each linear predictor to `score`.
        The log likelihood is -inf, and the score 0, where the mean is outside its domain. The
        arrays are contiguous and of one length; `auxiliary` is any number where the family has no
        such parameter. To be compiled with ``error_model="numpy"`` and fast-math flags that allow
        sums to be reordered, but neither "nnan" nor "ninf".
    auxiliary : callable or None
        (table, auxiliary) to the part of the log likelihood without the linear predictor, and its
        derivative with respect to the log of the auxiliary parameter. None where there is no such
        parameter.
    folds_offset : bool
        Whether the statistics hold the offset, so that the linear predictor of a cell is without.
    keys : tuple of str
        Fields of `Rows` that must be equal within a cell.
    summarise : callable
        (rows, offset, cell, count) to the statistics, NumPy. Each of the `count` cells has a row;
        `cell` is the cell of each row, and `offset` its offset.
    suppressed : bool
        Whether of some counts only their bounds are known; each of these has a cell of its own.
    predictors : int
        Linear predictors of a cell, which stand side by side in `eta`; so do their scores, and
        each cell's statistics stand there as often.
    """

    family: str
    link: str
    rows: RowFunction
    auxiliary: AuxiliaryFunction | None
    folds_offset: bool
    keys: tuple[str, ...]
    summarise: Callable[[Rows, Array, Indices, int], Statistics]
    suppressed: bool = False
    predictors: int = 1

    def __repr__(self) -> str:
        some = ", some suppressed" if self.suppressed else ""
        some += f", {self.predictors} predictors" if self.predictors > 1 else ""
        return f"<Likelihood {self.family}, {self.link}{some}>"


def totals(values: Any, cell: Indices, count: int) -> Array:
    """Sums within cells.

    Parameters
    ----------
    values : array of shape (n,) or float
        A number stands for all rows.
    cell : array of int of shape (n,)
        The cell of each row.
    count : int
        Number of cells.

    Returns
    -------
    array of shape (count,)
    """
    return np.bincount(cell, np.broadcast_to(values, cell.shape), minlength=count)


def multiplicities(counts: Array) -> Array:
    """Distinct counts, and how often each occurs.

    Parameters
    ----------
    counts : array of shape (n,)
        Whole numbers, 0 or more.

    Returns
    -------
    array of shape (2, k)
        The distinct counts, in increasing order, above their multiplicities.
    """
    if counts.max(initial=0.0) > 4 * counts.size + 1000:
        return np.array(np.unique(counts, return_counts=True), dtype=float)
    occurrences = np.bincount(counts.astype(np.intp))
    distinct = np.flatnonzero(occurrences)
    return np.array([distinct, occurrences[distinct]], dtype=float)


def log_factorials(counts: Array) -> float:
    """Sum of the logs of factorials.

    Parameters
    ----------
    counts : array of shape (n,)
        Whole numbers, 0 or more.

    Returns
    -------
    float
    """
    from scipy.special import gammaln

    distinct, occurrences = multiplicities(counts)
    return float(gammaln(distinct + 1.0) @ occurrences)
