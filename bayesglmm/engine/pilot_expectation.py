"""Expectations of the likelihood under a Gaussian of the linear predictors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

from bayesglmm.engine.target import Target
from bayesglmm.families.links import Array

NODES = ((1.0, 15), (0.02, 7), (0.0, 3))
"""Gauss-Hermite nodes by the largest variance of a linear predictor."""
MOST_CROSSED = 2
"""Predictors up to which all combinations of their nodes are taken."""
LEAST_VARIANCE = 1e-8
FALL = 10.0
"""What the log likelihood may lose by looking about, for each linear predictor of a cell, where a
Gaussian that fits loses half at most. Beyond, an expectation is of the tail alone, and may not be a
number at all: that of a Weibull over a normal log shape is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """Expectations under the Gaussian of the linear predictor.

    Attributes
    ----------
    value : float
        Of the log likelihood.
    score : array of shape (m,)
        Of the score of each cell.
    weight : array of shape (m,)
        Of the information of each cell, made positive.
    scalar_slope : float
        Of the slope in the log of the scalar parameter.
    coupled : array of shape (m / K, K, K)
        Of the information of each cell about its K linear predictors together, as it is.
    """

    value: float
    score: Array
    weight: Array
    scalar_slope: float
    coupled: Array


def expectation(target: Target, eta: Array, variance: Array, scalar: float) -> Expected:
    """Gauss-Hermite quadrature; the information by Stein's lemma from the score alone.

    Expected information is what stays positive where the likelihood is not log-concave.

    Parameters
    ----------
    target : Target
    eta, variance : array of shape (m,)
        Mean and variance of the linear predictor of each cell.
    scalar : float
        The family's parameter that is one number for all rows; 1 where there is none.

    Returns
    -------
    Expected
    """
    from bayesglmm.engine.kernel.likelihood_calls import evaluate_apart

    sides = target.likelihood.predictors
    apart, variances = (values.reshape(-1, sides).T for values in (eta, variance))
    largest = variances.max(axis=1, initial=LEAST_VARIANCE)
    while True:
        places, masses = _rule(tuple(_nodes(bound) for bound in largest))
        sd = np.sqrt(np.clip(variances, LEAST_VARIANCE, largest[:, None]))
        values, scores, slopes = evaluate_apart(
            target.likelihood, target.cells.statistics, apart + places[:, :, None] * sd, scalar
        )
        value = float(masses @ values)
        central = float(values[~places.any(axis=1)][0])
        if value >= central - FALL * eta.size or largest.max() <= LEAST_VARIANCE:
            break
        # a mean must stay positive, or a tail runs away: look less far
        largest = np.clip(largest, LEAST_VARIANCE, max(largest.max() / 100, LEAST_VARIANCE))
    flat = scores.reshape(len(places), -1)
    coupled = -((masses[:, None] * places).T @ flat).reshape(sides, *sd.shape) / sd[:, None]
    coupled = np.ascontiguousarray((coupled + coupled.swapaxes(0, 1)).transpose(2, 0, 1) / 2)
    weight = np.diagonal(coupled, axis1=1, axis2=2).ravel()
    least = 1e-4 * float(np.mean(np.abs(weight))) + 1e-12
    return Expected(
        value,
        (masses @ flat).reshape(sd.shape).T.ravel(),
        np.maximum(weight, least),
        float(masses @ slopes),
        coupled,
    )


def _nodes(largest: float) -> int:
    """How many nodes a predictor of some largest variance needs."""
    return next(number for bound, number in NODES if largest >= bound)


def _rule(counts: tuple[int, ...]) -> tuple[Array, Array]:
    """Places (k, sides) and masses (k,) for the mean over independent standard normals.

    Parameters
    ----------
    counts : tuple of int
        Nodes along each of the normals, odd numbers.
    """
    return _product(counts) if len(counts) <= MOST_CROSSED else _one_by_one(counts)


@cache
def _one_by_one(counts: tuple[int, ...]) -> tuple[Array, Array]:
    """Places where one predictor at a time is moved: exact for sums of functions of each.

    What a function loses or gains where two are moved together is left out, so that the places grow
    with the number of predictors, not as a power of it: the mean of f is taken to be
    ``f(0) + sum_k (E f(z_k) - f(0))``.
    """
    places, masses = [np.zeros((1, len(counts)))], [np.zeros(1)]
    for count, unit in zip(counts, np.eye(len(counts)), strict=True):
        own, mass = _product((count,))
        moved = own[:, 0] != 0.0
        places.append(own[moved] * unit)
        masses.append(mass[moved])
    found = np.concatenate(masses)
    found[0] = 1.0 - found.sum()
    return np.concatenate(places), found


@cache
def _product(counts: tuple[int, ...]) -> tuple[Array, Array]:
    """Gauss-Hermite places and masses, all combinations."""
    rules = [np.polynomial.hermite_e.hermegauss(count) for count in counts]
    grids = np.meshgrid(*[places for places, _ in rules], indexing="ij")
    product = reduce(np.multiply.outer, [masses / masses.sum() for _, masses in rules])
    return np.stack([grid.ravel() for grid in grids], axis=1), product.ravel()
