"""What a compiled likelihood is: a function of cells of rows, and how rows become cells.

A cell is a set of rows with the same linear predictors. The log likelihood of a model is the sum of
three parts: `Likelihood.rows` over the cells, `Likelihood.rest` of the statistics that stand beside
no linear predictor, and a constant.
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
type Columns = tuple[Array, ...]
type RowFunction = Callable[[Columns, Columns, Any, float], tuple[float, float]]
type RestFunction = Callable[[Any, float], tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """Sufficient statistics of the rows.

    Attributes
    ----------
    cells : named tuple of arrays of shape (count,)
        Of each cell; their names are those of `Likelihood.cells`.
    rest : named tuple of arrays of shape (k,)
        Of all rows, beside the parameter that has no linear predictor; empty where there is none.
    constant : float
        The part of the log likelihood that depends on no parameter.
    """

    cells: Any
    rest: Any
    constant: float


@dataclass(frozen=True, slots=True, repr=False)
class Likelihood:
    """The likelihood of a family and a link, as plain functions for Numba to compile.

    Attributes
    ----------
    family, link : str
        Names.
    cells : type
        Named tuple of the statistics of cells.
    rows : callable
        (eta, score, cells, parameter) to the log likelihood of the cells and its derivative with
        respect to the log of the parameter, without the parts in `rest` and in the constant. `eta`
        holds an array for each linear predictor, and `score` one for the derivatives with respect
        to it, which are written. The log likelihood is -inf, and the score 0, where the mean is
        outside its domain. The arrays are contiguous and of one length; `parameter` is any number
        where all parameters have linear predictors. To be compiled with ``error_model="numpy"`` and
        fast-math flags that allow sums to be reordered, but neither "nnan" nor "ninf".
    rest : callable or None
        (statistics, parameter) to the part of the log likelihood without a linear predictor, and
        its derivative with respect to the log of the parameter. None where there is no such part.
    rest_statistics : type
        Named tuple of the statistics that `rest` takes.
    folds_offset : bool
        Whether the statistics hold the offset, so that the linear predictor of a cell is without.
    keys : tuple of str
        Fields of `Rows` that must be equal within a cell.
    summarise : callable
        (rows, offset, cell, count) to the statistics, NumPy. Each of the `count` cells has a row;
        `cell` is the cell of each row, and `offset` its offset.
    suppressed : bool
        Whether of some counts only their bounds are known; each of these has a cell of its own.
    error : bool
        Whether the parameter is the sd of a normal error that is added to the linear predictor.
    summed : bool
        Whether cells with a common part in their linear predictors enter through two sums: of
        `total`, which multiplies it, and of `exposure` times the exponential of the rest.
    predictors : int
        Linear predictors of a cell.
    links : tuple of str
        Of a general likelihood, the links of all parameters, each of which has a linear predictor
        even where it is one number for all rows; empty elsewhere.
    """

    family: str
    link: str
    cells: type
    rows: RowFunction
    folds_offset: bool
    keys: tuple[str, ...]
    summarise: Callable[[Rows, Array, Indices, int], Statistics]
    rest: RestFunction | None = None
    rest_statistics: type = tuple
    suppressed: bool = False
    error: bool = False
    summed: bool = False
    predictors: int = 1
    links: tuple[str, ...] = ()

    @property
    def general(self) -> bool:
        """Whether every parameter of the family has a linear predictor."""
        return bool(self.links)

    @property
    def name(self) -> str:
        """What tells it apart from all others, such as ``"gamma-log-log-general"``."""
        kind = "-suppressed" * self.suppressed + "-modelled" * (self.predictors > 1)
        if self.general:
            return f"{self.family}-{'-'.join(self.links)}-general"
        return f"{self.family}-{self.link}{kind}"

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


def multiplicities(counts: Array, weights: Any = 1.0) -> tuple[Array, Array]:
    """Distinct counts, and how often each occurs.

    Parameters
    ----------
    counts : array of shape (n,)
        Whole numbers, 0 or more.
    weights : array of shape (n,) or float
        How often each of these counts is meant.

    Returns
    -------
    distinct, occurrences : arrays of shape (k,)
        The first in increasing order.
    """
    if counts.max(initial=0.0) > 4 * counts.size + 1000:
        distinct, place = np.unique(counts, return_inverse=True)
        return distinct, totals(weights, place, len(distinct))
    place = counts.astype(np.intp)
    occurrences = totals(weights, place, int(place.max(initial=-1)) + 1)
    places = np.flatnonzero(occurrences)
    return places.astype(float), occurrences[places]


def log_factorials(counts: Array, weights: Any = 1.0) -> float:
    """Sum of the logs of factorials.

    Parameters
    ----------
    counts : array of shape (n,)
        Whole numbers, 0 or more.
    weights : array of shape (n,) or float
        What each log is multiplied with.

    Returns
    -------
    float
    """
    from scipy.special import gammaln

    distinct, occurrences = multiplicities(counts, weights)
    return float(gammaln(distinct + 1.0) @ occurrences)
