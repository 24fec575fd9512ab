"""The design layer: a spec met by data, as arrays with names."""

from __future__ import annotations

from bayesglmm.design.columns import Columns, Term
from bayesglmm.design.dependence import Alias
from bayesglmm.design.design import Design
from bayesglmm.design.dimensions import OBSERVATION, dimensions
from bayesglmm.design.groups import NEW_GROUP, Group
from bayesglmm.design.making import make_design
from bayesglmm.design.predictor import Predictor
from bayesglmm.design.row_flow import RowFlow

__all__ = [
    "NEW_GROUP",
    "OBSERVATION",
    "Alias",
    "Columns",
    "Design",
    "Group",
    "Predictor",
    "RowFlow",
    "Term",
    "dimensions",
    "make_design",
]
