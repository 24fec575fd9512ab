"""Calibrate a model: draw, fit and rank, again and again."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bayesglmm.calibration.found import Calibration
from bayesglmm.calibration.log import Log, open_log
from bayesglmm.calibration.replication import watched
from bayesglmm.calibration.simulated import check_drawable
from bayesglmm.calibration.workers import Work, replications
from bayesglmm.design.design import Design
from bayesglmm.engine.progress import counted
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import DataError, SpecError, brief
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.predictive import check_proper
from bayesglmm.posterior.priors.refits import brief_run
from bayesglmm.tables.files import path_of

FEWEST = 20
"""Replications below which a band says nothing."""
MINUTES = 5.0
"""Of each fit by the kernel at most, where the user says nothing else."""


def calibrate(
    design: Design,
    priors: Priors,
    n: int = 200,
    *,
    file: str | Path | None = None,
    processes: int | None = None,
    **settings: Any,
) -> Calibration:
    """Simulation-based calibration of a model on its own rows and priors.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    n : int
        Replications.
    file : path, optional
        Each replication is added to it as it ends; those that it holds are not made again.
    processes : int, optional
        As many as there are cores where left out.
    **settings
        Of the fits, as for `make_settings`; ``seed`` is that of the calibration. An ESS of 400
        where neither ``ess`` nor ``draws`` is given, five minutes a fit at most.

    Returns
    -------
    Calibration

    Raises
    ------
    SpecError
        If a prior is improper, responses cannot be simulated, or an argument cannot be used.
    DataError
        If `file` holds replications of another model, prior, data or settings, or no data set
        could be fitted.
    EngineError
        If a process that fits ends early.
    """
    check_proper(priors)
    check_drawable(design)
    n = _whole("n", n, FEWEST)
    processes = _cores() if processes is None else _whole("processes", processes, 1)
    given = {name: value for name, value in settings.items() if value is not None}
    progress = bool(given.pop("progress", True))
    asked = {"seed": secrets.randbelow(2**31), **_short(design, priors, given), **given}
    make_settings(**asked)  # a mistake is told before anything is made
    path = None if file is None else path_of(file, "calibration.jsonl", "file")
    log = open_log(path, design, priors, asked, given)
    _complete(log, design, n, processes, progress)
    found = tuple(log.replications[number] for number in range(n))
    if all(one.failure for one in found):
        raise DataError(
            f"None of {n:,} data sets could be fitted. The first: {found[0].failure} Give priors "
            "that say what is possible; prior_predictive() shows what they say."
        )
    return Calibration(design.spec.text, watched(design), found, log.heading.settings)


def _complete(log: Log, design: Design, n: int, processes: int, progress: bool) -> None:
    """Make the replications that are missing."""
    numbers = [number for number in range(n) if number not in log.replications]
    asked = dict(log.heading.asked) | {"progress": False}
    seed = asked.pop("seed")
    work = Work(design, log.heading.priors, asked, seed, numbers)
    with counted("Calibrating", progress and bool(numbers)) as watch:
        watch("", n)  # a bar of all of them, some of which may be there
        left = len(numbers)
        watch("", left)
        for replication in replications(work, max(1, min(processes, left))):
            log.add(replication)
            left -= 1
            watch("", left)


def _short(design: Design, priors: Priors, given: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of fits where the user says nothing: short, and none holds all others up."""
    own = brief_run(design, priors)
    by_kernel = "engine" not in own and "engine" not in given
    if {"ess", "draws"} & given.keys() or not (by_kernel or "engine" in own):
        own = {name: value for name, value in own.items() if name == "engine"}
    return own | ({"max_minutes": MINUTES} if by_kernel else {})


def _cores() -> int:
    """The cores that this process may use."""
    own = getattr(os, "sched_getaffinity", None)
    return len(own(0)) if own is not None else os.cpu_count() or 1


def _whole(name: str, value: Any, least: int) -> int:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least:
        raise SpecError(f"{name}={brief(value)} must be a whole number, {least} or more.")
    return int(value)
