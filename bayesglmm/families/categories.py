"""What families of responses that are one of several categories have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bayesglmm.families.chances import Chances
from bayesglmm.families.crude import proportion_interval
from bayesglmm.families.family import Family
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import Support


def category_family(
    levels: tuple[str, ...], chances: Chances, *, ordered: bool, **fields: Any
) -> Family:
    """A family of responses that are categories.

    Parameters
    ----------
    levels : tuple of str
        Names of the categories, in order; empty before they are known.
    chances : Chances
    ordered : bool
        Whether the categories have an order.
    **fields
        The others of `Family`.

    Returns
    -------
    Family
    """
    return Family(
        support=category_support(levels, ordered),
        takes_exposure=False,
        graph=chances.graph,
        density=chances.density,
        random=chances.random,
        below=chances.below,
        variance=None,
        deviance=None,
        chances=chances,
        **fields,
    )


def category_support(levels: tuple[str, ...], ordered: bool) -> Support:
    """The support of a response of some categories.

    Parameters
    ----------
    levels : tuple of str
        Their names; empty before they are known.
    ordered : bool

    Returns
    -------
    Support
    """
    count = max(len(levels), 2)

    def share(k: int) -> Callable[[Array], Array]:
        return lambda y: (y == k).mean(axis=-1)

    return Support(
        "ordered categories" if ordered else "categories",
        "categories in an order" if ordered else "categories",
        lambda y, trials: (y >= 0) & (y == np.floor(y)) & (y < count),
        discrete=True,
        positive=True,
        mean="probability",
        baseline="probability",
        crude=lambda rows: _crude_above(rows.central),
        interval=proportion_interval,
        statistics={f"share of {name}": share(k) for k, name in enumerate(levels)},
        categories=True,
        ordered=ordered,
        levels=levels,
    )


def _crude_above(y: Array) -> float:
    """Share of responses beyond the first category, half a row added on either side."""
    return float(((y > 0).sum() + 0.5) / (len(y) + 1.0))


def crude_shares(rows: Rows, count: int) -> Array:
    """Share of rows in each category, half a row added to each.

    Parameters
    ----------
    rows : Rows
    count : int

    Returns
    -------
    array of shape (count,)
    """
    found = np.bincount(np.asarray(rows.y, dtype=np.int64), minlength=count) + 0.5
    return np.asarray(found / found.sum())
