"""Fitted means of the rows, deviance and dispersion."""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import rate_mean
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import maximise
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.start import starting_point

type UnitDeviance = Callable[[Array, Array, Array, Array], Array]


def _log_ratio(count: Array, mean: Array) -> Array:
    """``count log(count / mean)``, 0 where the count is."""
    some = count > 0
    ratio = np.divide(count, mean, out=np.ones_like(mean), where=some)
    return np.asarray(count * np.log(ratio))


def _poisson(y: Array, mean: Array, trials: Array, other: Array) -> Array:
    return 2 * (_log_ratio(y, mean) - (y - mean))


def _binomial(y: Array, mean: Array, trials: Array, other: Array) -> Array:
    return 2 * (_log_ratio(y, mean) + _log_ratio(trials - y, trials - mean))


def _negative_binomial(y: Array, mean: Array, trials: Array, other: Array) -> Array:
    ratio = (y + other) / (mean + other)
    return 2 * (_log_ratio(y, mean) - (y + other) * np.log(ratio))


def _gaussian(y: Array, mean: Array, trials: Array, other: Array) -> Array:
    return np.asarray(np.square(y - mean))


UNIT_DEVIANCES: dict[str, UnitDeviance] = {
    "gaussian": _gaussian,
    "bernoulli": _binomial,
    "binomial": _binomial,
    "poisson": _poisson,
    "negative_binomial": _negative_binomial,
}
"""Twice the log likelihood lost against a mean equal to the response (McCullagh & Nelder 1989,
section 2.3 and p. 34); for a Gaussian not divided by the variance."""


def fitted_means(design: Design, coefficients: Array, effects: Mapping[str, Array]) -> Array:
    """Mean of each row's response, at the conditional modes where there are groups.

    Parameters
    ----------
    design : Design
    coefficients : array
        User's units; the intercept first where there is one.
    effects : mapping
        Group effect, such as ``"1|county"``, to its value for each level.

    Returns
    -------
    array of shape (n,)
        Response scale; the number of successes for a binomial.
    """
    predictor = design.predictor
    eta = _linear(predictor, coefficients)
    for group in predictor.groups:
        for column, effect in zip(group.Z.T, group.effects, strict=True):
            eta = eta + column * effects[effect][group.index]
    mean = rate_mean(design.spec.link, eta, design.rows.exposure)
    return np.asarray(mean * design.rows.trials)


def fitted_other(predictor: Predictor, coefficients: Array) -> Array:
    """A parameter beside the mean, of each row, from coefficients in the user's units.

    Returns
    -------
    array of shape (n,)
    """
    return np.exp(_linear(predictor, coefficients))


def _linear(predictor: Predictor, coefficients: Array) -> Array:
    first = int(predictor.fixed.intercept)
    fixed = predictor.X @ coefficients[first:] + coefficients[:first].sum()
    return np.asarray(predictor.offset + fixed)


def deviance(design: Design, mean: Array, other: Array) -> float:
    """Deviance of rows with these means; see `UNIT_DEVIANCES`."""
    y = np.asarray(design.rows.y, dtype=float)
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), y.shape)
    unit = UNIT_DEVIANCES[design.spec.family.name]
    return float(unit(y, mean, trials, other).sum())


def pearson_chi_squared(design: Design, mean: Array, other: Array) -> float:
    """Pearson's chi-squared: squared residuals over the variances the family gives them."""
    named = {item.name: other for item in design.spec.family.others}
    variance = design.spec.family.variance(mean, design.rows, named)
    squares = np.square(design.rows.y - mean)
    return float(np.divide(squares, variance, out=np.zeros_like(squares), where=variance > 0).sum())


def null_means(design: Design, problem: Problem, gamma: Array) -> Array:
    """Means under an intercept alone, with the offset, exposure and other parameter kept.

    Without an intercept in the model, the offset alone.
    """
    intercept = design.predictor.fixed.intercept
    coefficients = np.zeros(intercept + design.predictor.X.shape[1])
    if intercept:
        alone = replace(problem, X=np.ones((len(problem.X), 1)))
        start, objective = starting_point(alone), make_objective(alone, 1)

        def at(free: Array) -> tuple[float, Array]:
            value, gradient = objective(np.concatenate([free, gamma]))
            return value, gradient[:1]

        coefficients[0] = maximise(at, start[:1]).free[0]
    return fitted_means(design, coefficients, {})
