"""From draws and a design to linear predictors, means and new responses.

The same arithmetic serves the model's own rows and new ones; groups the model has not seen are
drawn from the population, one draw for each new group in each posterior draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import NEW_GROUP, EffectBlock, Group
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError
from bayesglmm.families import rate_mean
from bayesglmm.families.links import Array

CHUNK = 20_000_000
"""Draws times rows held in memory at once."""


@dataclass(frozen=True, slots=True, eq=False)
class GroupDraws:
    """Draws of a group term's effects, unseen groups appended.

    Attributes
    ----------
    effects : array of shape (S, G', q)
    index : array of int, shape (n,)
        Into the second axis; every row has a group.
    Z : array of shape (n, q)
    unseen : tuple of str
        Groups drawn from the population.
    """

    effects: Array
    index: NDArray[np.int64]
    Z: Array
    unseen: tuple[str, ...]


def group_draws(
    design: Design, draws: Draws, rng: np.random.Generator, parameter: str = ""
) -> list[GroupDraws]:
    """Effects of every group that the rows of a design name.

    Parameters
    ----------
    design : Design
        The model's own, or one applied to new data.
    draws : Draws
    rng : numpy.random.Generator
        Draws unseen groups.
    parameter : str
        Whose predictor; the mean's where empty.

    Returns
    -------
    list of GroupDraws
        One for each group term.
    """
    return [_group_draws(group, draws, rng) for group in _predictor(design, parameter).groups]


def population_draws(
    design: Design, draws: Draws, rng: np.random.Generator, parameter: str = ""
) -> list[GroupDraws]:
    """Effects of new groups in the place of those that the rows name.

    Parameters
    ----------
    design : Design
    draws : Draws
    rng : numpy.random.Generator
    parameter : str
        Whose predictor; the mean's where empty.

    Returns
    -------
    list of GroupDraws
        One for each group term, every level drawn from the population.
    """
    return [
        GroupDraws(
            _population(group, draws, len(group.levels), rng),
            group.index.astype(np.int64),
            group.Z,
            group.levels,
        )
        for group in _predictor(design, parameter).groups
    ]


def _predictor(design: Design, parameter: str) -> Predictor:
    return design.predictors[parameter] if parameter else design.predictor


def linear_predictor(
    design: Design,
    draws: Draws,
    groups: list[GroupDraws],
    rows: slice | NDArray[np.int64] = slice(None),
    parameter: str = "",
) -> Array:
    """Linear predictor of each draw and row, exposure left out.

    Parameters
    ----------
    design : Design
    draws : Draws
    groups : list of GroupDraws
    rows : slice or array of int
        Which rows of the design.
    parameter : str
        Whose predictor; the mean's where empty.

    Returns
    -------
    array of shape (S, rows)
        Link scale.
    """
    predictor = _predictor(design, parameter)
    eta = np.broadcast_to(predictor.offset[rows], (draws.size, len(predictor.offset[rows]))).copy()
    if predictor.fixed.intercept:
        eta += draws.flat(predictor.variable("Intercept"))
    if predictor.fixed.names:
        eta += _coefficients(predictor, draws) @ predictor.X[rows].T
    for group in groups:
        index = group.index[rows]
        for place, column in enumerate(group.Z[rows].T):
            eta += group.effects[:, index, place] * column
    return eta


def coefficients(design: Design, draws: Draws) -> Array:
    """Draws of the mean's fixed-effect coefficients, shape (S, p), in the order of the columns."""
    return _coefficients(design.predictor, draws)


def _coefficients(predictor: Predictor, draws: Draws) -> Array:
    names = [predictor.variable(term.name) for term in predictor.fixed.terms]
    return np.concatenate([draws.flat(name) for name in names], axis=1)


def parameters(
    design: Design,
    draws: Draws,
    rows: slice | NDArray[np.int64] = slice(None),
    new_groups: bool = False,
) -> dict[str, Array]:
    """Draws of the family's parameters beside the mean, on their natural scale.

    Parameters
    ----------
    design : Design
    draws : Draws
    rows : slice or array of int
        Which rows of the design.
    new_groups : bool
        Every group effect drawn anew from the population.

    Returns
    -------
    dict of str to array of shape (S, 1) or (S, rows)
        One number of each draw where the parameter is one for all rows. Groups that the model has
        not seen are the same for any `rows` of one design.
    """
    found = {}
    make = population_draws if new_groups else group_draws
    for parameter in design.spec.family.others:
        name, predictor = parameter.name, design.predictors[parameter.name]
        if predictor.is_number:
            found[name] = draws.flat(name)
        else:
            rng = np.random.default_rng([draws.settings.seed, *name.encode()])
            effects = make(design, draws, rng, name)
            eta = linear_predictor(design, draws, effects, rows, name)
            found[name] = np.asarray(predictor.link.inverse(eta))
    return found


def variance_parameters(
    design: Design,
    draws: Draws,
    rows: slice | NDArray[np.int64] = slice(None),
    weighted: bool = True,
) -> dict[str, Array]:
    """Parameters beside the mean whose variance is the mean variance over new groups.

    The variance of a response is linear in ``m^j p^k`` (sigma squared, mean squared over alpha).
    With the log of p normal about eta with variance v, ``E p^k = exp(k eta + k^2 v / 2)``, which is
    the power k of ``exp(eta + k v / 2)``. Where effects on p have the covariance c with those on
    the log of the mean, ``E m^j p^k`` is ``exp(j k c)`` times the product of the two means, so that
    ``j c`` is added to eta.

    Parameters
    ----------
    design : Design
    draws : Draws
    rows : slice or array of int
    weighted : bool
        False for the mean of ``p^k`` itself, whatever the mean of the response.

    Returns
    -------
    dict of str to array of shape (S, 1) or (S, rows)
        To be given to the family's variance, in place of `parameters`.

    Raises
    ------
    SpecError
        If such effects are correlated with those on the mean, whose link is not the log.
    """
    found = {}
    for parameter in design.spec.family.others:
        name, predictor = parameter.name, design.predictors[parameter.name]
        if predictor.is_number:
            found[name] = draws.flat(name)
        else:
            eta = linear_predictor(design, draws, [], rows, name)
            eta += parameter.power / 2 * row_variance(design, draws, predictor.groups, rows)
            if weighted and name in tied_to_mean(design):
                _check_log(design, name)
                shared = shared_variance(draws, design.predictor, predictor, rows)
                eta += parameter.of_mean * shared
            found[name] = np.exp(eta)
    return found


def tied_to_mean(design: Design) -> list[str]:
    """Parameters that scale the variance with the mean, and whose effects are correlated with its.

    Parameters
    ----------
    design : Design

    Returns
    -------
    list of str
        Such as ``["alpha"]`` where ``(1 |p| g)`` stands in both formulas.
    """
    own = {group.block for group in design.predictor.groups}
    return [
        name
        for name, one in design.modelled.items()
        if one.parameter.of_mean and any(group.block in own for group in one.groups)
    ]


def _check_log(design: Design, parameter: str) -> None:
    """Refuse what has no closed form under another link than the log."""
    if design.spec.link.name != "log":
        raise SpecError(
            f"The variance over new groups is not known under the {design.spec.link.name} link "
            f"where effects on {parameter} are correlated with those on the mean. Take the name "
            "between the bars out, or fit with the log link."
        )


def mean_response(design: Design, eta: Array, rows: slice = slice(None)) -> Array:
    """Mean of the response from the linear predictor.

    Parameters
    ----------
    design : Design
    eta : array of shape (S, rows)
    rows : slice

    Returns
    -------
    array of shape (S, rows)
        Expected count at the row's exposure, probability of one trial, or mean.
    """
    return np.asarray(rate_mean(design.spec.link, eta, design.rows.take(rows).exposure))


def weighted_means(
    target: Design,
    draws: Draws,
    groups: list[GroupDraws],
    weight: Array,
    place: NDArray[np.int64],
    count: int,
) -> Array:
    """Weighted mean of the mean response over the rows of each of several levels, in each draw.

    Parameters
    ----------
    target : Design
    draws : Draws
    groups : list of GroupDraws
    weight : array of shape (n,)
        Weights of the rows.
    place : array of int, shape (n,)
        Level of each row.
    count : int
        Number of levels.

    Returns
    -------
    array of shape (S, count)
        NaN where a level has no weight.
    """
    from scipy.sparse import csr_array

    total = np.bincount(place, weight, minlength=count)
    sums = np.zeros((count, draws.size))
    width = max(1, CHUNK // draws.size)
    for start in range(0, target.n, width):
        rows = slice(start, min(start + width, target.n))
        mean = mean_response(target, linear_predictor(target, draws, groups, rows), rows)
        cells = np.arange(mean.shape[1])
        share = csr_array((weight[rows], (place[rows], cells)), shape=(count, len(cells)))
        sums += share @ np.ascontiguousarray(mean.T)
    with np.errstate(invalid="ignore"):
        return np.asarray((sums / total[:, None]).T)


def new_responses(
    design: Design,
    draws: Draws,
    eta: Array,
    rng: np.random.Generator,
    rows: slice = slice(None),
    new_groups: bool = False,
) -> Array:
    """New responses, one for each draw and row.

    Parameters
    ----------
    design : Design
    draws : Draws
    eta : array of shape (S, rows)
    rng : numpy.random.Generator
    rows : slice
    new_groups : bool
        Parameters beside the mean as in `parameters`.

    Returns
    -------
    array of shape (S, rows)
    """
    spec = design.spec
    others = parameters(design, draws, rows, new_groups)
    return spec.family.draw(rng, spec.link, eta, design.rows.take(rows), others)


def log_likelihood(
    design: Design, draws: Draws, eta: Array, rows: slice | NDArray[np.int64] = slice(None)
) -> Array:
    """Log density of each observed response in each draw.

    Parameters
    ----------
    design : Design
        The model's own.
    draws : Draws
    eta : array of shape (S, rows)
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows)
    """
    spec = design.spec
    others = parameters(design, draws, rows)
    return spec.family.log_density(spec.link, eta, design.rows.take(rows), others)


def _group_draws(group: Group, draws: Draws, rng: np.random.Generator) -> GroupDraws:
    known = np.stack([draws.flat(effect) for effect in group.effects], axis=2)
    index = group.index.astype(np.int64)
    is_new = group.index == NEW_GROUP
    unseen = tuple(dict.fromkeys(str(label) for label in group.labels[is_new]))
    if unseen:
        place = {label: len(group.levels) + rank for rank, label in enumerate(unseen)}
        index[is_new] = [place[str(label)] for label in group.labels[is_new]]
        known = np.concatenate([known, _population(group, draws, len(unseen), rng)], axis=1)
    return GroupDraws(known, index, group.Z, unseen)


def _population(group: Group, draws: Draws, count: int, rng: np.random.Generator) -> Array:
    """New groups from N(0, Sigma), shape (S, count, q).

    Effects of a block across predictors are drawn together: the same numbers, whoever asks.
    """
    block, first, q = group.block, group.first, len(group.columns)
    if len(block.columns) > q:
        rng = np.random.default_rng([draws.settings.seed, *block.name.encode()])
    noise = rng.standard_normal((draws.size, count, len(block.columns)))
    factor = block_factor(block, draws)[:, first : first + q]
    return np.asarray(np.einsum("sjk,sgk->sgj", factor, noise))


def block_factor(block: EffectBlock, draws: Draws) -> Array:
    """Cholesky factor of the covariance of a block's effects in each draw.

    Parameters
    ----------
    block : EffectBlock
    draws : Draws

    Returns
    -------
    array of shape (S, q, q)
        Lower triangular, link scale.
    """
    sds = np.concatenate([draws.flat(name) for name in block.sds], axis=1)
    q = len(block.columns)
    if not block.correlated:
        return np.asarray(sds[:, :, None] * np.eye(q))
    cholesky = draws.flat(block.cholesky).reshape(-1, q, q)
    return np.asarray(sds[:, :, None] * cholesky)


def covariance_factor(group: Group, draws: Draws) -> Array:
    """Cholesky factor of the covariance of a term's effects in each draw.

    Parameters
    ----------
    group : Group
    draws : Draws

    Returns
    -------
    array of shape (S, q, q)
        Lower triangular, link scale. Of a block across predictors, that of these effects alone.
    """
    first, q = group.first, len(group.columns)
    own = block_factor(group.block, draws)[:, first : first + q]
    if first == 0:
        return own[:, :, :q]
    # The rows of other terms left out, ``own = R' Q'``: R' is triangular, and R'R the covariance.
    upper = np.linalg.qr(np.swapaxes(own, 1, 2), mode="r")
    return np.asarray(
        np.swapaxes(upper, 1, 2) * np.sign(np.diagonal(upper, axis1=1, axis2=2))[:, None]
    )


def row_variance(
    design: Design,
    draws: Draws,
    terms: Sequence[Group],
    rows: slice | NDArray[np.int64] = slice(None),
) -> Array:
    """Variance of what new groups add to the linear predictor of each row.

    Parameters
    ----------
    design : Design
    draws : Draws
    terms : sequence of Group
        Some of the design's.
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows)
        ``sum_k z' Sigma_k z`` over the terms.
    """
    total = np.zeros((draws.size, len(design.predictor.offset[rows])))
    for term in terms:
        factor = covariance_factor(term, draws)
        for place in range(len(term.columns)):  # one column of L'z at a time
            total += np.square(factor[:, :, place] @ term.Z[rows].T)
    return total


def shared_variance(
    draws: Draws, one: Predictor, other: Predictor, rows: slice | NDArray[np.int64] = slice(None)
) -> Any:
    """Covariance of what new groups add to two linear predictors of each row.

    Parameters
    ----------
    draws : Draws
    one : Predictor
        Of the mean, on the log scale.
    other : Predictor
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows), or 0.0 where no group term of one shares a name with the other's
    """
    total: Any = 0.0
    for term in one.groups:
        for partner in (group for group in other.groups if group.block == term.block):
            factor = block_factor(term.block, draws)
            first, second = (factor[:, g.first : g.first + len(g.columns)] for g in (term, partner))
            for place in range(factor.shape[2]):
                left = first[:, :, place] @ term.Z[rows].T
                total = total + left * (second[:, :, place] @ partner.Z[rows].T)
    return total


def thin(draws: Draws, count: int) -> Draws:
    """Evenly spaced draws of every chain, at most about `count` in all.

    Parameters
    ----------
    draws : Draws
    count : int

    Returns
    -------
    Draws
    """
    step = max(1, draws.size // count)
    return replace(draws, posterior=draws.posterior.isel(draw=slice(None, None, step)))
