"""Our own road from a design to draws: cells, pilot, map, NUTS, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.effect_scale import printed_effects
from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.engine.choice import leading_pilot
from bayesglmm.engine.collapsed.sampling import Beginning
from bayesglmm.engine.compression import make_cells
from bayesglmm.engine.coordinates import make_coordinates
from bayesglmm.engine.deadline import NEVER, Deadline, TimeRanOutError
from bayesglmm.engine.digits import Digits, seconds_of
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.expressible import beyond_likelihoods, design_likelihood
from bayesglmm.engine.first_use import prepare
from bayesglmm.engine.nuts import POINTER, Sample, sampler_version
from bayesglmm.engine.output import fixed_draws, posterior_dataset, reported_draws
from bayesglmm.engine.pilot import Pilot, make_pilots
from bayesglmm.engine.pilot_start import crude_fixed, crude_theta
from bayesglmm.engine.progress import sampling_progress
from bayesglmm.engine.settings import KERNEL, Settings
from bayesglmm.engine.stopping import Sampled, nothing_to_show
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import identity
from bayesglmm.engine.way import Way, choose_way
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior, crude_facts

WIDEST_HEAD = 4000
"""Effects of all factors but the largest, for which the pilot holds a dense matrix."""


def make_target(design: Design, priors: Mapping[str, ChosenPrior]) -> Target:
    """The posterior of a design as the kernel has it, behind no map.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    Target

    Raises
    ------
    EngineError
        If the kernel lacks the likelihood.
    """
    likelihood = design_likelihood(design)
    if likelihood is None:
        raise EngineError(
            f"The kernel cannot express this model: {beyond_likelihoods(design)}. "
            "Write engine='nutpie', which samples the PyMC graph."
        )
    cells = make_cells(design, likelihood)
    coordinates = make_coordinates(design, cells, priors)
    return Target(likelihood, cells, coordinates, identity(coordinates))


def run_pilot(design: Design, target: Target, deadline: Deadline = NEVER) -> Pilot:
    """The Gaussian approximation of a design's posterior.

    Parameters
    ----------
    design : Design
    target : Target
    deadline : Deadline
        After which it is given up, at the next of its steps.

    Returns
    -------
    Pilot

    Raises
    ------
    EngineError
        If it does not exist: numbers run away.
    TimeRanOutError
    """
    head = sum(factor.size for factor in target.cells.factors[:-1])
    if head > WIDEST_HEAD:
        raise EngineError(
            f"The pilot failed: the factors beside the largest have {head:,} effects, more than "
            f"the {WIDEST_HEAD:,} that it handles"
        )
    facts = crude_facts(design)
    try:
        with np.errstate(all="ignore"):  # what is not finite is refused below
            coordinates = target.coordinates
            crude = (
                crude_fixed(design, coordinates, facts),
                crude_theta(coordinates, facts.spread),
            )
            pilots = make_pilots(target, *crude, deadline.check)
            pilot = leading_pilot(target, pilots, deadline)
            if pilot is None:  # one map for two modes: triangles have them far apart
                (pilot,) = make_pilots(target, *crude, deadline.check, triangles=False)
    except np.linalg.LinAlgError as error:
        raise EngineError(f"The pilot failed: {error}") from error
    value, gradient = target.moved(pilot.transport).density(np.zeros(target.coordinates.size))
    if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
        raise EngineError("The pilot failed: the density is not finite at its centre")
    return pilot


@one_blas_thread()
def sample_kernel(
    design: Design,
    priors: Mapping[str, ChosenPrior],
    settings: Settings,
    keep: Callable[[Draws], None] | None = None,
) -> Draws:
    """Sample a design's posterior with the kernel.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    settings : Settings
    keep : callable, optional
        Takes the draws so far from time to time, marked incomplete.

    Returns
    -------
    Draws
        Marked incomplete in `run` where the time ran out or the user interrupted.

    Raises
    ------
    EngineError
        If the model cannot be sampled.
    """
    clock = Clock()
    with sampling_progress(settings) as progress:
        progress.stage("Compressing rows")
        with clock.stage("cells"):
            target = make_target(design, priors)
        progress.stage("Compiling or loading")
        with clock.stage("compiling"):
            prepare(target.likelihood)
        deadline = Deadline.after(settings.max_minutes)
        progress.stage("Pilot")
        with clock.stage("pilot"):
            try:
                start = Beginning(
                    crude_theta(target.coordinates, crude_facts(design).spread),
                    lambda: run_pilot(design, target, deadline),
                )
                way = choose_way(target, start, settings, deadline)
            except TimeRanOutError as error:
                raise nothing_to_show(str(error)) from None

        made = partial(_draws, design, way, clock=clock)
        with clock.stage("sampling"):
            sampled = way.sample(
                deadline,
                progress,
                lambda sample: reported_draws(design, target.coordinates, sample.positions),
                _digits(design, target) if "ess" in settings.open else None,
                None if keep is None else lambda sampled: keep(made(sampled)),
            )
    return made(sampled)


def _digits(design: Design, target: Target) -> Digits:
    """What the table of ratios will print of the draws."""

    def printed(sample: Sample) -> Array:
        names, values = fixed_draws(design, target.coordinates, sample.positions)
        return printed_effects(design, design.predictor, names, values)

    kind = "positive" if design.measure.ratio else "estimate"
    return Digits(printed, kind, seconds_of(target.cells.count, target.coordinates.size))


@dataclass(slots=True)
class Clock:
    """Wall seconds of the stages of a run."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what is done meanwhile."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = time.perf_counter() - start


def _draws(design: Design, way: Way, sampled: Sampled, clock: Clock) -> Draws:
    import xarray as xr

    kept, cells, coordinates = sampled.kept, way.target.cells, way.target.coordinates
    if cells.count < cells.rows:
        size = f"{cells.rows:,} rows as {cells.count:,} cells with the same likelihood"
    else:
        size = f"{cells.rows:,} rows"
    notes: tuple[str, ...] = (size, way.note)
    if design.spec.centered is not None:
        notes += ("centered= speaks of the graph; the map moves between the forms by itself",)
    if way.collapsed is None and sampled.road != POINTER:
        notes += (f"the density reaches nutpie through a {sampled.road}, which is slower",)
    statistics = {name: (("chain", "draw"), values) for name, values in kept.statistics.items()}
    places = {"chain": np.arange(len(kept.positions)), "draw": np.arange(kept.draws)}
    return Draws(
        posterior_dataset(design, coordinates, kept.positions),
        xr.Dataset(statistics, places),
        way.settings,
        _run(way, sampled, clock, notes),
    )


def _run(way: Way, sampled: Sampled, clock: Clock, notes: tuple[str, ...]) -> Run:
    """How the draws were made."""
    steps = int(sampled.kept.statistics["n_steps"].sum())
    if way.collapsed is not None:
        return Run(
            KERNEL,
            "independence sampler of bayesglmm",
            clock.seconds,
            steps,
            way.collapsed.evaluations,
            notes,
            sampled.stopped,
            counted="evaluations of the density",
        )
    warmup = int(sampled.warmup.statistics["n_steps"].sum())
    version = f"NUTS of nutpie {sampler_version()}"
    return Run(KERNEL, version, clock.seconds, steps, warmup, notes, sampled.stopped)
