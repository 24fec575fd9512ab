"""Fitted means of the rows, deviance and dispersion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import maximise
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.start import starting_point, units


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
    mean = design.spec.family.mean(design.spec.link, eta, design.rows, {})
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
    """Deviance of rows with these means; NaN where the family has none, see `Family.deviance`."""
    family, y = design.spec.family, np.asarray(design.rows.y, dtype=float)
    if family.deviance is None:
        return float("nan")
    named = {item.name: other for item in family.others}
    return float(family.deviance(y, mean, design.rows, named).sum())


def pearson_chi_squared(design: Design, mean: Array, other: Array) -> float:
    """Pearson's chi-squared: squared residuals over the variances the family gives them.

    NaN where the family has no variance.
    """
    family, rows = design.spec.family, design.rows
    if family.variance is None:
        return float("nan")
    named = {item.name: other for item in family.others}
    variance = family.variance(mean / (rows.exposure * rows.trials), rows, named)
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

        coefficients[0] = maximise(at, start[:1], units(alone)[:1]).free[0]
    return fitted_means(design, coefficients, {})
