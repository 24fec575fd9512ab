"""Group effects by maximum likelihood from each group's own rows, all else held fixed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.dependence import DEPENDENT
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.engine.draws import Draws
from bayesglmm.families.interval import interval_moments
from bayesglmm.families.links import Array
from bayesglmm.graph.priors import crude_facts
from bayesglmm.posterior.arithmetic import coefficients
from bayesglmm.posterior.arithmetic import parameters as others_of

STEPS = 50
"""Newton steps after which a raw effect counts as not estimable."""

FARTHEST = 15.0
"""Where a group's linear predictor moves this far on a log or log-odds scale (or alike) and still
does not settle, its raw effect is infinite for all purposes."""

FADED = 1e-9
"""So is it where the means of the group's rows answer this much less to it than at the start: they
have reached the edge of what the family allows."""

LEAST_SHARE = 0.05
"""Of a count's information that its bounds are taken to leave: a step stays finite so."""

TOLERANCE = 1e-8
"""A step that moves the linear predictor by less, in large steps of the link, is the last."""


def raw_effects(design: Design, draws: Draws, group: Group) -> tuple[Array, Array]:
    """Maximum likelihood of each group's effects from its own rows, by Fisher scoring.

    Parameters
    ----------
    design : Design
    draws : Draws
        The rest of the linear predictor is held at its posterior mean.
    group : Group

    Returns
    -------
    effects : array of shape (G, q)
        Infinite where the likelihood has no maximum, NaN where the group's rows do not tell the
        effects apart.
    information : array of shape (G, q, q)
        Fisher information at the shrunken effects (posterior means).
    """
    start = _shrunken(draws, group)
    rest = _rest(design, draws, group)
    _, information = _score(design, draws, group, rest, start)
    effects, estimable = start.copy(), estimable_groups(group)
    large = crude_facts(design).unit
    moving = estimable.copy()
    for _ in range(STEPS):
        step = _step(*_score(design, draws, group, rest, effects))
        step[~moving] = 0.0
        size = _reach(group, step)
        if design.spec.link.unit:
            step /= np.maximum(size, 1.0)[:, None]
        effects += step
        moving &= size > TOLERANCE * large
        if design.spec.link.unit:
            moving &= _reach(group, effects - start) < FARTHEST
        if not moving.any():
            break
    if design.spec.link.unit:
        faded = _slopes(design, group, rest, effects) < FADED * _slopes(design, group, rest, start)
        runaway = moving | faded | (_reach(group, effects - start) >= FARTHEST)
        effects[runaway] = np.sign(effects - start)[runaway] * np.inf
    effects[~estimable] = np.nan
    return effects, information


def group_information(design: Design, draws: Draws, group: Group) -> Array:
    """Fisher information on each group's effects in its own rows, at the posterior means.

    Parameters
    ----------
    design : Design
    draws : Draws
    group : Group

    Returns
    -------
    array of shape (G, q, q)
    """
    start = _shrunken(draws, group)
    return _score(design, draws, group, _rest(design, draws, group), start)[1]


def _shrunken(draws: Draws, group: Group) -> Array:
    """Posterior means of a group term's effects, shape (G, q)."""
    return np.stack([draws.flat(effect).mean(axis=0) for effect in group.effects], axis=1)


def estimable_groups(group: Group) -> NDArray[np.bool_]:
    """Groups whose rows tell all q effects apart, shape (G,).

    A slope needs two different values of its column. By Gram-Schmidt within each group.
    """
    rest, count = group.Z.copy(), len(group.levels)
    found = np.ones(count, dtype=bool)
    for place, column in enumerate(rest.T):
        length = np.bincount(group.index, np.square(column), minlength=count)
        whole = np.bincount(group.index, np.square(group.Z[:, place]), minlength=count)
        found &= length > DEPENDENT**2 * whole
        for later in range(place + 1, len(group.columns)):
            product = np.bincount(group.index, column * rest[:, later], minlength=count)
            weight = np.divide(product, length, out=np.zeros(count), where=length > 0)
            rest[:, later] -= weight[group.index] * column
    return found


def _step(score: Array, information: Array) -> Array:
    """Fisher scoring steps (G, q); the ridge only keeps a vanishing information invertible."""
    scale = np.trace(information, axis1=1, axis2=2)[:, None, None]
    ridge = 1e-14 * scale + np.finfo(float).tiny
    regular = information + ridge * np.eye(information.shape[-1])
    return np.asarray(np.linalg.solve(regular, score[:, :, None])[:, :, 0])


def _reach(group: Group, effects: Array) -> Array:
    """How far a change of effects moves the linear predictor of a group's rows, shape (G,)."""
    moved = np.zeros(len(group.levels))
    np.maximum.at(moved, group.index, np.abs(np.sum(group.Z * effects[group.index], axis=1)))
    return moved


def _rest(design: Design, draws: Draws, group: Group) -> Array:
    """Posterior mean of the linear predictor without one group term, shape (n,)."""
    predictor = design.predictor
    eta = predictor.offset.copy()
    if predictor.fixed.intercept:
        eta += draws.flat("Intercept").mean()
    if predictor.fixed.names:
        eta += predictor.X @ coefficients(design, draws).mean(axis=0)
    for other in predictor.groups:
        if other is not group:
            eta += np.sum(other.Z * _shrunken(draws, other)[other.index], axis=1)
    return eta


def _score(
    design: Design, draws: Draws, group: Group, rest: Array, effects: Array
) -> tuple[Array, Array]:
    """Score (G, q) and Fisher information (G, q, q) of each group's effects.

    McCullagh & Nelder (1989), Generalized Linear Models, eq. 2.12-2.13. Of a suppressed count the
    score is that of its mean given its bounds, and the information the share that they leave
    (Louis 1982, J. R. Statist. Soc. B 44(2), eq. 3.2-3.3).
    """
    spec, rows = design.spec, design.rows
    eta = rest + np.sum(group.Z * effects[group.index], axis=1)
    size = rows.exposure * rows.trials
    mean = size * spec.link.inverse(eta)
    slope = size * spec.link.slope(eta)
    parameters = {name: v.mean(axis=0) for name, v in others_of(design, draws).items()}
    variance = np.maximum(spec.family.variance(mean, rows, parameters), 1e-300)
    count, q = len(group.levels), len(group.columns)
    score = np.zeros((count, q))
    information = np.zeros((count, q, q))
    y, weight = rows.y, np.square(slope) / variance
    if rows.upper is not None:
        y, unknown = interval_moments(spec.family.log_density, spec.link, eta, rows, parameters)
        weight = weight * np.maximum(1 - unknown / variance, LEAST_SHARE)
    np.add.at(score, group.index, ((y - mean) * slope / variance)[:, None] * group.Z)
    np.add.at(information, group.index, weight[:, None, None] * _outer(group.Z))
    return score, information


def _slopes(design: Design, group: Group, rest: Array, effects: Array) -> Array:
    """How much the means of a group's rows still answer to its effects, shape (G,)."""
    eta = rest + np.sum(group.Z * effects[group.index], axis=1)
    slope = np.abs(design.spec.link.slope(eta))
    sums = np.bincount(group.index, slope, minlength=len(group.levels))
    return np.asarray(sums, dtype=float)


def _outer(Z: Array) -> Array:
    return np.asarray(Z[:, :, None] * Z[:, None, :])
