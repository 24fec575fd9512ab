"""The spec layer: what a user says about a model, read and checked without data."""

from __future__ import annotations

from bayesglmm.spec.formula import Bar, Formula, parse_formula
from bayesglmm.spec.model import ModelSpec, specify
from bayesglmm.spec.priors import PriorRule

__all__ = ["Bar", "Formula", "ModelSpec", "PriorRule", "parse_formula", "specify"]
