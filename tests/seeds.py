"""Seeds of the tests: one environment variable shifts them all.

A test must hold whatever the draws are, since draws of one seed differ between processors. Run the
suite with `BAYESGLMM_SEED_SHIFT=1000` to give every simulation and every fit other draws.
"""

import os

import numpy as np

SHIFT = int(os.environ.get("BAYESGLMM_SEED_SHIFT", "0"))


def seed(number: int) -> int:
    """A seed for a fit or a simulation, shifted."""
    return number + SHIFT


def generator(number: int) -> np.random.Generator:
    """A generator of simulated data, from a shifted seed."""
    return np.random.default_rng(seed(number))
