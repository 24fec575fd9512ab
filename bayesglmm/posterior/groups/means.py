"""Means of every group of a factor: crude, over its own rows, and the rows that all are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.families.links import Array
from bayesglmm.posterior.averaging import make_averaging
from bayesglmm.posterior.estimands.asked import Asked, Mean, make_means
from bayesglmm.posterior.estimands.means import row_means
from bayesglmm.posterior.groups.standardise import Standard, make_standard, terms_of
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import BUDGET, FEWEST, offset_as_exposure, row_sizes, rows_at


def means_of_rows(design: Design) -> list[Mean]:
    """The mean of a response at an exposure of 1, or the probability of each category."""
    return [replace(mean, unit=1.0) for mean in make_means(design, Asked("observed"))]


def make_group_standard(
    posterior: Posterior, factor: str, at: pd.DataFrame | None = None, points: int = 0
) -> Standard:
    """Rows that every group of a factor is given, weighted by exposure or trials.

    Parameters
    ----------
    posterior : Posterior
    factor : str
    at : pandas.DataFrame, optional
        Rows in place of the model's own.
    points : int
        Number of means that are wanted; that of the groups where 0.

    Returns
    -------
    Standard
    """
    group = posterior.design.terms(factor)[0]
    design = posterior.design.only(posterior.design.spec.family.location.name)
    target = offset_as_exposure(design if at is None else rows_at(design, at, group.factors))
    weights, levels = row_sizes(target), points or len(group.levels)
    return make_standard(posterior.at(target), factor, weights, levels)


def level_effects(design: Design, standard: Standard) -> list[Array]:
    """Effects that each group of a factor has, those of what it lies in included.

    Parameters
    ----------
    design : Design
        The model's own.
    standard : Standard

    Returns
    -------
    list of array of shape (S, G, q)
        One for each of the standard's terms.
    """
    own = terms_of(design.predictor.groups, _factor_of(standard))
    group = next(term for term in own if term.factor == _factor_of(standard))
    _, first = np.unique(group.index, return_index=True)
    return [
        np.stack(
            [
                standard.posterior.draws.flat(effect)[:, term.index[first]]
                for effect in term.effects
            ],
            axis=2,
        )
        for term in own
    ]


def crude_means(design: Design, group: Group, category: str = "") -> tuple[Array, float]:
    """Sum of the responses over the sum of exposures or trials.

    Parameters
    ----------
    design : Design
    group : Group
    category : str
        Of the response, whose share of the rows is meant; empty where it has none.

    Returns
    -------
    of_groups : array of shape (G,)
        NaN for a group with a suppressed count.
    overall : float
        Of all rows; a suppressed count is the middle of what it may be.
    """
    sizes, y, count = row_sizes(design), design.rows.observed, len(group.levels)
    if category:
        y = in_category(design, category)
        return np.bincount(group.index, y, count) / group.rows_per_level, float(y.mean())
    of_groups = np.bincount(group.index, y, count) / np.bincount(group.index, sizes, count)
    return of_groups, float(design.rows.central.sum() / sizes.sum())


def in_category(design: Design, category: str) -> Array:
    """Which responses are of a category: 1 where they are, else 0; shape (n,)."""
    place = design.spec.family.support.levels.index(category)
    return np.asarray(design.rows.y == place, dtype=float)


def own_means(posterior: Posterior, group: Group, mean: Mean) -> tuple[Array, Posterior]:
    """Mean over all of the group's own rows, each with all its effects.

    Parameters
    ----------
    posterior : Posterior
    group : Group
    mean : Mean
        Of the response, at an exposure of 1.

    Returns
    -------
    means : array of shape (S, G)
        Rows weigh as their exposure or number of trials.
    posterior : Posterior
        The S draws that were used: thinned where the rows are very many.
    """
    design = posterior.design
    some = posterior.thin(max(FEWEST, BUDGET // design.n))
    place = group.index.astype(np.int64)
    averaging = make_averaging(place, row_sizes(design), len(group.levels))
    parts = [
        means
        for (means,) in averaging.means(lambda rows: (row_means(some, mean, rows),), some.size)
    ]
    return np.concatenate(parts, axis=1), some


def _factor_of(standard: Standard) -> str:
    return max(standard.terms, key=lambda term: len(term.factors)).factor
