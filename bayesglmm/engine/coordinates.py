"""The parameter vector of a model: what stands where, and under which prior.

The vector is ``theta`` (log standard deviations, correlation coordinates, the log of the scalar
parameter), then the fixed effects on the sampler's scale, then the group effects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.compression import Cells, Factor
from bayesglmm.families import Link, Prior
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of a factor.

    Attributes
    ----------
    name : str
        Such as ``"year|county"``.
    place : int
        Within the factor.
    block : int
        Place at which its correlated block starts; its own place where it has none.
    width : int
        Effects of its block.
    correlations : int
        Place in theta of its first correlation coordinate; there are ``place - block`` of them.
    eta : float
        Argument of the block's LKJ prior.
    """

    name: str
    place: int
    block: int
    width: int
    correlations: int
    eta: float


@dataclass(frozen=True, slots=True, eq=False)
class Coordinates:
    """Layout and priors of the parameter vector.

    Attributes
    ----------
    effects : tuple of Effect
        Of all factors, one after the other; effect e has its log sd at ``theta[e]``.
    theta : int
        Length of theta, T.
    fixed : int
        Number of fixed effects, P, the intercept first.
    intercept : bool
        Whether the mean has one.
    firsts : tuple of int
        Place among the fixed effects of the first of each linear predictor, the mean's 0.
    parameters : tuple of str
        Those of the family whose linear predictors these are.
    links : tuple of (Link or None)
        Of each fixed effect, where it is a parameter that is one number for all rows: the link
        that makes it of the number, whose prior is on the natural scale.
    factors : tuple of Factor
    starts : tuple of int
        Where each factor's effects start in the vector.
    scalar : str
        The family's parameter that is one number for all rows and has no linear predictor, last in
        theta; empty for none.
    priors : tuple of Prior
        Of the fixed effects, of the sds, of the scalar parameter.
    """

    effects: tuple[Effect, ...]
    theta: int
    fixed: int
    intercept: bool
    firsts: tuple[int, ...]
    parameters: tuple[str, ...]
    links: tuple[Link | None, ...]
    factors: tuple[Factor, ...]
    starts: tuple[int, ...]
    scalar: str
    priors: tuple[Prior, ...]

    @property
    def size(self) -> int:
        """Length of the vector."""
        return self.theta + self.fixed + sum(factor.size for factor in self.factors)

    def first_effect(self, factor: int) -> int:
        """Number of the first effect of a factor."""
        return sum(other.q for other in self.factors[:factor])

    def own_effects(self, factor: int) -> tuple[Effect, ...]:
        """Effects of a factor."""
        first = self.first_effect(factor)
        return self.effects[first : first + self.factors[factor].q]

    def covariance_factor(self, factor: int, theta: Array) -> Array:
        """Cholesky factor of the covariance of a factor's effects.

        Parameters
        ----------
        factor : int
        theta : array of shape (..., T)

        Returns
        -------
        array of shape (..., q, q)
            Link scale.
        """
        first, q = self.first_effect(factor), self.factors[factor].q
        sds = np.exp(theta[..., first : first + q])
        return np.asarray(sds[..., None] * self.correlation_factor(factor, theta))

    def correlation_factor(self, factor: int, theta: Array) -> Array:
        """Cholesky factor of the correlations of a factor's effects, shape (..., q, q)."""
        q = self.factors[factor].q
        L = np.zeros((*theta.shape[:-1], q, q))
        for effect in self.own_effects(factor):
            before = effect.place - effect.block
            y = theta[..., effect.correlations : effect.correlations + before]
            norm = np.sqrt(1.0 + np.sum(np.square(y), axis=-1, keepdims=True))
            L[..., effect.place, effect.block : effect.place] = y / norm
            L[..., effect.place, effect.place] = 1.0 / norm[..., 0]
        return L


