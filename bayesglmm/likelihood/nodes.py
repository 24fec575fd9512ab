"""As many quadrature nodes as suffice: doubled until more change nothing that is printed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.likelihood.estimate import maximum_likelihood
from bayesglmm.likelihood.objective import MOST_EFFECTS, MOST_NODES, make_objective
from bayesglmm.likelihood.optimum import ascent_matrix
from bayesglmm.likelihood.problem import Problem
from bayesglmm.likelihood.result import MaximumLikelihood

FIRST = 9
"""Nodes in a direction to begin with."""
EVALUATIONS = 2_000_000
"""Cells times nodes of a group that are evaluated at once, at most."""
FINE, ROUGH = (0.001, 0.002), (0.01, 0.05)
"""Log likelihood, and standard errors of any estimate, that other nodes may change: where doubling
ends, and where there are so few nodes that a reader must know it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What another number of nodes makes of a maximum by quadrature.

    Attributes
    ----------
    nodes : int
        The other number.
    rise : float
        Change of the log likelihood at the maximum.
    move : float
        The most that any estimate, or sum of estimates, would move, in standard errors: the Newton
        decrement there.
    """

    nodes: int
    rise: float
    move: float

    def within(self, bounds: tuple[float, float]) -> bool:
        """Whether both changes are at most `FINE`, or `ROUGH`."""
        return abs(self.rise) <= bounds[0] and self.move <= bounds[1]


def has_quadrature(problem: Problem) -> bool:
    """Whether the product rule is offered: for one grouping factor of few effects."""
    return len(problem.factors) == 1 and problem.factors[0].q <= MOST_EFFECTS


def enough_nodes(laplace: MaximumLikelihood) -> MaximumLikelihood:
    """The maximum by quadrature with as many nodes as suffice.

    Parameters
    ----------
    laplace : MaximumLikelihood
        Of a model for which `has_quadrature`.

    Returns
    -------
    MaximumLikelihood
        With 9, 18, 36, 72 or 100 nodes in each direction, or as many as rows and effects allow.
    """
    most = _most(laplace.problem)
    nodes = min(FIRST, most)
    fit = maximum_likelihood(laplace.design, nodes)
    while nodes < most and fit.converged and not node_change(fit).within(FINE):
        nodes = min(2 * nodes, most)
        fit = maximum_likelihood(laplace.design, nodes, fit)
    return fit


def node_change(fit: MaximumLikelihood) -> Change:
    """What twice as many nodes change, or two thirds of them where there cannot be more.

    Parameters
    ----------
    fit : MaximumLikelihood
        By quadrature.

    Returns
    -------
    Change
    """
    nodes, most = fit.quadrature, _most(fit.problem)
    other = min(2 * nodes, most) if nodes < most else max(2, 2 * nodes // 3)
    value, gradient = make_objective(fit.problem, other)(fit.optimum.free)
    curved = np.diag(fit.optimum.hessian) != 0  # not a shape that grew without bound
    gradient = np.where(curved, gradient, 0.0)
    square = float(gradient @ ascent_matrix(fit.optimum.hessian) @ gradient)
    return Change(other, float(value - fit.loglik), float(np.sqrt(max(square, 0.0))))


def _most(problem: Problem) -> int:
    """Nodes in a direction that are affordable."""
    return int(
        np.clip(
            (EVALUATIONS / len(problem.columns)) ** (1 / problem.factors[0].q), FIRST, MOST_NODES
        )
    )
