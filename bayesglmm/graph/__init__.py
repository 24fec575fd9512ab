"""The graph layer: a design and its priors as a PyMC model."""

from __future__ import annotations

from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior, choose_priors
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations

__all__ = [
    "ChosenPrior",
    "Parametrization",
    "build_graph",
    "choose_parametrizations",
    "choose_priors",
]
