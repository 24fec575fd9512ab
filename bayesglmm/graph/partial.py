"""Responses in the graph that are censored, truncated or weighted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from bayesglmm.design.dimensions import OBSERVATION
from bayesglmm.errors import GraphError
from bayesglmm.families import Rows
from bayesglmm.families.interval import WIDEST
from bayesglmm.families.links import Array

ROOT_TWO = np.sqrt(2.0)

type At = Callable[[Any], Any]
"""Places of rows to the distribution of their responses."""


def partial_response(
    name: str, family: Any, arguments: Mapping[str, Any], y: Any, rows: Rows, counts: bool
) -> Any:
    """Add a response to the model in whose context it is, of which not all is known.

    Parameters
    ----------
    name : str
    family : type
        A PyMC distribution, or what is used like one.
    arguments : mapping
        Its arguments.
    y : TensorVariable of shape (n,)
        Responses; any that there may be where they are not known.
    rows : Rows
        The rows as arrays. Bounds and weights are constants of the graph.
    counts : bool
        Whether responses are counts, without bounds above.

    Returns
    -------
    TensorVariable of shape (n,)
        Its log density is that of known responses and the log probability of what others lie
        between, given that they lie between the bounds of what is a row, times the weights. Draws
        of it are responses without all this.
    """
    import pymc as pm
    import pytensor.tensor as pt

    known, masked = np.flatnonzero(rows.known), np.flatnonzero(~rows.known)

    def alone(*values: Any) -> Any:
        """The distribution by itself; the last value is the size."""
        return family.dist(**dict(zip(arguments, values[:-1], strict=True)), size=values[-1])

    def log_density(y: Any, *values: Any) -> Any:
        def at(places: Any) -> Any:
            own = [value[places] if value.ndim else value for value in values]
            return family.dist(**dict(zip(arguments, own, strict=True)))

        total = pt.zeros(len(rows.y))
        if len(known):
            total = total[known].set(pm.logp(at(known), y[known]))
        if len(masked):
            total = total[masked].set(_log_shares(at, masked, rows.y, rows.upper, counts))
        if rows.truncated:
            every = np.arange(len(rows.y))
            total = total - _log_shares(at, every, rows.least, rows.most, counts)
        return total * rows.weights

    return pm.CustomDist(
        name,
        *arguments.values(),
        dist=alone,
        logp=log_density,
        class_name=f"Partial{getattr(family, '__name__', '')}",
        observed=y,
        dims=OBSERVATION,
    )


def _log_shares(at: At, places: Any, lower: Array, upper: Array, counts: bool) -> Any:
    """Log probabilities of the intervals of some rows, each by what loses the fewest digits."""
    import pytensor.tensor as pt

    low, high = lower[places], upper[places]
    low = np.where(low <= 0, -np.inf, low) if counts else low
    first = np.where(np.isinf(low), 0.0, low)
    few = counts & (high - first < WIDEST)
    rest = counts & ~few & np.isinf(high) & (low <= WIDEST)
    ways: list[tuple[Any, Callable[[Any, Array, Array], Any]]] = [
        (few, lambda one, a, b: _sum(one, np.maximum(a, 0.0), b)),
        (np.isinf(low) & np.isinf(high), lambda _one, a, _b: pt.zeros(len(a))),
        (rest, lambda one, a, _b: _log_less(_sum(one, np.zeros(len(a)), a - 1))),
        (np.isinf(low), lambda one, _a, b: _log_below(one, b)),
        (np.isinf(high), lambda one, a, _b: _log_above(one, a - counts)),
        (np.ones(len(places), dtype=bool), lambda one, a, b: _log_between(one, a - counts, b)),
    ]
    total, left = pt.zeros(len(places)), np.ones(len(places), dtype=bool)
    for fits, make in ways:
        some = np.flatnonzero(fits & left)
        left = left & ~fits
        if len(some):
            total = total[some].set(make(at(places[some]), low[some], high[some]))
    return total


def _sum(one: Any, first: Array, last: Array) -> Any:
    """The log of the sum of the probabilities of the counts from one to another."""
    import pymc as pm
    import pytensor.tensor as pt

    terms = []
    for step in range(int(np.max(last - first)) + 1):
        count = np.minimum(first + step, last).astype(np.int64)
        terms.append(pt.switch(first + step <= last, pm.logp(one, count), -np.inf))
    return pt.logsumexp(pt.stack(terms), axis=0)


def _log_less(log_share: Any) -> Any:
    """Log of 1 less a probability."""
    import pymc as pm

    return pm.math.log1mexp(log_share)


def _log_below(one: Any, at: Array) -> Any:
    import pymc as pm

    own = _at_normal(one, at)
    return _defined(lambda: pm.logcdf(one, at)) if own is None else _log_normal(own, one)


def _log_above(one: Any, at: Array) -> Any:
    import pymc as pm

    own = _at_normal(one, at)
    return _defined(lambda: pm.logccdf(one, at)) if own is None else _log_normal(own, one, side=-1)


def _at_normal(one: Any, at: Array) -> Array | None:
    """What a response, or its log, is where that is normal; None where neither is."""
    import pymc as pm

    if isinstance(one.owner.op, pm.LogNormal.rv_type):
        return np.asarray(np.log(np.maximum(at, np.finfo(float).tiny)))
    return at if isinstance(one.owner.op, pm.Normal.rv_type) else None


def _log_normal(at: Array, one: Any, side: int = 1) -> Any:
    """Log of the normal distribution function, or of its complement: PyMC's has eight digits."""
    import pytensor.tensor as pt

    mean, sd = one.owner.op.dist_params(one.owner)
    z = side * (at - mean) / sd
    low = pt.minimum(z, 0.0)  # each branch where it is used, so that no gradient is NaN
    tail = pt.log(pt.erfcx(-low / ROOT_TWO) / 2.0) - pt.sqr(low) / 2.0
    return pt.switch(z < 0.0, tail, pt.log1p(-pt.erfc(pt.maximum(z, 0.0) / ROOT_TWO) / 2.0))


def _log_between(one: Any, low: Array, high: Array) -> Any:
    """On the side of the distribution where less lies beyond the interval's near end."""
    import pytensor.tensor as pt

    left, right = _log_below(one, high), _log_above(one, low)
    near, far = (
        pt.switch(left < right, left, right),
        pt.switch(left < right, _log_below(one, low), _log_above(one, high)),
    )
    return near + _log_less(far - near)


def _defined(make: Callable[[], Any]) -> Any:
    """What a distribution function gives, where PyMC has it."""
    try:
        return make()
    except NotImplementedError as error:
        raise GraphError(
            "The graph has no distribution function of this family, so responses cannot be "
            "censored or truncated in it."
        ) from error
