"""Expectations of the likelihood under a Gaussian of the linear predictors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, reduce

import numpy as np

from bayesglmm.engine.target import Target
from bayesglmm.families.links import Array

NODES = ((1.0, 15), (0.02, 7), (0.0, 3))
"""Gauss-Hermite nodes by the largest variance of the linear predictor."""
MOST_CROSSED = 2
"""Predictors up to which all combinations of their nodes are taken."""
LEAST_VARIANCE = 1e-8


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
    from bayesglmm.engine.kernel.likelihood_calls import evaluate_several

    largest = float(variance.max(initial=0.0))
    sides = target.likelihood.predictors
    while True:
        count = next(number for bound, number in NODES if largest >= bound)
        places, masses = _rule(count, sides)
        sd = np.sqrt(np.clip(variance, LEAST_VARIANCE, max(largest, LEAST_VARIANCE)))
        moved = (places[:, None] * sd.reshape(-1, sides)).reshape(len(places), -1)
        values, scores, slopes = evaluate_several(
            target.likelihood, target.cells.statistics, eta + moved, scalar
        )
        value = float(masses @ values)
        if np.isfinite(value) or largest <= LEAST_VARIANCE:
            break
        largest /= 100  # a mean must stay positive: look less far
    apart = scores.reshape(len(places), -1, sides)
    coupled = -np.einsum("nk,nml->mkl", masses[:, None] * places, apart)
    coupled /= sd.reshape(-1, sides, 1)
    weight = np.diagonal(coupled, axis1=1, axis2=2).ravel()
    least = 1e-4 * float(np.mean(np.abs(weight))) + 1e-12
    return Expected(
        value,
        masses @ scores,
        np.maximum(weight, least),
        float(masses @ slopes),
        (coupled + coupled.swapaxes(1, 2)) / 2,
    )


def _rule(count: int, sides: int) -> tuple[Array, Array]:
    """Places (k, sides) and masses (k,) for the mean over independent standard normals."""
    return _product(count, sides) if sides <= MOST_CROSSED else _one_by_one(count, sides)


@cache
def _one_by_one(count: int, sides: int) -> tuple[Array, Array]:
    """Places where one predictor at a time is moved: exact for sums of functions of each.

    What a function loses or gains where two are moved together is left out, so that the places grow
    with the number of predictors, not as a power of it: the mean of f is taken to be
    ``f(0) + sum_k (E f(z_k) - f(0))``.
    """
    places, masses = _product(count, 1)
    moved, own = places[places[:, 0] != 0.0], masses[places[:, 0] != 0.0]
    each = np.concatenate([moved * unit for unit in np.eye(sides)])
    rest = 1.0 - sides * own.sum()
    return np.concatenate([np.zeros((1, sides)), each]), np.concatenate([[rest], *[own] * sides])


@cache
def _product(count: int, sides: int) -> tuple[Array, Array]:
    """Gauss-Hermite places and masses, all combinations."""
    places, masses = np.polynomial.hermite_e.hermegauss(count)
    grids = np.meshgrid(*[places] * sides, indexing="ij")
    product = reduce(np.multiply.outer, [masses / masses.sum()] * sides)
    return np.stack([grid.ravel() for grid in grids], axis=1), product.ravel()
