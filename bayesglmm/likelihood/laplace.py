"""Laplace's approximation of the log likelihood, with its exact gradient.

``log L = log f(y | u) - u'u / 2 - log|H| / 2`` at the conditional modes `u` (Pinheiro & Chao 2006,
Journal of Computational and Graphical Statistics 15(1), section 2; Bates et al. 2015). Exact for a
Gaussian response with identity link.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.gradient import Pulls, total_gradient
from bayesglmm.likelihood.modes import Modes, active_slopes
from bayesglmm.likelihood.point import Point
from bayesglmm.likelihood.precision import reach
from bayesglmm.likelihood.problem import Problem


def laplace(problem: Problem, point: Point, modes: Modes) -> tuple[float, Array]:
    """The approximation at some free numbers.

    Parameters
    ----------
    problem : Problem
    point : Point
    modes : Modes
        The conditional modes there.

    Returns
    -------
    value : float
    gradient : array
        By the free numbers.
    """
    slopes = active_slopes(problem, modes.surface)
    value = modes.penalised - 0.5 * modes.precision.log_determinant
    A, m, _ = modes.rows.shape
    pulls = Pulls(
        score=modes.surface.first,
        lift=slopes[..., None] * modes.u[problem.columns],
        force=np.zeros_like(modes.u),
        reach=0.5 * reach(modes.columns, modes.precision, m, A),
    )
    gradient = total_gradient(problem, point, modes, pulls)
    return value + problem.rest(point.etas)[0], gradient
