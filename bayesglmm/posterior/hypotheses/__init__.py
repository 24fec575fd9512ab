"""What holds of the rows of a table, draw by draw: hypotheses, and intervals that hold together."""

from __future__ import annotations

from bayesglmm.posterior.hypotheses.table import Hypothesis, hypotheses

__all__ = ["Hypothesis", "hypotheses"]
