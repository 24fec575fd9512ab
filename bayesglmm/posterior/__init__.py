"""The posterior layer: from draws to tables; one file a question."""

from __future__ import annotations

from bayesglmm.posterior.diagnose import Check, Verdict, diagnose
from bayesglmm.posterior.estimands import (
    avg_comparisons,
    avg_predictions,
    avg_slopes,
    comparisons,
    grid,
    predictions,
    slopes,
)
from bayesglmm.posterior.poststratify import poststratify
from bayesglmm.posterior.predict import predict
from bayesglmm.posterior.ranef import ranef
from bayesglmm.posterior.ratios import fixed_effects, random_part, ratios
from bayesglmm.posterior.strata import Population
from bayesglmm.posterior.trace import make_trace
from bayesglmm.tables import Summary, Table

__all__ = [
    "Check",
    "Population",
    "Summary",
    "Table",
    "Verdict",
    "avg_comparisons",
    "avg_predictions",
    "avg_slopes",
    "comparisons",
    "diagnose",
    "fixed_effects",
    "grid",
    "make_trace",
    "poststratify",
    "predict",
    "predictions",
    "random_part",
    "ranef",
    "ratios",
    "slopes",
]
