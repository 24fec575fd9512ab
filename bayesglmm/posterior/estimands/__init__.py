"""Estimands in the vocabulary of R's marginaleffects; one file a question.

Arel-Bundock, Greifer & Heiss (2024), Journal of Statistical Software 111(9).
"""

from __future__ import annotations

from bayesglmm.posterior.estimands.comparisons import avg_comparisons, comparisons
from bayesglmm.posterior.estimands.grid import grid
from bayesglmm.posterior.estimands.moments import moments
from bayesglmm.posterior.estimands.predictions import avg_predictions, predictions
from bayesglmm.posterior.estimands.slopes import avg_slopes, slopes

__all__ = [
    "avg_comparisons",
    "avg_predictions",
    "avg_slopes",
    "comparisons",
    "grid",
    "moments",
    "predictions",
    "slopes",
]
