"""The engine layer: draws from the posterior of a design, by the kernel or from its graph."""

from __future__ import annotations

from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.graph_samplers import SAMPLERS, sample_graph
from bayesglmm.engine.settings import Settings, make_settings

__all__ = ["SAMPLERS", "Draws", "Run", "Settings", "make_settings", "sample_graph"]
