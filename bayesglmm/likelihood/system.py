"""The precision of the group effects at their mode: block diagonal, with a border.

``H = I + L' Z' W Z L`` with the effects of the largest factor first, whose block is diagonal in its
levels; the other factors make the border, which is solved by its Schur complement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.problem import Problem

LARGEST = 3e8
"""Numbers in the border (levels of the largest factor by effects of the others) we would hold."""


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The factorised precision.

    Attributes
    ----------
    inverse : array of shape (G, q, q)
        Of the blocks of the largest factor.
    log_determinant : float
        Of the whole.
    border : array of shape (G q, rest)
        Those inverses times the border; no columns where there is one factor only.
    schur_inverse : array of shape (rest, rest)
    """

    inverse: Array
    log_determinant: float
    border: Array
    schur_inverse: Array


def factorise(problem: Problem, rows: Array, weights: Array) -> System | None:
    """Factorise the precision.

    Parameters
    ----------
    problem : Problem
    rows : array of shape (m, R)
        Of each cell, ``L' z``.
    weights : array of shape (m,)
        Minus the second derivative of the log likelihood.

    Returns
    -------
    System or None
        None where it is not positive definite.
    """
    largest = problem.factors[0]
    G, q = largest.levels, largest.q
    own, weighted = rows[:, :q], rows * weights[:, None]
    blocks = np.empty((G, q, q))
    for j in range(q):
        for k in range(j + 1):
            sums = np.bincount(largest.index, weighted[:, j] * own[:, k], minlength=G)
            blocks[:, j, k] = blocks[:, k, j] = sums
    blocks += np.eye(q)
    inverse, log_determinant = _invert(blocks)
    if inverse is None:
        return None
    rest = problem.effects - G * q
    if not rest:
        return System(inverse, log_determinant, np.zeros((G * q, 0)), np.zeros((0, 0)))
    _check_size(G * q * rest)
    places = problem.columns[:, q:] - G * q
    cross = _sums(problem.columns[:, :q], weighted[:, :q], places, rows[:, q:], (G * q, rest))
    corner = _sums(places, weighted[:, q:], places, rows[:, q:], (rest, rest)) + np.eye(rest)
    border = (inverse @ cross.reshape(G, q, rest)).reshape(G * q, rest)
    schur, more = _invert((corner - cross.T @ border)[None])
    if schur is None:
        return None
    return System(inverse, log_determinant + more, border, schur[0])


def solve(system: System, right: Array) -> Array:
    """``H`` inverse times a vector of all effects."""
    G, q, _ = system.inverse.shape
    first = (system.inverse @ right[: G * q].reshape(G, q, 1)).ravel()
    if not len(system.schur_inverse):
        return first
    last = system.schur_inverse @ (right[G * q :] - system.border.T @ right[: G * q])
    return np.concatenate([first - system.border @ last, last])


def root_times(system: System, numbers: Array, wider: Array) -> Array:
    """A root of ``H`` inverse times columns of independent numbers, each effect's made wider.

    Parameters
    ----------
    system : System
    numbers : array of shape (effects, S)
        Standard normal ones become draws of N(0, ``H`` inverse).
    wider : array of shape (effects,)
        Alike for effects that ``H`` connects.

    Returns
    -------
    array of shape (effects, S)
    """
    G, q, _ = system.inverse.shape
    own = numbers[: G * q].reshape(G, q, -1)
    first = (np.linalg.cholesky(system.inverse) @ own).reshape(G * q, -1)
    if not len(system.schur_inverse):
        return np.asarray(first * wider[:, None])
    last = np.linalg.cholesky(system.schur_inverse) @ numbers[G * q :]
    return np.concatenate([first - system.border @ last, last]) * wider[:, None]


def covariances(problem: Problem, system: System) -> Array:
    """Covariance matrix of each cell's own effects, entries of ``H`` inverse.

    Returns
    -------
    array of shape (m, R, R)
    """
    largest = problem.factors[0]
    G, q, rest = largest.levels, largest.q, len(system.schur_inverse)
    if not rest:
        return system.inverse[largest.index]
    mixed = -system.border @ system.schur_inverse
    blocks = system.inverse - np.einsum(
        "gjr,gkr->gjk", mixed.reshape(G, q, rest), system.border.reshape(G, q, rest)
    )
    places, own = problem.columns[:, q:] - G * q, problem.columns[:, :q]
    m, r = problem.columns.shape
    found = np.empty((m, r, r))
    found[:, :q, :q] = blocks[largest.index]
    found[:, :q, q:] = mixed[own[:, :, None], places[:, None, :]]
    found[:, q:, :q] = np.swapaxes(found[:, :q, q:], 1, 2)
    found[:, q:, q:] = system.schur_inverse[places[:, :, None], places[:, None, :]]
    return found


def _invert(blocks: Array) -> tuple[Array | None, float]:
    """Inverses of symmetric blocks, log of their determinants; None if one is not positive."""
    if blocks.shape[1] == 1:
        if not np.all(blocks > 0):
            return None, np.nan
        return 1.0 / blocks, float(np.log(blocks).sum())
    try:
        roots, inverses = np.linalg.cholesky(blocks), np.linalg.inv(blocks)
    except np.linalg.LinAlgError:
        return None, np.nan
    diagonal = np.diagonal(roots, axis1=1, axis2=2)
    return inverses, 2 * float(np.log(diagonal).sum())


def _sums(
    left: NDArray[np.int64],
    left_values: Array,
    right: NDArray[np.int64],
    right_values: Array,
    shape: tuple[int, int],
) -> Array:
    """Sum of outer products of sparse rows."""
    places = left[:, :, None] * shape[1] + right[:, None, :]
    values = left_values[:, :, None] * right_values[:, None, :]
    total = np.bincount(places.ravel(), values.ravel(), minlength=shape[0] * shape[1])
    return total.reshape(shape)


def _check_size(size: int) -> None:
    if size > LARGEST:
        raise SpecError(
            f"The grouping factors are too large to cross for maximum likelihood ({size:,} numbers "
            "in the border of their precision). Fit the model: the sampler has no such border."
        )
