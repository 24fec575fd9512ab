"""The first use on a machine: two processes compile the kernel, half of it each.

Later uses find the machine code on disk. Run as a module, this is the second process.
"""

from __future__ import annotations

import subprocess
import sys

import numpy as np

from bayesglmm.engine.jit import cache_folder, cached_cfunc
from bayesglmm.engine.likelihoods import Likelihood
from bayesglmm.engine.target import density_function, expand_function

PATIENCE = 120.0
"""Seconds that the second process is waited for; what it has not done by then is done here."""


def prepare(likelihood: Likelihood) -> None:
    """Compile, or load, all that a fit needs.

    Parameters
    ----------
    likelihood : Likelihood
    """
    from bayesglmm.engine.kernel.density import map_part, rows_part
    from bayesglmm.engine.kernel.likelihoods import auxiliary_function, rows_function
    from bayesglmm.engine.kernel.pointers import PART

    second = None if cache_folder().exists() else _start_second()
    for part in (map_part, rows_part):
        cached_cfunc(part, PART)
    density_function()
    expand_function()
    rows_function(likelihood)
    auxiliary_function(likelihood)
    if second is not None:
        _await(second)
    second_half()


def second_half() -> None:
    """Compile, or load, the way back through the map and the convergence diagnostics."""
    from bayesglmm.engine.convergence import convergence
    from bayesglmm.engine.kernel.density import back_part
    from bayesglmm.engine.kernel.pointers import PART

    cached_cfunc(back_part, PART)
    convergence(np.random.default_rng(1).standard_normal((4, 20, 1)))


def _start_second() -> subprocess.Popen[bytes] | None:
    """A second process at its half; None where none can be started, and all is done here."""
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-m", "bayesglmm.engine.first_use"]
    try:
        return subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
    except OSError:
        return None


def _await(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()


if __name__ == "__main__":
    second_half()
