"""Means of rows in each draw: at a typical group, for the row's own groups, or over new groups.

Summed over terms, ``Z_i u`` of a new group is normal with variance ``sum_k z_ik' Sigma_k z_ik``, so
that a marginal mean is a one-dimensional integral however many terms there are; the link has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.rows import Target
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows
from bayesglmm.posterior.notes import may_be_negative
from bayesglmm.posterior.over_groups import natural, over_new_groups
from bayesglmm.posterior.posterior import Posterior, Whose


def target_means(
    target: Target, sides: Sequence[Posterior], mean: Mean
) -> Iterator[tuple[Array, ...]]:
    """Means of the cells of a target in each draw.

    Parameters
    ----------
    target : Target
    sides : sequence of Posterior
        At the distinct rows of the target, each with other values of a column.
    mean : Mean

    Yields
    ------
    tuple of arrays of shape (S, cells), one for each side
        A stretch of cells at a time. An average is over rows within the draw. All sides meet the
        same unseen groups.
    """

    def evaluate(rows: SomeRows) -> tuple[Array, ...]:
        return tuple(row_means(side, mean, rows) for side in sides)

    if target.averaging is None:
        yield from map(evaluate, sides[0].blocks())
    else:
        yield from target.averaging.means(evaluate, sides[0].size)


def shares_below_zero(target: Target, sides: Sequence[Posterior], mean: Mean) -> Array:
    """For each line of a target the share of draws in which a mean of a count is below 0.

    Parameters
    ----------
    target : Target
    sides : sequence of Posterior
        As for `target_means`; the largest of their shares is taken.
    mean : Mean

    Returns
    -------
    array of shape (lines,)
        0 where the link prevents it, and on the link scale.
    """
    if not mean.is_response(target.design) or not may_be_negative(target.design):
        return np.zeros(len(target.lines))
    parts = [
        np.max([(values < 0).mean(axis=0) for values in found], axis=0)
        for found in target_means(target, sides, mean)
    ]
    return np.asarray(np.concatenate(parts)[target.cell])


def row_means(posterior: Posterior, mean: Mean, rows: SomeRows = ALL_ROWS) -> Array:
    """Mean of each row in each draw.

    Parameters
    ----------
    posterior : Posterior
    mean : Mean
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows)
    """
    if mean.function is not None:
        return _made_of_several(posterior, mean, rows)
    (parameter,), (predictor,) = mean.parameters, mean.predictors(posterior.design)
    link = predictor.link
    if predictor.is_number:
        value = posterior.draws.flat(parameter)
        shown = link.forward(value) if mean.scale == "link" else value
        return np.asarray(np.broadcast_to(shown, (posterior.size, len(predictor.offset[rows]))))
    effects = None if mean.effects == "observed" else ()
    eta = posterior.eta(rows, effects=effects, parameter=parameter)
    if mean.scale == "link":
        return eta
    if mean.effects == "integrate" and predictor.groups:
        variance = posterior.row_variance(predictor.groups, rows)
        return np.asarray(mean.unit * link.marginal(eta, variance))
    return np.asarray(mean.unit * link.inverse(eta))


def _made_of_several(posterior: Posterior, mean: Mean, rows: SomeRows) -> Array:
    """Mean of each row that is a function of several parameters, shape (S, rows)."""
    function, family = mean.function, posterior.design.spec.family
    if function is None:
        raise ValueError("This mean is one parameter.")
    first, *others = mean.parameters
    known = replace(posterior.design.rows.take(rows), y=None, exposure=mean.unit)

    def value(found: Mapping[str, Any]) -> Array:
        return function(found[first], known, {name: found[name] for name in others})

    if mean.effects == "integrate":
        multiple = first if function is family.expected and family.proportional else ""
        return over_new_groups(posterior, value, mean.parameters, rows, multiple_of=multiple)
    whose: Whose = "observed" if mean.effects == "observed" else "typical"
    effects = None if whose == "observed" else ()
    location = natural(posterior.design, first, posterior.eta(rows, effects=effects))
    return value({first: location} | posterior.parameters(rows, whose=whose, names=others))
