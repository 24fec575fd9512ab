"""Which of the kernel's samplers takes a target, and behind which map."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bayesglmm.engine.choice import choose_map
from bayesglmm.engine.collapsed.sampling import (
    Beginning,
    Collapsed,
    beyond_collapse,
    make_collapsed,
    worth_collapsing,
)
from bayesglmm.engine.deadline import Deadline
from bayesglmm.engine.pilot import Pilot
from bayesglmm.engine.progress import Progress
from bayesglmm.engine.settings import COLLAPSED, Settings
from bayesglmm.engine.stopping import Sampled, most_draws, sample_chains, sample_target
from bayesglmm.engine.target import Target
from bayesglmm.errors import EngineError

UNMAPPED_WARMUP = 1000
"""Warm-up draws where there is no pilot to tell the scales."""
CORNERED_ACCEPTANCE = 0.95
"""Target acceptance where a factor has few levels: such posteriors have corners that a step for
their middle is too long for."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a target is sampled.

    Attributes
    ----------
    target : Target
        Behind its map.
    settings : Settings
        As the target needs them.
    note : str
        Why so, in words.
    collapsed : Collapsed or None
        Chains with the effects integrated out; None for the No-U-Turn sampler.
    """

    target: Target
    settings: Settings
    note: str
    collapsed: Collapsed | None = None

    def sample(self, deadline: Deadline, progress: Progress, *what: Any) -> Sampled:
        """Run the chains; see `stopping.sample_target`."""
        if self.collapsed is None:
            return sample_target(self.target, self.settings, deadline, progress, *what)
        settings, most = replace(self.settings, tune=0), most_draws(self.target, self.settings)
        return sample_chains(self.collapsed.chains, settings, most, deadline, progress, *what)


def choose_way(target: Target, start: Beginning, settings: Settings, deadline: Deadline) -> Way:
    """How to sample a target: the sampler asked for, else the one that is worth it.

    Parameters
    ----------
    target : Target
    start : Beginning
    settings : Settings
    deadline : Deadline

    Returns
    -------
    Way

    Raises
    ------
    EngineError
        If a sampler was asked for that the target is beyond.
    TimeRanOutError
    """
    asked, beyond = settings.sampler == COLLAPSED, beyond_collapse(target)
    if asked and beyond:
        raise EngineError(
            f"The group effects of this model cannot be integrated out: {beyond}. "
            "Leave sampler= out."
        )
    failed = ""
    if asked or ("sampler" in settings.open and not beyond and worth_collapsing(target)):
        try:
            return _collapsed(target, start, replace(settings, sampler=COLLAPSED), deadline)
        except EngineError as error:
            if asked:
                raise EngineError(f"sampler='{COLLAPSED}' failed: {error}. Leave it out.") from None
            failed = f"; effects were not integrated out, as {error}"
    try:
        pilot = start.pilot()
    except EngineError as error:
        way = _unmapped(target, settings, error)
    else:
        way = _mapped(target, pilot, settings, deadline)
    return replace(way, note=way.note + failed)


def _collapsed(target: Target, start: Beginning, settings: Settings, deadline: Deadline) -> Way:
    """The effects integrated out."""
    most = most_draws(target, settings)
    found = make_collapsed(target, start, settings, most, deadline.check)
    return Way(target, settings, found.note, found)


def _unmapped(target: Target, settings: Settings, error: EngineError) -> Way:
    """Without a pilot."""
    tune = max(settings.tune, UNMAPPED_WARMUP)
    why = str(error).rstrip(".")
    note = f"map: none ({why}), so plain non-centred NUTS with {tune:,} warm-up draws"
    return Way(target, replace(settings, tune=tune), note)


def _mapped(target: Target, pilot: Pilot, settings: Settings, deadline: Deadline) -> Way:
    """The No-U-Turn sampler behind the pilot's map, or the non-centred one."""
    if "target_accept" in settings.open and pilot.transport.joint:
        settings = replace(settings, target_accept=CORNERED_ACCEPTANCE)
    choice = choose_map(target, pilot.transport, settings.seed, deadline)
    note = f"map: {choice.target.transport.name}; {choice.reason}"
    return Way(choice.target, settings, note)
