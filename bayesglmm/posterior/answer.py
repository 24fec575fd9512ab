"""From draws of quantities to the columns of a table: median, interval, certainty, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    BATCHES,
    ESTIMATES,
    batch_errors,
    quantiles,
    tail_of,
)
from bayesglmm.tables import RowDraws


def answer(blocks: Iterable[Array], mass: float, no_effect: float | None = None) -> pd.DataFrame:
    """Summarise draws of many quantities.

    Parameters
    ----------
    blocks : iterable of arrays of shape (S, k)
        Draws, the chains one after the other; stretches of quantities side by side.
    mass : float
        Posterior probability inside the equal-tailed interval.
    no_effect : float, optional
        With it, the posterior probability of being above it.

    Returns
    -------
    pandas.DataFrame
        One row a quantity; Monte Carlo errors by batch means.
    """
    tail = tail_of(mass)
    shares = (0.5, tail, 1 - tail)
    parts = []
    for values in blocks:
        found = zip(ESTIMATES, quantiles(values, shares), strict=True)
        part = pd.DataFrame(dict(found))
        if no_effect is not None:
            part[f"P(>{no_effect:g})"], certainty_error = certainty(values, no_effect)
        for name, error in zip(ESTIMATES, batch_errors(values, shares), strict=True):
            part[f"mcse_{name}"] = error
        if no_effect is not None:
            part[f"mcse_P(>{no_effect:g})"] = certainty_error
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def emptied(found: pd.DataFrame, known: NDArray[Any]) -> pd.DataFrame:
    """Columns of answers with those that the data cannot tell left empty."""
    return found if known.all() else found.where(pd.Series(known, index=found.index), axis=0)


def certainty(values: Array, bound: float) -> tuple[Array, Array]:
    """Posterior probability of being above a bound, with its error; see `share_of_draws`.

    Parameters
    ----------
    values : array of shape (S, k)
    bound : float

    Returns
    -------
    probability, error : array of shape (k,)
    """
    return share_of_draws(values > bound, values)


def share_of_draws(inside: NDArray[np.bool_], values: Array) -> tuple[Array, Array]:
    """Share of the draws for which something holds, with its error by batch means.

    Parameters
    ----------
    inside : array of bool, shape (S, k)
    values : array of shape (S, k)
        The draws that it holds for.

    Returns
    -------
    share, error : array of shape (k,)
        Where it holds for all draws or for none, the error is 1 over the effective sample size of
        the mean.
    """
    probability = inside.mean(axis=0)
    size = len(values) // BATCHES
    batches = inside[: size * BATCHES].reshape(BATCHES, size, -1).mean(axis=1)
    error = batches.std(axis=0, ddof=1) / np.sqrt(BATCHES)
    means = values[: size * BATCHES].reshape(BATCHES, size, -1).mean(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # a quantity that never varies
        share = means.var(axis=0, ddof=1) / BATCHES / values.var(axis=0)
    one_sided = (probability == 0) | (probability == 1)
    least = np.clip(np.nan_to_num(share), 1 / len(values), 1.0)
    return probability, np.where(one_sided, least, error)


def row_draws(
    posterior: Posterior,
    draws: Callable[[], Array],
    mass: float,
    no_effect: float | None = None,
    beside: Sequence[str] = (),
) -> RowDraws:
    """What the draws of a table are made from.

    Parameters
    ----------
    posterior : Posterior
        Whose draws they are, thinned ones where those are.
    draws : callable
        Gives an array of shape (S, lines), the chains one after the other.
    mass : float
        Posterior probability inside the intervals.
    no_effect : float, optional
        The value that means no effect.
    beside : sequence of str
        As of `RowDraws`.

    Returns
    -------
    RowDraws
    """
    return RowDraws(lambda: posterior.by_chain(draws()), mass, no_effect, tuple(beside))