def make_coordinates(
    design: Design, cells: Cells, priors: Mapping[str, ChosenPrior]
) -> Coordinates:
    """Lay the parameters of a design out.

    Parameters
    ----------
    design : Design
    cells : Cells
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    Coordinates
    """
    effects = _effects(cells.factors, priors)
    following = len(effects) + sum(effect.place - effect.block for effect in effects)
    sides = [design.predictors[name] for name in cells.parameters]
    parameters = [one.parameter for n, one in design.others.items() if n not in cells.parameters]
    theta = following + len(parameters)
    chosen: list[Prior] = []
    firsts, links = [], list[Link | None]()
    for side in sides:
        firsts.append(len(chosen))
        own = _fixed_priors(side, priors)
        chosen += own
        links += [side.link if side.is_number else None] * len(own)
    width = len(chosen)
    chosen += [
        priors[name].prior
        for factor in cells.factors
        for block in factor.blocks
        for name in block.sds
    ]
    chosen += [priors[parameter.name].prior for parameter in parameters]
    starts = np.cumsum([theta + width, *(factor.size for factor in cells.factors)])[:-1]
    return Coordinates(
        effects=effects,
        theta=theta,
        fixed=width,
        intercept=sides[0].fixed.intercept,
        firsts=tuple(firsts),
        parameters=cells.parameters,
        links=tuple(links),
        factors=cells.factors,
        starts=tuple(int(start) for start in starts),
        scalar=parameters[0].name if parameters else "",
        priors=tuple(chosen),
    )


def _effects(factors: tuple[Factor, ...], priors: Mapping[str, ChosenPrior]) -> tuple[Effect, ...]:
    """The effects of all factors, their correlations behind all log sds in theta."""
    found: list[Effect] = []
    following = sum(factor.q for factor in factors)
    for factor in factors:
        place = 0
        for block in factor.blocks:
            first, width, eta = place, 1, 1.0
            if block.correlated:
                width = len(block.columns)
                eta = dict(priors[block.correlation].prior.arguments)["eta"]
            for name in block.effects:
                start = first if block.correlated else place
                found.append(Effect(name, place, start, width, following, eta))
                following += place - start
                place += 1
    return tuple(found)


def _fixed_priors(predictor: Predictor, priors: Mapping[str, ChosenPrior]) -> list[Prior]:
    """Priors of a predictor's fixed effects on the sampler's scale, the intercept first.

    That of a parameter which is one number for all rows is on its natural scale.
    """
    fixed, own = predictor.fixed, predictor.variable
    if predictor.is_number:
        return [priors[predictor.parameter.name].prior]
    found = [priors[own("Intercept")].prior] if fixed.intercept else []
    return found + [
        priors[own(name)].prior.times(float(scale))
        for name, scale in zip(fixed.names, fixed.scale, strict=True)
    ]


def lkj_powers(coordinates: Coordinates) -> tuple[Array, float]:
    """Density of the correlation blocks, as powers of their Cholesky factors' diagonals.

    The LKJ density of a correlation matrix R is proportional to ``det(R)^(eta - 1)``; the
    Jacobians are those from R to its Cholesky factor and from a row of it to its coordinates
    (Lewandowski, Kurowicka & Joe 2009, J. Multivariate Anal. 100, eq. 16 for the constant).

    Returns
    -------
    powers : array of shape (E,)
        Power of each diagonal element; 0 for the first of a block.
    constant : float
        Log normalising constant of all blocks.
    """
    powers = np.zeros(len(coordinates.effects))
    constant = 0.0
    for number, effect in enumerate(coordinates.effects):
        before = effect.place - effect.block
        if before:
            powers[number] = 2 * (effect.eta - 1) + effect.width + 1
        if effect.width > 1 and before == 0:
            constant += lkj_constant(effect.width, effect.eta)
    return powers, constant


def lkj_constant(width: int, eta: float) -> float:
    """Log normalising constant of an LKJ density over correlation matrices.

    Lewandowski, Kurowicka & Joe (2009), J. Multivariate Anal. 100, eq. 16.

    Parameters
    ----------
    width : int
        Rows of the matrix.
    eta : float

    Returns
    -------
    float
    """
    total = 0.0
    for k in range(1, width):
        beta = eta + (width - 1 - k) / 2
        log_beta = 2 * math.lgamma(beta) - math.lgamma(2 * beta)
        total -= (width - k) * ((2 * beta - 1) * math.log(2) + log_beta)
    return total
