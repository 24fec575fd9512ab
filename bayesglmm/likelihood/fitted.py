"""Fitted means of the rows, deviance and dispersion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import Rows
from bayesglmm.families.links import Array
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import maximise
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.start import starting_point, units


def fitted_predictor(
    predictor: Predictor, coefficients: Array, effects: Mapping[str, Array]
) -> Array:
    """A linear predictor of each row, at the conditional modes where there are groups.

    Parameters
    ----------
    predictor : Predictor
    coefficients : array
        User's units; the intercept first where there is one.
    effects : mapping
        Group effect, such as ``"1|county"``, to its value for each level.

    Returns
    -------
    array of shape (n,)
        Link scale, exposure left out.
    """
    first = int(predictor.fixed.intercept)
    eta = predictor.offset + predictor.X @ coefficients[first:] + coefficients[:first].sum()
    for group in predictor.groups:
        for column, effect in zip(group.Z.T, group.effects, strict=True):
            eta = eta + column * effects[effect][group.index]
    return np.asarray(eta)


def deviance(design: Design, eta: Array, others: Mapping[str, Array]) -> float:
    """Deviance of rows; NaN where the family has none, see `Family.deviance`.

    Parameters
    ----------
    design : Design
    eta : array of shape (n,)
        Linear predictor of the location, exposure left out.
    others : mapping
        The family's parameters beside the location, natural scale.

    Returns
    -------
    float
    """
    family, y = design.spec.family, np.asarray(design.rows.y, dtype=float)
    if family.deviance is None or not _tells_residuals(design.rows):
        return float("nan")
    return float(family.deviance(y, _means(design, eta, others), design.rows, others).sum())


def pearson_chi_squared(design: Design, eta: Array, others: Mapping[str, Array]) -> float:
    """Pearson's chi-squared: squared residuals over the variances the family gives them.

    NaN where the family has no variance, or responses are censored or truncated; the arguments are
    those of `deviance`.
    """
    family, rows = design.spec.family, design.rows
    if family.variance is None or not _tells_residuals(rows):
        return float("nan")
    variance = family.variance(design.spec.link.inverse(eta), rows, others)
    squares = np.square(rows.y - _means(design, eta, others))
    return float(np.divide(squares, variance, out=np.zeros_like(squares), where=variance > 0).sum())


def _tells_residuals(rows: Rows) -> bool:
    """Whether responses are known, and lie about their means."""
    return rows.upper is None and not rows.truncated


def _means(design: Design, eta: Array, others: Mapping[str, Array]) -> Array:
    """Means of the rows' responses; the number of successes for a binomial, shape (n,)."""
    mean = design.spec.family.mean(design.spec.link, eta, design.rows, others)
    return np.asarray(mean * design.rows.trials)


def null_predictor(design: Design, problem: Problem, free: Array) -> Array:
    """The location's predictor of an intercept alone, with offset and other parameters kept.

    Without an intercept in the model, the offset alone.

    Parameters
    ----------
    design : Design
    problem : Problem
        Without groups.
    free : array
        Its free numbers at the maximum.

    Returns
    -------
    array of shape (n,)
    """
    offset = design.predictor.offset
    if not design.predictor.fixed.intercept:
        return offset
    first, *others = problem.sides
    level = np.mean(first.X @ problem.guesses[-1][: first.size], keepdims=True)
    alone = replace(first, X=np.ones((len(first.X), 1)))
    kept = free[first.size :]
    some = replace(problem, sides=(alone, *others), guesses=(np.concatenate([level, kept]),))
    start, objective = starting_point(some), make_objective(some, 1)

    def at(free: Array) -> tuple[float, Array]:
        value, gradient = objective(np.concatenate([free, kept]))
        return value, gradient[:1]

    best = maximise(at, start[:1], units(some)[:1]).free[0]
    return np.asarray(offset + best)
