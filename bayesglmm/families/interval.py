"""Counts known only to lie between two bounds: probability and moments of an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families.link import Link
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.variance import Parameters

type LogDensity = Callable[[Link, Any, Rows, Parameters], Array]


def over_intervals(log_density: LogDensity) -> LogDensity:
    """A log density of counts, made that of intervals of counts where rows have them.

    Parameters
    ----------
    log_density : callable
        As in `Family`, of known counts.

    Returns
    -------
    callable
        The same for known counts; the log of the sum of the probabilities of all counts from `y`
        to `upper`, summed as ``logaddexp``, where only these bounds are known.
    """

    def of_rows(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        found = log_density(link, eta, rows, parameters)
        masked = ~rows.known
        if not masked.any():
            return found
        hidden, places = rows.take(masked), np.asarray(eta)[..., masked]
        own = {name: _of_rows(values, masked) for name, values in parameters.items()}
        total = np.full(places.shape, -np.inf)
        for count, inside in _counts(hidden):
            one = log_density(link, places, replace(hidden, y=count), own)
            total = np.where(inside, np.logaddexp(total, one), total)
        found[..., masked] = total
        return found

    return of_rows


def interval_moments(
    log_density: LogDensity, link: Link, eta: Any, rows: Rows, parameters: Parameters
) -> tuple[Array, Array]:
    """Mean and variance of counts, given that they lie between their bounds.

    Parameters
    ----------
    log_density : callable
        That of a family of counts.
    link : Link
    eta : array of shape (n,)
    rows : Rows
        Of n rows.
    parameters : mapping

    Returns
    -------
    mean, variance : array of shape (n,)
        The count itself and 0 where it is known.
    """
    total = log_density(link, eta, rows, parameters)
    mean, square = np.zeros(np.shape(total)), np.zeros(np.shape(total))
    upper = rows.y if rows.upper is None else rows.upper
    low = np.asarray(rows.y, dtype=float)
    for count, inside in _counts(replace(rows, upper=upper)):
        one = log_density(link, eta, replace(rows, y=count, upper=None), parameters)
        share = np.where(inside, np.exp(one - total), 0.0)
        mean += share * (count - low)
        square += share * np.square(count - low)
    return low + mean, np.maximum(square - np.square(mean), 0.0)


def _of_rows(values: Any, which: Array) -> Any:
    """Some rows of a parameter, whose last axis is the rows unless it is one number for all."""
    return values[..., which] if np.shape(values)[-1:] == which.shape else values


def _counts(rows: Rows) -> Iterator[tuple[Array, Any]]:
    """The first count of every interval, the second, ...; and which intervals hold it."""
    low = np.asarray(rows.y, dtype=float)
    for step in range(int(np.max(rows.upper - low, initial=0.0)) + 1):
        count = np.minimum(low + step, rows.upper)
        yield count, low + step <= rows.upper
