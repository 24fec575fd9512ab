"""Whether the integrand of a group may have two peaks, of which the approximations see one.

Under a square-root link the mean is the same at ``eta`` and ``-eta``: beside the conditional mode
there is a second peak across 0, and the closer 0 is the more of the integral lies there.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.modes import Modes
from bayesglmm.likelihood.point import take_apart
from bayesglmm.likelihood.problem import Problem

NEAR = 3.0
"""Standard deviations of the group effects from 0 within which a linear predictor is near it."""


def two_peaks(problem: Problem, free: Array, modes: Modes) -> str:
    """What to say where linear predictors come near 0 under a link that cannot tell their sign.

    Parameters
    ----------
    problem : Problem
    free : array
        Free numbers.
    modes : Modes
        The conditional modes there.

    Returns
    -------
    str
        Empty where the link is another, or all cells lie `NEAR` standard deviations or more from
        0, both at the modes and with the group effects at 0.
    """
    if problem.link.monotone or 0 not in problem.active:
        return ""
    typical = take_apart(problem, free).etas[0]
    distance = np.minimum(np.abs(typical), np.abs(modes.etas[0]))
    own = modes.rows[problem.active.index(0)]
    spread = np.sqrt(np.square(own).sum(axis=1))
    near = distance < NEAR * spread
    if not near.any():
        return ""
    least = float((distance[near] / spread[near]).min())
    return (
        "The log likelihood may be wrong: under the square-root link the mean is the same at eta "
        f"and -eta, and linear predictors come to within {least:.2g} standard deviations of the "
        f"group effects of 0 (nearer than {NEAR:g}), so that the integrand of a group may have two "
        "peaks, of which one is seen. Prefer the log link."
    )
