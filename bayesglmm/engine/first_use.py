"""The first use of a likelihood on a machine: two other processes compile the kernel, half each.

Where another likelihood was used before, what it left serves this one too, and a single process
compiles the rest.

All uses, this one too, then load the machine code from disk. Code that a process compiles for
itself may differ from it in the last digit, and NUTS makes another run of that: a seed repeats a
run only where all runs load the same code. So of several uses at the same time one compiles, and
the others wait for its code. Run as a module, this is one of the two processes.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from bayesglmm.engine.jit import cache_folder, cached_cfunc
from bayesglmm.engine.likelihoods import Likelihood, likelihood_named
from bayesglmm.engine.target import density_function, expand_function

LONGEST = 100
"""Characters of a file's name."""
PATIENCE = 180.0
"""Seconds that the other processes are waited for; what is not done by then is done here."""


def prepare(likelihood: Likelihood) -> None:
    """Load all that a fit needs, compiled by other processes where this is its first use.

    Parameters
    ----------
    likelihood : Likelihood
    """
    mark = cache_folder() / f"{_file_name(likelihood)}.compiled"
    if not mark.exists():
        with _alone():
            kernel = cache_folder() / "kernel.compiled"
            missing = ["first"] if kernel.exists() else list(HALVES)
            if not mark.exists() and _compile_elsewhere(likelihood, missing):
                mark.touch()
                kernel.touch()
    for half in HALVES.values():
        half(likelihood)


def first_half(likelihood: Likelihood) -> None:
    """Compile, or load, the way from positions to the density of the rows."""
    from bayesglmm.engine.kernel.density import rows_part
    from bayesglmm.engine.kernel.likelihood_calls import rest_function, rows_function
    from bayesglmm.engine.kernel.mapping import forward
    from bayesglmm.engine.kernel.pointers import PART

    for part in (forward, rows_part):
        cached_cfunc(part, PART)
    rows_function(likelihood)
    rest_function(likelihood)


def second_half(_: Likelihood) -> None:
    """Compile, or load, the way back through the map, what calls all, and the diagnostics."""
    from bayesglmm.engine.convergence import convergence
    from bayesglmm.engine.kernel.mapping import backward
    from bayesglmm.engine.kernel.pointers import PART

    cached_cfunc(backward, PART)
    density_function()
    expand_function()
    convergence(np.random.default_rng(1).standard_normal((4, 20, 1)))


HALVES: dict[str, Callable[[Likelihood], None]] = {"first": first_half, "second": second_half}


@contextmanager
def _alone() -> Iterator[None]:
    """Wait, but not for ever, until no other use of this folder compiles."""
    from filelock import FileLock, Timeout

    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "first_use.lock", timeout=PATIENCE)
    with suppress(Timeout, OSError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _compile_elsewhere(likelihood: Likelihood, halves: list[str]) -> bool:
    """Have each half compiled by a process of its own; whether all were."""
    quiet = subprocess.DEVNULL
    home = str(Path(__file__).parents[2])  # this package, however it was found
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": paths}
    program = [sys.executable, "-P", "-m", "bayesglmm.engine.first_use", likelihood.name]
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.extend(
            subprocess.Popen(
                [*program, half], stdin=quiet, stdout=quiet, stderr=quiet, env=environment
            )
            for half in halves
        )
        return {process.wait(PATIENCE) for process in running} == {0}
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        for process in running:
            process.kill()
            process.wait()


def _file_name(likelihood: Likelihood) -> str:
    """Its name, of which file systems take so much."""
    name = likelihood.name
    return name if len(name) <= LONGEST else hashlib.sha256(name.encode()).hexdigest()[:16]


if __name__ == "__main__":
    gc.disable()  # what compiling leaves behind ends with the process
    HALVES[sys.argv[2]](likelihood_named(sys.argv[1]))
