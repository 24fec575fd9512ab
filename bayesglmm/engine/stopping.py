"""Chains until every reported quantity has what is asked for, or until the time is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.convergence import SHORTEST, convergence
from bayesglmm.engine.deadline import Deadline, TimeRanOutError
from bayesglmm.engine.digits import Digits
from bayesglmm.engine.keeping import CUT_SHORT, NOBODY, Keeper
from bayesglmm.engine.nuts import Chains, Sample
from bayesglmm.engine.output import Reported
from bayesglmm.engine.progress import Progress
from bayesglmm.engine.r_hat import r_hat_bounds
from bayesglmm.engine.running import Running
from bayesglmm.engine.settings import Settings
from bayesglmm.engine.target import Target
from bayesglmm.errors import EngineError
from bayesglmm.families.links import Array

MOST_DRAWS, MOST_BYTES = 100_000, 4_000_000_000
"""Of each chain, and of all chains' positions, whatever the effective sample size asked for."""
FIRST_LOOK = 200
"""Draws of each chain at which convergence is looked at first."""
MARGIN = 1.05
"""Draws asked for over those that the effective sample size so far would need."""
LEAST_STEP, LEAST_GROWTH = 50, 1.1
"""Between looks: draws of each chain at least, and how their number grows at least, so that all
looks together cost no more than a few of the last one."""
PAUSE = 0.002
WIDER = 2.0
"""Spread of the chains' starts in theta and the fixed effects, in sds of the pilot."""


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
    deadline: Deadline,
    progress: Progress,
    reported: Callable[[Sample], Reported],
    digits: Digits | None = None,
    keep: Callable[[Sampled], None] | None = None,
) -> Sampled:
    """Run chains on a target until they have what the settings ask for.

    Convergence is looked at after numbers of draws that depend on the draws alone, so that the
    seed repeats the run, however fast the machine.

    Parameters
    ----------
    target : Target
    settings : Settings
    deadline : Deadline
        After which the run ends with what there is.
    progress : Progress
        Told how the chains get on.
    reported : callable
        Draws to the quantities whose convergence counts.
    digits : Digits, optional
        With it, draws that are enough are added to where that gives digits; see `Digits`.
    keep : callable, optional
        Takes the draws so far from time to time; see `Keeper`.

    Returns
    -------
    Sampled

    Raises
    ------
    EngineError
        If the chains fail, or were interrupted before the first draws after warm-up.
    """
    most = most_draws(target, settings)
    chains = Chains(target, settings, most, progress.watch, _starts(target))
    return sample_chains(chains, settings, most, deadline, progress, reported, digits, keep)


def sample_chains(
    chains: Running,
    settings: Settings,
    most: int,
    deadline: Deadline,
    progress: Progress,
    reported: Callable[[Sample], Reported],
    digits: Digits | None = None,
    keep: Callable[[Sampled], None] | None = None,
) -> Sampled:
    """Run chains until they have what the settings ask for; see `sample_target`.

    Parameters
    ----------
    chains : Running
        Whose first draws are a warm-up, as many as the settings say.
    settings, deadline, progress, reported, digits, keep
        As for `sample_target`.
    most : int
        Draws of each chain after warm-up at most.

    Returns
    -------
    Sampled
    """
    sample, keeper = None, NOBODY
    if keep is not None:
        keeper = Keeper(
            lambda found: keep(_apart(found, settings, CUT_SHORT, chains)), settings.tune
        )
    try:
        sample, stopped = _until_enough(
            chains, settings, most, deadline, progress, reported, digits, keeper
        )
    except TimeRanOutError as error:
        stopped = str(error)
    except KeyboardInterrupt:
        stopped = "interrupted by the user"
    except BaseException:
        chains.abandon()
        raise
    if sample is None:
        sample = chains.stop()
    else:
        chains.abandon()
    found = _apart(sample, settings, stopped, chains)
    if found.kept.draws < SHORTEST:
        raise nothing_to_show(stopped)
    return found


def _apart(sample: Sample, settings: Settings, stopped: str, chains: Running) -> Sampled:
    """Draws with the warm-up apart."""
    kept = sample.part(settings.tune, sample.draws)
    return Sampled(sample.part(0, settings.tune), kept, stopped, chains.road)


def nothing_to_show(stopped: str) -> EngineError:
    """The error of a run that ended before its first draws, and why it ended."""
    return EngineError(f"The run ended before it had draws to show: {stopped}. Allow it more time.")


def _until_enough(
    chains: Running,
    settings: Settings,
    most: int,
    deadline: Deadline,
    progress: Progress,
    reported: Callable[[Sample], Reported],
    digits: Digits | None,
    keeper: Keeper,
) -> tuple[Sample | None, str]:
    """The draws that are what was asked for, warm-up included; without them, why there are none.

    Chains rest while draws are looked at that may be enough: what they would add meanwhile is lost.
    """
    tune = settings.tune
    wanted = min(most, FIRST_LOOK) if settings.draws is None else most
    limit, enough = 0, None
    while True:
        try:
            if not _have(chains, tune + wanted, deadline, keeper):
                return None, "the chains ended early"
        except TimeRanOutError:
            if enough is None:
                raise
            return enough, ""
        resting = settings.ess is not None and settings.chains * wanted >= settings.ess
        if resting:
            chains.pause()
        sample = chains.look().part(0, tune + wanted)
        kept = sample.part(tune, tune + wanted)
        if settings.ess is None:
            return sample, ""
        least, following = _next_look(reported(kept), settings.ess, deadline)
        progress.looked(least)
        if following <= wanted and digits is not None:
            enough = sample
            warmup = int(sample.statistics["n_steps"][:, :tune].sum())
            limit = limit or min(most, digits.most_draws(warmup, kept))
            following = digits.wanted(kept, limit)
        if following <= wanted:
            return sample, ""
        if wanted >= most:
            return None, f"{most:,} draws of each chain, the most that are kept, were not enough"
        wanted = min(following, most)
        if resting:
            chains.resume()


def most_draws(target: Target, settings: Settings) -> int:
    """Draws of each chain at most: those asked for, or what the memory set aside holds."""
    if settings.draws is not None:
        return settings.draws
    size = 8 * settings.chains * max(target.coordinates.size, 1)
    return int(np.clip(MOST_BYTES // size, FIRST_LOOK, MOST_DRAWS))


def _have(chains: Running, draws: int, deadline: Deadline, keeper: Keeper) -> bool:
    """Wait until every chain has so many draws; False where the chains end before."""
    while chains.finished < draws:
        if chains.wait(PAUSE):
            return chains.finished >= draws
        deadline.check()
        keeper.offer(chains)
    return True


def _next_look(reported: Reported, ess: int, deadline: Deadline) -> tuple[float, int]:
    """Smallest effective sample size, and draws of each chain after which to look again.

    These are no more than there are where every quantity has what is asked for.
    """
    chains, draws = reported.values.shape[:2]
    if not np.all(np.isfinite(reported.values)):
        raise EngineError(
            "Some draws are not finite: the posterior may be improper, or its scale too large for "
            "double precision. Give tighter priors."
        )
    found = convergence(reported.values, deadline.check)
    least = float(np.min([found.ess_bulk.min(), found.ess_tail.min()]))
    if least >= ess and np.all(found.r_hat <= r_hat_bounds(found, reported.effects, chains)):
        return least, draws
    needed = draws * ess / max(least, 1.0) * MARGIN
    soonest = max(draws + LEAST_STEP, LEAST_GROWTH * draws)
    return least, int(np.ceil(np.clip(needed, soonest, 2 * draws)))


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
