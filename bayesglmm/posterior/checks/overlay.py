"""The distribution of the responses beside those of replicated data.

Gabry, Simpson, Vehtari, Betancourt & Gelman (2019), Journal of the Royal Statistical Society A
182(2), section 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.replicated import Replicates

FEWEST, MOST = 8, 30
"""Bins of the range of the data; between these 2 n^(1/3) of n rows (Rice's rule)."""

PLACES = 100
"""Values at which cumulative shares are taken, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Shares of the responses at k places.

    Attributes
    ----------
    places : array of shape (k,)
        Values of the response.
    labels : tuple of str
        Names of the values, where each is a category; else empty.
    observed : array of shape (k,)
    replicated : array of shape (S, k)
    cumulative : bool
        Whether the shares are of responses up to a place, or of those in a bin about it.
    beyond : float
        Largest share of a replicated data set that lies outside the bins.
    """

    places: Array
    labels: tuple[str, ...]
    observed: Array
    replicated: Array
    cumulative: bool
    beyond: float = 0.0


def overlay(replicates: Replicates, *, cumulative: bool) -> Overlay:
    """Shares of the data and of replicated data.

    Parameters
    ----------
    replicates : Replicates
    cumulative : bool

    Returns
    -------
    Overlay
        Of numbers of successes the share of successes in each row.
    """
    design = replicates.design
    trials = np.asarray(design.rows.trials, dtype=float)
    y, drawn = replicates.observed / trials, replicates.drawn / trials
    support = design.spec.family.support
    if cumulative:
        share = np.linspace(0, 1, PLACES)
        places = np.unique(np.quantile(y, share, method="inverted_cdf"))  # values that there are
        labels = tuple(support.levels[int(place)] for place in places) if support.levels else ()
        shares = np.array([_up_to(z, places) for z in drawn])
        return Overlay(places, labels, _up_to(y, places), shares, True)
    if support.categories or support.single:
        values = np.arange(float(len(support.levels))) if support.levels else np.array([0.0, 1.0])
        edges = np.append(values - 0.5, values[-1] + 0.5)
        labels = support.levels or ("0", "1")
        return Overlay(
            values, labels, _in(y, edges), np.array([_in(z, edges) for z in drawn]), False
        )
    bins = int(np.clip(np.ceil(2 * np.cbrt(len(y))), FEWEST, MOST))
    edges = np.linspace(y.min(), y.max(), bins + 1)
    width = edges[1] - edges[0]
    edges = np.concatenate([[edges[0] - width], edges, [edges[-1] + width]])
    shares = np.array([_in(z, edges) for z in drawn])
    middle = (edges[1:] + edges[:-1]) / 2
    return Overlay(middle, (), _in(y, edges), shares, False, float(1 - shares.sum(axis=1).min()))


def _up_to(y: Array, places: Array) -> Array:
    """Share of the responses at most each place."""
    return np.asarray(np.searchsorted(np.sort(y), places, side="right") / len(y))


def _in(y: Array, edges: Array) -> Array:
    """Share of the responses in each bin."""
    return np.asarray(np.histogram(y, edges)[0] / len(y))
