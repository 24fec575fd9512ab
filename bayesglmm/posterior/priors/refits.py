"""The same model fitted under other priors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from bayesglmm.design.design import Design
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.sample import INSTEAD, beyond_kernel, sample
from bayesglmm.families import Prior
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import choose_parametrizations
from bayesglmm.graph.written import Changes
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors, class_of

FACTORS = {"half as wide": 0.5, "twice as wide": 2.0}
"""What is done to the priors."""

APART = ("slopes", "sd")
"""Classes that are also changed by themselves."""

SPREADS = (1.0, 2.5, 5.0, 10.0)
"""Scales of half-normal priors that the standard deviations of intercepts are fitted under."""

REFIT_ESS = 400
REFIT_DRAWS = 500
"""Of each refit: by the kernel, and by a sampler of the graph."""

type Watch = Callable[[str, int], None]
"""Is told what is fitted next, and how many fits remain, this one among them."""


def refit(posterior: Posterior, priors: Priors) -> Posterior:
    """The posterior of the same model under other priors.

    Parameters
    ----------
    posterior : Posterior
        Of the fit; gives the seed and the number of chains.
    priors : mapping

    Returns
    -------
    Posterior
        With an ESS of `REFIT_ESS`.
    """
    design, settings = posterior.design, posterior.draws.settings
    asked = {"seed": settings.seed, "chains": settings.chains, "progress": False}
    return replace(posterior, draws=draw_again(design, priors, brief_run(design, priors) | asked))


def brief_run(design: Design, priors: Priors) -> dict[str, Any]:
    """Settings of a fit that is one of many.

    Parameters
    ----------
    design : Design
    priors : mapping

    Returns
    -------
    dict
        Keywords of `make_settings`.
    """
    if beyond_kernel(design, priors, Changes()):
        return {"engine": INSTEAD, "draws": REFIT_DRAWS}
    return {"ess": REFIT_ESS}


def draw_again(design: Design, priors: Priors, asked: Mapping[str, Any]) -> Draws:
    """Draws of the model that spec, rows and priors say, its graph not changed by anyone.

    Parameters
    ----------
    design : Design
    priors : mapping
    asked : mapping
        Keywords of `make_settings`.

    Returns
    -------
    Draws
    """
    forms = choose_parametrizations(design)
    return sample(design, priors, lambda: build_graph(design, priors, forms), Changes(), asked)


def refits(
    posterior: Posterior,
    priors: Priors,
    others: Mapping[str, Priors],
    watch: Watch | None = None,
) -> Iterator[tuple[str, Posterior]]:
    """Refit under one set of priors after the other.

    Parameters
    ----------
    posterior : Posterior
        Of the fit; taken as it is where the other priors are its own.
    priors : mapping
    others : mapping
        Name to priors.
    watch : callable, optional

    Yields
    ------
    name : str
    posterior : Posterior
    """
    for place, (name, changed) in enumerate(others.items()):
        if watch is not None:
            watch(name, len(others) - place)
        same = dict(changed) == dict(priors)
        yield name, posterior if same else refit(posterior, changed)


def other_widths(priors: Priors) -> dict[str, dict[str, ChosenPrior]]:
    """All priors, and those of some classes, narrower and wider.

    Parameters
    ----------
    priors : mapping

    Returns
    -------
    dict
        Such as ``"sd twice as wide"`` to priors.
    """
    classes = {class_of(chosen) for chosen in priors.values()}
    found = {}
    for words, factor in FACTORS.items():
        for which in ("all", *(name for name in APART if name in classes and len(classes) > 1)):
            found[f"{which} {words}"] = {
                name: replace(chosen, prior=chosen.prior.widened(factor, chosen.support))
                if which in ("all", class_of(chosen))
                else chosen
                for name, chosen in priors.items()
            }
    return found


def other_spreads(design: Design, priors: Priors) -> dict[str, dict[str, ChosenPrior]]:
    """Half-normal priors of the standard deviations of groups' intercepts.

    Parameters
    ----------
    design : Design
    priors : mapping

    Returns
    -------
    dict
        Such as ``"HalfNormal(2.5)"`` to priors; empty without such standard deviations, and for
        links whose unit means nothing by itself.
    """
    names = {row.variable for row in model_parameters(design, ("sd",)) if row.term == "1"}
    names &= set(priors)
    if not names or not design.spec.link.unit:
        return {}
    return {
        f"HalfNormal({scale:g})": {
            name: replace(chosen, prior=Prior("HalfNormal", sigma=scale))
            if name in names
            else chosen
            for name, chosen in priors.items()
        }
        for scale in SPREADS
    }
