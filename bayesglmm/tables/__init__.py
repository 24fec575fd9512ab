"""Tables that carry their meaning: what every layer hands to a reader."""

from __future__ import annotations

from bayesglmm.tables.draws import RowDraws
from bayesglmm.tables.numbers import format_estimate, format_probability
from bayesglmm.tables.summary import Summary
from bayesglmm.tables.table import Table

__all__ = ["RowDraws", "Summary", "Table", "format_estimate", "format_probability"]
