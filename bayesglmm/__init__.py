"""Bayesian generalised linear mixed models: a spec in, a posterior and an honest report out.

Names are loaded when they are first used, so that importing the package is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bayesglmm.version import __version__

if TYPE_CHECKING:
    from bayesglmm import datasets
    from bayesglmm.comparison import compare, side_by_side
    from bayesglmm.conversion import from_bambi
    from bayesglmm.errors import BayesglmmError
    from bayesglmm.families import AtZero, Precision, Prior, Variance
    from bayesglmm.families.beliefs import PC, Baseline, Difference, Ratio, Spread
    from bayesglmm.files import read_data, read_eurostat, read_vsrr, read_wonder
    from bayesglmm.fit import Fit
    from bayesglmm.fits import evaluate, lint, poststratify, write_report
    from bayesglmm.kept import load, resume
    from bayesglmm.likelihood import lrt
    from bayesglmm.model import Model
    from bayesglmm.pictures.geography import Geography
    from bayesglmm.posterior import Population
    from bayesglmm.posterior.hypotheses import hypotheses
    from bayesglmm.scripts import code
    from bayesglmm.simulation import Simulation, simulate
    from bayesglmm.spec import ModelSpec, specify
    from bayesglmm.study import Study, read_study

__all__ = [
    "PC",
    "AtZero",
    "Baseline",
    "BayesglmmError",
    "Difference",
    "Fit",
    "Geography",
    "Model",
    "ModelSpec",
    "Population",
    "Precision",
    "Prior",
    "Ratio",
    "Simulation",
    "Spread",
    "Study",
    "Variance",
    "__version__",
    "code",
    "compare",
    "datasets",
    "evaluate",
    "from_bambi",
    "hypotheses",
    "lint",
    "load",
    "lrt",
    "poststratify",
    "read_data",
    "read_eurostat",
    "read_study",
    "read_vsrr",
    "read_wonder",
    "resume",
    "side_by_side",
    "simulate",
    "specify",
    "write_report",
]

_HOMES = {
    "AtZero": "bayesglmm.families",
    "Baseline": "bayesglmm.families.beliefs",
    "Difference": "bayesglmm.families.beliefs",
    "PC": "bayesglmm.families.beliefs",
    "Precision": "bayesglmm.families",
    "Ratio": "bayesglmm.families.beliefs",
    "Spread": "bayesglmm.families.beliefs",
    "Variance": "bayesglmm.families",
    "BayesglmmError": "bayesglmm.errors",
    "Fit": "bayesglmm.fit",
    "Geography": "bayesglmm.pictures.geography",
    "Model": "bayesglmm.model",
    "ModelSpec": "bayesglmm.spec",
    "Population": "bayesglmm.posterior",
    "Prior": "bayesglmm.families",
    "Simulation": "bayesglmm.simulation",
    "Study": "bayesglmm.study",
    "code": "bayesglmm.scripts",
    "compare": "bayesglmm.comparison",
    "evaluate": "bayesglmm.fits",
    "from_bambi": "bayesglmm.conversion",
    "hypotheses": "bayesglmm.posterior.hypotheses",
    "lrt": "bayesglmm.likelihood",
    "lint": "bayesglmm.fits",
    "load": "bayesglmm.kept",
    "poststratify": "bayesglmm.fits",
    "resume": "bayesglmm.kept",
    "read_data": "bayesglmm.files",
    "read_eurostat": "bayesglmm.files",
    "read_vsrr": "bayesglmm.files",
    "read_wonder": "bayesglmm.files",
    "read_study": "bayesglmm.study",
    "side_by_side": "bayesglmm.comparison",
    "simulate": "bayesglmm.simulation",
    "specify": "bayesglmm.spec",
    "write_report": "bayesglmm.fits",
}


def __getattr__(name: str) -> Any:
    if name == "datasets":
        return import_module("bayesglmm.datasets")
    if name not in _HOMES:
        raise AttributeError(f"module 'bayesglmm' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
