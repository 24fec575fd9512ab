"""Draws that go on: more are made by the same sampler, and added to each chain.

The chains start anew, with a warm-up and a seed of their own, so that the draws before and after
are independent; each chain is then one after the other. What R-hat and effective sample size say
of that holds as it does of chains that were never interrupted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np
import xarray as xr

from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.convergence import convergence
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import gather

MARGIN = 1.1
"""Draws asked for over those that the effective sample size so far would need."""
FEWEST = 100
"""Draws of each chain in a round."""
ROUNDS = 5
"""Rounds after which what there is comes back, as incomplete."""


def smallest_ess(posterior: Posterior) -> float:
    """The least effective sample size, bulk or tail, of all parameters and group effects.

    Parameters
    ----------
    posterior : Posterior
        At the model's own rows.

    Returns
    -------
    float
    """
    quantities = model_parameters(posterior.design)
    found = convergence(gather(quantities, posterior.draws)[1])
    return float(min(found.ess_bulk.min(), found.ess_tail.min()))


def go_on(posterior: Posterior, ess: int, more: Callable[[int, int], Draws]) -> Draws:
    """Add draws until every quantity has an effective sample size.

    Parameters
    ----------
    posterior : Posterior
        What there is, at the model's own rows.
    ess : int
        Bulk and tail effective sample size to reach.
    more : callable
        (draws of each chain, seed) to new draws of the same posterior.

    Returns
    -------
    Draws
        With `ess` among its settings; marked incomplete where a round was stopped, or where
        `ROUNDS` did not reach it.
    """
    draws = posterior.draws
    left = tuple(name for name in draws.settings.open if name != "ess")
    found = replace(draws, settings=replace(draws.settings, ess=ess, draws=None, open=left))
    stopped, reached = "", smallest_ess(posterior)
    for _ in range(ROUNDS):
        if reached >= ess or stopped:
            break
        length = found.posterior.sizes["draw"]
        wanted = max(FEWEST, ceil(length * (MARGIN * ess / max(reached, 1.0) - 1)))
        added = more(wanted, next_seed(found))
        stopped = added.run.stopped
        found = joined(found, added)
        reached = smallest_ess(replace(posterior, draws=found))
    if not stopped and not reached >= ess:
        stopped = f"{ROUNDS} rounds gave an effective sample size of {reached:,.0f}, not {ess:,}"
    return replace(found, run=replace(found.run, stopped=stopped))


def up_to(draws: Draws, length: int, more: Callable[[int, int], Draws]) -> Draws:
    """Add draws until each chain has a number of them.

    Parameters
    ----------
    draws : Draws
    length : int
        Draws of each chain.
    more : callable
        As for `go_on`.

    Returns
    -------
    Draws
        Marked incomplete where the round was stopped.
    """
    missing = max(FEWEST, length - draws.posterior.sizes["draw"])
    return joined(draws, more(missing, next_seed(draws)))


def next_seed(draws: Draws) -> int:
    """A seed for draws that are added: another one whenever there are other draws before.

    It is made of the run's own seed and of their number, so that draws that went on before, and
    do so again, are not made twice, and the same call gives the same answer.
    """
    mixed = np.random.SeedSequence([draws.settings.seed, draws.posterior.sizes["draw"]])
    return int(mixed.generate_state(1)[0])


def joined(draws: Draws, more: Draws) -> Draws:
    """Draws with others after them, chain by chain.

    Parameters
    ----------
    draws, more : Draws
        Of one posterior, with as many chains.

    Returns
    -------
    Draws
        With the settings of the first; costs are added up.
    """
    return replace(
        draws,
        posterior=_after(draws.posterior, more.posterior),
        sample_stats=_after(draws.sample_stats, more.sample_stats),
        run=_both(draws.run, more.run, more.posterior.sizes["draw"], more.settings.seed),
    )


def _after(first: xr.Dataset, second: xr.Dataset) -> xr.Dataset:
    both = xr.concat([first, second], dim="draw", data_vars="minimal", coords="minimal")
    return both.assign_coords(draw=np.arange(both.sizes["draw"])) if "draw" in both.coords else both


def _both(first: Run, second: Run, length: int, seed: int) -> Run:
    seconds = {
        name: first.seconds.get(name, 0.0) + second.seconds.get(name, 0.0)
        for name in dict.fromkeys([*first.seconds, *second.seconds])
    }
    before, later = first.warmup_gradients, second.warmup_gradients
    return replace(
        first,
        seconds=seconds,
        gradients=first.gradients + second.gradients,
        warmup_gradients=None if before is None or later is None else before + later,
        notes=(*first.notes, f"it went on with seed {seed}: {length:,} more draws of each chain"),
        stopped=second.stopped,
    )
