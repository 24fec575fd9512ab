"""Adaptive Gauss-Hermite quadrature of the likelihood, with its exact gradient.

The integral over the `q` effects of a level is a sum over the nodes of a product rule, centred at
the conditional mode and scaled by a root of the inverse precision there (Pinheiro & Chao 2006,
section 2.2; Liu & Pierce 1994, Biometrika 81(3)). One node is Laplace's approximation. The nodes
move with the parameters; the gradient follows them, so that it is that of the sum itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.gradient import Pulls, total_gradient
from bayesglmm.likelihood.modes import Modes, active_slopes, with_effects
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A product rule for ``integral of exp(-x'x) f(x)``.

    Attributes
    ----------
    nodes : array of shape (q, K)
    log_weights : array of shape (K,)
        Logs of the weights times ``exp(x'x)``.
    """

    nodes: Array
    log_weights: Array


def make_rule(nodes: int, q: int) -> Rule:
    """Gauss-Hermite nodes, `nodes` in each of `q` directions."""
    from scipy.special import roots_hermite

    x, weights = roots_hermite(nodes)
    logs = np.log(np.maximum(weights, np.finfo(float).tiny)) + np.square(x)
    return Rule(
        np.array(list(product(x, repeat=q))).T,
        np.array([sum(parts) for parts in product(logs, repeat=q)]),
    )


def quadrature(problem: Problem, point: Point, modes: Modes, rule: Rule) -> tuple[float, Array]:
    """The log likelihood by quadrature, one grouping factor.

    Parameters
    ----------
    problem : Problem
    point : Point
    modes : Modes
        The conditional modes there.
    rule : Rule

    Returns
    -------
    value : float
    gradient : array
        By the free numbers.
    """
    (factor,) = problem.factors
    q, index = factor.q, factor.index
    u = modes.u.reshape(factor.levels, q, 1)
    root = _upper_root(modes.precision.shaft_inverse)
    z = u + np.sqrt(2.0) * (root @ rule.nodes)
    moved = np.einsum("amq,mqk->amk", modes.rows, (z - u)[index])
    surface = problem.surface(with_effects(problem, modes.etas, moved))
    starts = np.searchsorted(index, np.arange(factor.levels))
    inside = np.add.reduceat(surface.value, starts) - 0.5 * np.square(z).sum(axis=1)
    inside += rule.log_weights
    top = inside.max(axis=1, keepdims=True)
    share = np.exp(inside - top)
    total = share.sum(axis=1, keepdims=True)
    share /= total
    value = float((top + np.log(total)).sum()) - 0.5 * modes.precision.log_determinant
    value += problem.rest(point.etas)[0] - 0.5 * len(modes.u) * np.log(np.pi)

    weighted = active_slopes(problem, surface) * share[index]
    pulled = -share[:, None, :] * z
    for own, rows in zip(weighted, modes.rows, strict=True):
        for j in range(q):
            pulled[:, j] += np.add.reduceat(own * rows[:, [j]], starts)
    turned = np.einsum("gjb,gjk,ck->gcb", root, pulled, rule.nodes)
    by_scale = np.tril(turned, -1) + 0.5 * np.eye(q) * turned
    by_precision = root @ (np.sqrt(2.0) * by_scale + 0.5 * np.eye(q)) @ np.swapaxes(root, 1, 2)
    by_precision = 0.5 * (by_precision + np.swapaxes(by_precision, 1, 2))
    pulls = Pulls(
        score=tuple((slope * share[index]).sum(axis=1) for slope in surface.first),
        lift=np.einsum("amk,mqk->amq", weighted, z[index]),
        force=pulled.sum(axis=2).ravel(),
        reach=np.einsum("mqk,amk->amq", by_precision[index], modes.rows),
    )
    return value, total_gradient(problem, point, modes, pulls)


def _upper_root(matrices: Array) -> Array:
    """Upper triangular `U` with ``U U'`` the matrix."""
    flipped = np.ascontiguousarray(matrices[:, ::-1, ::-1])
    return np.linalg.cholesky(flipped)[:, ::-1, ::-1]
