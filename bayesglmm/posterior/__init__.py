"""The posterior layer: from draws to tables; one file a question."""

from __future__ import annotations

from bayesglmm.posterior.coefficients import fixef
from bayesglmm.posterior.diagnose import Check, Verdict, diagnose
from bayesglmm.posterior.estimands import (
    avg_comparisons,
    avg_predictions,
    avg_slopes,
    comparisons,
    grid,
    moments,
    predictions,
    slopes,
)
from bayesglmm.posterior.estimands.factor_cells import cells
from bayesglmm.posterior.groups.ranef import ranef
from bayesglmm.posterior.groups.rates import group_rates
from bayesglmm.posterior.groups.spread import population_interval
from bayesglmm.posterior.population.poststratify import poststratify
from bayesglmm.posterior.population.strata import Population
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.predict import predict
from bayesglmm.posterior.random_part import random_part
from bayesglmm.posterior.ratios import ratios
from bayesglmm.posterior.recovery import recovery
from bayesglmm.posterior.trace import make_trace
from bayesglmm.tables import Summary, Table

__all__ = [
    "Check",
    "Population",
    "Posterior",
    "Summary",
    "Table",
    "Verdict",
    "avg_comparisons",
    "avg_predictions",
    "avg_slopes",
    "cells",
    "comparisons",
    "diagnose",
    "fixef",
    "grid",
    "group_rates",
    "make_trace",
    "moments",
    "population_interval",
    "poststratify",
    "predict",
    "predictions",
    "random_part",
    "ranef",
    "ratios",
    "recovery",
    "slopes",
]
