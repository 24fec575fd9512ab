"""Our own road from a design to draws: cells, pilot, map, NUTS, and when to stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.cells import make_cells
from bayesglmm.engine.choice import choose_map
from bayesglmm.engine.convergence import R_HAT, SHORTEST, convergence
from bayesglmm.engine.coordinates import make_coordinates
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.first_use import prepare
from bayesglmm.engine.likelihoods import find_likelihood
from bayesglmm.engine.nuts import POINTER, Chains, Sample, sampler_version
from bayesglmm.engine.output import posterior_dataset, reported_draws
from bayesglmm.engine.pilot import Pilot, make_pilot
from bayesglmm.engine.progress import Progress, sampling_progress
from bayesglmm.engine.settings import KERNEL, Settings
from bayesglmm.engine.target import Target
from bayesglmm.engine.transport import identity
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array
from bayesglmm.graph.priors import ChosenPrior, crude_facts

MOST_DRAWS, MOST_BYTES = 100_000, 4_000_000_000
"""Of each chain, and of all chains' positions, whatever the effective sample size asked for."""
FIRST_LOOK = 200
"""Draws of each chain at which convergence is looked at first."""
MARGIN = 1.05
"""Draws asked for over those that the effective sample size so far would need."""
LEAST_STEP = 50
PAUSE = 0.002
UNMAPPED_WARMUP = 1000
"""Warm-up draws where there is no pilot to tell the scales."""
WIDEST_HEAD = 4000
"""Effects of all factors but the largest, for which the pilot holds a dense matrix."""
WIDER = 2.0
"""Spread of the chains' starts in theta and the fixed effects, in sds of the pilot."""


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
    spec = design.spec
    suppressed = design.rows.upper is not None
    likelihood = find_likelihood(spec.family.name, spec.link.name, suppressed)
    if likelihood is None:
        raise EngineError(
            f"The kernel has no {spec.family.name} likelihood with the {spec.link.name} link. "
            "Write engine='nutpie', which samples the PyMC graph."
        )
    cells = make_cells(design, likelihood)
    coordinates = make_coordinates(design, cells, priors)
    return Target(likelihood, cells, coordinates, identity(coordinates))


def run_pilot(design: Design, target: Target) -> Pilot:
    """The Gaussian approximation of a design's posterior.

    Parameters
    ----------
    design : Design
    target : Target

    Returns
    -------
    Pilot

    Raises
    ------
    EngineError
        If it does not exist: numbers run away.
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
            pilot = make_pilot(target, facts.location, facts.spread)
    except np.linalg.LinAlgError as error:
        raise EngineError(f"The pilot failed: {error}") from error
    value, gradient = target.moved(pilot.transport).density(np.zeros(target.coordinates.size))
    if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
        raise EngineError("The pilot failed: the density is not finite at its centre")
    return pilot


def sample_kernel(design: Design, priors: Mapping[str, ChosenPrior], settings: Settings) -> Draws:
    """Sample a design's posterior with the kernel.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    settings : Settings

    Returns
    -------
    Draws
        Marked incomplete in `run` where the time ran out or the user interrupted.

    Raises
    ------
    EngineError
        If the model cannot be sampled.
    """
    clock, deadline = Clock(), time.monotonic() + 60 * settings.max_minutes
    with sampling_progress(settings) as progress:
        progress.stage("Compressing rows")
        with clock.stage("cells"):
            target = make_target(design, priors)
        progress.stage("Compiling or loading")
        with clock.stage("compiling"):
            prepare(target.likelihood)
        progress.stage("Pilot")
        with clock.stage("pilot"):
            target, note, settings = _map(design, target, settings)
        with clock.stage("sampling"):
            sampled = sample_target(
                target,
                settings,
                deadline,
                progress,
                lambda sample: reported_draws(design, target.coordinates, sample.positions),
            )
    return _draws(design, target, settings, sampled, clock, note)


def _map(design: Design, target: Target, settings: Settings) -> tuple[Target, str, Settings]:
    """The target behind its map, why that map, and settings with the warm-up that it needs."""
    try:
        pilot = run_pilot(design, target)
    except EngineError as error:
        tune = max(settings.tune, UNMAPPED_WARMUP)
        why = str(error).rstrip(".")
        note = f"map: none ({why}), so plain non-centred NUTS with {tune:,} warm-up draws"
        return target, note, replace(settings, tune=tune)
    choice = choose_map(target, pilot.transport, settings.seed)
    return choice.target, f"map: {choice.target.transport.name}; {choice.reason}", settings


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


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Draws of the chains, their warm-up apart, and why they ended early.

    Attributes
    ----------
    warmup, kept : Sample
    stopped : str
        Empty where what was asked for was reached.
    road : str
    """

    warmup: Sample
    kept: Sample
    stopped: str
    road: str


