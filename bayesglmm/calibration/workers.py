"""Replications made by several processes; run as a module, this is one of them.

The processes are programs of their own and not copies of the user's: a script needs no guard about
its main part, and a notebook none at all.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from bayesglmm.calibration.log import line_of, replication_of
from bayesglmm.calibration.replication import Replication, replicate
from bayesglmm.design.design import Design
from bayesglmm.errors import EngineError
from bayesglmm.posterior.priors.log_density import Priors

ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Each process keeps to one core where it can."""

type Lines = SimpleQueue[str | None]
"""What the processes say; None where one has ended."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What a process is told.

    Attributes
    ----------
    design : Design
    priors : mapping
    asked : mapping
        Keywords of `make_settings`, without a seed.
    seed : int
        Of the calibration.
    numbers : sequence of int
        Of the replications that it makes.
    """

    design: Design
    priors: Priors
    asked: Mapping[str, Any]
    seed: int
    numbers: Sequence[int]

    def shared(self, processes: int) -> list[Work]:
        """The same for several processes, each with every so-manieth replication."""
        parts = (self.numbers[first::processes] for first in range(processes))
        return [
            Work(self.design, dict(self.priors), self.asked, self.seed, part)
            for part in parts
            if part
        ]

    def made(self) -> Iterator[Replication]:
        """Make the replications, one after the other."""
        for number in self.numbers:
            yield replicate(self.design, self.priors, self.asked, self.seed, number)


def replications(work: Work, processes: int) -> Iterator[Replication]:
    """Make replications, in the order in which they end.

    Parameters
    ----------
    work : Work
    processes : int
        1 for this process alone.

    Yields
    ------
    Replication

    Raises
    ------
    EngineError
        If a process ends without having made what it was told.
    """
    if processes == 1:
        yield from work.made()
        return
    yield from _elsewhere(work.shared(processes))


def _elsewhere(parts: list[Work]) -> Iterator[Replication]:
    lines: Lines = SimpleQueue()
    with ExitStack() as stack:
        running = [stack.enter_context(_Process(part, lines)) for part in parts]
        going = len(running)
        while going:
            line = lines.get()
            if line is None:
                going -= 1
            else:
                yield replication_of(line)
        for process in running:
            process.check()


class _Process:
    """A process that makes replications; it is ended where it is left early."""

    def __init__(self, work: Work, lines: Lines) -> None:
        self._content = pickle.dumps(work)
        self._lines = lines

    def __enter__(self) -> _Process:
        home = str(Path(__file__).parents[2])  # this package, however it was found
        paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "bayesglmm.calibration.workers"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | ALONE | {"PYTHONPATH": paths},
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with suppress(OSError):  # what was not told to one that ended
                    pipe.close()

    def check(self) -> None:
        """Raise what went wrong."""
        if self._process.wait() == 0:
            return
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        last = f": {said[-1]}" if said else ""
        raise EngineError(f"A process of the calibration ended early{last}.")

    def _listen(self) -> None:
        """Tell the process what to do, and pass on what it says."""
        told, answers = self._process.stdin, self._process.stdout
        if told is None or answers is None:  # for types: both are pipes
            return
        try:
            told.write(self._content)
            told.close()
            for line in answers:
                self._lines.put(line.decode())
        except (OSError, ValueError):  # it has ended; `check` says why
            pass
        finally:
            self._lines.put(None)


def _serve(told: IO[bytes], answers: IO[str]) -> None:
    """Make what is told."""
    for replication in pickle.load(told).made():
        answers.write(line_of(replication))
        answers.flush()


if __name__ == "__main__":
    from bayesglmm.calibration import workers  # by the name under which its classes are pickled

    out, sys.stdout = sys.stdout, sys.stderr  # nothing else may be written there
    workers._serve(sys.stdin.buffer, out)
