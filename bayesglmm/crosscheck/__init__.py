"""A second opinion: the same model in bambi, and the two log densities side by side.

The only importer of bambi, and of bambi only ``Model``, ``Prior``, ``build()`` and
``backend.model``. What is compared is the joint log density at points of the unconstrained space,
with its gradient: two graphs that agree on both sample from one posterior.
"""

from __future__ import annotations

from bayesglmm.crosscheck.bambi_model import SaidInBambi, said_in_bambi, to_bambi
from bayesglmm.crosscheck.densities import (
    PROBIT_TOLERANCE,
    TOLERANCE,
    DensityComparison,
    compare_densities,
)
from bayesglmm.crosscheck.described import Described
from bayesglmm.crosscheck.read_bambi import ReadFromBambi, read_bambi
from bayesglmm.crosscheck.vocabulary import check_sayable

__all__ = [
    "PROBIT_TOLERANCE",
    "TOLERANCE",
    "DensityComparison",
    "Described",
    "ReadFromBambi",
    "SaidInBambi",
    "check_sayable",
    "compare_densities",
    "read_bambi",
    "said_in_bambi",
    "to_bambi",
]
