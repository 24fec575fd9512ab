"""Responses known only to lie between two bounds: probability and moments of an interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families.link import Link
from bayesglmm.families.rows import Array, Rows, of_rows
from bayesglmm.families.variance import Parameters

type LogDensity = Callable[[Link, Any, Rows, Parameters], Array]
type Share = Callable[[Any, Any, Rows, Parameters], Array]
"""(response, value of the location, rows, parameters) to the probability of one side of it."""

WIDEST = 1000
"""Counts of an interval that are summed one by one; a distribution function tells wider ones."""


def over_intervals(log_density: LogDensity, log_share: LogDensity, counts: bool) -> LogDensity:
    """A log density of known responses, made that of intervals where rows have them.

    Parameters
    ----------
    log_density : callable
        As in `Family`, of known responses.
    log_share : callable
        Of the same arguments: the log probability of a response from `y` to `upper`.
    counts : bool
        Whether responses are counts. Of at most `WIDEST` the probabilities are summed as
        ``logaddexp``, which loses no digits in the tails.

    Returns
    -------
    callable
    """

    def each(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        found, masked = np.zeros(np.shape(eta)), ~rows.known
        few = masked & counts & (rows.upper - rows.y < WIDEST)
        for which, density in (
            (~masked, log_density),
            (few, _summed(log_density)),
            (masked & ~few, log_share),
        ):
            if which.any():
                own = {name: of_rows(values, which) for name, values in parameters.items()}
                some = np.asarray(eta)[..., which]
                found[..., which] = density(link, some, rows.take(which), own)
        return found

    return each


def _summed(log_density: LogDensity) -> LogDensity:
    """The log of the sum of the probabilities of the counts of an interval."""

    def of_interval(link: Link, eta: Any, rows: Rows, parameters: Parameters) -> Array:
        total = np.full(np.shape(eta), -np.inf)
        for count, inside in _counts(rows):
            one = log_density(link, eta, replace(rows, y=count), parameters)
            total = np.where(inside, np.logaddexp(total, one), total)
        return total

    return of_interval


def log_between(
    below: Share, above: Share, bounds: tuple[Any, Any], value: Any, rows: Rows, parameters: Any
) -> Array:
    """Log probability of a response between two bounds, both included.

    Parameters
    ----------
    below, above : callable
        Probability of a response and all smaller ones, and of all larger ones.
    bounds : tuple of arrays
        For whole numbers the lower one is one less; infinite where there is none.
    value : array
        Of the location.
    rows : Rows
    parameters : mapping

    Returns
    -------
    array
        Taken on the side of the distribution where less lies beyond the interval's near end, so
        that no digits are lost in either tail.
    """
    lower, upper = bounds

    def share(of: Share, at: Any, beyond: float) -> Array:
        finite = np.isfinite(at)
        found = of(np.where(finite, at, 0.0), value, rows, parameters)
        return np.where(finite, found, beyond)

    left = share(below, upper, 1.0), share(below, lower, 0.0)
    right = share(above, lower, 1.0), share(above, upper, 0.0)
    between = np.where(left[1] > 0.5, right[0] - right[1], left[0] - left[1])
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.maximum(between, 0.0)))


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


def _counts(rows: Rows) -> Iterator[tuple[Array, Any]]:
    """The first count of every interval, the second, ...; and which intervals hold it."""
    low = np.asarray(rows.y, dtype=float)
    for step in range(int(np.max(rows.upper - low, initial=0.0)) + 1):
        count = np.minimum(low + step, rows.upper)
        yield count, low + step <= rows.upper
