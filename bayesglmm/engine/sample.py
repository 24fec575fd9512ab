"""Which engine samples a model: the kernel where it can express it, else the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.graph_samplers import sample_graph
from bayesglmm.engine.settings import KERNEL, make_settings
from bayesglmm.errors import EngineError, SpecError
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.written import Changes

if TYPE_CHECKING:
    import pymc as pm

INSTEAD = "nutpie"
"""Sampler of the graph where the kernel cannot express a model."""


def sample(
    design: Design,
    priors: Mapping[str, ChosenPrior],
    graph: Callable[[], pm.Model],
    changes: Changes,
    asked: Mapping[str, Any],
    keep: Callable[[Draws], None] | None = None,
) -> Draws:
    """Draws from the posterior of a model.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    graph : callable
        Gives the PyMC graph; called where it is sampled.
    changes : Changes
        What the user changed of it.
    asked : mapping
        Keywords of `make_settings`.
    keep : callable, optional
        Takes the draws so far from time to time, marked incomplete; of the kernel only.

    Returns
    -------
    Draws
        `run` says which engine it was, and why.

    Raises
    ------
    EngineError
        If the engine asked for cannot express the model, or sampling fails.
    SpecError
        If the settings contradict each other.
    """
    reason = beyond_kernel(design, priors, changes)
    settings = _settings(asked, reason)
    if settings.engine == KERNEL:
        from bayesglmm.engine.kernel_sampler import sample_kernel  # imports Numba

        return sample_kernel(design, priors, settings, keep)
    draws = sample_graph(graph(), settings)
    notes = (*draws.run.notes, *((f"not by the kernel: {reason}",) if reason else ()))
    return replace(draws, run=replace(draws.run, extensions=changes.added, notes=notes))


def beyond_kernel(design: Design, priors: Mapping[str, ChosenPrior], changes: Changes) -> str:
    """Why the kernel cannot express a model; empty where it can.

    Parameters
    ----------
    design : Design
    priors : mapping
        From `choose_priors`.
    changes : Changes

    Returns
    -------
    str
    """
    if changes.sentence():
        return changes.sentence()
    walled = [one for one in priors.values() if one.prior.has_walls(one.support)]
    if walled:
        return f"the prior of {walled[0].printed} ends at bounds"
    joint = [one.prior.name for one in priors.values() if one.prior.joint]
    if joint:
        return f"the slopes share a prior ({joint[0]})"
    from bayesglmm.engine.expressible import beyond_likelihoods  # imports Numba

    return beyond_likelihoods(design)


def _settings(asked: Mapping[str, Any], reason: str) -> Any:
    """Settings, with the engine where the user left it open."""
    if not reason:
        return make_settings(**asked)
    if asked.get("engine") == KERNEL:
        raise EngineError(f"The kernel cannot express this model: {reason}. Leave engine= out.")
    try:
        return make_settings(**({"engine": INSTEAD} | dict(asked)))
    except SpecError as error:
        if "engine" in asked:
            raise
        raise SpecError(f"{error} (It is {INSTEAD}, not the kernel: {reason}.)") from error
