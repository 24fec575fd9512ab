"""The spec layer: what a user says about a model, read and checked without data."""

from __future__ import annotations

from bayesglmm.spec.bars import Bar
from bayesglmm.spec.formula import Formula, parse_formula
from bayesglmm.spec.model import ModelSpec
from bayesglmm.spec.prior_rules import PriorRule
from bayesglmm.spec.specifying import specify

__all__ = ["Bar", "Formula", "ModelSpec", "PriorRule", "parse_formula", "specify"]
