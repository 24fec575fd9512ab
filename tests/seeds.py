"""Seeds of the tests: one environment variable shifts them all.

A test must hold whatever the draws are, since draws of one seed differ between processors. Run the
suite with `BAYESGLMM_SEED_SHIFT=1000` to give every simulation and every fit other draws.
"""

import os

import numpy as np
from scipy.stats import norm, t

SHIFT = int(os.environ.get("BAYESGLMM_SEED_SHIFT", "0"))


def seed(number: int) -> int:
    """A seed for a fit or a simulation, shifted."""
    return number + SHIFT


def generator(number: int) -> np.random.Generator:
    """A generator of simulated data, from a shifted seed."""
    return np.random.default_rng(seed(number))


TESTS = 500
"""Tests over draws that the suite has at most."""

CHANCE = 1e-3 / TESTS
"""Of a test over draws to fail falsely: not one suite in 1,000 fails by chance."""


def bound(numbers: int = 1, scatter: float = 0.0) -> float:
    """Standard errors that the numbers of a test may be off, for a false failure by `CHANCE`.

    The chance is shared among the numbers (Bonferroni). Errors are normal by the central limit
    theorem; where the standard error is itself estimated, Student's t, whose degrees of freedom
    follow from the scatter of a standard deviation, 1 / sqrt(2 df).

    Parameters
    ----------
    numbers : int
        Numbers that the test compares.
    scatter : float
        Relative standard deviation of the standard error: that of a quantile of 2,000 draws
        scatters by 0.15, that of a mean by half the scatter of its ESS, 0.05 to 0.1.
    """
    part = CHANCE / (2 * numbers)
    return float(t.isf(part, 1 / (2 * scatter**2)) if scatter else norm.isf(part))