def sample_target(
    target: Target,
    settings: Settings,
    deadline: float,
    progress: Progress,
    reported: Callable[[Sample], Array],
) -> Sampled:
    """Run chains on a target until they have what the settings ask for.

    Convergence is looked at after numbers of draws that depend on the draws alone, so that the
    seed repeats the run, however fast the machine.

    Parameters
    ----------
    target : Target
    settings : Settings
    deadline : float
        Of `time.monotonic`, after which the run ends with what there is.
    progress : Progress
        Told how the chains get on.
    reported : callable
        Draws to the quantities whose convergence counts, (chains, draws, k).

    Returns
    -------
    Sampled

    Raises
    ------
    EngineError
        If the chains fail, or were interrupted before the first draws after warm-up.
    """
    tune, most = settings.tune, _most_draws(target, settings)
    wanted = min(most, FIRST_LOOK) if settings.draws is None else most
    chains = Chains(target, settings, most, progress.watch, _starts(target))
    stopped, complete = "", None
    try:
        while complete is None and not stopped:
            stopped = _await(chains, tune + wanted, deadline)
            if stopped:
                break
            kept = chains.look().part(tune, tune + wanted)
            following = wanted
            if settings.ess is not None:
                least, following = _next_look(reported(kept), settings.ess)
                progress.looked(least)
            if following <= wanted:
                complete = kept
            elif wanted >= most:
                stopped = f"{most:,} draws of each chain, the most that are kept, were not enough"
            wanted = min(following, most)
    except KeyboardInterrupt:
        stopped = "interrupted by the user"
    except BaseException:
        chains.abandon()
        raise
    sample = chains.stop()
    kept = sample.part(tune, sample.draws) if complete is None else complete
    if kept.draws < SHORTEST:
        raise EngineError(
            f"The run ended before it had draws to show: {stopped}. Allow it more time."
        )
    return Sampled(sample.part(0, tune), kept, stopped, chains.road)


def _most_draws(target: Target, settings: Settings) -> int:
    """Draws of each chain at most: those asked for, or what the memory set aside holds."""
    if settings.draws is not None:
        return settings.draws
    size = 8 * settings.chains * max(target.coordinates.size, 1)
    return int(np.clip(MOST_BYTES // size, FIRST_LOOK, MOST_DRAWS))


def _await(chains: Chains, draws: int, deadline: float) -> str:
    """Wait until every chain has so many draws; why not, where the time ends before."""
    while chains.finished < draws:
        if chains.wait(PAUSE):
            return "" if chains.finished >= draws else "the chains ended early"
        if time.monotonic() > deadline:
            return "the time allowed by max_minutes= ran out"
    return ""


def _next_look(reported: Array, ess: int) -> tuple[float, int]:
    """Smallest effective sample size, and draws of each chain after which to look again.

    These are no more than there are where every quantity has what is asked for.
    """
    draws = reported.shape[1]
    if not np.all(np.isfinite(reported)):
        raise EngineError(
            "Some draws are not finite: the posterior may be improper, or its scale too large for "
            "double precision. Give tighter priors."
        )
    found = convergence(reported)
    least = float(np.min([found.ess_bulk.min(), found.ess_tail.min()]))
    if least >= ess and np.all(found.r_hat <= R_HAT):
        return least, draws
    needed = draws * ess / max(least, 1.0) * MARGIN
    return least, int(np.ceil(np.clip(needed, draws + LEAST_STEP, 2 * draws)))


def _starts(target: Target) -> Callable[[int], Array]:
    """Starting positions: draws of the pilot, wider for theta and the fixed effects."""
    head = target.coordinates.theta + target.coordinates.fixed
    size = target.coordinates.size

    def start(seed: int) -> Array:
        rng = np.random.default_rng(seed)
        z: Array = np.zeros(size)
        for scale in np.repeat([1.0, 0.5, 0.2, 0.0], 5):
            z = scale * rng.standard_normal(size)
            z[:head] *= WIDER
            value, gradient = target.density(z)
            if np.isfinite(value) and np.all(np.isfinite(gradient)):
                break
        return z

    return start


def _draws(
    design: Design, target: Target, settings: Settings, sampled: Sampled, clock: Clock, note: str
) -> Draws:
    import xarray as xr

    kept, cells = sampled.kept, target.cells
    if cells.count < cells.rows:
        size = f"{cells.rows:,} rows as {cells.count:,} cells with the same likelihood"
    else:
        size = f"{cells.rows:,} rows"
    notes: tuple[str, ...] = (size, note)
    if design.spec.centered is not None:
        notes += ("centered= speaks of the graph; the map moves between the forms by itself",)
    if sampled.road != POINTER:
        notes += (f"the density reaches nutpie through a {sampled.road}, which is slower",)
    run = Run(
        KERNEL,
        f"NUTS of nutpie {sampler_version()}",
        clock.seconds,
        int(kept.statistics["n_steps"].sum()),
        int(sampled.warmup.statistics["n_steps"].sum()),
        notes,
        sampled.stopped,
    )
    statistics = {name: (("chain", "draw"), values) for name, values in kept.statistics.items()}
    places = {"chain": np.arange(len(kept.positions)), "draw": np.arange(kept.draws)}
    return Draws(
        posterior_dataset(design, target.coordinates, kept.positions),
        xr.Dataset(statistics, places),
        settings,
        run,
    )
