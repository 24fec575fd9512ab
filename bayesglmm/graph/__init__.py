"""The graph layer: a design and its priors as a PyMC model."""

from __future__ import annotations

from bayesglmm.graph.build import build_graph
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations
from bayesglmm.graph.priors import ChosenPrior, choose_priors

__all__ = [
    "ChosenPrior",
    "Parametrization",
    "build_graph",
    "choose_parametrizations",
    "choose_priors",
]
