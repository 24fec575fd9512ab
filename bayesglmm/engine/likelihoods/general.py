"""General likelihoods: every parameter of the family has a linear predictor of its own.

A family is a function of one cell: ``cell(parameters, cells, i)`` is the log likelihood of cell i
and a tuple of its derivatives, one with respect to each linear predictor. `parameters` holds a
record of each parameter, which a link makes of its linear predictor (`links`), derivatives
included. A parameter without a formula is the linear predictor of an intercept alone.

Most families need less than a cell: `of_responses` makes one of the density of one response.

A family whose number of parameters the data tell writes the function of rows itself, which reads
``eta[k][i]`` and writes ``score[k][i]``, and a maker in place of `general`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.compose import Inverse, named
from bayesglmm.engine.likelihoods.likelihood import (
    Columns,
    Indices,
    Likelihood,
    RowFunction,
    Statistics,
    totals,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type Cell = Callable[[Any, Any, int], tuple[float, Any]]
type Density = Callable[[Any, float, float], tuple[float, Any]]
type Links = tuple[str, ...]
type Maker = Callable[[Links], Likelihood | None]
type Summary = Callable[[Rows, Array, Indices, int], Statistics]


def general(
    family: str,
    inverses: tuple[Mapping[str, Inverse], ...],
    cell: Cell,
    cells: type,
    summarise: Summary,
    keys: tuple[str, ...] = (),
) -> Maker:
    """The likelihoods of a family, whatever the links of its parameters.

    Parameters
    ----------
    family : str
        Its name.
    inverses : tuple of mapping
        Of each parameter, the location first: a link's name to what makes a record of a linear
        predictor, compiled.
    cell : callable
        See above, compiled; -inf and slopes of 0 where a parameter is outside its domain.
    cells, summarise, keys
        As in `Likelihood`.

    Returns
    -------
    callable
        Names of the parameters' links to the likelihood, None where it has no record of one.
    """

    def make(links: Links) -> Likelihood | None:
        if len(links) != len(inverses):
            return None
        found = [own.get(link) for own, link in zip(inverses, links, strict=True)]
        records = tuple(one for one in found if one is not None)
        if len(records) < len(links):
            return None
        return Likelihood(
            family=family,
            link=links[0],
            cells=cells,
            rows=row_function(f"{family}_{'_'.join(links)}", records, cell),
            folds_offset=False,
            keys=keys,
            summarise=summarise,
            predictors=len(links),
            links=links,
        )

    return make


def row_function(name: str, inverses: tuple[Inverse, ...], cell: Cell) -> RowFunction:
    """The function of rows that a family and its links make.

    Parameters
    ----------
    name : str
        Of the function, in tracebacks and in the cache of compiled code.
    inverses : tuple of callable
        Of each parameter, from a linear predictor to a record, compiled.
    cell : callable
        Of the family, compiled.

    Returns
    -------
    callable
        See `Likelihood.rows`.
    """
    read, write = _reader(inverses), _writer(len(inverses))

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:  # noqa: ARG001
        total = 0.0
        for i in range(eta[0].size):
            value, slopes = cell(read(eta, i), cells, i)
            write(score, slopes, i)
            total += value
        return total, 0.0

    return named(rows, name)


def _reader(inverses: tuple[Inverse, ...]) -> Callable[[Columns, int], Any]:
    """A compiled function from linear predictors and a cell to the records of its parameters."""
    first = inverses[0]
    if len(inverses) == 1:

        @inlined
        def read_one(eta: Columns, i: int) -> Any:
            return (first(eta[0][i]),)

        return read_one
    others = _reader(inverses[1:])

    @inlined
    def read(eta: Columns, i: int) -> Any:
        return (first(eta[0][i]), *others(eta[1:], i))

    return read


def _writer(count: int) -> Callable[[Columns, Any, int], None]:
    """A compiled function that writes the slopes of a cell."""
    if count == 1:

        @inlined
        def write_one(score: Columns, slopes: Any, i: int) -> None:
            score[0][i] = slopes[0]

        return write_one
    others = _writer(count - 1)

    @inlined
    def write(score: Columns, slopes: Any, i: int) -> None:
        score[0][i] = slopes[0]
        others(score[1:], slopes[1:], i)

    return write


class EqualResponses(NamedTuple):
    """Rows of each cell, the response that they share, and its size; see `Sizes`."""

    rows: Array
    y: Array
    size: Array


class Sizes(NamedTuple):
    """What a row has beside its response: a function of `Rows` and the fields that it reads."""

    of: Callable[[Rows], Array]
    keys: tuple[str, ...]


def _log_exposure(rows: Rows) -> Array:
    return np.asarray(np.log(rows.exposure), dtype=float)


def _trials(rows: Rows) -> Array:
    return np.asarray(rows.trials, dtype=float)


NONE = Sizes(lambda rows: np.zeros(()), ())  # noqa: ARG005
LOG_EXPOSURE = Sizes(_log_exposure, ("exposure",))
TRIALS = Sizes(_trials, ("trials",))


def of_responses(
    family: str,
    inverses: tuple[Mapping[str, Inverse], ...],
    density: Density,
    constant: Callable[[Rows], float],
    sizes: Sizes = NONE,
) -> Maker:
    """The likelihoods of a family by the density of one response.

    Parameters
    ----------
    family, inverses
        As for `general`.
    density : callable
        (parameters, y, size) to the log density of a response, terms without a parameter left out,
        and a tuple of its slopes by the linear predictors, compiled.
    constant : callable
        Rows to the sum of the terms left out, NumPy.
    sizes : Sizes
        What `size` is: nothing (0), the log of the exposure, or the number of trials.

    Returns
    -------
    callable
        As of `general`.
    """
    scale = scaling(len(inverses))

    @inlined
    def cell(parameters: Any, cells: EqualResponses, i: int) -> tuple[float, Any]:
        value, slopes = density(parameters, cells.y[i], cells.size[i])
        return cells.rows[i] * value, scale(cells.rows[i], slopes)

    def summarise(rows: Rows, offset: Array, own: Indices, count: int) -> Statistics:  # noqa: ARG001
        cells = EqualResponses(
            totals(1.0, own, count),
            of_cells(np.asarray(rows.y, dtype=float), own, count),
            of_cells(sizes.of(rows), own, count),
        )
        return Statistics(cells, (), constant(rows))

    return general(family, inverses, cell, EqualResponses, summarise, ("y", *sizes.keys))


def scaling(count: int) -> Callable[[float, Any], Any]:
    """A compiled function of a number and so many slopes: the slopes times the number."""
    if count == 1:

        @inlined
        def scale_one(factor: float, slopes: Any) -> Any:
            return (factor * slopes[0],)

        return scale_one
    others = scaling(count - 1)

    @inlined
    def scale(factor: float, slopes: Any) -> Any:
        return (factor * slopes[0], *others(factor, slopes[1:]))

    return scale


def adding(count: int) -> Callable[[Any, float, Any], Any]:
    """A compiled function of so many slopes, a factor and others: the first plus that many."""
    if count == 1:

        @inlined
        def add_one(slopes: Any, factor: float, others: Any) -> Any:
            return (slopes[0] + factor * others[0],)

        return add_one
    rest = adding(count - 1)

    @inlined
    def add(slopes: Any, factor: float, others: Any) -> Any:
        return (slopes[0] + factor * others[0], *rest(slopes[1:], factor, others[1:]))

    return add


def of_cells(values: Any, cell: Indices, count: int) -> Array:
    """A value that the rows of a cell share.

    Parameters
    ----------
    values : array of shape (n,) or float
        Equal within cells: of a field of `Likelihood.keys`.
    cell : array of int of shape (n,)
    count : int

    Returns
    -------
    array of shape (count,)
    """
    found = np.zeros(count)
    found[cell] = values
    return found
