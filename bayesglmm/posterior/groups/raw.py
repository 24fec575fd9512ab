"""Group effects by maximum likelihood from each group's own rows, all else held fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.dependence import DEPENDENT
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.engine.draws import Draws
from bayesglmm.families.interval import interval_moments
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import crude_facts
from bayesglmm.posterior.marginal import given_variance
from bayesglmm.posterior.posterior import Posterior

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

STEP = 1e-3
"""Of differences of a log density, in large steps of the link."""

TOLERANCE = 1e-8
"""A step that moves the linear predictor by less, in large steps of the link, is the last."""


@dataclass(frozen=True, slots=True, eq=False)
class _OwnRows:
    """The likelihood of a group term's effects, G groups at once, all else held fixed.

    Attributes
    ----------
    design : Design
    group : Group
    rest : array of shape (n,)
        Posterior mean of the linear predictor without the term.
    parameters : mapping
        Posterior means of the family's other parameters, shape (1,) or (n,).
    """

    design: Design
    group: Group
    rest: Array
    parameters: Mapping[str, Array]

    def eta(self, effects: Array) -> Array:
        """Linear predictor of each row, shape (n,)."""
        return np.asarray(self.rest + np.sum(self.group.Z * effects[self.group.index], axis=1))

    def score(self, effects: Array) -> tuple[Array, Array]:
        """Score (G, q) and Fisher information (G, q, q) of each group's effects.

        McCullagh & Nelder (1989), Generalized Linear Models, eq. 2.12-2.13. Of a suppressed count
        the score is that of its mean given its bounds, and the information the share that they
        leave (Louis 1982, J. R. Statist. Soc. B 44(2), eq. 3.2-3.3).
        """
        group, eta = self.group, self.eta(effects)
        rise, weight = self._by_mean(eta) if self._mean_tells else self._by_density(eta)
        rise, weight = (values * self.design.rows.weights for values in (rise, weight))
        count, q = len(group.levels), len(group.columns)
        score, information = np.zeros((count, q)), np.zeros((count, q, q))
        np.add.at(score, group.index, rise[:, None] * group.Z)
        products = group.Z[:, :, None] * group.Z[:, None, :]
        np.add.at(information, group.index, weight[:, None, None] * products)
        return score, information

    @property
    def _mean_tells(self) -> bool:
        """Whether the location is the mean, and responses are known or counts of few values."""
        spec, rows = self.design.spec, self.design.rows
        known = rows.upper is None or spec.formula.suppression is not None
        return spec.family.linear and spec.family.expected is None and known and not rows.truncated

    def _by_mean(self, eta: Array) -> tuple[Array, Array]:
        """Score and information of each linear predictor where the location is the mean."""
        spec, rows = self.design.spec, self.design.rows
        size, value = rows.exposure * rows.trials, spec.link.inverse(eta)
        mean, slope = size * value, size * spec.link.slope(eta)
        variance = np.maximum(given_variance(self.design)(value, rows, self.parameters), 1e-300)
        y, weight = rows.y, np.square(slope) / variance
        if rows.upper is not None:
            y, unknown = interval_moments(
                spec.family.log_density, spec.link, eta, rows, self.parameters
            )
            weight = weight * np.maximum(1 - unknown / variance, LEAST_SHARE)
        return (y - mean) * slope / variance, weight

    def _by_density(self, eta: Array) -> tuple[Array, Array]:
        """The same by differences of the log density: of families whose mean says not all, and of
        censored or truncated responses.

        The information is the observed one, and at least what the mean alone tells of the linear
        predictor, which is never more than Fisher's.
        """
        spec, rows, others = self.design.spec, self.design.rows, self.parameters
        family, link, size = spec.family, spec.link, STEP * crude_facts(self.design).unit
        low, here, high = (
            family.log_density(link, eta + move, rows, others) for move in (-size, 0.0, size)
        )
        slope = np.subtract(
            *(family.mean(link, eta + move, rows, others) for move in (size, -size))
        )
        slope *= rows.trials / (2 * size)
        inner = given_variance(self.design)(link.inverse(eta), rows, others)
        least = np.square(slope) / np.maximum(inner, 1e-300)
        least = least if rows.upper is None and not rows.truncated else LEAST_SHARE * least
        bend = (2 * here - low - high) / size**2
        return (high - low) / (2 * size), np.maximum(bend, least)

    def slopes(self, effects: Array) -> Array:
        """How much the means of a group's rows still answer to its effects, shape (G,)."""
        slope = np.abs(self.design.spec.link.slope(self.eta(effects)))
        sums = np.bincount(self.group.index, slope, minlength=len(self.group.levels))
        return np.asarray(sums, dtype=float)


def raw_effects(posterior: Posterior, group: Group) -> tuple[Array, Array]:
    """Maximum likelihood of each group's effects from its own rows, by Fisher scoring.

    Parameters
    ----------
    posterior : Posterior
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
    own, start = _own_rows(posterior, group), _shrunken(posterior.draws, group)
    _, information = own.score(start)
    effects, estimable = start.copy(), estimable_groups(group)
    bounded, large = bool(own.design.spec.link.unit), crude_facts(own.design).unit
    moving = estimable.copy()
    for _ in range(STEPS):
        step = _step(*own.score(effects))
        step[~moving] = 0.0
        size = _reach(group, step)
        if bounded:
            step /= np.maximum(size, 1.0)[:, None]
        effects += step
        moving &= size > TOLERANCE * large
        if bounded:
            moving &= _reach(group, effects - start) < FARTHEST
        if not moving.any():
            break
    if bounded:
        faded = own.slopes(effects) < FADED * own.slopes(start)
        runaway = moving | faded | (_reach(group, effects - start) >= FARTHEST)
        effects[runaway] = np.sign(effects - start)[runaway] * np.inf
    effects[~estimable] = np.nan
    return effects, information


def group_information(posterior: Posterior, group: Group) -> Array:
    """Fisher information on each group's effects in its own rows, at the posterior means.

    Parameters
    ----------
    posterior : Posterior
    group : Group

    Returns
    -------
    array of shape (G, q, q)
    """
    return _own_rows(posterior, group).score(_shrunken(posterior.draws, group))[1]


def _own_rows(posterior: Posterior, group: Group) -> _OwnRows:
    """All but the effects of one term at its posterior mean."""
    draws, predictor = posterior.draws, posterior.predictor()
    rest = predictor.offset + predictor.X @ posterior.coefficients().mean(axis=0)
    if predictor.fixed.intercept:
        rest += draws.flat(predictor.variable("Intercept")).mean()
    for other in predictor.groups:
        if other is not group:
            rest += np.sum(other.Z * _shrunken(draws, other)[other.index], axis=1)
    return _OwnRows(posterior.design, group, rest, _parameter_means(posterior))


def _parameter_means(posterior: Posterior) -> dict[str, Array]:
    """Posterior means of the family's other parameters, shape (1,) or (n,)."""
    found: dict[str, list[Array]] = {}
    for rows in posterior.blocks():
        for name, values in posterior.parameters(rows).items():
            found.setdefault(name, []).append(values.mean(axis=0))
    modelled = posterior.design.modelled
    return {
        name: np.concatenate(parts) if name in modelled else parts[0]
        for name, parts in found.items()
    }


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
